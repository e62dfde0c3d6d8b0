"""The push service of `service.py`, started as a process of its own, and what a test asks of it."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any

import httpx

from app.ports import PushTarget
from tests.support.servers import PATIENCE_S, PROJECT


@dataclass(frozen=True)
class PushService:
    """A running service."""

    origin: str

    def subscribe(self, sender_key: str) -> PushTarget:
        """A browser that is bound to the sender of that key."""
        found = self._ask("/subscriptions", {"key": sender_key})
        return PushTarget(found["endpoint"], found["keys"]["p256dh"], found["keys"]["auth"])

    def answer(self, target: PushTarget, status: int, times: int = 1, **more: Any) -> None:
        """Answer the next messages to that browser with this, once each is found to be in order."""
        self._ask("/answers", {"token": _token(target), "status": status, "times": times, **more})

    def messages(self, target: PushTarget) -> list[dict[str, Any]]:
        """What the browser got: `text`, `ttl`, `urgency`, `topic`, and whether a later one `replaced` it."""
        found: list[dict[str, Any]] = self._ask(f"/messages?token={_token(target)}")
        return found

    def hold(self, *, held: bool) -> None:
        """Let messages wait, or no longer. None waits for longer than a sender has patience."""
        self._ask("/hold", {"held": held})

    def waiting(self) -> int:
        """How many messages wait."""
        return int(self._ask("/waiting"))

    def refusals(self) -> list[str]:
        """What was wrong with messages so far."""
        found: list[str] = self._ask("/refusals")
        return found

    def _ask(self, path: str, data: object = None) -> Any:
        ask = httpx.get if data is None else partial(httpx.post, json=data)
        return ask(self.origin + path, timeout=PATIENCE_S).raise_for_status().json()


def _token(target: PushTarget) -> str:
    return target.endpoint.rsplit("/", 1)[1]


@contextmanager
def push_service() -> Iterator[PushService]:
    """Start a push service on a free port."""
    server = subprocess.Popen(
        [sys.executable, "-m", "tests.support.push.service"],
        cwd=PROJECT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert server.stdout is not None
        yield PushService(server.stdout.readline().strip())
    finally:
        server.terminate()
        server.wait(PATIENCE_S)
        if server.stdout is not None:
            server.stdout.close()
