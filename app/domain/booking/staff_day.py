"""The front desk's day: every booking of a location."""

from collections.abc import Mapping
from datetime import date, datetime

from sqlalchemy import and_, or_
from sqlalchemy.orm import Session

from app.domain.actor import Actor
from app.domain.booking.view import STANDING, BookingView, bookings, view_of
from app.domain.reach import check_within_reach, day_in_reach
from app.kernel.spans import Span
from app.models import Booking, BookingStatus


def bookings_of_day(session: Session, actor: Actor, location_id: int, day: date) -> list[BookingView]:
    """Bookings that start on a local day, holds and cancelled ones too, by start and then by room.

    For staff: whoever calls has checked Permission.BOOKINGS. `can_cancel` says that it still stands; whether it is
    over, or a hold has run out, the caller's clock tells. Raises NotFound for an unknown location, and for one out of reach.
    """
    start, end = day_in_reach(session, actor, location_id, day)
    rows = session.execute(
        bookings(
            Booking.location_id == location_id,
            Booking.starts_at >= start,
            Booking.starts_at < end,
            Booking.status != BookingStatus.LAPSED,
        ).order_by(Booking.starts_at, Booking.id)
    )
    views = [view_of(row, _while_it_stands) for row in rows]
    return sorted(views, key=lambda view: (view.starts_at, view.room))


def bookings_in(
    session: Session, actor: Actor, spans: Mapping[int, Span], now: datetime
) -> dict[int, list[BookingView]]:
    """What has a room in the span of each location, by start: confirmed, over too, held, or waiting for approval.

    One statement. For staff: whoever calls has checked Permission.BOOKINGS. Raises NotFound for a location out of reach.
    """
    for location_id in spans:
        check_within_reach(actor, location_id)
    there = [
        and_(Booking.location_id == location_id, Booking.starts_at < span.end, Booking.ends_at > span.start)
        for location_id, span in spans.items()
    ]
    alive = or_(
        Booking.status == BookingStatus.CONFIRMED,
        and_(Booking.status == BookingStatus.HELD, Booking.hold_expires_at > now),
        and_(Booking.status == BookingStatus.TENTATIVE, Booking.starts_at > now),
    )
    rows = session.execute(bookings(or_(*there), alive).order_by(Booking.starts_at, Booking.id))
    found: dict[int, list[BookingView]] = {location_id: [] for location_id in spans}
    for row in rows:
        found[row.location_id].append(view_of(row, _while_it_stands, now))
    return found


def _while_it_stands(status: BookingStatus, _ends_at: datetime, _cutoff: datetime) -> bool:
    return status in STANDING
