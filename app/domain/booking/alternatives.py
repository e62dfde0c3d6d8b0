"""What is nearest to a wish that cannot be had: another room then, the same room earlier or later, the next day."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import timedelta

from sqlalchemy.orm import Session

from app.domain.booking.availability import nearest
from app.domain.booking.catalogue import Bookable
from app.domain.booking.minutes import Stretch, span_of
from app.domain.booking.occupancy import busy_of, overlaps
from app.domain.booking.survey import Survey, survey
from app.domain.booking.terms import Alternative

MOST = 3
NEAR_MINUTES = 180
"""An earlier or later start on the same day counts as near up to here."""

Offer = tuple[int, int, int, Alternative]
"""How far it is from the wish, in the order in which offers are preferred, then the offer."""


def other_times(session: Session, surveyed: Survey) -> tuple[Alternative, ...]:
    """When no room is free: the nearest starts on that day, then on the next. One more statement at most."""
    if not any(_may_be(surveyed, bookable) for bookable in surveyed.rooms):
        return ()
    near = [offer for offer in _nearest_starts(surveyed, surveyed.rooms) if offer[0] <= NEAR_MINUTES]
    found = _best(near)
    return found if len(found) == MOST else (*found, *_best(_next_day(session, surveyed)))[:MOST]


def instead(session: Session, surveyed: Survey, wanted: Bookable) -> tuple[Alternative, ...]:
    """When one room is taken: its own nearest time and other rooms at that time; then other times of theirs."""
    others = tuple(room for room in surveyed.rooms if room.room.id != wanted.room.id)
    own = _best(_nearest_starts(surveyed, (wanted,)))
    now = _best(_at_that_time(surveyed, others))
    found = (*now[: MOST - len(own)], *own)
    return found or _best(_next_day(session, surveyed))


def _at_that_time(surveyed: Survey, rooms: tuple[Bookable, ...]) -> Iterator[Offer]:
    start, end = surveyed.wanted
    for bookable in rooms:
        taken = overlaps(
            busy_of(bookable, surveyed.blocks), start - bookable.buffer_before, end + bookable.buffer_after
        )
        if not taken and not surveyed.against(bookable):
            yield from _offer(surveyed, bookable, surveyed.wanted)


def _nearest_starts(surveyed: Survey, rooms: tuple[Bookable, ...]) -> Iterator[Offer]:
    for bookable in rooms:
        found = nearest(surveyed, bookable, busy_of(bookable, surveyed.blocks))
        if found:
            yield from _offer(surveyed, bookable, found)


def _next_day(session: Session, surveyed: Survey) -> Iterator[Offer]:
    day = surveyed.catalogue.calendar.day(surveyed.day.day + timedelta(days=1))
    start = day.at(surveyed.day.wall(surveyed.wanted[0]))
    aim = start, start + surveyed.wanted[1] - surveyed.wanted[0]
    query = replace(surveyed.query, span=span_of(aim))
    tomorrow = survey(session, surveyed.catalogue, surveyed.asker, query, surveyed.moment)
    return _nearest_starts(tomorrow, tomorrow.rooms)


def _may_be(surveyed: Survey, bookable: Bookable) -> bool:
    """Whether another day can help: by themselves, who may have a room and for how long is the same on each."""
    return bool(surveyed.rules) or not surveyed.standing(bookable.limits, surveyed.wanted)


def _offer(surveyed: Survey, bookable: Bookable, found: Stretch) -> Iterator[Offer]:
    """The offer, and none where the room has no price then."""
    price = surveyed.price(bookable, found)
    if price is not None:
        alternative = Alternative(bookable.room, span_of(found), price)
        yield _away(surveyed.wanted, found), bookable.room.capacity, price.total_minor, alternative


def _away(wanted: Stretch, found: Stretch) -> int:
    """Minutes between the two starts; a shift that holds all of the wish is near, however early it begins."""
    minutes = abs(found[0] - wanted[0])
    return min(minutes, NEAR_MINUTES) if found[0] <= wanted[0] and wanted[1] <= found[1] else minutes


def _best(offers: Iterable[Offer]) -> tuple[Alternative, ...]:
    return tuple(offer[3] for offer in sorted(offers, key=lambda offer: offer[:3])[:MOST])
