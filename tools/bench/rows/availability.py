"""Availability as history grows."""

from tools.bench import availability
from tools.bench.bench import Bench
from tools.bench.report import Table, goal
from tools.terminal import step

GROWTH_MS = 0.2
"""The goal."""


def measure(bench: Bench) -> Table:
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
