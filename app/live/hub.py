"""Who listens to what, and what they hear."""

import logging
import random
import secrets
import socket
import time
from collections import deque
from collections.abc import Iterable
from selectors import EVENT_READ, BaseSelector

from app.live.listener import Listener
from app.live.recent import Recent, Said
from app.live.wire import END, Event, Joining

BEAT_S = 25.0
"""How often each stream carries a sign of life: proxies and networks close what is silent for a minute."""
LIFE_S = 3600.0
"""About how long a stream lives. The browser comes back at once, and whether it may listen is asked anew."""
MOST_OF_A_PERSON = 20
_REMEMBER_ENDS_S = 60.0
"""How long an ended session is remembered: a page may have let it in a moment before it ended."""
_LINE_MS, _LONGEST_MS, _ALL_MS = 5, 3000, 10_000
"""Who hears the same as others waits a random part of so many milliseconds for each of them, at most so long."""
_BEAT = b":\n\n"
_FULL = (
    b"HTTP/1.1 503 Service Unavailable\r\nRetry-After: 60\r\nCache-Control: no-store\r\n"
    b"Content-Length: 0\r\nConnection: close\r\n\r\n"
)
_NOT_KEPT = "typing."

_log = logging.getLogger(__name__)


class Hub:
    """All listeners of this server. Not for threads: everything happens in the loop that owns the selector."""

    def __init__(self, selector: BaseSelector, most: int) -> None:
        self._selector = selector
        self._most = most
        self._boot = secrets.token_hex(4)
        self._began = time.monotonic()
        self._number = 0
        self._gap_number, self._gap_at = 0, self._began
        self._listeners: set[Listener] = set()
        self._of_topic: dict[str, set[Listener]] = {}
        self._recent: dict[int, Recent] = {}
        self._ended: dict[str, float] = {}
        self._beats: deque[Listener] = deque()

    def join(self, joining: Joining, sock: socket.socket) -> None:
        """Let somebody listen; their socket is ours from now on."""
        tenant = joining.tenant_id
        person, session = _key(tenant, joining.person), _key(tenant, joining.session)
        # A panel is its own person and its own session: each topic once, for each is left once.
        named = dict.fromkeys((*joining.topics, joining.person, joining.session))
        topics = tuple(_key(tenant, topic) for topic in named)
        now = time.monotonic()
        until = now + LIFE_S * random.uniform(0.9, 1.1)  # noqa: S311 - so that not all come back at once
        try:
            listener = Listener(sock, person, session, topics, until)
        except OSError:
            sock.close()  # gone on the way
            return
        if len(self._listeners) >= self._most or len(self._of_topic.get(person, ())) >= MOST_OF_A_PERSON:
            _log.warning("no room for another stream of %s", person)
            listener.say(_FULL)
            sock.close()
            return
        if session in self._ended or not listener.say(
            joining.head.encode("latin-1") + self._greeting(joining)
        ):
            sock.close()
            return
        self._take(listener, now)

    def leave(self, listener: Listener) -> None:
        """Close a stream. Doing it again changes nothing."""
        if listener not in self._listeners:
            return
        self._listeners.remove(listener)
        for topic in listener.topics:
            others = self._of_topic[topic]
            others.discard(listener)
            if not others:
                del self._of_topic[topic]
        self._selector.unregister(listener.sock)
        listener.sock.close()

    def hear(self, listener: Listener) -> None:
        """Its socket can be read: all that can mean is that the stream is over."""
        if listener.is_gone():
            self.leave(listener)

    def publish(self, event: Event) -> None:
        """Say it to everybody who listens to one of its topics, once each."""
        topics = frozenset(_key(event.tenant_id, topic) for topic in event.topics)
        if event.what == END:
            self._end(topics)
            return
        self._number += 1
        if not event.what.startswith(_NOT_KEPT):
            self._recent_of(event.tenant_id).add(Said(self._number, time.monotonic(), event.what, topics))
        hearing = self._listening_to(topics)
        self._say(hearing, self._text(event.what, self._number, _spread(len(hearing))))

    def lose(self) -> None:
        """Events were lost on the way to us: everybody asks again."""
        self._number += 1
        self._gap_number, self._gap_at = self._number, time.monotonic()
        self._recent.clear()
        self._say(self._listeners, self._text("resync", self._number, _ALL_MS))

    def beat(self) -> float:
        """Give signs of life where they are due, and close what has lived long enough.

        Returns the seconds until the next one is due.
        """
        now = time.monotonic()
        while self._beats and self._beats[0].due <= now:
            listener = self._beats.popleft()
            if listener not in self._listeners:
                continue
            if now >= listener.until or not listener.say(_BEAT):
                self.leave(listener)
            else:
                self._expect(listener, now)
        return self._beats[0].due - now if self._beats else BEAT_S

    def close(self) -> None:
        """End every stream; browsers come back by and by."""
        for listener in list(self._listeners):
            self.leave(listener)

    def _take(self, listener: Listener, now: float) -> None:
        self._listeners.add(listener)
        for topic in listener.topics:
            self._of_topic.setdefault(topic, set()).add(listener)
        self._selector.register(listener.sock, EVENT_READ, listener)
        self._expect(listener, now)

    def _expect(self, listener: Listener, now: float) -> None:
        listener.due = now + BEAT_S
        self._beats.append(listener)

    def _end(self, sessions: Iterable[str]) -> None:
        now = time.monotonic()
        self._ended = {each: at for each, at in self._ended.items() if at > now - _REMEMBER_ENDS_S}
        self._ended.update(dict.fromkeys(sessions, now))
        for listener in self._listening_to(sessions):
            self.leave(listener)

    def _greeting(self, joining: Joining) -> bytes:
        """What was missed since the page was made or the last event was heard, and where the row of events stands."""
        missed = self._missed(joining)
        if missed is None:
            return b"retry: 3000\n\n" + self._text("resync", self._number)
        told = b"".join(self._text(said.what, said.number) for said in missed)
        return b"retry: 3000\n\n" + told + self._text("hello", self._number)

    def _missed(self, joining: Joining) -> list[Said] | None:
        recent = self._recent_of(joining.tenant_id)
        topics = [_key(joining.tenant_id, topic) for topic in (*joining.topics, joining.person)]
        if not joining.last_id:
            return recent.since(time.monotonic() - joining.age_s, topics)
        boot, _, number = joining.last_id.partition("-")
        if boot != self._boot or not number.isdecimal():
            return None
        return recent.after(int(number), topics)

    def _recent_of(self, tenant_id: int) -> Recent:
        return self._recent.setdefault(tenant_id, Recent(self._gap_number, self._gap_at))

    def _listening_to(self, topics: Iterable[str]) -> set[Listener]:
        return set().union(*(self._of_topic.get(topic, ()) for topic in topics))

    def _say(self, listeners: Iterable[Listener], text: bytes) -> None:
        for listener in [each for each in listeners if not each.say(text)]:
            self.leave(listener)

    def _text(self, what: str, number: int, spread_ms: int = 0) -> bytes:
        return f"id: {self._boot}-{number}\nevent: {what}\ndata: {spread_ms}\n\n".encode()


def _key(tenant_id: int, topic: str) -> str:
    return f"{tenant_id}:{topic}"


def _spread(hearing: int) -> int:
    """Milliseconds over which so many browsers shall spread their questions."""
    return min((hearing - 1) * _LINE_MS, _LONGEST_MS) if hearing > 1 else 0
