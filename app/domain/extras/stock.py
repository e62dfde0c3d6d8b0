"""How many of an extra are left for one booking: what others have at the same time at the same location is not."""

from collections.abc import Collection, Iterable
from datetime import datetime
from itertools import groupby

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from app.kernel.spans import Span
from app.models import Booking, BookingExtra, BookingExtraOffer, BookingStatus

Taken = tuple[datetime, datetime, int]
"""From when to when, and how many."""


def offers_in_hand(session: Session, offer_ids: Collection[int]) -> dict[int, BookingExtraOffer]:
    """Extras by their ids, locked until the transaction ends: who orders one at the same moment waits, and counts this one.

    Taken after the booking and its person, in the order of their ids; nobody who holds one waits for another booking.
    """
    rows = session.scalars(
        select(BookingExtraOffer)
        .where(BookingExtraOffer.id.in_(offer_ids))
        .order_by(BookingExtraOffer.id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    return {row.id: row for row in rows}


def taken_beside(
    session: Session, booking_id: int, location_id: int, span: Span, offer_ids: Collection[int], now: datetime
) -> dict[int, int]:
    """By extra, the most that other bookings there have of it at any one moment of a span. One statement, none for none."""
    if not offer_ids:
        return {}
    rows = session.execute(
        select(BookingExtra.offer_id, Booking.starts_at, Booking.ends_at, BookingExtra.quantity)
        .join(
            Booking, and_(Booking.tenant_id == BookingExtra.tenant_id, Booking.id == BookingExtra.booking_id)
        )
        .where(
            BookingExtra.offer_id.in_(offer_ids),
            Booking.id != booking_id,
            Booking.location_id == location_id,
            Booking.starts_at < span.end,
            Booking.ends_at > span.start,
            or_(
                Booking.status.in_((BookingStatus.CONFIRMED, BookingStatus.TENTATIVE)),
                and_(Booking.status == BookingStatus.HELD, Booking.hold_expires_at > now),
            ),
        )
        .order_by(BookingExtra.offer_id)
    ).all()
    return {
        offer_id: most_at_once((row.starts_at, row.ends_at, row.quantity) for row in group)
        for offer_id, group in groupby(rows, key=lambda row: row.offer_id)
    }


def most_at_once(taken: Iterable[Taken]) -> int:
    """The largest sum of what overlaps. What ends when another begins does not."""
    steps = [step for start, end, count in taken for step in ((start, count), (end, -count))]
    most = at_once = 0
    for _at, change in sorted(steps):
        at_once += change
        most = max(most, at_once)
    return most
