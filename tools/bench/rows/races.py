"""Many who want one room at one moment."""

from app.factory import create_app
from tools.bench import racing
from tools.bench.bench import Bench
from tools.bench.report import Table, goal
from tools.terminal import step

LOSERS_MS = 250
"""The goal: whoever is too late knows within a quarter of a second."""
_SERVED_BY = "gthread"


def measure(bench: Bench) -> Table:
    table = Table(
        f"{racing.RACERS} at once for one slot, {racing.SLOTS} slots, {racing.RUNS} runs",
        "database and way",
        "attempts a second",
        "p99 ms of who lost",
        "goal",
        "booked twice / by nobody",
        "other answers",
    )
    for name, on in (("SQLite", bench.sqlite), ("PostgreSQL", bench.postgres)):
        with step(f"Race on {name}"):
            runners = racing.enter(create_app(on.settings), on)
            found = {
                "HTTP": racing.over_http(bench.portal(on, f"races-{name}", _SERVED_BY), on, runners.cookies),
                "the domain": racing.in_domain(on, runners.person_ids),
            }
        for way, race in found.items():
            table.add(
                f"{name}, {way}",
                f"{race.per_second:,.0f}",
                f"{race.losers_p99:.0f}",
                goal(f"≤ {LOSERS_MS}", reached=race.losers_p99 <= LOSERS_MS),
                f"{race.twice} / {race.never}",
                ", ".join(race.wrong) or "none",
            )
    table.note(
        "In the domain by two processes of 32 threads, over HTTP with two workers as the portal is served; all racers run on the "
        "same cores as what they race on."
    )
    return table
