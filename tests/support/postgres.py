"""A real PostgreSQL for the whole test run, taken from a Python package and gone when the last worker is gone.

The first worker that needs it starts a guard (`postgres_guard.py`), which starts the server. Every worker holds a
shared lock on one file for as long as it lives; the guard waits for the exclusive one. So the server ends after the
run, after Ctrl-C and after a killed worker alike: the operating system drops the locks of the dead.
"""

import fcntl
import os
import subprocess
import sys
import time
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from tests.support.rundir import only_one, run_dir

PROJECT = Path(__file__).resolve().parents[2]
USERS_FILE = "postgres-users.lock"
READY_FILE = "postgres-ready"
LOG_FILE = "postgres.log"
PATIENCE_S = 60.0


@dataclass(frozen=True)
class Server:
    """A running PostgreSQL, reached through the socket in `socket_dir`; its superuser needs no password."""

    socket_dir: Path

    def url(self, database: str) -> str:
        """Return the SQLAlchemy address of a database on this server."""
        return f"postgresql+psycopg://postgres@/{database}?host={self.socket_dir}"

    def conninfo(self, database: str = "postgres") -> str:
        """Return the same for psycopg itself."""
        return f"host={self.socket_dir} user=postgres dbname={database}"


@cache
def join_server() -> Server:
    """Return this run's server, starting it when nobody has. Raises RuntimeError with its log if it cannot start."""
    folder = run_dir()
    # A bare descriptor, never closed: it holds the lock for the life of this process.
    users = os.open(folder / USERS_FILE, os.O_RDWR | os.O_CREAT, 0o644)
    fcntl.flock(users, fcntl.LOCK_SH)
    with only_one("postgres"):
        if not (folder / READY_FILE).exists():
            _start_guard(folder)
    return Server(folder)


def _start_guard(folder: Path) -> None:
    command = [sys.executable, "-m", "tests.support.postgres_guard", str(folder)]
    with (folder / LOG_FILE).open("w") as log:
        # In a session of its own: Ctrl-C is for pytest, and the guard hears of pytest's end by the lock.
        guard = subprocess.Popen(
            command, cwd=PROJECT, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
        )
    deadline = time.monotonic() + PATIENCE_S
    while not (folder / READY_FILE).exists():
        if guard.poll() is not None or time.monotonic() > deadline:
            log_text = (folder / LOG_FILE).read_text(encoding="utf-8", errors="replace")
            raise RuntimeError(f"PostgreSQL did not start. Its log:\n{log_text}")
        time.sleep(0.02)
    # It outlives this process on purpose; without this, Python would warn of a child that nobody waited for.
    guard.returncode = 0
