"""Inboxes and conversations of some size: pages as a share of the bare hello, and their statements."""

from app.factory import create_app
from tools.bench import load, processes, talk
from tools.bench.bench import Bench
from tools.bench.load import Target
from tools.bench.report import Table
from tools.bench.stage import Stage
from tools.bench.statements import per_page
from tools.bench.tables import load_table
from tools.terminal import step


def measure(bench: Bench) -> Table:
    targets, counted = [Target("bare hello", bench.bare(), ("/hello",))], {}
    for name, on in (("SQLite", bench.sqlite), ("PostgreSQL", bench.postgres)):
        long_id = bench.talk(on).long_id
        pages = {"/inbox": "/inbox", "/messages": "/messages", "a conversation": f"/messages/{long_id}"}
        counted = per_page(create_app(on.settings), on, tuple(pages.values()))
        server = bench.portal(on, f"talk-{name}")
        targets += [Target(f"{name}, {words}", server, _asked(on, path)) for words, path in pages.items()]
    with step(f"Measure inboxes and conversations in {load.ROUNDS} rounds"):
        found = load.measure(targets, bench.folder)
    table = load_table(
        f"{talk.NOTICES:,} notices, {talk.CONVERSATIONS} conversations, one of {talk.LONG:,} messages; "
        f"{load.CLIENTS} at once, {processes.WORKERS} workers",
        found,
        {},
    )
    table.note("Statements: " + ", ".join(f"`{path}` {count}" for path, count in counted.items()) + ".")
    return table


def _asked(on: Stage, path: str) -> tuple[str, ...]:
    return tuple(f"{path} {cookie}" for cookie in on.cookies)
