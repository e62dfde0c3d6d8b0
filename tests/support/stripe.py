"""The Stripe of `tests/doubles/stripe`, started as a process of its own, and its switches in a test's hand."""

import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from html import unescape
from typing import Any

import httpx

from tests.support.servers import PATIENCE_S, PROJECT

KEY = "sk_test_double"


@dataclass(frozen=True)
class StripeDouble:
    """A running Stripe. `origin` is its address for the library (`base_addresses={"api": origin}`)."""

    origin: str
    key: str = KEY

    # --- accounts and webhooks ---

    def add_key(self, key: str) -> str:
        """Make another secret key known; return the account that it opens."""
        return str(self._post("keys", key=key)["account"])

    def add_account(self, *, ready: bool = True, **whose: str) -> str:
        """An account connected to the platform (of `key=…`, or of the first key)."""
        return str(self._post("accounts", ready=ready, **whose)["account"])

    def make_ready(self, account: str) -> None:
        """The owner of a connected account tells Stripe all it wants to know."""
        self._post("accounts/ready", account=account)

    def revoke(self, account: str) -> None:
        """The owner of a connected account takes the platform's access away."""
        self._post("accounts/revoke", account=account)

    def add_webhook(self, url: str, secret: str, *, connected: bool = False, **whose: str) -> str:
        """Tell that address what happens, signed with that secret; `connected`: in the connected accounts."""
        return str(self._post("webhooks", url=url, secret=secret, connected=connected, **whose)["id"])

    # --- how deliveries go ---

    def weather(self, **weather: Any) -> None:
        """How deliveries go from here on: `duplicate`, `delay`, `drop`, `hold`, `stale`, `unsigned`, `forged`, `account`,
        `retries`, `back_off`, `types`. Without any, fair."""
        self._post("weather", **weather)

    def release(self, order: str = "first", *, seed: int = 0, times: int = 1) -> int:
        """Send what `hold` kept: `first`, `last` (the newest goes ahead) or `shuffle`."""
        return int(self._post("release", order=order, seed=seed, times=times)["sent"])

    def resend(self, event: str, **whose: str) -> None:
        """Send an event once more."""
        self._post("resend", event=event, **whose)

    def deliveries(self) -> list[dict[str, Any]]:
        """Each try so far: `event`, `type`, `url`, `try`, `status`, `problem`."""
        found: list[dict[str, Any]] = self._get("deliveries")["log"]
        return found

    def held(self) -> list[dict[str, str]]:
        """What waits to be released: `event`, `type`."""
        found: list[dict[str, str]] = self._get("deliveries")["held"]
        return found

    def settle(self) -> None:
        """Wait until nothing is left to deliver."""
        deadline = time.monotonic() + PATIENCE_S
        while self._get("deliveries")["pending"]:
            assert time.monotonic() < deadline, "the double still has something to deliver"
            time.sleep(0.02)

    # --- bad days ---

    def fail(
        self, kind: str, path: str = "/v1/", *, method: str = "", times: int = 1, seconds: float = 1.0
    ) -> None:
        """Let the next calls go wrong: `error_before` (500, nothing happened), `error_after` (500, but it happened),
        `timeout_after` (it happened, no answer), `close_before` (nothing happened, no answer), `slow`, `rate_limit`."""
        self._post("faults", kind=kind, path=path, method=method, times=times, seconds=seconds)

    def calm(self) -> None:
        """Nothing more goes wrong, neither with calls nor with deliveries."""
        self._post("calm")

    def advance(self, seconds: int) -> None:
        """Let time pass at Stripe: sessions expire, refunds turn."""
        self._post("clock", seconds=seconds)

    def turn_refund(self, refund: str, status: str = "failed", **whose: str) -> None:
        """A refund ends otherwise than it began."""
        self._post("refunds", refund=refund, status=status, **whose)

    def dispute(self, payment_intent: str, **facts: Any) -> str:
        """Somebody disputes a payment at their bank (of `key=…`; `amount`, `reason`, `status`); the dispute's id."""
        return str(self._post("disputes", payment_intent=payment_intent, **facts)["id"])

    def turn_dispute(self, dispute: str, status: str, **whose: str) -> None:
        """It goes on: `under_review`, `won`, `lost`, `warning_closed`."""
        self._post("disputes", dispute=dispute, status=status, **whose)

    def bend(self, object_id: str, account: str | None = None, **fields: Any) -> None:
        """Change an object behind everybody's back, as `amount_received=1` or `currency="usd"`."""
        whose = {"account": account} if account else {}
        self._post("objects", id=object_id, fields=fields, **whose)

    def tell(self, kind: str, obj: dict[str, Any], **whose: str) -> None:
        """Send an event that nothing led to, properly signed."""
        self._post("events", type=kind, object=obj, **whose)

    def reset(self) -> None:
        """Forget everything but keys and what the process was started with."""
        self._post("reset")

    # --- what there is ---

    def balance(self) -> dict[str, dict[str, int]]:
        """By account and currency: what succeeded less what was refunded."""
        found: dict[str, dict[str, int]] = self._get("balance")
        return found

    def own_account(self, key: str | None = None) -> str:
        """The account that a key opens."""
        return self.add_key(key or self.key)

    def objects(self, kind: str, account: str | None = None) -> list[dict[str, Any]]:
        """All objects of a kind (`payment_intent`, `checkout.session`, …) of an account."""
        found = self._get("objects")[account or self.own_account()]
        return list(found.get(kind, []))

    def calls(self) -> list[dict[str, Any]]:
        """What the API was asked: `method`, `path`, `key`, `status`."""
        found: list[dict[str, Any]] = self._get("calls")
        return found

    # --- a person without a browser ---

    def pay(
        self, url: str, number: str = "4242424242424242", *, bank: str | None = "complete"
    ) -> httpx.Response:
        """Type that card on a Checkout page. At the bank's page choose `complete` or `fail`, or leave with None.
        Return the last answer: a redirect to the shop, or a page that says what is wrong."""
        form = {"number": number, "expiry": "12/34", "cvc": "123"}
        answer = httpx.post(url, data=form, timeout=PATIENCE_S)
        if answer.status_code == 303 and "/c/bank/" in answer.headers["Location"]:
            page = self.origin + answer.headers["Location"]
            answer = httpx.get(page, timeout=PATIENCE_S)
            if bank is not None:
                answer = httpx.post(page, data={"answer": bank}, timeout=PATIENCE_S)
            if answer.headers.get("Location", "").startswith("/c/pay/"):
                answer = httpx.get(self.origin + answer.headers["Location"], timeout=PATIENCE_S)
        return answer

    def _post(self, switch: str, **asked: Any) -> Any:
        answer = httpx.post(f"{self.origin}/test/{switch}", json=asked, timeout=PATIENCE_S)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def _get(self, switch: str) -> Any:
        return httpx.get(f"{self.origin}/test/{switch}", timeout=PATIENCE_S).raise_for_status().json()


def problem_on(answer: httpx.Response) -> str | None:
    """What a page of Checkout says is wrong."""
    found = re.search(r'<p class="problem"[^>]*>([^<]+)</p>', answer.text)
    return unescape(found[1]).strip() if found else None


@contextmanager
def stripe_double(*options: str) -> Iterator[StripeDouble]:
    """Start a Stripe on a free port. `options` are those of `python -m tests.doubles.stripe`."""
    with _serving("tests.doubles.stripe", *options) as origin:
        yield StripeDouble(origin)


@contextmanager
def second_stripe() -> Iterator[str]:
    """Start localstripe on a free port and yield its address."""
    with _serving("tests.doubles.second_stripe") as origin:
        yield origin


@contextmanager
def _serving(module: str, *options: str) -> Iterator[str]:
    """Start a module that prints its address when it serves; end that process and no other."""
    server = subprocess.Popen(
        [sys.executable, "-m", module, *options],
        cwd=PROJECT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert server.stdout is not None
        origin = server.stdout.readline().strip()
        assert origin, f"{module} did not start"
        yield origin
    finally:
        server.terminate()
        try:
            server.wait(PATIENCE_S)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait(PATIENCE_S)
        if server.stdout is not None:
            server.stdout.close()
