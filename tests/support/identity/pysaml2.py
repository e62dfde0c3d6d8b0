"""Starts the SAML identity provider (`pysaml2_idp.py`) as a process of its own and speaks to its test side."""

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from app.integrations.sign_on.saml_metadata import new_key
from tests.support.identity.panva import free_port
from tests.support.servers import PATIENCE_S
from tools.xmlsec import HOW_TO_GET_IT, find_xmlsec

PROGRAM = Path(__file__).with_name("pysaml2_idp.py")
KEYS = ("first", "second", "stranger")


class IdentityProvider:
    """The provider as tests see it. Its metadata shows the keys `first` and `second`."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.entity_id = f"{address}/metadata"
        self.client = httpx.Client(base_url=address, trust_env=False)

    def metadata(self) -> bytes:
        return self.client.get("/metadata").raise_for_status().content

    def trust(self, portal_metadata: str | bytes) -> None:
        """Let it answer that portal from now on."""
        self.client.post("/_test/portal", content=portal_metadata).raise_for_status()

    def next(self, user: str = "maya", fault: str = "", **more: Any) -> None:
        """Say who signs in from now on, and with which fault."""
        self.client.post("/_test/next", json={"user": user, "fault": fault, **more}).raise_for_status()

    def signed_out(self) -> str:
        """Who was last signed out there, by the name that portals know."""
        return self.client.get("/_test/signed-out").text


@contextmanager
def identity_provider(folder: Path) -> Iterator[IdentityProvider]:
    """Start the provider and wait until it answers; `folder` keeps its keys. Fails the test with its log."""
    xmlsec = find_xmlsec()
    if xmlsec is None:
        pytest.fail(HOW_TO_GET_IT)
    for name in KEYS:
        private, certificate = new_key(name)
        (folder / f"{name}.key").write_text(private)
        (folder / f"{name}.crt").write_text(certificate)
    port = free_port()
    log = folder / "provider.log"
    with log.open("w") as output:
        process = subprocess.Popen(
            [sys.executable, str(PROGRAM), str(folder), str(port), xmlsec],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        provider = IdentityProvider(f"http://127.0.0.1:{port}")
        try:
            _wait(process, provider, log)
            yield provider
        finally:
            process.terminate()
            process.wait(PATIENCE_S)
            provider.client.close()


def _wait(process: subprocess.Popen[bytes], provider: IdentityProvider, log: Path) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline and process.poll() is None:
        try:
            provider.metadata()
        except httpx.TransportError:
            time.sleep(0.05)
        else:
            return
    pytest.fail(f"the identity provider did not start:\n{log.read_text(encoding='utf-8')}")
