"""A location goes by another clock: what is booked there stays at its time on the wall
(docs/decisions/0055-a-location-changes-its-zone.md)."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import delete, or_, select
from sqlalchemy.orm import Session

from app.domain.booking.announce import (
    Was,
    announce,
    announce_without_entry,
    count_change,
    forget_presence,
)
from app.domain.booking.announce_series import Done, announce_series
from app.domain.booking.blocking import Outrun, block_each, let_go, unblock
from app.domain.booking.claim import TRIES
from app.domain.booking.minutes import minute_of
from app.domain.booking.occupancy import UnitStretch
from app.domain.booking.repeating import span_on
from app.domain.booking.rezoning import (
    BookingsInTheWay,
    InTheWay,
    MovesBookings,
    in_each_others_way,
    rezoned,
    rows_along,
    same_on_the_wall,
)
from app.domain.booking.watched import bookings_moved, waiting_changed
from app.domain.calendars.blocking import apply_busy
from app.domain.guests.telling import CHANGED, tell_guests_of
from app.domain.lookup import hold_people
from app.kernel.clock import Clock
from app.kernel.spans import Span
from app.models import (
    BLOCKING,
    Booking,
    BookingSeries,
    BookingStatus,
    Location,
    Occupancy,
    OutsideCalendar,
    Resource,
    WaitlistEntry,
)

_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class _Moved:
    booking: Booking
    before: Span
    after: Span


@dataclass(frozen=True, slots=True)
class _Plan:
    """What would be somewhere else in time, and what it would block."""

    moved: list[_Moved] = field(default_factory=list)
    rows: dict[int, list[UnitStretch]] = field(default_factory=dict)
    in_the_way: set[int] = field(default_factory=set)

    @property
    def bookings(self) -> list[Booking]:
        return [each.booking for each in self.moved]

    @property
    def told(self) -> list[_Moved]:
        """What calendars and people know of: what is held is nobody's yet."""
        return [each for each in self.moved if each.booking.status is not BookingStatus.HELD]


def change_zone(session: Session, location: Location, zone: str, clock: Clock, *, agreed: bool) -> int:
    """Have a location go by the clock of another zone, with everything that is still to begin there; returns how many bookings are
    at another moment now. Within a transaction that writes, and that holds the location.

    Whoever they are of is told, once for all dates of a series. Prices stay as they were agreed. Raises MovesBookings unless it
    was `agreed` to, and BookingsInTheWay where some would have begun by that clock or want a room at the same time as others:
    nothing is changed then.
    """
    old, new = ZoneInfo(location.zone), ZoneInfo(zone)
    calendars = _calendars(session, location)
    _hold(session, location, clock())
    for _ in range(TRIES):
        plan = _plan(session, location, old, new, clock())
        if plan.in_the_way:
            raise BookingsInTheWay(_named(session, plan))
        if plan.told and not agreed:
            raise MovesBookings(len(plan.told), len({each.booking.series_id for each in plan.told} - {None}))
        if _block(session, location, calendars, plan):
            break
    else:
        raise BookingsInTheWay(())
    was, location.zone = location.zone, zone
    _write(session, plan, clock())
    _move_waiting(session, location, old, new)
    for calendar in calendars:
        # Times without a zone are other moments now; what is known of it blocks until it is read again.
        calendar.next_at, calendar.etag = clock(), ""
        session.flush()
        apply_busy(session, calendar, clock)
    _tell(session, location, plan, was, clock())
    return len(plan.told)


def _calendars(session: Session, location: Location) -> list[OutsideCalendar]:
    """Locked before any booking, as whoever reads one does."""
    here = select(Resource.id).where(Resource.location_id == location.id)
    return list(
        session.scalars(
            select(OutsideCalendar)
            .where(OutsideCalendar.resource_id.in_(here))
            .order_by(OutsideCalendar.id)
            .with_for_update()
        )
    )


def _hold(session: Session, location: Location, now: datetime) -> None:
    """Lock whoever has something ahead there, and let go of what was held and ran out."""
    ahead = Booking.location_id == location.id, Booking.ends_at > now, Booking.status.in_(BLOCKING)
    hold_people(session, set(session.scalars(select(Booking.person_id).where(*ahead))))
    held = session.scalars(
        select(Booking.id)
        .where(
            Booking.location_id == location.id,
            Booking.status == BookingStatus.HELD,
            Booking.hold_expires_at <= now,
        )
        .order_by(Booking.id)
        .with_for_update()
    ).all()
    if held:
        let_go(session, held)


def _plan(session: Session, location: Location, old: ZoneInfo, new: ZoneInfo, now: datetime) -> _Plan:
    bookings = session.scalars(
        select(Booking)
        .where(
            Booking.location_id == location.id,
            Booking.starts_at > now,
            Booking.status.in_(BLOCKING),
        )
        .order_by(Booking.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()
    usual = _usual(session, bookings, old, new)
    plan = _Plan()
    for booking in bookings:
        before = Span(booking.starts_at, booking.ends_at)
        after = usual.get((booking.id, before)) or rezoned(before, old, new)
        if after != before:
            plan.moved.append(_Moved(booking, before, after))
            if after.start <= now:
                plan.in_the_way.add(booking.id)
    _plan_rows(session, location, plan, now)
    return plan


def _usual(
    session: Session, bookings: Sequence[Booking], old: ZoneInfo, new: ZoneInfo
) -> dict[tuple[int, Span], Span]:
    """Where dates of a series that are as the series says would be: as it says then."""
    ids = {each.series_id for each in bookings} - {None}
    found = session.scalars(select(BookingSeries).where(BookingSeries.id.in_(ids))) if ids else ()
    series = {each.id: each for each in found}
    usual = {}
    for booking in bookings:
        if booking.series_id is not None and booking.series_day is not None:
            one, day = series[booking.series_id], booking.series_day
            before, after = (span_on(day, one.starts, one.minutes, tz) for tz in (old, new))
            usual[booking.id, before] = after
    return usual


def _plan_rows(session: Session, location: Location, plan: _Plan, now: datetime) -> None:
    spans = {each.booking.id: each for each in plan.moved}
    rows: defaultdict[int, list[UnitStretch]] = defaultdict(list)
    standing = []
    for row in session.execute(
        select(
            Occupancy.booking_id,
            Occupancy.resource_id,
            Occupancy.unit,
            Occupancy.blocks_from,
            Occupancy.blocks_until,
        ).where(
            Occupancy.location_id == location.id,
            Occupancy.booking_id.is_not(None),
            or_(Occupancy.blocks_until > now, Occupancy.booking_id.in_(spans)),
        )
    ):
        stretch = UnitStretch(
            row.resource_id, row.unit, minute_of(row.blocks_from), minute_of(row.blocks_until)
        )
        if row.booking_id in spans:
            rows[row.booking_id].append(stretch)
        else:
            standing.append(stretch)
    for booking_id, blocked in rows.items():
        one = spans[booking_id]
        plan.rows[booking_id] = rows_along(blocked, one.before, one.after)
    plan.in_the_way.update(in_each_others_way(standing, plan.rows))


def _named(session: Session, plan: _Plan) -> tuple[InTheWay, ...]:
    rows = session.execute(
        select(Booking.id, Resource.name)
        .join(Resource, (Resource.tenant_id == Booking.tenant_id) & (Resource.id == Booking.resource_id))
        .where(Booking.id.in_(plan.in_the_way))
    )
    names = {row.id: row.name for row in rows}
    found = [
        InTheWay(each.booking.id, names[each.booking.id], each.before)
        for each in plan.moved
        if each.booking.id in plan.in_the_way
    ]
    return tuple(sorted(found, key=lambda each: (each.span, each.booking_id)))


def _block(session: Session, location: Location, calendars: list[OutsideCalendar], plan: _Plan) -> bool:
    """Have all of them block what they are to; False when somebody was quicker somewhere, and nothing changed.

    What calendars of elsewhere block goes first: it takes what bookings leave.
    """
    moved = plan.bookings
    blocked = [(each, plan.rows.get(each.id, [])) for each in moved]
    try:
        with session.begin_nested():
            session.execute(
                delete(Occupancy).where(Occupancy.calendar_id.in_([each.id for each in calendars])),
                execution_options={"synchronize_session": False},
            )
            for at in range(0, len(moved), _AT_ONCE):
                unblock(session, *(each.id for each in moved[at : at + _AT_ONCE]))
            if any(rows for _booking, rows in blocked):
                block_each(session, blocked, location.id)
    except Outrun:
        return False
    return True


def _write(session: Session, plan: _Plan, now: datetime) -> None:
    for each in plan.moved:
        each.booking.starts_at, each.booking.ends_at = each.after.start, each.after.end
        forget_presence(each.booking)
    for each in plan.told:
        count_change(each.booking, now)
    session.flush()
    bookings_moved(session, plan.bookings, [])


def _move_waiting(session: Session, location: Location, old: ZoneInfo, new: ZoneInfo) -> None:
    """Who waits for ten o'clock waits for ten o'clock."""
    waiting = session.scalars(
        select(WaitlistEntry)
        .where(WaitlistEntry.location_id == location.id, WaitlistEntry.ended_at.is_(None))
        .order_by(WaitlistEntry.id)
        .with_for_update()
    ).all()
    for entry in waiting:
        span = rezoned(Span(entry.starts_at, entry.ends_at), old, new)
        entry.starts_at, entry.ends_at = span.start, span.end
        waiting_changed(session, entry)
    session.flush()


def _tell(session: Session, location: Location, plan: _Plan, was: str, now: datetime) -> None:
    old, new = ZoneInfo(was), ZoneInfo(location.zone)
    by_series: defaultdict[int, list[_Moved]] = defaultdict(list)
    for each in plan.told:
        booking = each.booking
        if booking.series_id is not None:
            by_series[booking.series_id].append(each)
        elif same_on_the_wall(each.before, old, each.after, new):
            _tell_one(session, booking, now, zone_was=was)
        else:
            _tell_one(session, booking, now, was=Was(booking.resource_id, each.before.start, each.before.end))
    for series_id, dates in by_series.items():
        series = session.get_one(BookingSeries, series_id)
        spans = sorted(each.after for each in dates)
        room = None if series.location_id == location.id else dates[0].booking.resource_id
        announce_series(session, series, Done.ZONE, spans, now, resource_id=room)
        tell_guests_of(session, [each.booking.id for each in dates], CHANGED, now)


def _tell_one(
    session: Session, booking: Booking, now: datetime, *, was: Was | None = None, zone_was: str = ""
) -> None:
    if booking.status is BookingStatus.TENTATIVE:
        # It is in no calendar by mail yet
        announce_without_entry(session, booking, "booking.changed", now, zone_was=zone_was)
    else:
        announce(session, booking, "booking.changed", now, was=was, zone_was=zone_was)
