"""What is nearest to a wish that cannot be had: another room then, the same room earlier or later, the days after."""

from collections.abc import Iterable, Iterator
from itertools import chain
from typing import NamedTuple

from sqlalchemy.orm import Session

from app.domain.booking.availability import nearest
from app.domain.booking.catalogue import Bookable
from app.domain.booking.days_after import days_after, look_at
from app.domain.booking.minutes import Stretch, span_of
from app.domain.booking.occupancy import Busy, busy_of, overlaps
from app.domain.booking.survey import Survey
from app.domain.booking.terms import Alternative

MOST = 3
NEAR_MINUTES = 180
"""An earlier or later start on the same day counts as near up to here."""


class Offer(NamedTuple):
    """One of them, and what offers are preferred by, in that order."""

    away: int
    """How far it is from the wish."""
    beside: int
    """How many that are nearer the same room has that day."""
    capacity: int
    price_minor: int
    alternative: Alternative


def other_times(session: Session, surveyed: Survey) -> tuple[Alternative, ...]:
    """When no room is free: the nearest starts on that day, then later ones, then those on the days after, until there are three.

    One more statement where the next day has what that day has not, and another where it has not, however many days are looked at.
    """
    return _up_to_most((), _steps(session, surveyed))


def instead(session: Session, surveyed: Survey, wanted: Bookable) -> tuple[Alternative, ...]:
    """When one room is taken: other rooms at that time and its own nearest time; then other times of it and of theirs.

    Statements as `other_times`, where that day has less than three.
    """
    others = tuple(room for room in surveyed.rooms if room.room.id != wanted.room.id)
    own = sorted(_starts(surveyed, (wanted,)), key=_preferred)
    now = _best(_at_that_time(surveyed, others))
    nearest_own = [offer.alternative for offer in own[:1]]
    found = (*now[: MOST - len(nearest_own)], *nearest_own)
    near = [offer for offer in own if offer.away <= NEAR_MINUTES]
    return _up_to_most(found, chain([near], _steps(session, surveyed)))


def _up_to_most(found: tuple[Alternative, ...], steps: Iterable[Iterable[Offer]]) -> tuple[Alternative, ...]:
    """What is found already and what further steps find; no step is taken that is not needed."""
    ahead = iter(steps)
    while len(found) < MOST and (step := next(ahead, None)) is not None:
        known = {(each.room.id, each.span) for each in found}
        found += _best(
            offer for offer in step if (offer.alternative.room.id, offer.alternative.span) not in known
        )
    return found[:MOST]


def _steps(session: Session, surveyed: Survey) -> Iterator[Iterable[Offer]]:
    """Where to look, one after the other, for other times of all rooms."""
    if not any(_may_be(surveyed, bookable) for bookable in surveyed.rooms):
        return
    today = _starts(surveyed, surveyed.rooms)
    far = [offer for offer in today if offer.away > NEAR_MINUTES]
    yield [offer for offer in today if offer.away <= NEAR_MINUTES]
    yield [offer for offer in far if _later(surveyed, offer)]
    days = days_after(surveyed)
    following = next(days, None)
    if following is not None:
        yield from _on_days(session, [following])
    # Tomorrow at that hour is nearer to most than many hours before it
    yield [offer for offer in far if not _later(surveyed, offer)]
    yield from _on_days(session, list(days))


def _on_days(session: Session, days: list[Survey]) -> Iterator[Iterable[Offer]]:
    for day in look_at(session, days) if days else ():
        yield _starts(day, day.rooms)


def _starts(surveyed: Survey, rooms: tuple[Bookable, ...]) -> list[Offer]:
    """The nearest start of each room on that day; where these are too few, the next nearest that keep clear of them, too."""
    found: list[Offer] = []
    busy = {bookable.room.id: busy_of(bookable, surveyed.blocks) for bookable in rooms}
    away = dict.fromkeys(busy, 0)
    for beside in range(MOST):
        again = []
        for bookable in rooms:
            room_id = bookable.room.id
            at = nearest(surveyed, bookable, busy[room_id])
            if at is None:
                continue
            # Of shifts the one that holds more of the wish is nearer, though another may begin nearer
            away[room_id] = max(away[room_id], _away(surveyed.wanted, at))
            found.extend(_offer(surveyed, bookable, at, away[room_id], beside))
            busy[room_id].append(Busy(*at, None))
            if len(found) < MOST or away[room_id] <= NEAR_MINUTES:
                again.append(bookable)
        rooms = tuple(again)
        if sum(offer.away <= NEAR_MINUTES for offer in found) >= MOST:
            break
    return found


def _later(surveyed: Survey, offer: Offer) -> bool:
    return offer.alternative.span.start > surveyed.query.span.start


def _at_that_time(surveyed: Survey, rooms: tuple[Bookable, ...]) -> Iterator[Offer]:
    start, end = surveyed.wanted
    for bookable in rooms:
        taken = overlaps(
            busy_of(bookable, surveyed.blocks), start - bookable.buffer_before, end + bookable.buffer_after
        )
        if not taken and not surveyed.against(bookable):
            yield from _offer(surveyed, bookable, surveyed.wanted, 0, 0)


def _may_be(surveyed: Survey, bookable: Bookable) -> bool:
    """Whether another day can help: by themselves, who may have a room and for how long is the same on each."""
    return bool(surveyed.rules) or not surveyed.standing(bookable.limits, surveyed.wanted)


def _offer(surveyed: Survey, bookable: Bookable, found: Stretch, away: int, beside: int) -> Iterator[Offer]:
    """The offer, and none where the room has no price then."""
    price = surveyed.price(bookable, found)
    if price is not None:
        alternative = Alternative(bookable.room, span_of(found), price)
        yield Offer(away, beside, bookable.room.capacity, price.total_minor, alternative)


def _away(wanted: Stretch, found: Stretch) -> int:
    """Minutes between the two starts; a shift that holds all of the wish is near, however early it begins."""
    minutes = abs(found[0] - wanted[0])
    return min(minutes, NEAR_MINUTES) if found[0] <= wanted[0] and wanted[1] <= found[1] else minutes


def _best(offers: Iterable[Offer]) -> tuple[Alternative, ...]:
    return tuple(offer.alternative for offer in sorted(offers, key=_preferred)[:MOST])


def _preferred(offer: Offer) -> tuple[int, int, int, int]:
    return offer[:4]
