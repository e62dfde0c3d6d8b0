"""What was billed at once for bookings of somebody who leaves: credited while an invoice can still say who they are
(docs/decisions/0052-when-bookings-are-paid.md)."""

from datetime import date, datetime

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from app.domain.billing.differences import bill_differences
from app.domain.booking.cancel_quote import fee_said
from app.domain.booking.unbilled import forget_unbilled
from app.models import Booking, BookingStatus, PayWhen, UnbilledBooking


def credit_cancelled_of(session: Session, person_id: int, today: date, now: datetime) -> None:
    """Credit what was billed for what is cancelled for nothing, and not compared since, within a transaction that holds the person.

    Nobody bills them once they are nobody, nor could a credit note name them. Raises as issuing one does. One statement where nothing
    was billed at once."""
    noted = (
        select(Booking)
        .join(
            UnbilledBooking,
            and_(UnbilledBooking.tenant_id == Booking.tenant_id, UnbilledBooking.booking_id == Booking.id),
        )
        .where(
            Booking.person_id == person_id,
            Booking.status == BookingStatus.CANCELLED,
            Booking.pays == PayWhen.NOW,
        )
        .order_by(Booking.id)
        .with_for_update(of=Booking)
        .execution_options(populate_existing=True)
    )
    ids = [each.id for each in session.scalars(noted) if fee_said(each.quote) is None]
    if ids:
        bill_differences(session, dict.fromkeys(ids, person_id), [], today, now)
        forget_unbilled(session, ids)
