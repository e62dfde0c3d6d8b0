"""The days after the one that was surveyed: on which of them anything can be had at all, and what is blocked on those."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import timedelta

from sqlalchemy.orm import Session

from app.domain.booking.availability import nearest
from app.domain.booking.house_rules.quotas import stays_of
from app.domain.booking.minutes import span_of
from app.domain.booking.occupancy import load_blocks_of
from app.domain.booking.survey import Survey, window_around

DAYS = 7
"""So far ahead: who finds nothing within a week asks for another one."""


def days_after(surveyed: Survey) -> Iterator[Survey]:
    """The same wish on each of the next days, where any room could be had if nobody else had one; reads nothing.

    So nobody reads what is blocked on a day that is closed, or too far ahead.
    """
    for ahead in range(1, DAYS + 1):
        then = _on(surveyed, ahead)
        if any(nearest(then, bookable, []) for bookable in then.rooms):
            yield then


def look_at(session: Session, days: Sequence[Survey]) -> list[Survey]:
    """The same with what is blocked then, and what the person has; as many statements for all of them as for one.

    One statement; another where a rule counts what the person has already.
    """
    first, last = days[0], days[-1]
    rooms = {room_id for each in first.rooms for room_id in (each.room.id, *(part for part, _ in each.parts))}
    place, person_id = first.catalogue.id, first.asker.person_id
    window = first.window[0], last.window[1]
    blocks = load_blocks_of(session, place, sorted(rooms), window, person_id, first.moment)
    # All that is still to come is among these
    stays = stays_of(session, first.rules, person_id, first.wanted, first.now)
    return [replace(each, blocks=blocks, stays=stays) for each in days]


def _on(surveyed: Survey, ahead: int) -> Survey:
    """At the same time on the wall, as if nobody had anything."""
    day = surveyed.catalogue.calendar.day(surveyed.day.day + timedelta(days=ahead))
    start = day.at(surveyed.day.wall(surveyed.wanted[0]))
    wanted = start, start + surveyed.wanted[1] - surveyed.wanted[0]
    return replace(
        surveyed,
        query=replace(surveyed.query, span=span_of(wanted)),
        day=day,
        wanted=wanted,
        window=window_around(surveyed.catalogue, day, wanted),
        blocks={},
        stays=(),
    )
