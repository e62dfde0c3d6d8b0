"""Requests at full speed: `wrk` with 16 connections, and what it and the operating system say about it."""

import json
import os
import shutil
import subprocess
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from statistics import median

from tools.bench import processes
from tools.setup import apt_install
from tools.terminal import StepFailed

CLIENTS = 16
SECONDS = int(os.environ.get("BENCH_SECONDS", "2"))
ROUNDS = int(os.environ.get("BENCH_ROUNDS", "5"))
"""Fewer, and shorter ones, only show that a measurement works."""
QUIET = 0.2
"""Cores. A cell during which other processes used less counts as clean."""
_ENOUGH_CLEAN = 3
HOW_TO_GET_IT = "The load generator wrk is missing (Debian: apt-get install wrk; macOS: brew install wrk)."
_SCRIPT = """
local requests, n = {}, 0
for line in io.lines(os.getenv("BENCH_REQUESTS")) do
  local path, cookie = line:match("^(%S+) ?(.*)$")
  local headers = {["Accept-Language"] = "en"}
  if cookie ~= "" then headers["Cookie"] = cookie end
  if os.getenv("BENCH_PART") then
    headers["HX-Request"] = "true"
    headers["HX-Request-Type"] = "partial"
  end
  requests[#requests + 1] = {path, headers}
end
function init(args)
  for i, each in ipairs(requests) do requests[i] = wrk.format("GET", each[1], each[2]) end
end
function request()
  n = n % #requests + 1
  return requests[n]
end
function done(summary, latency, made)
  local errors = summary.errors
  io.write(string.format('{"requests": %d, "us": %d, "p50": %d, "p99": %d, "failed": %d}\\n', summary.requests,
    summary.duration, latency:percentile(50), latency:percentile(99),
    errors.connect + errors.read + errors.write + errors.status + errors.timeout))
end
"""


@dataclass(frozen=True)
class Work:
    """What was done: how often, in which time, and how many milliseconds each took, the middle one and the slowest
    but one in a hundred."""

    done: int
    seconds: float
    p50: float
    p99: float


@dataclass(frozen=True)
class Target:
    """One row to be: a server and the requests to send it, `path cookie` each, in turn."""

    name: str
    server: processes.Program
    requests: tuple[str, ...]
    fresh: bool = False
    """Send each request once: every round takes further ones."""

    part: bool = False
    """Ask as htmx asks for what changes of a page."""

    beside: str = ""
    """The target that this one is compared to; the first of all without."""

    work: Callable[[], Work] | None = None
    """What is done instead, where plain requests do not do it."""

    def of_round(self, number: int, rounds: int) -> tuple[str, ...]:
        """The requests of one round."""
        if not self.fresh:
            return self.requests
        share = len(self.requests) // rounds
        return self.requests[number * share : (number + 1) * share]


@dataclass(frozen=True)
class Cell:
    """What one target did in one round. Times in milliseconds, processor time per request in microseconds."""

    per_second: float
    p50: float
    p99: float
    cpu_us: float
    foreign: float


@dataclass(frozen=True)
class Measured:
    """One target over all rounds: medians, and shares of the first target, taken round by round."""

    name: str
    per_second: float
    p50: float
    p99: float
    cpu_us: float
    share: float
    """Of the requests per second that the bare hello did in the same round."""
    cpu_times: float
    """Processor time of a request, as a multiple of the bare hello's."""
    clean: int
    """Rounds that count because both cells were clean; 0 when too few were, and all rounds count."""
    foreign: float


def find_wrk() -> str:
    """The load generator, installed on a Debian as root. Raises StepFailed with the sentence that helps."""
    if shutil.which("wrk") is None and os.geteuid() == 0 and shutil.which("apt-get"):
        apt_install("wrk", HOW_TO_GET_IT)
    found = shutil.which("wrk")
    if found is None:
        raise StepFailed(HOW_TO_GET_IT)
    return found


def measure(targets: list[Target], folder: Path, rounds: int = ROUNDS) -> list[Measured]:
    """Send every target its requests in shuffled rounds. Each is compared to the bare hello that it names."""
    wrk, random = find_wrk(), Random(1)  # noqa: S311 - an order, not a secret
    script = folder / "wrk.lua"
    script.write_text(_SCRIPT)
    for target in targets:
        # Not counted: imports, drawings, caches, the pages of the database.
        _cell(wrk, script, target, target.of_round(rounds, rounds + 1))
    cells: dict[str, list[Cell]] = {target.name: [] for target in targets}
    for number in range(rounds):
        order = list(targets)
        random.shuffle(order)
        for target in order:
            asked = target.of_round(number, rounds + 1)
            cells[target.name].append(_cell(wrk, script, target, asked))
    return [
        _summary(target.name, cells[target.name], cells[target.beside or targets[0].name])
        for target in targets
    ]


def _cell(wrk: str, script: Path, target: Target, requests: Sequence[str]) -> Cell:
    serving = processes.family(target.server.pid) if processes.tells() else []
    before, began = _used(serving), time.monotonic()
    work = target.work() if target.work else _at_full_speed(wrk, script, target, requests)
    served, all_ours, machine = (after - at for after, at in zip(_used(serving), before, strict=True))
    foreign = max(0.0, (machine - all_ours) / (time.monotonic() - began))
    return Cell(work.done / work.seconds, work.p50, work.p99, served / max(work.done, 1) * 1e6, foreign)


def _at_full_speed(wrk: str, script: Path, target: Target, requests: Sequence[str]) -> Work:
    asked = script.with_name("requests.txt")
    asked.write_text("\n".join(requests) + "\n")
    command = [wrk, "-t1", f"-c{CLIENTS}", f"-d{SECONDS}s", "--timeout", "10s", "-s", str(script), target.server.address]  # fmt: skip
    how = {"BENCH_REQUESTS": str(asked)} | ({"BENCH_PART": "yes"} if target.part else {})
    answer = subprocess.run(command, capture_output=True, text=True, check=True, env={**os.environ, **how})
    told = json.loads(answer.stdout.splitlines()[-1])
    if told["failed"]:
        raise RuntimeError(f"{target.name}: {told['failed']} of {told['requests']} requests failed")
    return Work(told["requests"], told["us"] / 1e6, told["p50"] / 1000, told["p99"] / 1000)


def _used(serving: Iterable[int]) -> tuple[float, float, float]:
    """Processor seconds so far: of the page's processes, of everything that we started, of the machine."""
    if not processes.tells():
        return 0.0, 0.0, 0.0
    ours = processes.cpu_seconds(processes.family(os.getpid()))
    return processes.cpu_seconds(list(serving)), ours, processes.machine_cpu_seconds()


def _summary(name: str, cells: list[Cell], bare: list[Cell]) -> Measured:
    rounds = list(zip(cells, bare, strict=True))
    clean = [pair for pair in rounds if all(cell.foreign < QUIET for cell in pair)]
    counted = clean if len(clean) >= _ENOUGH_CLEAN else rounds
    mine = [cell for cell, _ in counted]
    return Measured(
        name=name,
        per_second=median(cell.per_second for cell in mine),
        p50=median(cell.p50 for cell in mine),
        p99=median(cell.p99 for cell in mine),
        cpu_us=median(cell.cpu_us for cell in mine),
        share=median(cell.per_second / hello.per_second for cell, hello in counted),
        cpu_times=median(cell.cpu_us / (hello.cpu_us or 1) for cell, hello in counted),
        clean=len(clean) if counted is clean else 0,
        foreign=median(cell.foreign for cell, _ in rounds),
    )
