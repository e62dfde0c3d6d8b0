"""`python -m tests.support.einvoice_report` says what the official rules find in ten e-invoices of different kinds."""

import sys

from app.domain.invoicing.einvoice import e_invoice
from tests.support.einvoices import judge
from tests.support.ten_documents import ten


def main() -> int:
    """Return 1 when a rule is broken."""
    broken = 0
    for case in ten():
        verdict = judge(e_invoice(case.document))
        broken += len(verdict.faults)
        found = f"{verdict.rules} rules fired, {len(verdict.faults)} broken"
        lines = [f"{case.name:42} {found}", *(f"    {fault}" for fault in verdict.faults)]
        sys.stdout.write("\n".join([*lines, ""]))
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
