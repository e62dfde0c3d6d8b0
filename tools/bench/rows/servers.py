"""The same pages on each server, in the same rounds."""

from tools.bench import load, processes, stage
from tools.bench.bench import Bench
from tools.bench.load import Target
from tools.bench.report import Table
from tools.bench.tables import load_table
from tools.terminal import step

KINDS = ("sync", "gthread", "granian")


def measure(bench: Bench) -> Table:
    targets, memory = [], {}
    for kind in KINDS:
        portal = bench.portal(bench.sqlite, "sqlite", kind)
        memory[kind] = portal.pid
        bare = f"{kind}: bare hello"
        targets += [
            Target(bare, bench.bare(kind), ("/hello",), beside=bare),
            Target(f"{kind}: /login", portal, ("/login",), beside=bare),
            Target(f"{kind}: rooms page", portal, stage.one_question(bench.sqlite), beside=bare),
            Target(
                f"{kind}: rooms page, each time another question",
                portal,
                stage.many_questions(bench.sqlite),
                fresh=True,
                beside=bare,
            ),
        ]
    with step(f"Measure three servers in {load.ROUNDS} rounds"):
        found = load.measure(targets, bench.folder)
    table = load_table("Servers, two workers each, SQLite; each beside its own bare hello", found, {})
    table.note(
        "Memory after that (PSS): "
        + " ".join(f"{kind} {processes.pss_mb(pid):.0f} MB." for kind, pid in memory.items())
    )
    return table
