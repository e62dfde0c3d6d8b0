"""Messages from one person to another, end to end: sent over HTTP, committed, and heard by the other's open stream."""

import re
import socket
import time
import urllib.request
import uuid
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from statistics import quantiles
from urllib.parse import urlencode, urlsplit

from flask import Flask

from app.models import Conversation, ConversationKind, ConversationMember
from app.tenancy import tenant_session
from app.web.database import db
from tools.bench.load import Work
from tools.bench.processes import Program
from tools.bench.stage import Stage

EACH = 15
"""Messages of each sender and round: nobody may send more than 120 in a minute."""
_TOKEN = re.compile(r'"X-CSRFToken": "([^"]+)"')
_PATIENCE_S = 10.0


@dataclass
class Pair:
    """Who writes, and the stream of who hears it."""

    address: str
    cookie: str
    token: str
    stream: socket.socket
    word: bytes
    """What the stream says of a message in their conversation."""

    def send(self) -> float:
        """Write one message, and wait until it was heard. Milliseconds."""
        body = urlencode({"body": "Is the loom free?", "client_id": uuid.uuid4(), "csrf_token": self.token})
        request = urllib.request.Request(  # noqa: S310 - loopback
            self.address, body.encode(), {"Cookie": self.cookie, "Accept": "application/json"}
        )
        began = time.perf_counter()
        with closing(urllib.request.urlopen(request, timeout=_PATIENCE_S)) as answer:  # noqa: S310 - loopback
            answer.read()
        self._hear()
        return (time.perf_counter() - began) * 1000

    def _hear(self) -> None:
        """Read the stream until it says so; what it says is short, and comes in one piece."""
        heard = b""
        while self.word not in heard:
            data = self.stream.recv(65536)
            if not data:
                raise RuntimeError("a stream ended")
            heard = heard[-200:] + data


@contextmanager
def pairs(app: Flask, on: Stage, server: Program) -> Iterator[list[Pair]]:
    """The stage's people, two by two, the second of each with an open stream."""
    made: list[Pair] = []
    try:
        for at in range(0, len(on.cookies) - 1, 2):
            conversation_id = _begin(app, on, on.world.person_ids[at], on.world.person_ids[at + 1])
            address = f"{server.address}/messages/{conversation_id}"
            stream = _listen(server.address, on.cookies[at + 1])
            word = f"event: messages.{conversation_id}\n".encode()
            made.append(Pair(address, on.cookies[at], _token(address, on.cookies[at]), stream, word))
        yield made
    finally:
        for pair in made:
            pair.stream.close()


def send_all(between: Sequence[Pair]) -> Work:
    """Everybody writes at once, each their next message when the last was heard."""
    began = time.perf_counter()
    with ThreadPoolExecutor(len(between)) as pool:
        took = [each for took in pool.map(_send_some, between) for each in took]
    marks = quantiles(took, n=100, method="inclusive")
    return Work(len(took), time.perf_counter() - began, marks[49], marks[98])


def _send_some(pair: Pair) -> list[float]:
    return [pair.send() for _ in range(EACH)]


def _begin(app: Flask, on: Stage, *people: int) -> int:
    """A conversation of these people, as a fresh one is."""
    now = datetime.now(UTC)
    with app.app_context(), tenant_session(db.session.session_factory, on.world.tenant_id) as session:
        conversation = Conversation(
            kind=ConversationKind.GROUP, title="Sending", created_by_id=people[0], created_at=now
        )
        session.add(conversation)
        session.flush()
        session.add_all(
            ConversationMember(conversation_id=conversation.id, person_id=each, joined_at=now)
            for each in people
        )
        return conversation.id


def _token(address: str, cookie: str) -> str:
    request = urllib.request.Request(address, headers={"Cookie": cookie})  # noqa: S310 - loopback
    with closing(urllib.request.urlopen(request, timeout=_PATIENCE_S)) as answer:  # noqa: S310 - loopback
        found = _TOKEN.search(answer.read().decode())
    if found is None:
        raise RuntimeError(f"{address} has no form")
    return found[1]


def _listen(address: str, cookie: str) -> socket.socket:
    parts = urlsplit(address)
    stream = socket.create_connection((parts.hostname or "", parts.port or 80), timeout=_PATIENCE_S)
    lines = ("GET /live?age=0 HTTP/1.1", f"Host: {parts.netloc}", f"Cookie: {cookie}")
    stream.sendall("\r\n".join([*lines, "", ""]).encode())
    head = stream.recv(4096)
    if b" 200 " not in head.split(b"\r\n")[0]:
        raise RuntimeError(f"no stream: {head!r}")
    return stream
