"""`python -m tools.bench [--write]` measures everything; `… servers` compares the servers that could carry it."""

import argparse
import os
import platform
import sys
import time
from collections.abc import Callable
from contextlib import ExitStack
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path

from app.factory import create_app
from tests.support.browser import launch
from tests.support.rundir import make_run_dir
from tools.bench import availability, load, processes, stage, statements, wire
from tools.bench.load import Measured, Target
from tools.bench.report import Table, goal, keep
from tools.bench.stage import SEARCH, Stage
from tools.terminal import StepFailed, explain, step

KINDS = ("sync", "gthread", "granian")
GROWTH_MS, LOGIN_KB, SEARCH_KB, REQUESTS, AGAIN_KB = 0.2, 60, 45, 6, 5
"""Goals; those of the rooms page and of statements stand beside their rows."""
YARDSTICK = "sync"
"""The server on which the goals were set: it spends a connection on each request, bare or not. What serves people is
another (docs/decisions/0005-server.md); `servers` measures both."""


class Bench:
    """The stages of one run, made once and shared by its measurements."""

    def __init__(self, folder: Path, held: ExitStack) -> None:
        self.folder = folder
        self._held = held

    @cached_property
    def sqlite(self) -> Stage:
        """The data on SQLite."""
        with step("Fill SQLite with 20 rooms and 10,000 bookings"):
            return stage.set_up(stage.sqlite_url(self.folder, "portico"), self.folder / "sqlite")

    @cached_property
    def postgres(self) -> Stage:
        """The same on PostgreSQL."""
        with step("Fill PostgreSQL with the same"):
            return stage.set_up(stage.postgres_url("portico"), self.folder / "postgres")

    def bare(self, kind: str = YARDSTICK) -> processes.Program:
        """A server of the bare hello."""
        return self._held.enter_context(
            processes.serve(kind, "tools.bench.bare:app", {}, self.folder / f"bare-{kind}.log")
        )

    def portal(self, on: Stage, name: str, kind: str = YARDSTICK) -> processes.Program:
        """A server of the portal on a stage."""
        return self._held.enter_context(
            processes.serve(kind, "wsgi:app", on.env, self.folder / f"{name}-{kind}.log")
        )


def pages(bench: Bench) -> Table:
    """The rooms page as a share of the bare hello, and the memory of those who served it."""
    sqlite, postgres = bench.portal(bench.sqlite, "sqlite"), bench.portal(bench.postgres, "postgres")
    unwalled = bench.portal(bench.postgres.without_row_security(), "open")
    once, often = stage.one_question, stage.many_questions
    with step(f"Measure pages in {load.ROUNDS} rounds"):
        found = load.measure(
            [
                Target("bare hello", bench.bare(), ("/hello",)),
                Target("SQLite", sqlite, once(bench.sqlite)),
                Target("SQLite, each time another question", sqlite, often(bench.sqlite), fresh=True),
                Target("PostgreSQL", postgres, once(bench.postgres)),
                Target("PostgreSQL, each time another question", postgres, often(bench.postgres), fresh=True),
                Target("PostgreSQL without row security", unwalled, once(bench.postgres)),
            ],
            bench.folder,
        )
    table = _load_table(
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


def _load_table(title: str, found: list[Measured], goals: dict[str, float]) -> Table:
    table = Table(
        title,
        "page",
        "requests/s",
        "of bare",
        "goal",
        "CPU/request, bare = 1",
        "p50 ms",
        "p99 ms",
        "clean rounds",
    )
    for each in found:
        wanted = goals.get(each.name)
        said = goal(f"≥ {wanted:.0%}", reached=each.share >= wanted) if wanted else ""
        cpu = f"{each.cpu_times:.1f}" if processes.tells() else "unknown"
        table.add(
            each.name,
            f"{each.per_second:,.0f}",
            f"{each.share:.0%}",
            said,
            cpu,
            f"{each.p50:.1f}",
            f"{each.p99:.1f}",
            f"{each.clean} of {load.ROUNDS}" if each.clean else "too few: all counted",
        )
    foreign = max(each.foreign for each in found)
    table.note(
        f"Other processes used up to {foreign:.1f} of {os.cpu_count()} cores meanwhile (median of each row's rounds); "
        f"a round is clean below {load.QUIET}."
        if processes.tells()
        else "Other processes' load is unknown here."
    )
    return table


def _worker_memory(bench: Bench) -> float:
    command = [sys.executable, "-m", "flask", "--app", "wsgi", "worker"]
    with processes.running(command, bench.sqlite.env, bench.folder / "worker.log") as worker:
        time.sleep(4)  # it starts, opens its queue and looks for work
        return processes.pss_mb(worker.pid)


def sql(bench: Bench) -> Table:
    """Statements per page."""
    app = create_app(bench.sqlite.settings)
    with step("Count statements"):
        found = statements.per_page(app, bench.sqlite)
    table = Table("SQL statements per page", "page", "statements", "goal")
    for path, count in found.items():
        most = 5 if path == SEARCH else 8
        table.add(f"`{path}`", str(count), goal(f"≤ {most}", reached=count <= most))
    table.note("Constant in rows: `tests/web/test_statement_budget.py` doubles them.")
    return table


def search_sql(bench: Bench) -> Table:
    """Availability as history grows."""
    with step("Ask for availability at 20,000 and 200,000 rows"):
        found = availability.measure(bench.folder)
    small, large = availability.SIZES
    table = Table(
        "Availability SQL: what is blocked on one day, with rows read",
        "engine and tenant",
        f"{small:,} rows p50 / p99 ms",
        f"{large:,} rows p50 / p99 ms",
        "growth p50 ms",
        "goal",
    )
    for name in ("SQLite", "PostgreSQL"):
        for who in ("the busy tenant", "another"):
            few, many = (
                next(each for each in found if (each.engine, each.who, each.rows) == (name, who, size))
                for size in availability.SIZES
            )
            table.add(
                f"{name}, {who}",
                f"{few.p50:.2f} / {few.p99:.2f}",
                f"{many.p50:.2f} / {many.p99:.2f}",
                f"{many.p50 - few.p50:+.2f}",
                goal(f"≤ {GROWTH_MS}", reached=many.p50 - few.p50 <= GROWTH_MS),
            )
    return table


def bytes_on_the_wire(bench: Bench) -> Table:
    """First and second visits, and Lighthouse."""
    server = bench.portal(bench.sqlite, "wire")
    cookie = bench.sqlite.cookies[0]
    with step("Visit pages with Chromium"), launch() as browser:
        login, _ = wire.visits(browser, server.address, "/login")
        cold, warm = wire.visits(browser, server.address, SEARCH, cookie)
    table = Table(
        "On the wire, by a phone",
        "visit",
        "kB",
        "of it HTML",
        "requests",
        "other hosts",
        "goal",
    )
    for name, seen, words, good in (
        ("`/login`, first", login, f"≤ {LOGIN_KB} kB", login.kb <= LOGIN_KB),
        (
            f"`{SEARCH}`, first",
            cold,
            f"≤ {SEARCH_KB} kB, ≤ {REQUESTS} requests",
            cold.kb <= SEARCH_KB and cold.requests <= REQUESTS,
        ),
        (f"`{SEARCH}`, again", warm, f"≤ {AGAIN_KB} kB beside the HTML", warm.other_kb <= AGAIN_KB),
    ):
        hosts = len(seen.hosts - {"localhost"})
        table.add(
            name,
            f"{seen.kb:.1f}",
            f"{seen.html_kb:.1f}",
            str(seen.requests),
            str(hosts),
            goal(words, reached=good),
        )
    return table


def lighthouse(bench: Bench) -> Table:
    """Four scores for two pages."""
    server, cookie = bench.portal(bench.sqlite, "lighthouse"), bench.sqlite.cookies[0]
    table = Table("Lighthouse, mobile", "page", "performance", "accessibility", "best practices", "SEO")
    for path, who in (("/login", ""), ("/", cookie)):
        with step(f"Ask Lighthouse about {path}"):
            found = wire.scores(server.address + path, who, bench.folder)
        table.add(f"`{path}`", *(str(score) for score in found.values()))
    return table


def servers(bench: Bench) -> Table:
    """The same pages on each server, in the same rounds."""
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
    table = _load_table("Servers, two workers each, SQLite; each beside its own bare hello", found, {})
    table.note(
        "Memory after that (PSS): "
        + " ".join(f"{kind} {processes.pss_mb(pid):.0f} MB." for kind, pid in memory.items())
    )
    return table


MEASUREMENTS: dict[str, Callable[[Bench], Table]] = {
    "pages": pages,
    "statements": sql,
    "availability": search_sql,
    "wire": bytes_on_the_wire,
    "lighthouse": lighthouse,
    "servers": servers,
}
USUAL = tuple(name for name in MEASUREMENTS if name != "servers")


def main() -> int:
    """Return 0 when everything was measured, 1 after saying what was missing."""
    parser = argparse.ArgumentParser(prog="python -m tools.bench", description=__doc__)
    parser.add_argument(
        "what", nargs="*", choices=[*MEASUREMENTS, []], help="some measurements; all but servers without"
    )
    parser.add_argument("--write", action="store_true", help="keep the tables in docs/performance.md")
    asked = parser.parse_args()
    began = time.monotonic()
    try:
        with ExitStack() as held:
            bench = Bench(make_run_dir(), held)
            tables = [MEASUREMENTS[name](bench) for name in asked.what or USUAL]
    except StepFailed as failure:
        explain(failure)
        return 1
    about = (
        f"Measured {datetime.now(UTC):%Y-%m-%d} on {os.cpu_count()} cores, {platform.system()} {platform.machine()}, "
        f"Python {platform.python_version()}, gunicorn {YARDSTICK}, in {time.monotonic() - began:.0f} s."
    )
    measured = "\n\n".join([about, *map(str, tables)])
    print(f"\n{measured}\n")
    if asked.write:
        keep(measured)
    return 0


if __name__ == "__main__":
    sys.exit(main())
