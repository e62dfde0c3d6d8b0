"""The hub's loop: its socket, its listeners, its clock."""

import fcntl
import logging
import resource
import signal
import socket
import sys
from pathlib import Path
from selectors import EVENT_READ, DefaultSelector

from app.live.hub import Hub
from app.live.listener import Listener
from app.live.wire import Event, Gap, Joining, unpack

_BACKLOG = 1024
"""Messages that may wait while the hub speaks to thousands."""
_LARGEST = 64 * 1024
_OWN_DESCRIPTORS = 64
_MOST = 100_000

_log = logging.getLogger(__name__)


class AlreadyRunning(Exception):
    """Another hub holds the socket."""


class Call:
    """One connection to the hub's socket: a message, perhaps with a descriptor, until its sender hangs up."""

    __slots__ = ("_data", "_handed", "line")

    def __init__(self, line: socket.socket) -> None:
        self.line = line
        self._data = b""
        self._handed: list[int] = []

    def read(self) -> bool:
        """Take what has come; True when that was all."""
        while len(self._data) <= _LARGEST:
            try:
                data, descriptors, _flags, _address = socket.recv_fds(self.line, _LARGEST, 1)
            except BlockingIOError:
                return False
            except OSError:
                break
            self._handed += descriptors
            self._data += data
            if not data:
                break
        return True

    def finish(self, hub: Hub) -> None:
        """Do what the message says."""
        self.line.close()
        sockets = [socket.socket(fileno=descriptor) for descriptor in self._handed]
        try:
            message = unpack(self._data)
        except ValueError:
            message = None
        match message:
            case Joining() if sockets:
                hub.join(message, sockets.pop())
            case Event():
                hub.publish(message)
            case Gap():
                hub.lose()
            case _:
                _log.warning("a message that says nothing: %.80r", self._data)
        for left in sockets:
            left.close()


class Server:
    """Serves until SIGTERM."""

    def __init__(self, path: Path) -> None:
        """Raises AlreadyRunning when another hub serves `path`."""
        self._selector = DefaultSelector()
        self._unfinished: list[Call] = []
        self._hub = Hub(self._selector, _most_listeners())
        path.parent.mkdir(parents=True, exist_ok=True)
        # The lock dies with its process, whatever it dies of; the socket's file does not.
        self._lock = path.with_suffix(".lock").open("w")
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            self._lock.close()
            raise AlreadyRunning from None
        path.unlink(missing_ok=True)
        self._door = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._door.bind(str(path))
        path.chmod(0o600)  # whoever may speak here may hand over listeners to any tenant
        self._door.listen(_BACKLOG)
        self._door.settimeout(0)
        self._selector.register(self._door, EVENT_READ, self._door)

    def run(self) -> None:
        """Serve until SIGTERM or Ctrl-C, then end every stream."""
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
        try:
            while True:
                self._turn(self._hub.beat())
        except KeyboardInterrupt:
            pass
        finally:
            self._hub.close()
            self._door.close()
            self._lock.close()

    def _turn(self, longest_s: float) -> None:
        for key, _events in self._selector.select(longest_s):
            if isinstance(key.data, Listener):
                self._hub.hear(key.data)
            elif key.data is self._door:
                self._answer()
            else:
                self._hear_out()

    def _answer(self) -> None:
        """Take every call that waits: most have said everything already, and need no second turn."""
        while True:
            try:
                line, _address = self._door.accept()
            except OSError:
                return
            line.settimeout(0)
            call = Call(line)
            # Whoever calls again has said everything before: their first word is not overtaken by their second.
            self._hear_out()
            if call.read():
                call.finish(self._hub)
            else:
                self._unfinished.append(call)
                self._selector.register(line, EVENT_READ, call)

    def _hear_out(self) -> None:
        """Go on with the calls that had not said everything, in the order they came in."""
        for call in self._unfinished.copy():
            if call.read():
                self._unfinished.remove(call)
                self._selector.unregister(call.line)
                call.finish(self._hub)


def _most_listeners() -> int:
    """As many as this process may have open files; the soft limit is raised to the hard one first."""
    _soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _MOST if hard == resource.RLIM_INFINITY else min(hard, _MOST)
    resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
    return wanted - _OWN_DESCRIPTORS
