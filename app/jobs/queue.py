"""The queue: a bell that wakes the worker. What is to be done is in the database, never in here."""

from pathlib import Path

from huey import Huey, RedisHuey, SqliteHuey

_NAME = "portico"


def open_queue(data_dir: Path, redis_url: str) -> Huey:
    """The queue of this server: in Redis when there is one, else in a file beside the data."""
    if redis_url:
        return RedisHuey(_NAME, url=redis_url, results=False)
    data_dir.mkdir(parents=True, exist_ok=True)
    # Losing the last bells in a power cut costs a minute's wait, so the disk need not be waited for.
    return SqliteHuey(_NAME, filename=str(data_dir / "queue.db"), results=False, fsync=False, cache_mb=1)
