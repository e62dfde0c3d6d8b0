"""Which dates of a series a wish moves, where to, and what that asks of rules, rooms and extras."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.actor import Actor
from app.domain.booking.quotes import Quote
from app.domain.booking.rules import check_reach
from app.domain.booking.series_book import (
    agreed,
    check_ahead,
    wanted_on,
)
from app.domain.booking.series_ground import Asked, Ground, Had, Weighed, load_ground, window_of
from app.domain.booking.series_moving import MoveDates, Stays
from app.domain.booking.series_rows import (
    Changeable,
    day_of,
)
from app.domain.booking.series_terms import NothingToChange, Wanted
from app.domain.booking.terms import Obstacle
from app.domain.booking.whereabouts import whereabouts
from app.domain.extras.following import Following, following_of_each
from app.kernel.errors import NotFound
from app.kernel.spans import Span
from app.kernel.walltime import local_date, zone
from app.models import Booking, BookingSeries, Resource


@dataclass(frozen=True, slots=True)
class Picked:
    """What a wish makes of the dates that may be changed."""

    room_id: int
    zone: str
    moving: tuple[Booking, ...]
    stays: Mapping[date, Stays]
    wanted: Mapping[date, Wanted]
    """Where each would be, by its date of the rule."""

    def days(self, why: Stays) -> tuple[date, ...]:
        return tuple(day for day, stays in self.stays.items() if stays is why)

    @property
    def in_room(self) -> bool:
        return all(booking.resource_id == self.room_id for booking in self.moving)


def pick(
    session: Session, series: BookingSeries, wish: MoveDates, found: Changeable, now: datetime
) -> Picked:
    if not found.bookings:
        raise NothingToChange(found.late)
    room_id = _room(session, series, wish)
    place = whereabouts(session, room_id)
    tz = zone(place.zone)
    days = [day_of(booking) for booking in found.bookings]
    wanted = {each.day: each for each in wanted_on(days, wish.starts, wish.minutes, wish.moved, tz)}
    stays: dict[date, Stays] = {}
    moving = []
    for booking in found.bookings:
        day = day_of(booking)
        why = _stays(series, wish, booking, room_id, wanted[day].span)
        if why is not None:
            stays[day] = why
            continue
        check_reach(wanted[day].span, now)
        check_ahead(wanted[day].span, local_date(now, tz), tz)
        moving.append(booking)
    return Picked(room_id, place.zone, tuple(moving), stays, wanted)


def _room(session: Session, series: BookingSeries, wish: MoveDates) -> int:
    """Where they go. Raises NotFound for a room that is elsewhere: the days and the time are those of the clock there."""
    if wish.resource_id in (None, series.resource_id):
        return series.resource_id
    here = select(Resource.id).where(
        Resource.id == wish.resource_id,
        Resource.location_id == series.location_id,
        Resource.retired_at.is_(None),
    )
    room_id = session.scalar(here)
    if room_id is None:
        raise NotFound
    return room_id


def _stays(
    series: BookingSeries, wish: MoveDates, booking: Booking, room_id: int, span: Span
) -> Stays | None:
    elsewhere = booking.resource_id != series.resource_id
    if wish.chosen is None and elsewhere:
        return Stays.ELSEWHERE
    if wish.chosen is not None and day_of(booking) not in wish.chosen:
        return Stays.ELSEWHERE if elsewhere else Stays.LEFT
    is_so = booking.resource_id, booking.starts_at, booking.ends_at
    return Stays.AS_WISHED if is_so == (room_id, span.start, span.end) else None


def wanted_of(picked: Picked) -> list[Wanted]:
    """What is wished for those that move, each on the unit that it has where it stays in its room."""
    return [replace(picked.wanted[day_of(each)], rather=_sits(picked, each)) for each in picked.moving]


def _sits(picked: Picked, booking: Booking) -> int | None:
    units = booking.unit_numbers if booking.resource_id == picked.room_id else None
    return units[0] if units else None


def ground_of(
    session: Session,
    actor: Actor,
    series: BookingSeries,
    wish: MoveDates,
    picked: Picked,
    now: datetime,
) -> Ground:
    asked = Asked(
        actor, series.person_id, picked.room_id, series.people, wish.override, location_id=series.location_id
    )
    moving = {booking.id for booking in picked.moving}
    window = window_of(wanted_of(picked))
    had = {day_of(each): Had(each.people, tuple(each.overridden)) for each in picked.moving}
    return load_ground(session, asked, window, now, moving=moving, in_room=picked.in_room, had=had)


def following_of(
    session: Session,
    actor: Actor,
    series: BookingSeries,
    picked: Picked,
    bookings: Sequence[Booking],
    now: datetime,
) -> dict[int, Following]:
    """What was ordered with dates, as it would be, by their ids; of those that stay as it is."""
    spans = {each.id: Span(each.starts_at, each.ends_at) for each in bookings}
    spans |= {each.id: picked.wanted[day_of(each)].span for each in picked.moving}
    staff = actor.acts_for_others(series.location_id)
    return following_of_each(session, bookings, spans, now, staff=staff)


def late_of(picked: Picked, follows: Mapping[int, Following]) -> dict[date, list[Obstacle]]:
    """What was ordered with a date and cannot come along, by its date."""
    return {
        day_of(each): [one.obstacle for one in follows[each.id].late]
        for each in picked.moving
        if each.id in follows and follows[each.id].late
    }


def priced_anew(
    picked: Picked, bookings: Iterable[Booking], decided: Mapping[date, Weighed]
) -> list[tuple[Booking, Quote]]:
    """Those that cost something else then, and those that credit for another type of room may have paid."""
    found = []
    for booking in bookings:
        price = agreed(decided[day_of(booking)])
        stays = booking.resource_id == picked.room_id
        if not stays or _money(booking.quote) != _money(price.as_json()):
            found.append((booking, price))
    return found


def _money(quote: Mapping[str, object]) -> tuple[object, object]:
    return quote["total_minor"], quote["minutes"]
