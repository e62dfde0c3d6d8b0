"""Messages a second: sent over HTTP, committed, heard by the other's open stream."""

import sys
from contextlib import ExitStack

from app.factory import create_app
from tools.bench import load, processes, sending
from tools.bench.bench import Bench
from tools.bench.load import Target
from tools.bench.report import Table
from tools.bench.sending import send_all
from tools.bench.stage import Stage
from tools.bench.streams import wait_for_hub
from tools.bench.tables import load_table
from tools.terminal import step


def measure(bench: Bench) -> Table:
    with ExitStack() as held:
        targets = [Target("bare hello", bench.bare(), ("/hello",))]
        for name, on in (("SQLite", bench.sqlite), ("PostgreSQL", bench.postgres)):
            targets.append(_target(bench, held, name, on))
        with step(f"Send messages in {load.ROUNDS} rounds"):
            found = load.measure(targets, bench.folder)
    senders = len(bench.sqlite.cookies) // 2
    table = load_table(
        f"Messages, sent and heard: {senders} people write to {senders} others at once, {processes.WORKERS} workers",
        found,
        {},
    )
    table.note(
        "p50 and p99 are from sending to the arrival at the other's stream; each sender waits for that."
    )
    return table


def _target(bench: Bench, held: ExitStack, name: str, on: Stage) -> Target:
    command = [sys.executable, "-m", "app.live"]
    held.enter_context(processes.running(command, on.env, bench.folder / f"hub-{name}.log"))
    wait_for_hub(on.settings.live_socket)
    server = bench.portal(on, f"sending-{name}")
    between = held.enter_context(sending.pairs(create_app(on.settings), on, server))
    return Target(name, server, (), work=lambda: send_all(between))
