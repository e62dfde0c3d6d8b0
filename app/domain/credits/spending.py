"""Credit that pays for a booking, and comes back when the booking is cancelled."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.domain.credits.balance import lock_funds
from app.domain.credits.paying import cover
from app.domain.credits.terms import Cover
from app.domain.or_nothing import insert_or_nothing
from app.kernel.money import share
from app.models import Booking, CreditCause, CreditLine


def pay_for(
    session: Session, booking: Booking, minutes: int, price_minor: int, now: datetime, step: str = ""
) -> Cover:
    """Use the credit of whose booking it is for minutes of it, within a transaction that writes and holds the booking.

    `step` tells one part of a booking from another: an extension is paid for by itself. Each part is paid for once.
    """
    found = cover(lock_funds(session, booking.person_id, booking.resource_id, now), minutes, price_minor)
    for grant_id, amount in found.parts:
        session.add(
            CreditLine(
                grant_id=grant_id,
                amount=-amount,
                cause=CreditCause.BOOKED,
                reason_key=f"booking:{booking.id}:{grant_id}{step}",
                booking_id=booking.id,
                created_at=now,
            )
        )
    session.flush()
    return found


def give_back(session: Session, booking_ids: Iterable[int], now: datetime, *, kept_percent: int = 0) -> None:
    """Put back what bookings used, each to the grant that it came from and once, within a transaction that writes; all of it
    but what cancelling late keeps, in whole percent.

    What has expired meanwhile comes back to a grant that can no longer be used.
    """
    used = session.execute(
        select(CreditLine.booking_id, CreditLine.grant_id, func.sum(CreditLine.amount))
        .where(CreditLine.booking_id.in_(list(booking_ids)))
        .group_by(CreditLine.booking_id, CreditLine.grant_id)
        .having(func.sum(CreditLine.amount) < 0)
        .order_by(CreditLine.grant_id, CreditLine.booking_id)
    ).all()
    for booking_id, grant_id, amount in used:
        back = -int(amount) - share(-int(amount), kept_percent, 100)
        if not back:
            continue
        insert_or_nothing(
            session,
            CreditLine,
            grant_id=grant_id,
            amount=back,
            cause=CreditCause.RETURNED,
            reason_key=f"booking:{booking_id}:{grant_id}:back",
            booking_id=booking_id,
            note="",
            created_at=now,
        )
