"""What the phone in the preview shows: a day like any other, in the tenant's own money."""

from base64 import b64encode
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext

from app.kernel.money import Money, minor_digits
from app.theming.pictures import Kind, draw_room
from app.web import wording

_FIRST, _LAST = 480, 1200


@dataclass(frozen=True, slots=True)
class Strip:
    """A room's day, as `day_strip` draws it; minutes since local midnight."""

    label: str
    spans: tuple[tuple[int, int, str], ...]
    from_minute: int = _FIRST
    until_minute: int = _LAST


@dataclass(frozen=True, slots=True)
class Room:
    name: str
    facts: str
    picture_url: str
    price: str
    price_note: str
    strip: Strip
    until: str


def sample(currency: str) -> dict[str, Any]:
    """The rooms and the price lines of the preview's pages."""
    unit = 10 ** minor_digits(currency)
    rate = Money(12 * unit, currency)
    return {
        "rooms": (
            _room(
                "Fern",
                "room",
                4,
                _("%(facts)s, whiteboard", facts=_people(4)),
                (rate, ""),
                (870, 930),
                ((570, 660, "busy"), (990, 1080, "busy")),
                "16:30",
            ),
            _room(
                "Cedar",
                "room",
                8,
                _("%(facts)s, screen", facts=_people(8)),
                (Money(18 * unit, currency), ""),
                (870, 930),
                ((540, 720, "busy"),),
                "20:00",
            ),
            _room(
                "Lark",
                "booth",
                1,
                _people(1),
                (None, _("in your plan")),
                (870, 930),
                ((600, 645, "busy"), (960, 1020, "busy")),
                "16:00",
            ),
        ),
        "lines": (
            (
                _("%(length)s at %(price)s an hour", length=wording.minutes(60), price=wording.money(rate)),
                wording.money(rate),
            ),
        ),
        "total": (_("Together"), wording.money(rate)),
    }


def _people(count: int) -> str:
    return ngettext("%(num)s person", "%(num)s people", count)


def _room(
    name: str, kind: Kind, seats: int, facts: str, price: tuple[Money | None, str], chosen: tuple[int, int],
    busy: tuple[tuple[int, int, str], ...], until: str,
) -> Room:  # fmt: skip
    amount, note = price
    label = _("Free until %(time)s", time=until)
    return Room(
        name=name,
        facts=facts,
        picture_url=_picture(name, kind, seats),
        price=wording.money(amount) if amount else _("Included"),
        price_note=note,
        strip=Strip(f"{name}: {label}", ((_FIRST, 840, "past"), *busy, (*chosen, "chosen"))),
        until=label,
    )


@lru_cache
def _picture(seed: str, kind: Kind, seats: int) -> str:
    drawing = draw_room(seed, kind, seats, ("screen",) if seats > 4 else ())  # large rooms have one
    return "data:image/svg+xml;base64," + b64encode(drawing.encode()).decode()
