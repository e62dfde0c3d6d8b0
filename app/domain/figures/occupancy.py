"""How full locations and resources are: booked time by the time that they are open. Minutes throughout.

Days are local: where the clocks change within them, a day has 23 or 25 hours of both.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, literal, select
from sqlalchemy.orm import Session

from app.domain.booking.calendar import Calendar, ClosedDays, WeeklyHours
from app.domain.booking.minutes import minute_in_sql, minute_of
from app.kernel.walltime import day_bounds, local_date, zone
from app.models import Booking, BookingStatus, Closure, Location, OpeningHours, Resource, ResourcePart


@dataclass(frozen=True, slots=True)
class Use:
    """Of a location, or of a resource with the name of its location."""

    id: int
    name: str
    location: str
    booked_minutes: int
    open_minutes: int
    """Of every unit; what is bookable twice at once is open twice as long."""

    @property
    def permille(self) -> int | None:
        """Rounded half up; None where it was never open. Above 1000 where staff booked outside of the hours."""
        if not self.open_minutes:
            return None
        return (2000 * self.booked_minutes + self.open_minutes) // (2 * self.open_minutes)


@dataclass(frozen=True, slots=True)
class Occupied:
    locations: list[Use]
    """What is made of other resources is left out here: its time is that of its parts, and counted with these."""
    resources: list[Use]


@dataclass(frozen=True, slots=True)
class _Room:
    id: int
    name: str
    location_id: int
    location: str
    zone: str
    units: int
    last: date
    """The last day that it can be booked within the period."""


def occupancy(session: Session, first: date, last: date) -> Occupied:
    """From one local day to another, both included, in the operator's order. Five statements.

    A booking of a resource that is made of others counts for itself and for each of its parts.
    """
    rooms = _rooms(session, first, last)
    calendars = _calendars(session, rooms)
    parts = _parts(session)
    booked = _with_parts(rooms, parts, _booked(session, rooms, first, last))
    uses = [
        (
            room,
            Use(
                room.id,
                room.name,
                room.location,
                booked.get(room.id, 0),
                _open_minutes(calendars[room.location_id], room, first),
            ),
        )
        for room in rooms
    ]
    return Occupied(list(_of_locations(uses, parts)), [use for _room, use in uses])


def _of_locations(uses: list[tuple[_Room, Use]], parts: dict[int, set[int]]) -> Iterable[Use]:
    places = {room.location_id: room.location for room, _use in uses}
    for location_id, name in places.items():
        own = [use for room, use in uses if room.location_id == location_id and room.id not in parts]
        booked = sum(use.booked_minutes for use in own)
        yield Use(location_id, name, name, booked, sum(use.open_minutes for use in own))


def _rooms(session: Session, first: date, last: date) -> list[_Room]:
    """Those that were there at any time of the period."""
    rows = session.execute(
        select(
            Resource.id,
            Resource.name,
            Resource.units,
            Resource.retired_at,
            Resource.location_id,
            Location.name.label("location"),
            Location.zone,
            Location.retired_at.label("location_retired_at"),
        )
        .join(Location, and_(Location.tenant_id == Resource.tenant_id, Location.id == Resource.location_id))
        .order_by(Location.position, Location.name, Location.id, Resource.position, Resource.name)
    )
    found = []
    for row in rows:
        until = min((at for at in (row.retired_at, row.location_retired_at) if at), default=None)
        end = last if until is None else min(last, local_date(until, zone(row.zone)))
        if first <= end:
            found.append(_Room(row.id, row.name, row.location_id, row.location, row.zone, row.units, end))
    return found


def _calendars(session: Session, rooms: list[_Room]) -> dict[int, Calendar]:
    found = {room.location_id: Calendar(zone(room.zone)) for room in rooms}
    for hours in session.execute(
        select(
            OpeningHours.location_id,
            OpeningHours.resource_id,
            OpeningHours.weekday,
            OpeningHours.opens,
            OpeningHours.closes,
        ).where(OpeningHours.location_id.in_(found))
    ):
        weekly = WeeklyHours(hours.weekday, hours.opens, hours.closes)
        found[hours.location_id].hours.setdefault(hours.resource_id, []).append(weekly)
    for closure in session.execute(
        select(
            Closure.location_id,
            Closure.resource_id,
            Closure.first_day,
            Closure.last_day,
            Closure.yearly,
        ).where(Closure.location_id.in_(found))
    ):
        days = ClosedDays(closure.first_day, closure.last_day, closure.yearly)
        found[closure.location_id].closures.setdefault(closure.resource_id, []).append(days)
    return found


def _open_minutes(calendar: Calendar, room: _Room, first: date) -> int:
    days = (first + timedelta(days=n) for n in range((room.last - first).days + 1))
    return room.units * sum(end - start for day in days for start, end in calendar.open(room.id, day))


def _booked(session: Session, rooms: list[_Room], first: date, last: date) -> dict[int, int]:
    """Minutes of confirmed bookings within the period, by resource."""
    if not rooms:
        return {}
    zones = {room.zone for room in rooms}
    bounds = {name: (day_bounds(first, zone(name))[0], day_bounds(last, zone(name))[1]) for name in zones}
    start = _by_place(rooms, {name: minute_of(start) for name, (start, _end) in bounds.items()})
    end = _by_place(rooms, {name: minute_of(end) for name, (_start, end) in bounds.items()})
    from_minute, until_minute = minute_in_sql(Booking.starts_at), minute_in_sql(Booking.ends_at)
    begins = case((from_minute > start, from_minute), else_=start)
    ends = case((until_minute < end, until_minute), else_=end)
    minutes = case((ends > begins, ends - begins), else_=0)
    within = (
        Booking.status == BookingStatus.CONFIRMED,
        Booking.starts_at < max(end for _start, end in bounds.values()),
        Booking.ends_at > min(start for start, _end in bounds.values()),
    )
    rows = session.execute(
        select(Booking.resource_id, func.sum(minutes)).where(*within).group_by(Booking.resource_id)
    )
    return {resource_id: int(booked) for resource_id, booked in rows}


def _with_parts(rooms: list[_Room], parts: dict[int, set[int]], own: dict[int, int]) -> dict[int, int]:
    """A booking of a whole takes every unit of its parts, and of the parts of these."""
    units = {room.id: room.units for room in rooms}
    found = dict(own)
    for whole_id in parts:
        for part_id in _all_parts(parts, whole_id):
            taken = own.get(whole_id, 0) * units.get(part_id, 0)
            found[part_id] = found.get(part_id, 0) + taken
    return found


def _parts(session: Session) -> dict[int, set[int]]:
    """What each whole is made of."""
    found: dict[int, set[int]] = {}
    for row in session.execute(select(ResourcePart.whole_id, ResourcePart.part_id)):
        found.setdefault(row.whole_id, set()).add(row.part_id)
    return found


def _all_parts(parts: dict[int, set[int]], whole_id: int) -> set[int]:
    found: set[int] = set()
    waiting = [whole_id]
    while waiting:
        more = parts.get(waiting.pop(), set()) - found
        found |= more
        waiting.extend(more)
    return found - {whole_id}


def _by_place(rooms: list[_Room], by_zone: dict[str, int]) -> ColumnElement[Any]:
    """A number that differs by the zone of a booking's location."""
    ids: dict[str, set[int]] = {}
    for room in rooms:
        ids.setdefault(room.zone, set()).add(room.location_id)
    (_zone, usual), *others = by_zone.items()
    if not others:
        return literal(usual)
    return case(
        *((Booking.location_id.in_(sorted(ids[name])), minute) for name, minute in others), else_=usual
    )
