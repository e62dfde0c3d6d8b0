"""A room as it stands, for whoever is in front of its door: taken or free and until when, what comes, and who has it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from app.domain.booking.catalogue import Bookable, Catalogue, load_catalogue
from app.domain.booking.check_in_window import KEPT_MINUTES, waits_for_check_in
from app.domain.booking.house_rules.matching import Rules
from app.domain.booking.minutes import Stretch, minute_of, moment_of, span_of
from app.domain.booking.occupancy import Blocks, Busy, busy_of, load_blocks, overlaps
from app.domain.booking.rules import GRACE_MINUTES, Limits, timely
from app.domain.booking.shifts import runs, stretches_on
from app.domain.booking.whereabouts import whereabouts
from app.kernel.spans import Span
from app.models import (
    Booking,
    BookingStatus,
    Occupancy,
    Person,
    PersonProfile,
    Resource,
    ResourceVisibility,
    Tenant,
)
from app.tenancy import tenant_of

LENGTHS = (15, 30, 60)
_NOBODY = 0
"""No id of a person: the door itself asks."""


@dataclass(frozen=True, slots=True)
class DoorBooking:
    """A booking as it is told at a door: no title, and a first name only of who lets others find them."""

    id: int
    span: Span
    first_name: str
    """Empty for who is not listed in the directory."""
    checked_in: bool
    can_check_in: bool
    own: bool
    """Confirmed, and of this room itself, not of a hall that it is a part of."""
    mine: bool
    """Of whoever asks."""


@dataclass(frozen=True, slots=True)
class Door:
    """What stands there at one moment. Spans and moments are UTC; `zone` is the location's."""

    resource_id: int
    room: str
    level: str
    capacity: int
    location_id: int
    location: str
    zone: str
    several: bool
    """More than one booking at once: no single one of them is the one that runs."""
    taken_until: datetime | None
    """None while it can be entered, booked or not yet."""
    free_until: datetime | None
    """When it is free: until the next booking or closing; None when it is taken or closed."""
    all_day: bool
    """Nothing comes before midnight."""
    now: DoorBooking | None
    coming: tuple[DoorBooking, ...]
    """The rest of the local day."""
    offers: tuple[Span, ...]
    """What can be booked from now on, shortest first."""


def door(session: Session, resource_id: int, now: datetime, viewer_id: int = _NOBODY) -> Door:
    """What stands at a room's door; five statements. `viewer_id` is who asks, if anybody has said who they are. Raises NotFound for a room that is retired."""
    where = whereabouts(session, resource_id)
    catalogue = load_catalogue(session, where.location_id, _NOBODY, now)
    bookable = catalogue.room(resource_id)
    day = catalogue.calendar.day_of(minute_of(now))
    blocks = load_blocks(session, catalogue.id, (day.start, day.end), _NOBODY, now)
    busy = busy_of(bookable, blocks)
    bookings = _bookings(session, bookable, (day.start, day.end), now, viewer_id)
    now_there = [each for each in bookings if each.span.start <= now < each.span.end]
    running = _one_of(now_there, several=bookable.room.units > 1)
    at = minute_of(now)
    taken = next((each for each in _joined(busy) if each.start <= at < each.end), None)
    free_until = None if taken else _free_until(catalogue, bookable, busy, at)
    return Door(
        resource_id=resource_id,
        room=bookable.room.name,
        level=bookable.room.level,
        capacity=bookable.room.capacity,
        location_id=catalogue.id,
        location=catalogue.name,
        zone=catalogue.zone,
        several=bookable.room.units > 1,
        taken_until=moment_of(taken.end) if taken else None,
        free_until=moment_of(free_until) if free_until else None,
        all_day=free_until is not None and free_until >= day.end,
        now=running,
        coming=tuple(each for each in bookings if each.span.start > now),
        offers=offers(catalogue, bookable, blocks, now),
    )


def _one_of(running: list[DoorBooking], *, several: bool) -> DoorBooking | None:
    """The booking that a door speaks of: one's own first, and at a bench of desks none of the others'."""
    mine = next((each for each in running if each.mine), None)
    return mine or (running[0] if running and not several else None)


def offers(catalogue: Catalogue, bookable: Bookable, blocks: Blocks, now: datetime) -> tuple[Span, ...]:
    """The lengths that can be had from now on, or the shifts that begin now: free with the room's buffers, and within its rules
    for everybody. What is left of a shift that runs is for staff to give away.

    Whether somebody in particular may book is decided when they do.
    """
    at, rules = minute_of(now), catalogue.rules_for_everybody()
    busy = busy_of(bookable, blocks)
    found = []
    for wanted in _wishes(catalogue, bookable, rules, at):
        limits = rules.limits(bookable.limits, wanted)
        around = (wanted[0] - bookable.buffer_before, wanted[1] + bookable.buffer_after)
        fits = not (limits.never or limits.visibility is ResourceVisibility.STAFF)
        length = wanted[1] - wanted[0]
        fits = fits and (bool(limits.shifts) or limits.min_minutes <= length <= limits.max_minutes)
        if fits and not overlaps(busy, *around) and not timely(limits, catalogue.calendar, wanted, at):
            found.append(span_of(wanted))
    return tuple(found)


def _wishes(catalogue: Catalogue, bookable: Bookable, rules: Rules, at: int) -> list[Stretch]:
    """What somebody at the door may want: a shift that begins within a step of the grid, or else the usual lengths."""
    limits = rules.limits(bookable.limits, (at, at + 1))
    if limits.shifts:
        shifts = stretches_on(limits.shifts, catalogue.calendar.day_of(at))
        begins = (run for run in runs(shifts) if at - GRACE_MINUTES <= run[0] <= at + limits.grid_minutes)
        return list(begins)[: len(LENGTHS)]
    found = []
    for length in LENGTHS:
        start = _start_on_grid(catalogue, rules.limits(bookable.limits, (at, at + length)), at)
        found.append((start, start + length))
    return found


def _start_on_grid(catalogue: Catalogue, limits: Limits, at: int) -> int:
    """The start on the room's grid that may still be booked now."""
    start = at - catalogue.calendar.day_of(at).wall(at) % limits.grid_minutes
    return start if start >= at - GRACE_MINUTES else start + limits.grid_minutes


def _joined(busy: list[Busy]) -> list[Busy]:
    """Bookings that follow each other without a gap are one to who waits for the room."""
    found: list[Busy] = []
    for each in sorted(busy, key=lambda one: one.start):
        if found and each.start <= found[-1].end:
            found[-1] = found[-1]._replace(end=max(each.end, found[-1].end))
        else:
            found.append(each)
    return found


def _free_until(catalogue: Catalogue, bookable: Bookable, busy: list[Busy], at: int) -> int | None:
    """Until which minute it is free from `at` on; None while it is closed."""
    day = catalogue.calendar.day_of(at).day
    for opens, closes in catalogue.calendar.open(bookable.room.id, day):
        if opens <= at < closes:
            return min((each.start for each in busy if each.start > at), default=closes)
    return None


def _bookings(
    session: Session, bookable: Bookable, day: Stretch, now: datetime, viewer_id: int
) -> list[DoorBooking]:
    """What is booked of the room or of anything that takes it, of today and not over."""
    ids = {bookable.room.id, *(part_id for part_id, _units in bookable.parts)}
    start, end = moment_of(day[0]), moment_of(day[1])
    blocking = select(Occupancy.booking_id).where(
        Occupancy.resource_id.in_(ids),
        Occupancy.location_id == _location_of(bookable.room.id),
        Occupancy.blocks_from > start - timedelta(days=1),
        Occupancy.blocks_from < end,
        Occupancy.blocks_until > now,
    )
    rows = session.execute(
        select(
            Booking.id,
            Booking.resource_id,
            Booking.person_id,
            Booking.starts_at,
            Booking.ends_at,
            Booking.status,
            Booking.checked_in_at,
            Person.first_name,
            PersonProfile.listed,
            KEPT_MINUTES.label("kept"),
        )
        .join(Person, and_(Person.tenant_id == Booking.tenant_id, Person.id == Booking.person_id))
        .join(Resource, and_(Resource.tenant_id == Booking.tenant_id, Resource.id == Booking.resource_id))
        .join(Tenant, and_(Tenant.id == Booking.tenant_id, Tenant.id == tenant_of(session)))
        .outerjoin(
            PersonProfile,
            and_(PersonProfile.tenant_id == Person.tenant_id, PersonProfile.person_id == Person.id),
        )
        .where(
            Booking.id.in_(blocking),
            Booking.ends_at > now,
            Booking.starts_at < end,
            or_(
                Booking.status.in_((BookingStatus.CONFIRMED, BookingStatus.TENTATIVE)),
                and_(Booking.status == BookingStatus.HELD, Booking.hold_expires_at > now),
            ),
        )
        .order_by(Booking.starts_at, Booking.id)
    )
    return [
        DoorBooking(
            row.id,
            Span(row.starts_at, row.ends_at),
            row.first_name if row.listed and row.status is BookingStatus.CONFIRMED else "",
            row.checked_in_at is not None,
            row.status is BookingStatus.CONFIRMED
            and row.resource_id == bookable.room.id
            and row.checked_in_at is None
            and waits_for_check_in(row.starts_at, row.ends_at, row.kept, now),
            row.resource_id == bookable.room.id and row.status is BookingStatus.CONFIRMED,
            row.person_id == viewer_id,
        )
        for row in rows
    ]


def _location_of(resource_id: int) -> Any:
    return select(Resource.location_id).where(Resource.id == resource_id).scalar_subquery()
