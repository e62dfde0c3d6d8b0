"""Thousands of open streams at one hub: what they weigh, whether pages notice, and how soon an event reaches many."""

import os
import selectors
import socket
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from statistics import median

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
_PATIENCE_S = 30.0


def measure(on: Stage, pages: Target, folder: Path) -> Table:
    """A hub beside the pages' server, in turns empty and full: what changes meanwhile by itself changes both."""
    hub = on.settings.live_socket
    without: list[float] = []
    beside: list[float] = []
    with processes.running([sys.executable, "-m", "app.live"], on.env, folder / "hub.log") as program:
        wait_for_hub(hub)
        empty = full = _memory(program.pid)
        with step(f"Measure pages without and beside {LISTENERS:,} streams, in {load.ROUNDS} rounds"):
            for number in range(load.ROUNDS):
                without.append(_page_p99(pages, folder))
                with _listening(hub) as visitors:
                    # Once: what an emptied hub keeps of its memory is for the next to come.
                    full = _memory(program.pid) if number == 0 else full
                    beside.append(_page_p99(pages, folder))
        with _listening(hub) as visitors:
            usual, longest = _fan_out_ms(hub, visitors[:WATCHING])
    table = Table(f"Live: {LISTENERS:,} idle streams at one hub", "what", "measured", "goal")
    if processes.tells():
        fit = LISTENERS / (full - empty)
        table.add("memory of the hub, without and with them (PSS)", f"{empty:.1f} / {full:.1f} MB", "")
        wanted = goal(f"≥ {STREAMS_IN_A_MB}", reached=fit >= STREAMS_IN_A_MB)
        table.add("streams for each MB of that", f"{fit:,.0f}", wanted)
    _tell_slower(table, without, beside)
    table.add(f"one event to {WATCHING} of them, p50 / longest", f"{usual:.1f} / {longest:.1f} ms", "")
    return table


def _page_p99(pages: Target, folder: Path) -> float:
    (found,) = load.measure([pages], folder, rounds=1)
    return found.p99


def _tell_slower(table: Table, without: list[float], beside: list[float]) -> None:
    """Add the pages' p99 and by how much the streams change it: the median of the rounds' own shares."""
    table.add(
        "rooms page p99, without and beside them", f"{median(without):.1f} / {median(beside):.1f} ms", ""
    )
    slower = median(full / alone for alone, full in zip(without, beside, strict=True)) - 1
    # Beside itself, the same way: what a difference of nothing looks like on this machine.
    noise = [abs(later / earlier - 1) for earlier, later in pairwise(without)]
    table.add(
        "the share by which they change it; two rounds without them differ by",
        f"{slower:+.0%}; {median(noise):.0%}" if noise else f"{slower:+.0%}",
        goal(f"≤ {SLOWER:.0%} more", reached=slower <= SLOWER),
    )


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
