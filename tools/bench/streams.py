"""Thousands of open streams at one hub: what they weigh, whether pages notice, and how soon an event reaches many."""

import math
import os
import selectors
import socket
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

from app.live.hub import BEAT_S
from app.live.wire import Event, Gap, Joining, pack, send
from tools.bench import load, processes
from tools.bench.load import Target
from tools.bench.report import Table, goal
from tools.bench.stage import Stage
from tools.terminal import step

LISTENERS, WATCHING = 4000, 500
STREAMS_IN_A_MB, SLOWER = 150, 0.10
"""Goals: how many fit into each MB that they take, and by what share pages beside them may be slower."""
TENANT, PLACE = 1, "l1"
_HEAD = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n"
_OFTEN = 20
_TURNS = load.ROUNDS
_PATIENCE_S = 30.0


def measure(on: Stage, pages: Target, folder: Path) -> Table:
    """A hub beside the pages' server, in turns empty and full: what changes meanwhile by itself changes both."""
    hub, found = on.settings.live_socket, _Found()
    with processes.running([sys.executable, "-m", "app.live"], on.env, folder / "hub.log") as program:
        wait_for_hub(hub)
        found.empty_mb = _memory(program.pid)
        with step(f"Measure pages without and beside {LISTENERS:,} streams, {_TURNS} times each"):
            for _turn in range(_TURNS):
                found.without.append(_page_p99(pages, folder))
                with _listening(hub) as visitors:
                    # The first time: what an emptied hub keeps of its memory, the next to come would not add.
                    found.full_mb = found.full_mb or _memory(program.pid)
                    found.beside.append(_page_p99(pages, folder))
                    found.fan_out_ms = _fan_out_ms(hub, visitors[:WATCHING])
    return _table(found)


@dataclass
class _Found:
    """What is measured, times in milliseconds; the pages' p99 once for each turn."""

    empty_mb: float = 0.0
    full_mb: float = 0.0
    without: list[float] = field(default_factory=list)
    beside: list[float] = field(default_factory=list)
    fan_out_ms: tuple[float, float] = (0.0, 0.0)


def _page_p99(pages: Target, folder: Path) -> float:
    """The median over so many short rounds that each stream is given a sign of life meanwhile."""
    rounds = math.ceil(BEAT_S / load.SECONDS) if load.ROUNDS > 1 else 1
    (found,) = load.measure([pages], folder, rounds)
    return found.p99


def _table(found: _Found) -> Table:
    table = Table(f"Live: {LISTENERS:,} idle streams at one hub", "what", "measured", "goal")
    if processes.tells():
        fit = LISTENERS / (found.full_mb - found.empty_mb)
        weighed = f"{found.empty_mb:.1f} / {found.full_mb:.1f} MB"
        table.add("memory of the hub, without and with them (PSS)", weighed, "")
        wanted = goal(f"≥ {STREAMS_IN_A_MB}", reached=fit >= STREAMS_IN_A_MB)
        table.add("streams for each MB of that", f"{fit:,.0f}", wanted)
    alone, full = median(found.without), median(found.beside)
    table.add(
        f"rooms page p99, without and beside them, median of {_TURNS} turns",
        f"{alone:.1f} / {full:.1f} ms",
        goal(f"≤ {SLOWER:.0%} more", reached=full <= alone * (1 + SLOWER)),
    )
    # What a difference of nothing looks like on this machine.
    table.add(
        "the turns without them, fastest and slowest",
        f"{min(found.without):.1f} / {max(found.without):.1f} ms",
        "",
    )
    usual, longest = found.fan_out_ms
    table.add(f"one event to {WATCHING} of them, p50 / longest", f"{usual:.1f} / {longest:.1f} ms", "")
    return table


def _memory(pid: int) -> float:
    return processes.pss_mb(pid) if processes.tells() else 0.0


def wait_for_hub(hub: Path) -> None:
    """Wait until the hub takes messages. Raises RuntimeError when it does not."""
    deadline = time.monotonic() + _PATIENCE_S
    while not send(hub, pack(Gap())):
        if time.monotonic() > deadline:
            raise RuntimeError("the hub did not come up")
        time.sleep(0.05)


@contextmanager
def _listening(hub: Path) -> Iterator[list[socket.socket]]:
    """So many visitors' connections, all at the hub; the first `WATCHING` of them look at the same place."""
    visitors: list[socket.socket] = []
    try:
        with socket.create_server(("127.0.0.1", 0), backlog=128) as door:
            visitors.extend(_join(hub, door, number) for number in range(LISTENERS))
        yield visitors
    finally:
        for visitor in visitors:
            visitor.close()


def _fan_out_ms(hub: Path, watching: list[socket.socket]) -> tuple[float, float]:
    """Median and longest time in milliseconds from saying an event to its arrival at the last of those who watch."""
    took = [_fan_out(hub, watching) for _ in range(_OFTEN)]
    return median(took), max(took)


def _join(hub: Path, door: socket.socket, number: int) -> socket.socket:
    visitor = socket.create_connection(door.getsockname())
    connection, _address = door.accept()
    topics = ["l", PLACE] if number < WATCHING else ["l"]
    with connection:
        joining = Joining(TENANT, f"p{number}", f"x{number}", topics, _HEAD, "", 0.0)
        while not send(hub, pack(joining), [connection.fileno()]):
            time.sleep(0.005)  # its queue is full
    visitor.settimeout(_PATIENCE_S)
    visitor.recv(4096)
    return visitor


def _fan_out(hub: Path, watching: list[socket.socket]) -> float:
    with selectors.DefaultSelector() as selector:
        for visitor in watching:
            selector.register(visitor, selectors.EVENT_READ)
        began = time.perf_counter()
        send(hub, pack(Event(TENANT, "bookings", [PLACE])))
        while selector.get_map():
            for key, _events in selector.select(_PATIENCE_S):
                if not os.read(key.fd, 4096):
                    raise RuntimeError("a stream ended")
                selector.unregister(key.fileobj)
        return (time.perf_counter() - began) * 1000
