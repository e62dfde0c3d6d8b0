"""Telling endpoints what happened: signed, retried, and on request as badly as the real world does."""

import json
import random
import threading
import time
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from typing import Any
from urllib.parse import urlsplit

from stripe import WebhookSignature

from tests.doubles.stripe.platform import matches
from tests.doubles.stripe.world import VERSION, Account, Obj, World, visible

PAUSE_S = 0.02
ANSWER_WITHIN_S = 15.0
STALE_S = 3600


@dataclass
class Weather:
    """How deliveries go. `types` narrows it to some types of events."""

    duplicate: int = 0  # how many more times each is sent
    delay: float = 0.0  # seconds before the first try
    drop: bool = False  # never sent
    hold: bool = False  # kept until released, in the order asked for then
    stale: bool = False  # signed an hour ago
    unsigned: bool = False  # no signature at all
    forged: bool = False  # signed with another secret
    account: str | None = None  # said to be of another account
    retries: int = 4
    back_off: float = 0.3  # seconds before the first retry, doubling
    types: list[str] = field(default_factory=lambda: ["*"])


@dataclass
class Delivery:
    event: Obj
    url: str
    secret: str
    due: float
    weather: Weather
    tries: int = 0


class Postman(threading.Thread):
    """The thread that delivers. `log` tells of each try."""

    def __init__(self, world: World) -> None:
        super().__init__(name="postman", daemon=True)
        self.world = world
        self.weather = Weather()
        self.queue: list[Delivery] = []
        self.held: list[Delivery] = []
        self.log: list[Obj] = []
        self.under_way = 0
        world.on_event = self.take

    def take(self, account: Account, event: Obj) -> None:
        """Something happened; whoever asked to hear of it will. The caller holds the world's lock."""
        for endpoint in self._endpoints(account, event["type"]):
            event["pending_webhooks"] += 1
            weather = self.weather if matches(event["type"], set(self.weather.types)) else Weather()
            told = visible(event) | ({"account": weather.account} if weather.account else {})
            for _ in range(1 + weather.duplicate):
                due = time.monotonic() + weather.delay
                delivery = Delivery(told, endpoint["url"], endpoint["_secret"], due, weather)
                if weather.drop:
                    self._note(delivery, None, "dropped")
                else:
                    (self.held if weather.hold else self.queue).append(delivery)

    def _endpoints(self, account: Account, kind: str) -> list[Obj]:
        own = [each for each in account.table("webhook_endpoint").values() if not each["_connected"]]
        if account.platform:
            platform = self.world.accounts[account.platform].table("webhook_endpoint").values()
            own += [each for each in platform if each["_connected"]]
        return [
            each for each in own if each["status"] == "enabled" and matches(kind, set(each["enabled_events"]))
        ]

    def release(self, order: str = "first", seed: int = 0, times: int = 1) -> int:
        """Send what was held: `first`, `last` or `shuffle`, each so many times. Return how many."""
        with self.world.lock:
            going = [
                Delivery(each.event, each.url, each.secret, 0.0, each.weather) for each in self.held * times
            ]
            self.held = []
            if order == "last":
                going.reverse()
            elif order == "shuffle":
                random.Random(seed).shuffle(going)
            self.queue += going
        return len(going)

    def resend(self, event: Obj, account: Account) -> None:
        """Send an event once more, as the button in the dashboard does."""
        with self.world.lock:
            self.take(account, event)

    def pending(self) -> int:
        with self.world.lock:
            return len(self.queue) + self.under_way

    def clear(self) -> None:
        with self.world.lock:
            self.weather, self.queue, self.held, self.log = Weather(), [], [], []

    def run(self) -> None:
        while True:
            delivery = self._next()
            if delivery is None:
                time.sleep(PAUSE_S)
                continue
            try:
                self._try(delivery)
            finally:
                with self.world.lock:
                    self.under_way -= 1

    def _next(self) -> Delivery | None:
        now = time.monotonic()
        with self.world.lock:
            found = next((each for each in self.queue if each.due <= now), None)
            if found is not None:
                self.queue.remove(found)
                self.under_way += 1
        return found

    def _try(self, delivery: Delivery) -> None:
        delivery.tries += 1
        status, problem = _post(delivery)
        with self.world.lock:
            self._note(delivery, status, problem)
            if status is not None and 200 <= status < 300:
                return
            if delivery.tries <= delivery.weather.retries:
                delivery.due = time.monotonic() + delivery.weather.back_off * 2 ** (delivery.tries - 1)
                self.queue.append(delivery)

    def _note(self, delivery: Delivery, status: int | None, problem: str | None) -> None:
        self.log.append(
            {
                "event": delivery.event["id"],
                "type": delivery.event["type"],
                "url": delivery.url,
                "try": delivery.tries,
                "status": status,
                "problem": problem,
            }
        )


def _signature(payload: str, delivery: Delivery) -> dict[str, str]:
    if delivery.weather.unsigned:
        return {}
    signed_at = int(time.time()) - (STALE_S if delivery.weather.stale else 0)
    secret = "whsec_of_somebody_else" if delivery.weather.forged else delivery.secret
    sign: Any = WebhookSignature.generate_signature_header
    return {"Stripe-Signature": sign(payload, secret, timestamp=signed_at)}


def _post(delivery: Delivery) -> tuple[int | None, str | None]:
    payload = json.dumps(delivery.event, indent=2)
    parts = urlsplit(delivery.url)
    headers = {
        "Content-Type": "application/json; charset=utf-8",
        "User-Agent": "Stripe/1.0 (+https://stripe.com/docs/webhooks)",
        "Host": parts.netloc,
        "Stripe-Version": VERSION,
        **_signature(payload, delivery),
    }
    # Whatever the name, it is this machine: `slug.localhost` is not known to every resolver.
    host = "::1" if parts.hostname == "::1" else "127.0.0.1"
    connection = HTTPConnection(host, parts.port or 80, timeout=ANSWER_WITHIN_S)
    try:
        query = f"?{parts.query}" if parts.query else ""
        connection.request("POST", (parts.path or "/") + query, payload.encode(), headers)
        return connection.getresponse().status, None
    except (OSError, HTTPException) as problem:
        return None, str(problem) or type(problem).__name__
    finally:
        connection.close()
