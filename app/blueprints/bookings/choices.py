"""What the questions offer to choose from, in the order and the words in which they are shown."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, cast

from flask import current_app
from jinja2 import Environment

from app.domain.booking.catalogue import Catalogue
from app.kernel.walltime import minute_face
from app.web import wording
from app.web.slots import LENGTHS

_FIRST, _LAST = 6 * 60, 22 * 60
_QUARTER = 15
_REMEMBERED = 1024


@dataclass(frozen=True, slots=True)
class Choices:
    """What rooms of a catalogue can be asked for, each with the value that its chip sends."""

    amenities: tuple[tuple[str, str, str], ...]
    """(value, name, icon)."""
    types: tuple[tuple[str, str], ...]
    """(value, name); empty where there is only one kind, because then there is nothing to choose."""

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
    )


def options(pairs: Sequence[tuple[str, str]], chosen: str) -> str:
    """The options of a select, rendered once for each choice: a hundred of them cost more than all rooms together."""
    return _options(current_app.jinja_env, tuple(pairs), chosen)


@lru_cache(_REMEMBERED)
def _options(jinja: Environment, pairs: tuple[tuple[str, str], ...], chosen: str) -> str:
    # A macro's output is escaped and marked so by Jinja itself.
    macros: Any = jinja.get_template("bookings/_options.html").module
    return cast("str", macros.options(pairs, chosen))


def times(asked: str) -> list[tuple[str, str]]:
    """Starts to choose from: quarter hours of a long day, and whatever was asked for."""
    day = _quarters()
    return [(each, each) for each in (day if asked in day else sorted([*day, asked]))]


@lru_cache(1)
def _quarters() -> list[str]:
    return [minute_face(minute) for minute in range(_FIRST, _LAST + 1, _QUARTER)]


def lengths(asked: str) -> list[tuple[str, str]]:
    """Lengths to choose from with their words, and whatever was asked for."""
    values: Iterable[int] = LENGTHS
    if asked.isdecimal() and int(asked) not in LENGTHS:
        values = sorted([*LENGTHS, int(asked)])
    offered = [(str(value), wording.minutes(value)) for value in values]
    return offered if asked.isdecimal() else [(asked, asked), *offered]
