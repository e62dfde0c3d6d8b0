"""What the questions offer to choose from, in the order and the words in which they are shown."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, cast

from flask import current_app
from jinja2 import Environment

from app.blueprints.bookings.forms import LONGEST_MINUTES
from app.domain.booking.catalogue import Catalogue
from app.domain.booking.minutes import DAY
from app.kernel.walltime import minute_face
from app.web import wording
from app.web.slots import LENGTHS

_FIRST, _LAST = 6 * 60, 22 * 60
_QUARTER = 15
_LONG = (600, 720, 1080)
"""Lengths beyond those of most rooms, offered where a room is to be had for so long."""
_REMEMBERED = 1024


@dataclass(frozen=True, slots=True)
class Choices:
    """What rooms of a catalogue can be asked for, each with the value that its chip sends."""

    amenities: tuple[tuple[str, str, str], ...]
    """(value, name, icon)."""
    types: tuple[tuple[str, str], ...]
    """(value, name); empty where there is only one kind, because then there is nothing to choose."""
    hours: tuple[int, int] = (_FIRST, _LAST)
    """The first and the last start that are offered, in minutes after midnight."""
    longest: int = LENGTHS[-1]
    """The longest length that is offered."""

    @property
    def amenity_ids(self) -> dict[str, int]:
        return {value: int(value) for value, _name, _icon in self.amenities}

    @property
    def type_ids(self) -> dict[str, int]:
        return {value: int(value) for value, _name in self.types}


def choices(catalogue: Catalogue) -> Choices:
    """The amenities and kinds that rooms of this catalogue have."""
    amenities, types = {}, {}
    for bookable in catalogue.listed:
        types[str(bookable.type_id)] = bookable.room.type_name
        for amenity_id, name, icon in bookable.room.amenities:
            amenities[str(amenity_id)] = (name, icon)
    return Choices(
        amenities=tuple((value, name, icon) for value, (name, icon) in amenities.items()),
        types=tuple(types.items()) if len(types) > 1 else (),
        hours=_hours(catalogue),
        longest=_longest(catalogue),
    )


def _hours(catalogue: Catalogue) -> tuple[int, int]:
    """A long day, and more where a room is open earlier or later; around the clock where nobody set any hours, or a rule of the
    house opens rooms at any."""
    first, last = _FIRST, _LAST
    if any(rule.sets.any_hour for rule in catalogue.rules):
        return 0, DAY - _QUARTER
    for bookable in catalogue.listed:
        known = catalogue.calendar.hours
        rows = known.get(bookable.room.id if bookable.room.id in known else None)
        if not rows:
            return 0, DAY - _QUARTER
        first = min(first, *(row.opens for row in rows))
        last = max(last, *(row.closes - _QUARTER for row in rows))
    return first // _QUARTER * _QUARTER, last


def _longest(catalogue: Catalogue) -> int:
    """As long as any room is to be had, by itself or by a rule of the house; a day at most."""
    rooms = (bookable.limits.max_minutes for bookable in catalogue.listed)
    rules = (rule.sets.max_minutes or 0 for rule in catalogue.rules)
    return min(max([LENGTHS[-1], *rooms, *rules]), LONGEST_MINUTES)


def options(pairs: Sequence[tuple[str, str]], chosen: str) -> str:
    """The options of a select, rendered once for each choice: a hundred of them cost more than all rooms together."""
    return _options(current_app.jinja_env, tuple(pairs), chosen)


@lru_cache(_REMEMBERED)
def _options(jinja: Environment, pairs: tuple[tuple[str, str], ...], chosen: str) -> str:
    # A macro's output is escaped and marked so by Jinja itself.
    macros: Any = jinja.get_template("bookings/_options.html").module
    return cast("str", macros.options(pairs, chosen))


def times(asked: str, hours: tuple[int, int]) -> list[tuple[str, str]]:
    """Starts to choose from: quarter hours from the first to the last, and whatever was asked for."""
    day = _quarters(*hours)
    return [(each, each) for each in (day if asked in day else sorted([*day, asked]))]


@lru_cache(64)
def _quarters(first: int, last: int) -> list[str]:
    return [minute_face(minute) for minute in range(first, last + 1, _QUARTER)]


def lengths(asked: str, longest: int) -> list[tuple[str, str]]:
    """Lengths to choose from with their words, up to the longest, and whatever was asked for."""
    values = {*LENGTHS, *(each for each in (*_LONG, longest) if LENGTHS[-1] < each <= longest)}
    if asked.isdecimal():
        values.add(int(asked))
    offered = [(str(value), wording.minutes(value)) for value in sorted(values)]
    return offered if asked.isdecimal() else [(asked, asked), *offered]
