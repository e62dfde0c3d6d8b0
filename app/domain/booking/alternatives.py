"""What is nearest to a wish that cannot be had: another room then, the same room earlier or later, the next day."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import timedelta

from sqlalchemy.orm import Session

from app.domain.booking.availability import nearest
from app.domain.booking.catalogue import Bookable
from app.domain.booking.look import Look, look
from app.domain.booking.minutes import Stretch, span_of
from app.domain.booking.occupancy import busy_of, overlaps
from app.domain.booking.pricing import quote
from app.domain.booking.rules import standing, timely
from app.domain.booking.terms import Alternative

MOST = 3
NEAR_MINUTES = 180
"""An earlier or later start on the same day counts as near up to here."""

Offer = tuple[int, int, int, Alternative]
"""How far it is from the wish, in the order in which offers are preferred, then the offer."""


def other_times(session: Session, looked: Look) -> tuple[Alternative, ...]:
    """When no room is free: the nearest starts on that day, then on the next. One more statement at most."""
    if not any(_welcome(looked, bookable) for bookable in looked.rooms):
        return ()
    near = [offer for offer in _nearest_starts(looked, looked.rooms) if offer[0] <= NEAR_MINUTES]
    found = _best(near)
    return found if len(found) == MOST else (*found, *_best(_next_day(session, looked)))[:MOST]


def instead(session: Session, looked: Look, wanted: Bookable) -> tuple[Alternative, ...]:
    """When one room is taken: its own nearest time and other rooms at that time; then other times of theirs."""
    others = tuple(room for room in looked.rooms if room.room.id != wanted.room.id)
    own = _best(_nearest_starts(looked, (wanted,)))
    now = _best(_at_that_time(looked, others))
    found = (*now[: MOST - len(own)], *own)
    return found or _best(_next_day(session, looked))


def _at_that_time(looked: Look, rooms: tuple[Bookable, ...]) -> Iterator[Offer]:
    start, end = looked.wanted
    for bookable in rooms:
        taken = overlaps(
            busy_of(bookable, looked.blocks), start - bookable.buffer_before, end + bookable.buffer_after
        )
        if (
            not taken
            and _welcome(looked, bookable)
            and not timely(bookable.limits, looked.place.calendar, looked.wanted, looked.now)
        ):
            yield _offer(looked, bookable, looked.wanted)


def _nearest_starts(looked: Look, rooms: tuple[Bookable, ...]) -> Iterator[Offer]:
    for bookable in rooms:
        if _welcome(looked, bookable):
            found = nearest(looked, bookable, busy_of(bookable, looked.blocks))
            if found:
                yield _offer(looked, bookable, found)


def _next_day(session: Session, looked: Look) -> Iterator[Offer]:
    day = looked.place.calendar.day(looked.day.day + timedelta(days=1))
    start = day.at(looked.day.wall(looked.wanted[0]))
    aim = start, start + looked.wanted[1] - looked.wanted[0]
    query = replace(looked.query, span=span_of(aim))
    tomorrow = look(session, looked.place, looked.asker, query, looked.moment)
    return _nearest_starts(tomorrow, tomorrow.rooms)


def _welcome(looked: Look, bookable: Bookable) -> bool:
    minutes = looked.wanted[1] - looked.wanted[0]
    return not standing(bookable.limits, looked.asker, minutes, looked.query.people)


def _offer(looked: Look, bookable: Bookable, found: Stretch) -> Offer:
    span = span_of(found)
    price = quote(bookable.hourly_minor, bookable.cap_minor, span, looked.place.currency)
    alternative = Alternative(bookable.room, span, price)
    return abs(found[0] - looked.wanted[0]), bookable.room.capacity, price.total_minor, alternative


def _best(offers: Iterable[Offer]) -> tuple[Alternative, ...]:
    return tuple(offer[3] for offer in sorted(offers, key=lambda offer: offer[:3])[:MOST])
