"""What the front desk's day is laid out from: lanes with bookings for the timeline, and who is to be welcomed next."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from app.blueprints.admin.days import Asked
from app.domain.booking.day import DayGrid, DayRow
from app.domain.booking.day_cells import Label
from app.domain.booking.view import BookingView
from app.kernel.spans import Span
from app.models import BookingStatus
from app.web import rooms, wording
from app.web.faces import Face, face_of
from app.web.strips import Ruler
from app.web.unit_words import room_of

_ROOM_FOR_WORDS = 30
"""Minutes from which on a block may be wide enough for words."""
_SHOWN = 8
# What a rule refuses whoever looks is open to others.
_SHUT = {Label.CLOSED: "closed", Label.BUSY: "kept", Label.MINE: "kept"}


class Presence(StrEnum):
    """What the front desk wants to know of a booking at a moment."""

    HELD = "held"
    WAITING = "waiting"
    """Somebody asked for it, and staff have not decided."""
    COMING = "coming"
    DUE = "due"
    """It has begun, or is about to, and nobody has checked in."""
    HERE = "here"
    RUNNING = "running"
    """It runs, and whether somebody came nobody said in time."""
    OVER = "over"
    MISSED = "missed"
    """Its room was freed because nobody came."""


@dataclass(frozen=True, slots=True)
class Block:
    """A booking on its lane: x and width as shares of the day (`12.5%`), `first` and `minutes` by the clock on the wall."""

    id: int
    href: str
    presence: Presence
    x: str
    width: str
    person: str
    when: str
    label: str
    first: int
    minutes: int
    sequence: int
    moves: str
    """`all`, `end` where it has begun, or nothing where it stays as it is."""
    has_room: bool


@dataclass(frozen=True, slots=True)
class Lane:
    """One room's day. Each track holds bookings that do not overlap: one for a room, several for a place with many units."""

    id: int
    name: str
    facts: str
    sentence: str
    shut: list[tuple[str, str, str]]
    """(kind, x, width) of what is closed, or kept free for bookings of other rooms or around these."""
    tracks: list[list[Block]]
    step: int
    least: int
    most: int


@dataclass(frozen=True, slots=True)
class DeskPerson:
    """Somebody in the list beside the timeline."""

    id: int
    href: str
    edit: str
    person: str
    face: Face
    starts: str
    room: str
    detail: str
    presence: Presence
    check_in: str
    """Where its button goes; empty outside of the time for it."""
    decide: str
    """Where staff say yes or no to it; empty where nobody waits for that."""


@dataclass(frozen=True, slots=True)
class Group:
    """People with a heading over them."""

    key: str
    heading: str
    rows: list[DeskPerson]
    """The first few; `total` counts the rest, too."""
    total: int

    @property
    def more(self) -> bool:
        return self.total > len(self.rows)


_NOT_YET = {BookingStatus.HELD: Presence.HELD, BookingStatus.TENTATIVE: Presence.WAITING}
"""What nobody is expected to come to yet."""


def presence_of(view: BookingView, now: datetime) -> Presence:
    """What a booking is to the front desk at that moment."""
    if view.status in _NOT_YET:
        return _NOT_YET[view.status]
    if view.released:
        return Presence.MISSED
    if view.ends_at <= now:
        return Presence.OVER
    if view.checked_in:
        return Presence.HERE
    if view.can_check_in:
        return Presence.DUE
    return Presence.RUNNING if view.starts_at <= now else Presence.COMING


def presence_words(presence: Presence) -> str:
    return {
        Presence.HELD: _("Being booked"),
        Presence.WAITING: _("Waits for approval"),
        Presence.COMING: _("Expected"),
        Presence.DUE: _("Not checked in"),
        Presence.HERE: _("Checked in"),
        Presence.RUNNING: _("Now"),
        Presence.OVER: _("Over"),
        Presence.MISSED: _("Nobody came"),
    }[presence]


def lanes(
    grid: DayGrid, views: Iterable[BookingView], here: Asked, ruler: Ruler, now: datetime
) -> list[Lane]:
    """A lane for each room of the grid, in its order."""
    by_room: dict[int, list[BookingView]] = {}
    for view in views:
        by_room.setdefault(view.resource_id, []).append(view)
    start = url_for("admin.bookings.show", booking_id=0).removesuffix("0")
    return [_lane(row, by_room.get(row.room.id, []), here, ruler, now, start) for row in grid.rows]


def _lane(
    row: DayRow, views: list[BookingView], here: Asked, ruler: Ruler, now: datetime, start: str
) -> Lane:
    room = row.room
    tracks: list[list[Block]] = [[]]
    for track, view in _tracked(views):
        if track == len(tracks):
            tracks.append([])
        block = _block(view, here, ruler, now, start)
        if block is not None:
            tracks[track].append(block)
    return Lane(
        id=room.id,
        name=room.name,
        facts=rooms.short_facts(room),
        sentence=_sentence(room.name, len(views)),
        shut=_shut(row, ruler),
        tracks=tracks,
        step=room.grid_minutes,
        least=room.min_minutes,
        most=room.max_minutes,
    )


def _tracked(views: list[BookingView]) -> Iterable[tuple[int, BookingView]]:
    """Each booking with the first track on which nothing is in its way."""
    ends: list[datetime] = []
    for view in views:
        track = next((n for n, end in enumerate(ends) if end <= view.starts_at), len(ends))
        ends[track : track + 1] = [view.ends_at]
        yield track, view


def _sentence(room: str, count: int) -> str:
    if not count:
        return _("%(room)s: nothing booked", room=room)
    return ngettext("%(room)s: %(num)s booking", "%(room)s: %(num)s bookings", count, room=room)


def _shut(row: DayRow, ruler: Ruler) -> list[tuple[str, str, str]]:
    found = []
    for cell in row.cells:
        kind = _SHUT.get(cell.label)
        placed = ruler.place(cell.span) if kind else None
        if kind and placed:
            found.append((kind, ruler.share(placed[0]), ruler.share(placed[1])))
    return found


def _block(view: BookingView, here: Asked, ruler: Ruler, now: datetime, start: str) -> Block | None:
    span = Span(view.starts_at, view.ends_at)
    placed = ruler.place(span)
    if placed is None:
        return None
    presence, when = presence_of(view, now), wording.clock(span, here.zone)
    words = [f"{view.person} {when}", view.title, room_of(view), presence_words(presence)]
    return Block(
        id=view.id,
        href=f"{start}{view.id}",
        presence=presence,
        x=ruler.share(placed[0]),
        width=ruler.share(placed[1]),
        person=view.person,
        when=", ".join(filter(None, [when, view.title])),
        label=", ".join(filter(None, words)),
        first=ruler.minute(view.starts_at),
        minutes=span.minutes,
        sequence=view.sequence,
        moves=_moves(view, here, now),
        has_room=placed[1] >= _ROOM_FOR_WORDS,
    )


def _moves(view: BookingView, here: Asked, now: datetime) -> str:
    if not view.can_change(now) or view.starts_at.astimezone(here.zone).date() != here.day:
        return ""
    return "end" if view.starts_at <= now else "all"


def groups(views: Iterable[BookingView], here: Asked, now: datetime, soon: timedelta) -> list[Group]:
    """Who waits to be checked in, who waits for a yes, who comes within `soon`, who is here, who comes later; only what is not over.

    On another day than today all of them, under one heading.
    """
    rows = [(presence_of(view, now), view) for view in views]
    if here.day != here.today:
        return _group("day", _("Who is expected"), rows, here)
    to_come = {Presence.COMING, Presence.HELD}
    kinds = {
        "due": (_("To check in"), {Presence.DUE}),
        "waiting": (_("To decide"), {Presence.WAITING}),
        "next": (_("Next"), to_come),
        "here": (_("In the rooms"), {Presence.HERE, Presence.RUNNING}),
        "later": (_("Later"), to_come),
    }
    found = []
    for key, (heading, wanted) in kinds.items():
        fitting = [
            (presence, view)
            for presence, view in rows
            if presence in wanted
            and (key not in ("next", "later") or (view.starts_at < now + soon) is (key == "next"))
        ]
        found += _group(key, heading, fitting, here)
    return found


def _group(key: str, heading: str, rows: list[tuple[Presence, BookingView]], here: Asked) -> list[Group]:
    """One group, or none where it would be empty. Who waits to be checked in is never left out."""
    shown = rows if key == "due" else rows[:_SHOWN]
    people = [_person(view, presence, here) for presence, view in shown]
    return [Group(key, heading, people, len(rows))] if rows else []


def _person(view: BookingView, presence: Presence, here: Asked) -> DeskPerson:
    span = Span(view.starts_at, view.ends_at)
    until = wording.clock_time(view.ends_at, here.zone)
    detail = [_("until %(time)s", time=until), view.title]
    if view.people > 1:
        detail.insert(1, ngettext("%(num)s person", "%(num)s people", view.people))
    moves = view.status is BookingStatus.CONFIRMED and presence not in (Presence.OVER, Presence.MISSED)
    href = url_for("admin.bookings.show", booking_id=view.id)
    return DeskPerson(
        id=view.id,
        href=href,
        edit=url_for("admin.bookings.edit", booking_id=view.id, then="day") if moves else "",
        person=view.person,
        face=face_of(view.person, view.face_digest),
        starts=wording.clock_time(span.start, here.zone),
        room=room_of(view),
        detail=", ".join(filter(None, detail)),
        presence=presence,
        check_in=url_for("admin.bookings.create_check_in", booking_id=view.id) if view.can_check_in else "",
        decide=href if presence is Presence.WAITING else "",
    )
