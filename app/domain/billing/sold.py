"""From lines of documents to what they are for: the way to their charges, as sums over many of them join it."""

from typing import Any

from sqlalchemy import ColumnElement, and_, func

from app.models import Charge, InvoiceLine


def credited_line(credited: Any) -> tuple[Any, ColumnElement[bool]]:
    """To join the line that a line of a credit note takes something off; `credited` is an alias of the table."""
    return credited, and_(
        credited.tenant_id == InvoiceLine.tenant_id, credited.id == InvoiceLine.credits_line_id
    )


def charge_of(credited: Any) -> tuple[Any, ColumnElement[bool]]:
    """To join the charge of a line, or of the line that it takes something off."""
    charge_id = func.coalesce(InvoiceLine.charge_id, credited.charge_id)
    return Charge, and_(Charge.tenant_id == InvoiceLine.tenant_id, Charge.id == charge_id)
