"""The application on a real port: in a thread for browser journeys, under the production server for races."""

import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from flask import Flask
from werkzeug.serving import make_server

from app.settings import Settings

PROJECT = Path(__file__).resolve().parents[2]
PATIENCE_S = 20.0


class _Closed:
    """An answer that is closed in any case. The server forgets it where a reader hangs up while it reads what is left of
    the request, and a file of it would stay open."""

    def __init__(self, answer: Iterable[bytes]) -> None:
        self._answer = answer
        self._close: Callable[[], object] | None = getattr(answer, "close", None)

    def __iter__(self) -> Iterator[bytes]:
        return iter(self._answer)

    def close(self) -> None:
        close, self._close = self._close, None
        if close is not None:
            close()

    def __del__(self) -> None:
        self.close()


@contextmanager
def serve_in_thread(app: Flask) -> Iterator[str]:
    """Serve `app` from this process and yield its address, `http://localhost:PORT`; a thread for each request."""
    server = make_server("127.0.0.1", 0, lambda *request: _Closed(app(*request)), threaded=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, name="live-server")
    thread.start()
    try:
        yield f"http://localhost:{server.server_port}"
    finally:
        server.shutdown()
        thread.join(PATIENCE_S)
        server.server_close()


def environment_of(settings: Settings) -> dict[str, str]:
    """Return the environment in which a process of its own reads the same settings."""
    own = {
        "PORTICO_ENV": settings.environment,
        "PORTICO_DATA_DIR": str(settings.data_dir),
        "SECRET_KEY": settings.secret_key,
        "DATABASE_URL": settings.database_url,
        "PORTICO_ROW_SECURITY": "on" if settings.row_security else "off",
        "REDIS_URL": settings.redis_url,
        "PORTICO_RUN_DIR": str(settings.run_dir or ""),
    }
    kept = {
        name: value for name, value in os.environ.items() if not name.startswith(("PORTICO_", "DATABASE_"))
    }
    return {**kept, **own}


@contextmanager
def serve_with_workers(settings: Settings, workers: int = 2, threads: int = 8) -> Iterator[str]:
    """Serve with `workers` real processes and yield the address; requests wait in the queue until they are up.

    Raises AssertionError with the server's log when it ended by itself.
    """
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    log = (settings.run_dir or settings.data_dir) / "server.log"  # several may share the data
    with socket.create_server(("127.0.0.1", 0), backlog=512) as listener, log.open("w") as output:
        command = [sys.executable, "-m", "gunicorn", "wsgi:app", "--bind", f"fd://{listener.fileno()}"]
        command += ["--workers", str(workers), "--threads", str(threads), "--no-control-socket"]
        # A worker that hangs at the end, on a line that a test has cut, is ended within our patience.
        command += ["--graceful-timeout", str(int(PATIENCE_S / 4))]
        server = subprocess.Popen(
            command,
            cwd=PROJECT,
            env=environment_of(settings),
            pass_fds=[listener.fileno()],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        try:
            yield f"http://localhost:{listener.getsockname()[1]}"
            assert server.poll() is None, f"the server ended by itself:\n{log.read_text(encoding='utf-8')}"
        finally:
            server.send_signal(signal.SIGINT)  # its quick end; SIGTERM would wait for idle connections
            server.wait(PATIENCE_S)
