"""Tables of what was measured at full speed."""

import os

from tools.bench import load, processes
from tools.bench.load import Measured
from tools.bench.report import Table, goal


def load_table(title: str, found: list[Measured], goals: dict[str, float]) -> Table:
    """A row for each target; `goals` are shares of the bare hello, by row."""
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
