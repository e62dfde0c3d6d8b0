"""Programs that a measurement starts, and what the operating system says about them. Linux tells it in /proc."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PROC = Path("/proc")
WORKERS = 2
_PATIENCE_S = 60.0
_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Program:
    """A started program: its process id and, for a server, where it answers."""

    pid: int
    address: str = ""


def server_command(kind: str, target: str, port: int) -> list[str]:
    """How to serve the WSGI application `target` with two workers: `sync`, `gthread` or `granian`."""
    if kind == "granian":
        return [sys.executable, "-m", "granian", "--interface", "wsgi", "--workers", str(WORKERS), "--blocking-threads", "2",
                "--no-ws", "--log-level", "warning", "--host", "127.0.0.1", "--port", str(port), target]
    command = [sys.executable, "-m", "gunicorn", target, "--bind", f"127.0.0.1:{port}", "--workers", str(WORKERS),
               "--worker-class", kind, "--preload", "--no-control-socket", "--log-level", "warning"]
    return [*command, "--threads", "8"] if kind == "gthread" else command


@contextmanager
def serve(kind: str, target: str, env: Mapping[str, str], log: Path) -> Iterator[Program]:
    """Serve a WSGI application on a free port of loopback until the block ends."""
    port = _free_port()
    with running(server_command(kind, target, port), env, log) as program:
        address = f"http://localhost:{port}"
        _wait_for(f"{address}/healthz", program.pid, log)
        yield Program(program.pid, address)


@contextmanager
def running(command: Sequence[str], env: Mapping[str, str], log: Path) -> Iterator[Program]:
    """Run a program until the block ends; its words go to `log`."""
    with log.open("w") as output:
        process = subprocess.Popen(command, cwd=ROOT, env={**os.environ, **env}, stdin=subprocess.DEVNULL, stdout=output,
                                   stderr=subprocess.STDOUT, start_new_session=True)
    try:
        yield Program(process.pid)
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(_PATIENCE_S)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_for(url: str, pid: int, log: Path) -> None:
    deadline = time.monotonic() + _PATIENCE_S
    while True:
        try:
            urllib.request.urlopen(url, timeout=1).close()  # noqa: S310 - loopback, written above
        except OSError as error:
            if time.monotonic() > deadline or not _alive(pid):
                raise RuntimeError(f"a server did not come up: {error}\n{log.read_text()}") from error
            time.sleep(0.05)
        else:
            return


def _alive(pid: int) -> bool:
    return os.waitpid(pid, os.WNOHANG) == (0, 0)


def tells() -> bool:
    """Whether this system has Linux's /proc; elsewhere memory and processor time stay unknown."""
    return (PROC / "self" / "smaps_rollup").exists()


def family(pid: int) -> list[int]:
    """A process and all that descend from it."""
    parents: dict[int, int] = {}
    for path in PROC.glob("[0-9]*/stat"):
        try:
            parents[int(path.parent.name)] = int(_stat(path)[1])
        except (OSError, IndexError):
            continue  # ended while we looked
    found = [pid]
    for each in found:
        found.extend(child for child, parent in parents.items() if parent == each)
    return found


def _stat(path: Path) -> list[str]:
    # The second field is the program's name in brackets, and may hold anything.
    return path.read_text().rpartition(")")[2].split()


def cpu_seconds(pids: Sequence[int]) -> float:
    """Processor time that live processes have used so far, and those of their children that have ended."""
    total = 0
    for pid in pids:
        try:
            total += sum(int(ticks) for ticks in _stat(PROC / str(pid) / "stat")[11:15])
        except OSError:
            continue
    return total / _TICKS


def machine_cpu_seconds() -> float:
    """Processor time that the whole machine has used so far, and what its host kept from it."""
    user, nice, system, _idle, _wait, irq, softirq, steal = (
        int(ticks) for ticks in (PROC / "stat").read_text().splitlines()[0].split()[1:9])
    return (user + nice + system + irq + softirq + steal) / _TICKS


def pss_mb(pid: int) -> float:
    """Memory of a process and its descendants, shared pages counted by share, in MB."""
    kilobytes = 0
    for each in family(pid):
        lines = (PROC / str(each) / "smaps_rollup").read_text().splitlines()
        kilobytes += next(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
    return kilobytes / 1024
