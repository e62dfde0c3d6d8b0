"""Billing: a run of ten thousand contracts, and a thousand invoices issued by eight processes at once."""

from app.factory import create_app
from tools.bench import billing
from tools.bench.bench import Bench
from tools.bench.report import Table
from tools.terminal import step


def measure(bench: Bench) -> Table:
    table = Table("Billing", "database", "run of 10,000 contracts", "peak memory", "8 processes issue 1,000")
    for name, on in (("SQLite", bench.sqlite), ("PostgreSQL", bench.postgres)):
        app = create_app(on.settings)
        with step(f"Bill on {name}"):
            billing.fill(app, on)
            run = billing.run(on)
            issued = billing.issue_at_once(app, on)
        each = 1000 * run.seconds / billing.CONTRACTS
        table.add(
            name,
            f"{run.seconds:.0f} s ({each:.1f} ms each)",
            f"{run.megabytes:.0f} MB",
            f"{billing.INVOICES / issued.seconds:.0f} invoices a second",
        )
    table.note(
        "The run is the whole command, with starting Python; every payer gets one issued invoice, fifty of them in a transaction."
    )
    return table
