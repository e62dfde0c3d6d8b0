"""What was billed at once for bookings of somebody who leaves: credited while an invoice can still say who they are
(docs/decisions/0052-when-bookings-are-paid.md)."""

from datetime import date, datetime

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from app.domain.billing.differences import credit_beyond
from app.domain.billing.reasons import booking_extra_key, booking_key
from app.domain.booking.cancel_quote import fee_said
from app.domain.booking.unbilled import forget_unbilled
from app.models import Booking, BookingStatus, PayWhen, UnbilledBooking


def credit_cancelled_of(session: Session, person_id: int, today: date, now: datetime) -> None:
    """Credit what was billed for what is cancelled, and not compared since, but for what is kept of it, within a transaction that
    holds the person.

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
    cancelled = session.scalars(noted).all()
    if cancelled:
        ids = [each.id for each in cancelled]
        owed = {key: minor for each in cancelled for key, minor in _kept(each).items()}
        credit_beyond(session, ids, owed, today, now)
        forget_unbilled(session, ids)


def _kept(booking: Booking) -> dict[str, int]:
    """What is owed of a cancelled booking, by the part of it, in minor units; nothing of one that is cancelled for nothing."""
    fee = fee_said(booking.quote)
    if fee is None:
        return {}
    extras = {booking_extra_key(booking.id, each.line_id): each.minor for each in fee.extras}
    return {booking_key(booking.id): fee.due_minor, **extras}
