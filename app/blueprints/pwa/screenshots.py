"""Pictures for the browser's install dialogue: the home page on a phone and the booking page in a window.

They are drawn, not photographed: a server has no browser, and real pages would show real people's bookings.
Browsers fetch them without cookies and once for ever, under an address that changes with the look.
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from io import BytesIO
from typing import Any

from flask import url_for
from flask_babel import format_date, get_locale, ngettext
from flask_babel import gettext as _
from PIL import Image

from app.blueprints.pwa.canvas import Canvas, room_picture
from app.domain.portal import Portal
from app.theming.stylesheet import RADII
from app.web import icons, themes, wording

_RECIPE = 2
"""Raised when the drawing changes, so that browsers fetch it anew."""
_DAY = date(2026, 11, 24)
_ROOMS = (("Cedar", 8), ("Fern", 4), ("Juniper", 12), ("Lark", 2), ("Alder", 6), ("Rowan", 10))
_MOST_KEPT = 32
_kept: dict[tuple[int, str, str], bytes] = {}
_lock = threading.Lock()
_SIZES = {"narrow": (390, 844, 2), "wide": (1280, 800, 2)}


@dataclass(frozen=True, slots=True)
class _Sheet:
    """What both pictures are drawn with."""

    canvas: Canvas
    colours: dict[str, str]
    radius: int
    name: str
    mark: Image.Image
    nav: tuple[tuple[str, str], ...]
    """Icon and label of each page in the navigation."""


def members(portal: Portal) -> list[dict[str, Any]]:
    """The manifest's `screenshots`, labelled in the language of the moment."""
    labels = {"narrow": _("Your bookings on your phone"), "wide": _("Find a free room")}
    return [
        {
            "src": url_for("pwa.show_screenshot", version=_version(portal), name=name),
            "sizes": f"{width * scale}x{height * scale}",
            "type": "image/png",
            "form_factor": name,
            "label": labels[name],
        }
        for name, (width, height, scale) in _SIZES.items()
    ]


def picture(portal: Portal, version: str, name: str) -> bytes | None:
    """The PNG of that address; None for one that no present manifest gives."""
    if name not in _SIZES or version != _version(portal):
        return None
    key = portal.tenant_id, version, name
    with _lock:
        if key not in _kept:
            # One at a time: drawing takes half a second of a core, and a dialogue asks for both at once.
            _kept[key] = _drawn(portal, name)
            while len(_kept) > _MOST_KEPT:
                del _kept[next(iter(_kept))]
        return _kept[key]


def _version(portal: Portal) -> str:
    look, pages = portal.look(None), _pages(portal)
    drawn_from = (
        _RECIPE,
        portal.name,
        themes.icon_version(portal.name, look),
        look.radius,
        pages,
        str(get_locale()),
    )
    return sha256(repr(drawn_from).encode()).hexdigest()[:16]


def _pages(portal: Portal) -> tuple[tuple[str, str], ...]:
    place = portal.place(None)
    where = place.id if place else None
    return tuple(
        (link.icon, _(link.label))
        for section in portal.ordered_sections(where)
        if portal.section(section.key, where).enabled
        for link in section.links
    )


def _drawn(portal: Portal, name: str) -> bytes:
    look, assets = portal.look(None), themes.assets()
    build = assets.root / "app" / "static" / "build"
    width, height, scale = _SIZES[name]
    canvas = Canvas(
        width,
        height,
        scale,
        build / assets.files["inter.woff2"],
        (build / assets.files["icons.svg"]).read_text(encoding="utf-8"),
    )
    with Image.open(BytesIO(icons.icon(portal, look, "icon-192.png"))) as icon:
        mark = icon.convert("RGBA")
    colours = dict(themes.palette_of(look).light)
    sheet = _Sheet(canvas, colours, RADII[look.radius], portal.name, mark, _pages(portal))
    draw: Callable[[_Sheet], None] = {"narrow": _phone, "wide": _window}[name]
    canvas.box(0, 0, width, height, colours["surface"])
    draw(sheet)
    return canvas.render()


def _phone(sheet: _Sheet) -> None:
    canvas, colour = sheet.canvas, sheet.colours
    canvas.picture(16, 10, 32, 32, 9, sheet.mark)
    canvas.words(56, 32, sheet.name, 16, colour["text"], bold=True)
    canvas.words(16, 98, wording.weekday(_DAY), 32, colour["text"], bold=True)
    canvas.words(16, 122, wording.day_and_month(_DAY), 14, colour["muted"])
    _running_booking(sheet, 146)
    _quick_book(sheet, 412)
    _next_bookings(sheet, 644)
    _tab_bar(sheet, 788)


def _running_booking(sheet: _Sheet, top: float) -> None:
    canvas, colour = sheet.canvas, sheet.colours
    canvas.box(16, top, 358, 226, colour["panel"], sheet.radius * 1.5)
    canvas.words(32, top + 32, _("You’re in"), 14, colour["panel-muted"])
    canvas.words(32, top + 60, _ROOMS[0][0], 24, colour["on-panel"], bold=True)
    canvas.words(32, top + 84, _("until %(time)s", time="15:30"), 14, colour["panel-muted"])
    canvas.picture(250, top + 16, 108, 81, sheet.radius * 0.667, room_picture(*_ROOMS[0]))
    canvas.words(32, top + 131, _("%(n)s min left", n=68), 16, colour["on-panel"], bold=True)
    canvas.words(358, top + 131, "14:00 – 15:30", 14, colour["panel-muted"], anchor="end")
    canvas.box(32, top + 143, 326, 6, colour["panel-well"], 3)
    canvas.box(32, top + 143, 82, 6, colour["panel-accent"], 3)
    for x, label in ((32, _("Extend")), (199, _("End early"))):
        canvas.box(x, top + 166, 159, 44, colour["panel-well"], sheet.radius * 0.667)
        canvas.words(x + 79.5, top + 193, label, 14, colour["on-panel"], bold=True, anchor="middle")


def _quick_book(sheet: _Sheet, top: float) -> None:
    canvas, colour, (name, seats) = sheet.canvas, sheet.colours, _ROOMS[1]
    canvas.words(16, top, _("Book a room now"), 19, colour["text"], bold=True)
    canvas.box(16.5, top + 16.5, 357, 168, colour["raised"], sheet.radius, colour["line"])
    canvas.picture(28, top + 28, 88, 88, sheet.radius * 0.667, room_picture(name, seats))
    canvas.words(128, top + 58, name, 16, colour["text"], bold=True)
    canvas.words(128, top + 80, ngettext("%(num)s person", "%(num)s people", seats), 14, colour["muted"])
    canvas.words(128, top + 100, _("Free until %(time)s", time="16:30"), 14, colour["muted"])
    canvas.box(28, top + 128, 334, 44, colour["accent-soft"], sheet.radius * 0.667)
    label = _("Book %(start)s – %(end)s", start="15:30", end="16:30")
    canvas.words(195, top + 155, label, 14, colour["accent-text"], bold=True, anchor="middle")


def _next_bookings(sheet: _Sheet, top: float) -> None:
    canvas, colour = sheet.canvas, sheet.colours
    canvas.words(16, top, _("Next"), 19, colour["text"], bold=True)
    canvas.box(16.5, top + 16.5, 357, 142, colour["raised"], sheet.radius, colour["line"])
    for row, (time, day, (name, seats)) in enumerate((("09:00", 25, _ROOMS[2]), ("13:15", 26, _ROOMS[3]))):
        y = top + 17 + row * 64
        canvas.words(32, y + 28, time, 14, colour["text"], bold=True)
        canvas.words(
            32, y + 47, wording.capital(format_date(_DAY.replace(day=day), "EEE")), 14, colour["muted"]
        )
        canvas.words(96, y + 28, name, 16, colour["text"], bold=True)
        canvas.words(96, y + 47, ngettext("%(num)s person", "%(num)s people", seats), 14, colour["muted"])
        canvas.rule(96, y + 64, 278, colour["line"])


def _tab_bar(sheet: _Sheet, top: float) -> None:
    canvas, colour, tabs = sheet.canvas, sheet.colours, sheet.nav[:5]
    canvas.box(0, top, canvas.width, canvas.height - top, colour["raised"])
    canvas.rule(0, top + 0.5, canvas.width, colour["line"])
    for at, (icon, label) in enumerate(tabs):
        middle = canvas.width / len(tabs) * (at + 0.5)
        ink = colour["muted"] if at else colour["accent-text"]
        canvas.icon(icon, middle - 12, top + 8, 24, ink)
        canvas.words(middle, top + 46, label, 11, ink, bold=not at, anchor="middle")


def _window(sheet: _Sheet) -> None:
    canvas, colour = sheet.canvas, sheet.colours
    canvas.picture(20, 20, 32, 32, 9, sheet.mark)
    canvas.words(64, 42, sheet.name, 15, colour["text"], bold=True)
    canvas.box(236, 0, 1, canvas.height, colour["line"])
    for at, (icon, label) in enumerate(sheet.nav):
        y, chosen = 84 + at * 38, at == min(1, len(sheet.nav) - 1)
        if chosen:
            canvas.box(12, y, 212, 36, colour["tone"], sheet.radius * 0.667)
        canvas.icon(icon, 24, y + 8, 20, colour["accent-text" if chosen else "muted"])
        canvas.words(56, y + 23, label, 14, colour["text" if chosen else "muted"], bold=chosen)
    canvas.words(268, 78, _("Book"), 32, colour["text"], bold=True)
    for x, width, text in (
        (268, 200, wording.short_day(_DAY)),
        (480, 140, "15:30"),
        (632, 140, "1 h"),
    ):
        canvas.box(x + 0.5, 104.5, width, 43, colour["raised"], sheet.radius * 0.667, colour["edge"])
        canvas.words(x + 14, 131, wording.capital(text), 14, colour["text"])
    for at, (name, seats) in enumerate(_ROOMS):
        _room_card(sheet, 268 + at % 3 * 330, 176 + at // 3 * 304, name, seats, best=not at)


def _room_card(sheet: _Sheet, x: float, y: float, name: str, seats: int, *, best: bool) -> None:
    canvas, colour = sheet.canvas, sheet.colours
    canvas.box(x + 0.5, y + 0.5, 314, 287, colour["raised"], sheet.radius * 1.5, colour["line"])
    canvas.picture(x + 8, y + 8, 299, 132, max(sheet.radius * 1.5 - 8, 2), room_picture(name, seats))
    canvas.words(x + 20, y + 170, name, 18, colour["text"], bold=True)
    canvas.words(x + 20, y + 192, ngettext("%(num)s person", "%(num)s people", seats), 14, colour["muted"])
    canvas.box(x + 20, y + 206, 275, 14, colour["tone"], 4)
    canvas.box(x + 90, y + 206, 150, 14, colour["accent-line"], 3)
    canvas.box(x + 130, y + 206, 46, 14, colour["accent"], 3)
    canvas.words(x + 20, y + 262, _("Free until %(time)s", time="17:00"), 14, colour["muted"])
    canvas.box(x + 211, y + 238, 84, 36, colour["accent" if best else "accent-soft"], sheet.radius * 0.667)
    ink = colour["on-accent" if best else "accent-text"]
    canvas.words(x + 253, y + 261, _("Book"), 14, ink, bold=True, anchor="middle")
