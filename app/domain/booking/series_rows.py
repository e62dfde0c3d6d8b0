"""A series and its bookings, locked for the verbs that change them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.domain.actor import Actor, Permission
from app.domain.booking.announce import count_change
from app.domain.booking.cutoff import cutoffs_of, latest_change
from app.domain.booking.terms import REASON_LENGTH, Malformed, NotPermitted
from app.domain.lookup import hold_people, one
from app.kernel.errors import NotFound
from app.models import Booking, BookingSeries, BookingStatus


@dataclass(frozen=True, slots=True)
class Range:
    """Dates of the rule from a first to a last one, both included; None leaves that side open."""

    first: date | None = None
    last: date | None = None

    def holds(self, day: date) -> bool:
        return (self.first is None or self.first <= day) and (self.last is None or day <= self.last)


@dataclass(frozen=True, slots=True)
class Changeable:
    """Bookings of a range that are not over: those that who asks may still change, and the dates of those they may not."""

    bookings: tuple[Booking, ...]
    late: tuple[date, ...]


def series_for(session: Session, actor: Actor, series_id: int) -> BookingSeries:
    """One's own series, or for staff on their behalf anybody's. Raises NotFound for any other."""
    return _allowed(actor, one(session, BookingSeries, series_id))


def hold_series(session: Session, actor: Actor, series_id: int) -> BookingSeries:
    """The same, with its person before it, locked until the transaction ends; it is one that writes."""
    series = series_for(session, actor, series_id)
    hold_people(session, {series.person_id, actor.person_id})
    return _allowed(actor, one(session, BookingSeries, series_id, lock=True))


def _allowed(actor: Actor, series: BookingSeries) -> BookingSeries:
    if series.person_id != actor.person_id and not actor.acts_for_others(series.location_id):
        raise NotFound
    return series


def check_override(actor: Actor, series: BookingSeries, *, asked: bool) -> None:
    """Raises NotPermitted for who asks to pass over limits and may not."""
    if asked and not (actor.acts_for_others(series.location_id) and actor.may(Permission.OVERRIDE)):
        raise NotPermitted


def standing_of(
    session: Session, series: BookingSeries, ranged: Range, *, lock: bool = False
) -> list[Booking]:
    """The confirmed bookings of a range, in the order of their dates."""
    query = (
        select(Booking)
        .where(Booking.series_id == series.id, Booking.status == BookingStatus.CONFIRMED)
        .order_by(Booking.id)
        .execution_options(populate_existing=True)
    )
    rows = session.scalars(query.with_for_update() if lock else query).all()
    return sorted((row for row in rows if ranged.holds(day_of(row))), key=day_of)


def hold_standing(session: Session, series: BookingSeries, ranged: Range) -> list[Booking]:
    """The same, locked in the order of their ids."""
    return standing_of(session, series, ranged, lock=True)


def changes_of(session: Session, series: BookingSeries) -> int:
    """How often the series or any of its bookings was changed: whoever changes it says what they saw. One statement."""
    of_bookings = select(func.sum(Booking.sequence)).where(Booking.series_id == series.id)
    return series.sequence + int(session.scalar(of_bookings) or 0)


def changeable(
    session: Session, actor: Actor, series: BookingSeries, bookings: Iterable[Booking], now: datetime
) -> Changeable:
    """Of locked bookings, those that are still to come; one's own until the cut-off, for staff until they begin.

    Each by the room where it is: one that was moved by itself may be elsewhere, and out of reach of staff.
    """
    coming = coming_of(actor, series, bookings, now)
    rooms = cutoffs_of(session, {each.resource_id for each in coming})
    timely = tuple(
        each
        for each in coming
        if actor.acts_for_others(each.location_id)
        or now <= latest_change(each, rooms[each.resource_id].minutes)
    )
    return Changeable(timely, tuple(day_of(each) for each in coming if each not in timely))


def coming_of(
    actor: Actor, series: BookingSeries, bookings: Iterable[Booking], now: datetime
) -> list[Booking]:
    """Those that have not begun, of one's own; for staff those in reach."""
    own = series.person_id == actor.person_id
    return [
        each for each in bookings if each.starts_at > now and (own or actor.acts_for_others(each.location_id))
    ]


def day_of(booking: Booking) -> date:
    """The date of the rule that a booking of a series stands for."""
    if booking.series_day is None:
        raise ValueError("it is of no series")
    return booking.series_day


def checked_reason(reason: str) -> str:
    """A reason as it is stored. Raises Malformed."""
    if len(reason) > REASON_LENGTH or "\0" in reason:
        raise Malformed
    return reason.strip()


def count_change_of_each(bookings: Sequence[Booking], now: datetime) -> None:
    """What calendars know of them is true no longer."""
    for booking in bookings:
        count_change(booking, now)
