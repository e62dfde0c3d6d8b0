"""Open streams: memory, pages beside them, and an event that many hear."""

from tools.bench import stage, streams
from tools.bench.bench import Bench
from tools.bench.load import Target
from tools.bench.report import Table


def measure(bench: Bench) -> Table:
    portal = bench.portal(bench.sqlite, "live")
    return streams.measure(
        bench.sqlite, Target("rooms page", portal, stage.one_question(bench.sqlite)), bench.folder
    )
