"""What is booked here while a calendar of elsewhere says that the room is busy: found, and told to whoever looks after bookings there."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.actor import Permission
from app.domain.booking.minutes import minute_of, moment_of
from app.domain.booking.view import BookingView, bookings, view_of
from app.domain.calendars.event_dates import Window
from app.domain.notices import tell_all
from app.domain.people.staff import staff_at
from app.models import Booking, BookingStatus, Notice, OutsideCalendar

CONFLICT = "calendar.conflict"
MOST_TOLD = 10
"""With one reading, the nearest first; the next tells of more. Whoever follows a calendar late may have hundreds."""
_STANDS = (BookingStatus.CONFIRMED, BookingStatus.TENTATIVE)


def conflicts(session: Session, calendar: OutsideCalendar, now: datetime) -> list[BookingView]:
    """What is booked of the resource, from now on, while it is busy there; one statement."""
    ahead = [each for each in _busy(calendar.busy) if each[1] > now]
    if not ahead:
        return []
    rows = session.execute(
        bookings(
            Booking.resource_id == calendar.resource_id,
            Booking.status.in_(_STANDS),
            Booking.starts_at < ahead[-1][1],
            Booking.ends_at > max(ahead[0][0], now),
        ).order_by(Booking.starts_at, Booking.id)
    )
    views = [view_of(row, lambda _status, _ends_at, _cutoff: False) for row in rows]
    return [view for view in views if not view.released and _runs_into(view, ahead)]


def contradicted(session: Session, views: Iterable[BookingView], now: datetime) -> list[BookingView]:
    """Of these bookings those that stand and are not over while it is busy elsewhere, in their order. One statement, none without any."""
    standing = [view for view in views if view.status in _STANDS and not view.released and view.ends_at > now]
    if not standing:
        return []
    of_rooms = OutsideCalendar.resource_id.in_({view.resource_id for view in standing})
    rows = session.execute(select(OutsideCalendar.resource_id, OutsideCalendar.busy).where(of_rooms))
    first, last = min(view.starts_at for view in standing), max(view.ends_at for view in standing)
    busy = {
        resource_id: _busy(
            each for each in said if each[0] < minute_of(last) + 1 and each[1] > minute_of(first)
        )
        for resource_id, said in rows
    }
    return [view for view in standing if _runs_into(view, busy.get(view.resource_id, []))]


def tell_conflicts(session: Session, calendar: OutsideCalendar, now: datetime) -> None:
    """Tell everybody who looks after bookings there of each that was not told before. Within the transaction that notes a reading.

    What was told is known by its notices; once these are forgotten, what is booked so far ahead is told again.
    """
    found = {_about(view): view for view in conflicts(session, calendar, now)}
    if not found:
        return
    said = select(Notice.about).where(Notice.kind == CONFLICT, Notice.about.in_(found))
    told = set(session.scalars(said))
    fresh = [(about, view) for about, view in found.items() if about not in told][:MOST_TOLD]
    if not fresh:
        return
    staff = staff_at(session, Permission.BOOKINGS, fresh[0][1].location_id)
    for about, view in fresh:
        tell_all(session, now, staff, CONFLICT, _facts(view) | {"about": about, "host": calendar.host})


def _about(view: BookingView) -> str:
    """Moved, it is another: there, it may be contradicted anew."""
    return f"{view.id}:{minute_of(view.starts_at)}"


def _facts(view: BookingView) -> dict[str, Any]:
    """Its page says whose it is, so that no inbox keeps a name for ever."""
    return {
        "booking_id": view.id,
        "resource": view.room,
        "unit_names": view.unit_names,
        "location": view.location,
        "zone": view.zone,
        "starts_at": view.starts_at.isoformat(),
        "ends_at": view.ends_at.isoformat(),
    }


def _busy(said: Iterable[Sequence[int]]) -> list[Window]:
    return [(moment_of(start), moment_of(end)) for start, end in said]


def _runs_into(view: BookingView, busy: Iterable[Window]) -> bool:
    return any(start < view.ends_at and end > view.starts_at for start, end in busy)
