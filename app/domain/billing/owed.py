"""Which invoice of somebody's bookings is to be paid."""

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from app.domain.billing.reasons import of_a_booking, part_of_booking
from app.domain.invoicing.settling import open_column
from app.models import Charge, Invoice, InvoiceLine


def owed_for_bookings(session: Session, person_id: int) -> dict[int, int]:
    """By the booking the oldest invoice of theirs with it of which something is open. One statement."""
    rows = session.execute(
        select(Charge.reason_key, Invoice.id)
        .select_from(Invoice)
        .join(
            InvoiceLine,
            and_(InvoiceLine.tenant_id == Invoice.tenant_id, InvoiceLine.invoice_id == Invoice.id),
        )
        .join(Charge, and_(Charge.tenant_id == InvoiceLine.tenant_id, Charge.id == InvoiceLine.charge_id))
        .where(Invoice.payer_id == person_id, of_a_booking(Charge.reason_key), open_column() > 0)
        .order_by(Invoice.id)
    )
    found: dict[int, int] = {}
    for reason_key, invoice_id in rows:
        known = part_of_booking(reason_key)
        if known is not None:
            found.setdefault(known[0], invoice_id)
    return found
