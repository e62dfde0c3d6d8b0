"""One open stream."""

import socket
from collections.abc import Sequence

_SEND_BUFFER = 16 * 1024
"""Bytes that may wait in the kernel for a slow reader: a few hundred events."""
_DEAD_AFTER_MS = 60_000
"""How long a network may swallow what we send before the connection counts as dead."""


class Listener:
    """A browser's socket and what it listens to. Thousands wait in memory at a time: no task, no buffer, no dict each."""

    __slots__ = ("due", "person", "session", "sock", "topics", "until")

    def __init__(
        self, sock: socket.socket, person: str, session: str, topics: Sequence[str], until: float
    ) -> None:
        self.sock = sock
        self.person, self.session, self.topics = person, session, topics
        self.until = until
        """When the stream is closed, so that who may listen is asked anew."""
        self.due = 0.0
        """When it is to hear a sign of life."""
        _prepare(sock)

    def say(self, data: bytes) -> bool:
        """Send it all at once; False when that cannot be, because the reader is slow or gone."""
        try:
            return self.sock.send(data) == len(data)
        except OSError:
            return False

    def is_gone(self) -> bool:
        """Ask when its socket can be read: whether the connection ended. A stream has nothing to say to us."""
        try:
            self.sock.recv(1)
        except BlockingIOError:
            return False
        except OSError:
            return True
        return True


def _prepare(sock: socket.socket) -> None:
    sock.settimeout(0)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _SEND_BUFFER)
    if sock.family != socket.AF_UNIX:
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if hasattr(socket, "TCP_USER_TIMEOUT"):
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, _DEAD_AFTER_MS)
