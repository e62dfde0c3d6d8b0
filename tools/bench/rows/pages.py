"""The rooms page as a share of the bare hello, and the memory of those who served it."""

import sys
import time

from tools.bench import load, processes, stage
from tools.bench.bench import Bench
from tools.bench.load import Target
from tools.bench.report import Table
from tools.bench.stage import SEARCH
from tools.bench.tables import load_table
from tools.terminal import step


def measure(bench: Bench) -> Table:
    sqlite, postgres = bench.portal(bench.sqlite, "sqlite"), bench.portal(bench.postgres, "postgres")
    unwalled = bench.portal(bench.postgres.without_row_security(), "open")
    # Servers of their own: questions by the thousand would take the room that the other rows' pages are kept in.
    new_sqlite, new_postgres = (
        bench.portal(bench.sqlite, "new-sqlite"),
        bench.portal(bench.postgres, "new-pg"),
    )
    once, often = stage.one_question, stage.many_questions
    with step(f"Measure pages in {load.ROUNDS} rounds"):
        found = load.measure(
            [
                Target("bare hello", bench.bare(), ("/hello",)),
                Target("SQLite", sqlite, once(bench.sqlite)),
                Target("SQLite, each time another question", new_sqlite, often(bench.sqlite), fresh=True),
                Target("PostgreSQL", postgres, once(bench.postgres)),
                Target(
                    "PostgreSQL, each time another question", new_postgres, often(bench.postgres), fresh=True
                ),
                Target("PostgreSQL without row security", unwalled, once(bench.postgres)),
            ],
            bench.folder,
        )
    table = load_table(
        f"`{SEARCH}`, 20 rooms, 10,000 bookings, {load.CLIENTS} people at once, {processes.WORKERS} workers",
        found,
        {"SQLite": 0.20, "PostgreSQL": 0.18},
    )
    if processes.tells():
        worker = _worker_memory(bench)
        table.note(
            f"Memory after this load (PSS): web {processes.pss_mb(sqlite.pid):.0f} MB on SQLite, "
            f"{processes.pss_mb(postgres.pid):.0f} MB on PostgreSQL; background worker {worker:.0f} MB."
        )
    return table


def _worker_memory(bench: Bench) -> float:
    command = [sys.executable, "-m", "flask", "--app", "wsgi", "worker"]
    with processes.running(command, bench.sqlite.env, bench.folder / "worker.log") as worker:
        time.sleep(4)  # it starts, opens its queue and looks for work
        return processes.pss_mb(worker.pid)
