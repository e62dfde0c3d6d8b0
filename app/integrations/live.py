"""The ways to the hubs: the socket of this server's own, or Redis where several servers share one."""

import atexit
import logging
import queue
import threading
from pathlib import Path

from redis import ConnectionPool, Redis
from redis.exceptions import RedisError

from app.live.wire import CHANNEL, send

_MOST_WAITING = 10_000
_IDLE_S = 10.0
_LAST_WORDS_S = 2.0

_log = logging.getLogger(__name__)


class OwnHub:
    """The Live port for one server."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def tell(self, message: bytes) -> None:
        send(self._path, message)


class RedisHubs:
    """The Live port for several servers. A thread of its own speaks to Redis, so that no page waits for it; it ends when
    there is nothing more to say.
    """

    def __init__(self, url: str) -> None:
        pool = ConnectionPool.from_url(url, socket_connect_timeout=1, socket_timeout=1)
        self._redis = Redis(connection_pool=pool)
        self._waiting: queue.Queue[bytes | None] = queue.Queue(_MOST_WAITING)
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        atexit.register(self._finish)

    def tell(self, message: bytes) -> None:
        with self._lock:
            try:
                self._waiting.put_nowait(message)
            except queue.Full:
                _log.error("Redis takes no events: one is dropped")
            # A process that was forked has the object of its parent's thread, and not the thread.
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self._speak, name="live", daemon=True)
                self._thread.start()

    def _speak(self) -> None:
        while (message := self._next()) is not None:
            try:
                self._redis.publish(CHANNEL, message)
            except RedisError as error:
                _log.warning("an event was lost: %s", error)

    def _next(self) -> bytes | None:
        """The next event; None when it is time to end."""
        try:
            return self._waiting.get(timeout=_IDLE_S)
        except queue.Empty:
            with self._lock:
                if not self._waiting.empty():
                    return self._waiting.get_nowait()
                self._thread = None
                return None

    def _finish(self) -> None:
        """Say what is left when the process ends, unless that takes long."""
        thread = self._thread
        if thread is not None and not self._waiting.full():
            self._waiting.put(None)
            thread.join(_LAST_WORDS_S)
