"""The panva `oidc-provider`, started as a process of its own."""

import json
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.support.servers import PATIENCE_S, PROJECT
from tools.setup import node_environment

_SCRIPT = Path(__file__).with_name("panva.mjs")
SECRET = "the-secret-of-the-portal-at-the-provider"


@dataclass(frozen=True)
class Panva:
    """A running provider: what an admin has to enter."""

    issuer: str
    client_id: str = "portal"
    secret: str = SECRET


def free_port() -> int:
    """A port that nobody listens on right now."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


@contextmanager
def panva(
    redirects: list[str],
    users: dict[str, dict[str, Any]] | None = None,
    *,
    conform: bool = True,
    log: Path,
    **client: Any,
) -> Iterator[Panva]:
    """Start a provider that sends answers to those addresses only.

    `conform` keeps the e-mail out of the ID token; `client` holds further metadata of our registration there.
    """
    issuer = f"http://localhost:{free_port()}"
    registered = {
        "client_id": "portal",
        "client_secret": SECRET,
        "redirect_uris": redirects,
        "grant_types": ["authorization_code"],
        "response_types": ["code"],
        **client,
    }
    setup = {"issuer": issuer, "clients": [registered], "users": users or {}, "conform": conform}
    environment = node_environment()
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("w") as errors:
        server = subprocess.Popen(
            [shutil.which("node", path=environment["PATH"]) or "node", str(_SCRIPT)],
            cwd=PROJECT,
            env=environment | {"SETUP": json.dumps(setup)},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
        )
        try:
            assert server.stdout is not None
            lines = iter(server.stdout.readline, "")
            assert any("listening" in line for line in lines), log.read_text()
            yield Panva(issuer)
        finally:
            server.terminate()
            server.wait(PATIENCE_S)
            if server.stdout is not None:
                server.stdout.close()
