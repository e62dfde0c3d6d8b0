"""The push service of the npm package web-push-testing, started as a process of its own."""

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from app.ports import PushTarget
from tests.support.identity.panva import free_port
from tests.support.servers import PATIENCE_S, PROJECT
from tools.setup import node_environment

_SCRIPT = Path(__file__).with_suffix(".mjs")


@dataclass(frozen=True)
class OtherService:
    """A running service."""

    origin: str

    def subscribe(self, sender_key: str) -> PushTarget:
        """A browser that is bound to the sender of that key."""
        found = self._ask("subscribe", {"userVisibleOnly": "true", "applicationServerKey": sender_key})
        return PushTarget(found["endpoint"], found["keys"]["p256dh"], found["keys"]["auth"])

    def messages(self, target: PushTarget) -> list[str]:
        """What the browser got, decrypted."""
        found: list[str] = self._ask("get-notifications", {"clientHash": _hash(target)})["messages"]
        return found

    def expire(self, target: PushTarget) -> None:
        httpx.post(f"{self.origin}/expire-subscription/{_hash(target)}", timeout=PATIENCE_S)

    def _ask(self, path: str, data: dict[str, str]) -> Any:
        answer = httpx.post(f"{self.origin}/{path}", json=data, timeout=PATIENCE_S)
        return answer.raise_for_status().json()["data"]


def _hash(target: PushTarget) -> str:
    return target.endpoint.rsplit("/", 1)[1]


@contextmanager
def other_service() -> Iterator[OtherService]:
    """Start the service on a free port."""
    port, environment = free_port(), node_environment()
    server = subprocess.Popen(
        [shutil.which("node", path=environment["PATH"]) or "node", str(_SCRIPT)],
        cwd=PROJECT,
        env=environment | {"PORT": str(port)},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert server.stdout is not None
        assert "running" in server.stdout.readline()
        yield OtherService(f"http://localhost:{port}")
    finally:
        server.terminate()
        server.wait(PATIENCE_S)
        if server.stdout is not None:
            server.stdout.close()
