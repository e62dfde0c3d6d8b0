"""Bookings of the demo tenants: the days around today, the same for the same date, written once a day."""

import random
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy import ColumnElement, exists, func, select
from sqlalchemy.orm import Session

from app.demo.series import repeat_for_member
from app.demo.spaces import DemoSpace
from app.domain.booking.calendar import Calendar
from app.domain.booking.catalogue import load_catalogue
from app.domain.booking.minutes import span_of
from app.domain.booking.pricing import price
from app.domain.booking.rates import Tariff, Wish
from app.domain.booking.shifts import Shifts, stretches_on
from app.domain.team.rights import team_to_book_for
from app.kernel.spans import Span
from app.kernel.walltime import day_bounds, local_date, nearest_utc, zone
from app.models import (
    Booking,
    BookingStatus,
    Contract,
    Location,
    Occupancy,
    PayWhen,
    Person,
    Role,
    TeamMember,
    UnbilledBooking,
)

_DAYS = range(-5, 12)
_TITLES = (
    "Weekly planning",
    "Client call",
    "Design review",
    "",
    "Interview",
    "Workshop",
    "1:1",
    "",
    "Board prep",
)
_LENGTHS = (30, 45, 60, 60, 90, 120)
_QUARTER = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class _Bookable:
    id: int
    units: int
    tariffs: tuple[Tariff, ...]
    buffer_after: int
    capacity: int
    days_ahead_only: bool
    shifts: Shifts


def book_days(session: Session, space: DemoSpace, now: datetime) -> None:
    """Book each location's days from five ago to eleven ahead, but those that have bookings already."""
    member = session.scalars(
        select(Person.id).where(Person.email_key == f"member@{space.tenant.slug}.test")
    ).one_or_none()
    people = [
        person
        for person in session.scalars(
            select(Person.id)
            .join(Contract, Contract.person_id == Person.id)
            .where(Person.role == Role.NONE)
            .order_by(Person.id)
        )
        if person != member
    ]
    first = True
    for location in session.scalars(select(Location).order_by(Location.position)):
        today = local_date(now, zone(location.zone))
        for ahead in _DAYS:
            day = today + timedelta(days=ahead)
            if not _has_bookings(session, location, day):
                _book_day(session, space, location, day, people, now)
        if first and member is not None:
            _book_for_member(session, space, location, member, now)
            repeat_for_member(session, location, member, now)
        first = False
    _welcome(session, now)
    _book_for_colleagues(session, now)
    _note_unbilled(session, now)


def _welcome(session: Session, now: datetime) -> None:
    """Most who are in a room have checked in to it."""
    running = select(Booking).where(
        Booking.status == BookingStatus.CONFIRMED, Booking.starts_at <= now, Booking.ends_at > now
    )
    for booking in session.scalars(running):
        if booking.checked_in_at is None and booking.id % 4:
            booking.checked_in_at = booking.starts_at
    session.flush()


def _book_for_colleagues(session: Session, now: datetime) -> None:
    """Half of what the people of a team have ahead was booked for them by one of them who may."""
    seats = session.scalars(select(TeamMember).order_by(TeamMember.id)).all()
    makers = {each.team_id: each.person_id for each in seats if each.may_book_for_team}
    for seat in seats:
        maker = makers.get(seat.team_id)
        if maker is None or maker == seat.person_id or seat.administrator:
            continue
        theirs = select(Booking).where(Booking.person_id == seat.person_id, *_to_note(now))
        for booking in session.scalars(theirs.order_by(Booking.id)).all()[::2]:
            booking.booked_by_id = maker
    session.flush()


def _note_unbilled(session: Session, now: datetime) -> None:
    """What is ahead is billed once it is over: to the team where one of it booked for another, else to whose it is."""
    for booking in session.scalars(select(Booking).where(*_to_note(now))).all():
        maker, whose = booking.booked_by_id, booking.person_id
        team_id = None if maker == whose else team_to_book_for(session, maker, whose)
        booking.pays = PayWhen.INVOICE
        session.add(UnbilledBooking(booking_id=booking.id, team_id=team_id))
    session.flush()


def _to_note(now: datetime) -> tuple[ColumnElement[bool], ...]:
    """What is ahead, costs something, and is noted nowhere yet."""
    noted = exists().where(
        UnbilledBooking.tenant_id == Booking.tenant_id, UnbilledBooking.booking_id == Booking.id
    )
    return (
        Booking.ends_at > now,
        Booking.price_minor > 0,
        Booking.status == BookingStatus.CONFIRMED,
        ~noted,
    )


def _has_bookings(session: Session, location: Location, day: date) -> bool:
    begins, ends = day_bounds(day, zone(location.zone))
    count = session.scalar(
        select(func.count(Booking.id)).where(
            Booking.location_id == location.id,
            Booking.starts_at >= begins,
            Booking.starts_at < ends,
            Booking.series_id.is_(None),
        )
    )
    return bool(count)


def _bookables(session: Session, location_id: int, now: datetime) -> list[_Bookable]:
    nobody = 0
    return [
        _Bookable(
            each.room.id,
            each.room.units,
            each.tariffs,
            each.buffer_after,
            each.room.capacity,
            each.limits.notice_minutes > 0,
            each.limits.shifts,
        )
        for each in load_catalogue(session, location_id, nobody, now).rooms
    ]


def _book_day(
    session: Session, space: DemoSpace, location: Location, day: date, people: list[int], now: datetime
) -> None:
    # The same day always looks the same, whenever it is filled.
    dice = random.Random(f"{space.tenant.slug}/{location.name}/{day}")  # noqa: S311 (a demo, not a secret)
    if day.weekday() == 6 and dice.random() < 0.8:  # most Sundays are quiet
        return
    busy: dict[int, list[Span]] = {person: [] for person in people}
    # Shifts first: later in the day nobody has half of it free
    for room in sorted(_bookables(session, location.id, now), key=lambda room: not room.shifts):
        if room.days_ahead_only:
            continue
        if room.shifts:
            _book_shifts(session, space, location, day, busy, room, dice)
            continue
        for unit in range(room.units):
            _book_unit(session, space, location, day, busy, room, unit, dice)


def _somebody_free(busy: dict[int, list[Span]], span: Span, dice: random.Random) -> int | None:
    """Somebody who sits nowhere else then; nobody is in two rooms at once."""
    free = [person for person, spans in busy.items() if not any(span.overlaps(other) for other in spans)]
    if not free:
        return None
    person = dice.choice(free)
    busy[person].append(span)
    return person


def _book_shifts(
    session: Session,
    space: DemoSpace,
    location: Location,
    day: date,
    busy: dict[int, list[Span]],
    room: _Bookable,
    dice: random.Random,
) -> None:
    for stretch in stretches_on(room.shifts, Calendar(zone(location.zone)).day(day)):
        span = span_of(stretch)
        somebody = _somebody_free(busy, span, dice) if dice.random() < 0.4 else None
        if somebody is not None:
            _write(session, space, location, room, 0, span, somebody, dice)


def _book_unit(
    session: Session,
    space: DemoSpace,
    location: Location,
    day: date,
    busy: dict[int, list[Span]],
    room: _Bookable,
    unit: int,
    dice: random.Random,
) -> None:
    at = nearest_utc(day, time(8), zone(location.zone)) + _QUARTER * dice.randint(0, 12)
    closes = nearest_utc(day, time(19), zone(location.zone))
    while True:
        span = Span(at, at + timedelta(minutes=dice.choice(_LENGTHS)))
        if span.end > closes:
            return
        if dice.random() < 0.55:  # a busy house, with room left
            somebody = _somebody_free(busy, span, dice)
            if somebody is not None:
                _write(session, space, location, room, unit, span, somebody, dice)
        at = span.end + timedelta(minutes=room.buffer_after) + _QUARTER * dice.choice((0, 1, 2, 4, 6))
        at += -(at - datetime(at.year, at.month, at.day, tzinfo=UTC)) % _QUARTER


def _book_for_member(
    session: Session, space: DemoSpace, location: Location, member: int, now: datetime
) -> None:
    """Give the demo member a booking that is running and a few ahead, so that the first look shows both."""
    if session.scalar(
        select(func.count(Booking.id)).where(
            Booking.person_id == member, Booking.ends_at > now, Booking.status == BookingStatus.CONFIRMED
        )
    ):
        return
    dice = random.Random(str(member))  # noqa: S311
    rooms = [
        room
        for room in _bookables(session, location.id, now)
        if room.units == 1 and not room.days_ahead_only and not room.shifts
    ]
    quarter = now.replace(minute=now.minute // 15 * 15, second=0, microsecond=0)
    wishes = [Span(quarter - _QUARTER, quarter + 5 * _QUARTER)]
    for ahead, hour in ((1, 9), (2, 13), (5, 15)):
        start = nearest_utc(
            local_date(now, zone(location.zone)) + timedelta(days=ahead), time(hour), zone(location.zone)
        )
        wishes.append(Span(start, start + timedelta(hours=1)))
    for wish in wishes:
        for room in rooms:
            padded = wish.padded(timedelta(), timedelta(minutes=room.buffer_after))
            taken = session.scalar(
                select(func.count(Occupancy.id)).where(
                    Occupancy.resource_id == room.id,
                    Occupancy.blocks_from < padded.end,
                    Occupancy.blocks_until > padded.start,
                )
            )
            if not taken:
                _write(session, space, location, room, 0, wish, member, dice)
                break


def _write(
    session: Session,
    space: DemoSpace,
    location: Location,
    room: _Bookable,
    unit: int,
    span: Span,
    person_id: int,
    dice: random.Random,
) -> None:
    """Write a confirmed booking as it was made some days ago: the rules of today do not apply to it."""
    made = span.start - timedelta(days=3)
    wish = Wish(span, zone(location.zone), is_member=True, booked_at=made)
    quote = price(room.tariffs, wish, space.tenant.currency)
    if quote is None:
        return
    booking = Booking(
        resource_id=room.id,
        location_id=location.id,
        person_id=person_id,
        booked_by_id=person_id,
        starts_at=span.start,
        ends_at=span.end,
        status=BookingStatus.CONFIRMED,
        unit_numbers=[unit] if room.units > 1 else None,
        title=dice.choice(_TITLES),
        people=dice.randint(1, room.capacity),
        price_minor=quote.total_minor,
        currency=quote.currency,
        quote=quote.as_json(),
        created_at=made,
    )
    session.add(booking)
    session.flush()
    session.add(
        Occupancy(
            booking_id=booking.id,
            resource_id=room.id,
            location_id=location.id,
            unit=unit,
            blocks_from=span.start,
            blocks_until=span.end + timedelta(minutes=room.buffer_after),
        )
    )
    session.flush()
