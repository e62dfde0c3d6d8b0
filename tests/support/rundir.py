"""One folder for one test run, shared by its parallel workers, and a lock that the operating system keeps."""

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

VARIABLE = "PORTICO_TEST_RUN"
# Where files are kept in memory. A database of a hundred tables is five hundred files, and each test has its own copy.
MEMORY = Path("/dev/shm")  # noqa: S108 - only a folder with a name nobody can guess is made there
ENOUGH_BYTES = 4 * 1024**3


def make_run_dir() -> Path:
    """Create the folder of a new run, for this process and those that it starts.

    Its path is short on purpose: a socket's path may have about 100 characters.
    """
    roomy = MEMORY.is_dir() and shutil.disk_usage(MEMORY).free >= ENOUGH_BYTES
    folder = Path(tempfile.mkdtemp(prefix="portico-", dir=MEMORY if roomy else None))
    folder.chmod(0o755)  # PostgreSQL may run as another user
    os.environ[VARIABLE] = str(folder)
    return folder


def run_dir() -> Path:
    """Return the folder of the run that this process belongs to."""
    return Path(os.environ[VARIABLE])


@contextmanager
def only_one(name: str) -> Iterator[None]:
    """Let one process of this run at a time through; a process that dies lets the next one in."""
    with (run_dir() / f"{name}.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
