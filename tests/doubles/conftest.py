"""A running Stripe, the library in front of it, and an endpoint that hears what it tells."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
import stripe

from tests.support.stripe import KEY, StripeDouble, stripe_double

SECRET = "whsec_of_this_test"


@pytest.fixture(scope="module")
def running() -> Iterator[StripeDouble]:
    with stripe_double() as double:
        yield double


@pytest.fixture
def double(running: StripeDouble) -> StripeDouble:
    """The running Stripe, with nothing in it."""
    running.reset()
    return running


def client_for(
    double: StripeDouble, key: str = KEY, retries: int = 0, timeout: float = 10
) -> stripe.StripeClient:
    return stripe.StripeClient(
        key,
        base_addresses={"api": double.origin},
        max_network_retries=retries,
        http_client=stripe.RequestsClient(timeout=timeout),
    )


@pytest.fixture
def client(double: StripeDouble) -> stripe.StripeClient:
    return client_for(double)


def session_params(amount: int = 1200, **more: Any) -> Any:
    """A session that sells one thing, as the library takes it."""
    price = {"currency": "eur", "unit_amount": amount, "product_data": {"name": "Invoice 7"}}
    return {
        "mode": "payment",
        "line_items": [{"price_data": price, "quantity": 1}],
        "success_url": "http://localhost:5999/paid?cs={CHECKOUT_SESSION_ID}",
        "cancel_url": "http://localhost:5999/invoices",
        **more,
    }


@dataclass
class Ear:
    """An endpoint: what it heard, and what it answers (the first of `answers`, 200 once they are used up)."""

    url: str = ""
    heard: list[stripe.Event] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    answers: list[int] = field(default_factory=list)

    def listen(self, body: bytes, signature: str) -> int:
        try:
            event = stripe.Webhook.construct_event(body, signature, SECRET)
        except stripe.SignatureVerificationError as error:
            self.refused.append(str(error))
            return 400
        status = self.answers.pop(0) if self.answers else 200
        if status == 200:
            self.heard.append(event)
        return status

    @property
    def types(self) -> list[str]:
        return [event.type for event in self.heard]


@pytest.fixture
def ear() -> Iterator[Ear]:
    ear = Ear()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(ear.listen(body, self.headers.get("Stripe-Signature", "")))
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_args: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    ear.url = f"http://tenant.localhost:{server.server_port}/webhooks/stripe"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield ear
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
