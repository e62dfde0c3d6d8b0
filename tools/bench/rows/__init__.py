"""What can be measured, a measurement a file."""

from collections.abc import Callable
from dataclasses import dataclass

from tools.bench.bench import Bench
from tools.bench.load import find_wrk
from tools.bench.report import Table
from tools.bench.rows import (
    availability,
    billing,
    deciding,
    directory,
    inbox,
    lighthouse,
    live,
    messages,
    pages,
    paper,
    races,
    servers,
    statements,
    wire,
)
from tools.bench.wire import find_lighthouse


@dataclass(frozen=True)
class Measurement:
    """`needs` are programs that are looked for before anything is measured; each raises StepFailed."""

    measure: Callable[[Bench], Table]
    needs: tuple[Callable[[], object], ...] = ()


MEASUREMENTS: dict[str, Measurement] = {
    "pages": Measurement(pages.measure, (find_wrk,)),
    "statements": Measurement(statements.measure),
    "availability": Measurement(availability.measure),
    "deciding": Measurement(deciding.measure),
    "millions": Measurement(availability.measure_millions),
    "wire": Measurement(wire.measure),
    "lighthouse": Measurement(lighthouse.measure, (find_lighthouse,)),
    "live": Measurement(live.measure, (find_wrk,)),
    "directory": Measurement(directory.measure, (find_wrk,)),
    "inbox": Measurement(inbox.measure, (find_wrk,)),
    "messages": Measurement(messages.measure, (find_wrk,)),
    "races": Measurement(races.measure),
    "billing": Measurement(billing.measure),
    "paper": Measurement(paper.measure),
    "servers": Measurement(servers.measure, (find_wrk,)),
}
USUAL = tuple(
    name for name in MEASUREMENTS if name not in ("servers", "billing", "paper", "millions", "races")
)
