"""Which unit of a resource a booking has, in words."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask import Flask
from flask_babel import gettext as _

from app.domain.booking.view import BookingView
from app.domain.unit_names import UnitName


def unit_words(names: Sequence[UnitName]) -> str:
    """One, or several in the order in which it changes between them; empty where there is but one."""
    words = [_number(each) if isinstance(each, int) else each for each in names]
    if len(words) < 2:
        return "".join(words)
    return _("%(units)s, then %(last)s", units=", ".join(words[:-1]), last=words[-1])


def _number(number: int) -> str:
    return _("No. %(number)s", number=number)


def unit_choices(
    free: Sequence[tuple[int, UnitName]], chosen: int | None, else_it_is: Sequence[UnitName]
) -> list[tuple[str, str, bool]]:
    """(value, name, chosen) of every unit that is free, after "any", which says which one that is where that is known."""
    # One that is gone is not offered again
    value_chosen = str(chosen) if chosen in [unit for unit, _name in free] else ""
    any_one = _("Any: %(unit)s", unit=unit_words(else_it_is)) if else_it_is else _("Any")
    named = [(str(unit), unit_words([name])) for unit, name in free]
    return [(value, name, value == value_chosen) for value, name in [("", any_one), *named]]


def with_unit(room: str, names: Sequence[UnitName]) -> str:
    """The resource and its unit: `Hot desks, Desk 3`."""
    return _("%(room)s, %(unit)s", room=room, unit=unit_words(names)) if names else room


def room_of(view: BookingView) -> str:
    """What a booking is of."""
    return with_unit(view.room, view.unit_names)


def told_room(told: Mapping[str, Any]) -> str:
    """The same of a notice, as it was when that was written."""
    return with_unit(told["resource"], told.get("unit_names", ()))


def init_unit_words(app: Flask) -> None:
    app.add_template_filter(room_of)
    app.add_template_filter(told_room)
