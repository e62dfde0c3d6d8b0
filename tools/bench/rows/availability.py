"""What booking reads as history grows."""

from tools.bench import availability
from tools.bench.availability import Grown, Sizes
from tools.bench.bench import Bench
from tools.bench.report import Table, goal
from tools.terminal import step

GROWTH_MS = 0.2
"""The goal, for the SQL."""


def measure(bench: Bench) -> Table:
    """From 20,000 rows to 200,000."""
    return _table(bench, availability.USUAL)


def measure_millions(bench: Bench) -> Table:
    """To two million on PostgreSQL, which takes minutes to write."""
    return _table(bench, availability.MILLIONS)


def _table(bench: Bench, sizes: Sizes) -> Table:
    most = max(size for each in sizes.values() for size in each)
    with step(f"Ask for availability at up to {most:,} rows"):
        found = availability.measure(bench.folder, sizes)
    table = Table(
        "Booking as history grows: what is blocked on one day (SQL alone, rows read), and whole pages",
        "question, engine and tenant",
        *(f"{size:,} rows p50 / p99 ms" for size in max(sizes.values(), key=len)),
        "growth p50 ms",
        "goal",
    )
    for what in availability.WHAT:
        for name in sizes:
            for who in ("the busy tenant", "another"):
                _add(
                    table, [each for each in found if (each.what, each.engine, each.who) == (what, name, who)]
                )
    table.note(
        "Another tenant has about 900 of the rows whatever the size: two thousand such tenants at two million. Pages are asked "
        "of the application itself, without a server around it, and hardly ever the same question twice."
    )
    return table


def _add(table: Table, by_size: list[Grown]) -> None:
    columns = len(table.rows[0]) - 3
    cells = [f"{each.p50:.2f} / {each.p99:.2f}" for each in by_size]
    growth = by_size[-1].p50 - by_size[0].p50
    first = by_size[0]
    said = goal(f"≤ {GROWTH_MS}", reached=growth <= GROWTH_MS) if first.what == "SQL" else ""
    table.add(
        f"{first.what}, {first.engine}, {first.who}",
        *cells,
        *[""] * (columns - len(cells)),
        f"{growth:+.2f}",
        said,
    )
