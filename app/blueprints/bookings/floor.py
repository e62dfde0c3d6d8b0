"""The floor plan of a location: which rooms are free, taken and one's own at the asked time, and the list that says the same."""

from dataclasses import dataclass
from typing import Any

from flask import redirect, render_template, url_for
from flask_babel import gettext as _

from app.blueprints.bookings.room import blueprint
from app.blueprints.bookings.search import asked, offered_at, page_words, views, why_address
from app.domain.booking.pictures import picture_of
from app.domain.booking.search import search
from app.domain.booking.terms import RoomSearch
from app.domain.spaces.floor_plans import WHOLE, FloorPicture, Spot, floor_picture, spots
from app.kernel.spans import Span
from app.web import auth, rooms
from app.web.access import in_section
from app.web.database import session
from app.web.htmx import wants_part
from app.web.pictures import Gallery
from app.web.slots import slot_value


@dataclass(frozen=True, slots=True)
class Mark:
    """A room on the plan. One that is free is a button that sends `slot`; any other leads to its line in the list."""

    id: int
    name: str
    kind: str
    """`free`, `mine`, `taken` or `shut`, which its icon and its label say as well."""
    icon: str
    label: str
    slot: str
    x: str
    y: str


@dataclass(frozen=True, slots=True)
class Floor:
    """The picture and what stands on it."""

    src: str
    width: int
    height: int
    marks: list[Mark]
    legend: list[tuple[str, str, str]]
    """(kind, icon, words) of the kinds that are on it."""


@blueprint.get("/bookings/floor")
@in_section("bookings")
def show_floor() -> Any:
    """The questions of the search, answered on the plan and in the list beside it; where there is no plan, the search.

    422 with a sentence at the field for what makes no sense; the plan waits for an answer then.
    """
    ask, choice = asked()
    picture = floor_picture(session(), ask.place.id)
    if picture is None:
        return redirect(url_for("bookings.show_search", location=ask.location or None))
    floor = results = None
    if ask.query is not None and not ask.errors:
        catalogue = offered_at(ask.place)
        found = search(session(), auth.signed_in(), catalogue, ask.query, auth.now())
        gallery = Gallery(picture_of(bookable.room) for bookable in catalogue.rooms)
        results = rooms.results(found, ask.query.span, gallery, auth.now(), why_address(ask))
        floor = _floor(picture, spots(session(), ask.place.id), found, ask.query.span)
    words = page_words(ask, choice, ask.place, "bookings.show_floor")
    page = "bookings/_floor_answer.html" if wants_part() else "bookings/floor.html"
    shown = views("floor", ask.date, ask.location, ask.place)
    book = render_template(page, ask=ask, results=results, floor=floor, views=shown, **words)
    return book, 200 if results else 422


def _floor(picture: FloorPicture, placed: dict[int, Spot], found: RoomSearch, span: Span) -> Floor:
    words = {
        "free": ("check", _("Free")),
        "mine": ("user", _("Yours")),
        "taken": ("x", _("Taken")),
        "shut": ("lock", _("Not for this")),
    }
    marks = []
    for kind, room_id, name in _kinds(found):
        if room_id not in placed:
            continue
        x, y = placed[room_id]
        icon, said = words[kind]
        label = _("%(room)s, free: book it", room=name) if kind == "free" else f"{name}, {said}"
        slot = slot_value(room_id, span) if kind == "free" else ""
        marks.append(Mark(room_id, name, kind, icon, label, slot, _share(x), _share(y)))
    kinds = {mark.kind for mark in marks}
    return Floor(
        url_for("media.show_file", digest=picture.digest),
        picture.width,
        picture.height,
        marks,
        [(kind, icon, said) for kind, (icon, said) in words.items() if kind in kinds],
    )


def _kinds(found: RoomSearch) -> list[tuple[str, int, str]]:
    """(kind, id, name) of every room of the answer."""
    return [
        *(("free", each.room.id, each.room.name) for each in found.free),
        *(("mine" if each.mine else "taken", each.room.id, each.room.name) for each in found.taken),
        *(("shut", each.room.id, each.room.name) for each in found.not_allowed),
    ]


def _share(step: int) -> str:
    return f"{step * 100 / WHOLE:g}%"
