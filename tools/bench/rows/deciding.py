"""Rules, series and a week."""

from app.factory import create_app
from tools.bench import deciding, world
from tools.bench.bench import Bench
from tools.bench.report import Table, goal
from tools.terminal import step

RULES_MS, SERIES_MS, WEEK_KB = 2, 150, 12
"""The goals."""


def measure(bench: Bench) -> Table:
    table = Table("Deciding about bookings", "what", "SQLite", "PostgreSQL", "goal")
    apps = [(create_app(on.settings), on) for on in (bench.sqlite, bench.postgres)]
    with step("Weigh dates, rules and a week"):
        weeks = [deciding.week_bytes(app, on) / 1000 for app, on in apps]
        series = [deciding.series(app, on) for app, on in apps]
        rules = [deciding.rules(app, on) for app, on in apps]
    table.add(
        f"{deciding.RULES} rules asked about {world.ROOMS} rooms, p50 / p99 ms",
        *(f"{each.p50:.2f} / {each.p99:.2f}" for each in rules),
        goal(f"≤ {RULES_MS}", reached=max(each.p50 for each in rules) <= RULES_MS),
    )
    table.add(
        f"{deciding.DATES} dates of a series previewed, p50 / p99 ms",
        *(f"{each.p50:.0f} / {each.p99:.0f}" for each in series),
        goal(f"≤ {SERIES_MS}", reached=max(each.p50 for each in series) <= SERIES_MS),
    )
    table.add(
        f"a week of {world.ROOMS} rooms on the wire, kB",
        *(f"{each:.1f}" for each in weeks),
        goal(f"≤ {WEEK_KB}", reached=max(weeks) <= WEEK_KB),
    )
    return table
