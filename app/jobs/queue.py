"""The queue: a bell that wakes the worker. What is to be done is in the database, never in here."""

from pathlib import Path

from huey import Huey, RedisHuey, SqliteHuey
from redis import ConnectionPool

_NAME = "portico"


def open_queue(data_dir: Path, redis_url: str) -> Huey:
    """The queue of this server: in Redis when there is one, else in a file beside the data."""
    if redis_url:
        # A page rings after its commit: no Redis that is away may keep it waiting. The worker itself asks for a second.
        pool = ConnectionPool.from_url(redis_url, socket_connect_timeout=1, socket_timeout=3)
        return RedisHuey(_NAME, connection_pool=pool, results=False)
    data_dir.mkdir(parents=True, exist_ok=True)
    # Losing the last bells in a power cut costs a minute's wait, so the disk need not be waited for.
    return SqliteHuey(_NAME, filename=str(data_dir / "queue.db"), results=False, fsync=False, cache_mb=1)
