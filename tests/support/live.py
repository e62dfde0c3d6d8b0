"""The hub as a process of its own, and listeners that read its streams over real sockets."""

import dataclasses
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import urlsplit
from urllib.request import urlopen

from flask import Flask
from flask.sessions import SecureCookieSessionInterface

from app.domain.live import changed
from app.live.wire import Event, pack, send
from app.settings import Settings
from app.web.auth import TOKEN_KEY
from tests.support.rows import inside
from tests.support.rundir import run_dir
from tests.support.servers import PATIENCE_S, PROJECT, environment_of, serve_with_workers
from tests.support.sign_in import session_token
from tests.support.world import TenantWorld

_EVENT = re.compile(rb"id: (\S+)\nevent: (\S+)\ndata: (\d+)\n\n")
NOBODYS_TENANT = 0


@dataclasses.dataclass(frozen=True)
class Heard:
    """One event of a stream."""

    id: str
    what: str
    spread_ms: int


class Hub:
    """A hub that tests may kill and start again."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        assert self.process is not None
        return self.process.pid

    def start(self) -> None:
        """Start it and wait until it takes messages, from here and from others."""
        log = self._settings.live_socket.with_suffix(".log")
        with log.open("w") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "app.live"],
                cwd=PROJECT,
                env=environment_of(self._settings),
                stdin=subprocess.DEVNULL,
                stderr=output,
            )
        nothing = pack(Event(NOBODYS_TENANT, "home", []))
        wait_until(lambda: send(self._settings.live_socket, nothing), "the hub did not start")
        if self._settings.redis_url or self._settings.postgres:
            wait_until(lambda: "on the line" in log.read_text(), "the hub hears no others")

    def stop(self, how: signal.Signals = signal.SIGTERM) -> int:
        """End it and return how it ended."""
        assert self.process is not None
        self.process.send_signal(how)
        return self.process.wait(PATIENCE_S)


@dataclasses.dataclass(frozen=True)
class Node:
    """One of several servers."""

    settings: Settings
    address: str


@contextmanager
def running_hub(settings: Settings) -> Iterator[Hub]:
    hub = Hub(settings)
    hub.start()
    try:
        yield hub
    finally:
        assert hub.process is not None
        if hub.process.poll() is None:
            hub.stop()


@contextmanager
def with_short_run_dir(settings: Settings) -> Iterator[Settings]:
    """The settings with a folder for sockets, whose paths may be no longer than 100 characters."""
    folder = Path(tempfile.mkdtemp(prefix="live-", dir=run_dir()))
    yield dataclasses.replace(settings, run_dir=folder)
    shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def running_node(settings: Settings, *, hears_others: bool = True) -> Iterator[Node]:
    """A server beside others: a web process and a hub of its own, which share the database and the broker alone where the
    settings have a folder of their own for sockets.

    One that does not hear others has a hub that nothing leads to but its own socket.
    """
    alone = dataclasses.replace(settings, database_url="sqlite://", redis_url="")
    with (
        running_hub(settings if hears_others else alone),
        serve_with_workers(settings, workers=1, threads=4) as address,
        urlopen(f"{address}/healthz", timeout=PATIENCE_S),  # noqa: S310 - loopback; waits until it is up
    ):
        yield Node(settings, address)


def wait_until(happened: Callable[[], object], otherwise: str) -> None:
    """Ask until it is so. Raises AssertionError when it takes too long."""
    deadline = time.monotonic() + PATIENCE_S
    while not happened():
        assert time.monotonic() < deadline, otherwise
        time.sleep(0.02)


class Ear:
    """A browser's stream: what it was answered, and what it heard since."""

    def __init__(
        self, address: str, host: str, cookie: str, query: str = "?age=0", last_id: str = ""
    ) -> None:
        parts = urlsplit(address)
        self.sock = socket.create_connection(("127.0.0.1", parts.port or 80), timeout=PATIENCE_S)
        lines = [f"GET /live{query} HTTP/1.1", f"Host: {host}:{parts.port}", f"Cookie: {cookie}"]
        lines += [f"Last-Event-ID: {last_id}"] if last_id else []
        self.sock.sendall("\r\n".join([*lines, "", ""]).encode())
        self._data = b""
        while b"\r\n\r\n" not in self._data and self._read():
            pass
        head, _, self._data = self._data.partition(b"\r\n\r\n")
        self.head = head.decode()
        self.status = int(self.head.split()[1]) if self.head else 0
        self.last_id = ""

    def next(self) -> Heard | None:
        """The next event, waiting for it; None when the stream has ended."""
        while not (found := _EVENT.search(self._data)):
            if not self._read():
                return None
        self._data = self._data[found.end() :]
        heard = Heard(found[1].decode(), found[2].decode(), int(found[3]))
        self.last_id = heard.id
        return heard

    def until(self, what: str) -> list[str]:
        """The words up to this one, it included. Raises AssertionError when the stream ends before."""
        words: list[str] = []
        while not words or words[-1] != what:
            heard = self.next()
            assert heard, f"the stream ended after {words}"
            words.append(heard.what)
        return words

    def ends(self) -> bool:
        """Whether the stream ends, whatever it says until then. Raises TimeoutError when it goes on."""
        while self.next():
            pass
        return True

    def close(self) -> None:
        self.sock.close()

    def _read(self) -> bool:
        with suppress(ConnectionResetError):
            data = self.sock.recv(65536)
            self._data += data
            return bool(data)
        return False


def cookie_of(app: Flask, tenant: TenantWorld, who: str) -> str:
    """A browser's cookie for somebody who is signed in."""
    return cookie_with(app, session_token(app, tenant, who))


def cookie_with(app: Flask, token: str) -> str:
    """A browser's cookie that shows this token."""
    signer = SecureCookieSessionInterface().get_signing_serializer(app)
    assert signer is not None
    return f"{app.config['SESSION_COOKIE_NAME']}={signer.dumps({TOKEN_KEY: token})}"


class Listen(Protocol):
    """Opens a stream for somebody."""

    def __call__(
        self, tenant: TenantWorld, who: str, query: str = "?age=0", *, cookie: str = "", last_id: str = ""
    ) -> Ear: ...


@contextmanager
def listening_at(app: Flask, address: str) -> Iterator[Listen]:
    """Yield what opens streams there for people of the cast; they are closed in the end."""
    open_ears: list[Ear] = []

    def one(
        tenant: TenantWorld, who: str, query: str = "?age=0", *, cookie: str = "", last_id: str = ""
    ) -> Ear:
        ear = Ear(address, tenant.host, cookie or cookie_of(app, tenant, who), query, last_id)
        open_ears.append(ear)
        return ear

    yield one
    for ear in open_ears:
        ear.close()


def tell(app: Flask, tenant: TenantWorld, what: str, **whom: Any) -> None:
    """Have it changed for them, in a transaction of its own: `whom` as `domain.live.changed` takes it."""
    with inside(app, tenant) as session:
        changed(session, what, **whom)
