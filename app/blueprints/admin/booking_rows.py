"""Bookings as the front desk reads them: ready strings, and the state that each is in now."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from app.domain.booking.view import BookingView
from app.kernel.folding import fold
from app.kernel.spans import Span
from app.models import BookingStatus
from app.web import wording
from app.web.faces import Face, face_of
from app.web.unit_words import room_of


class State(StrEnum):
    NOW = "now"
    COMING = "coming"
    HELD = "held"
    WAITING = "waiting"
    OVER = "over"
    CANCELLED = "cancelled"


class BookingFilter(StrEnum):
    STANDING = "standing"
    CANCELLED = "cancelled"
    ALL = "all"


@dataclass(frozen=True, slots=True)
class BookingRow:
    """A booking in a list of one day; times are the location's."""

    id: int
    href: str
    starts: str
    ends: str
    room: str
    person: str
    person_id: int
    face: Face
    title: str
    people: str
    price: str
    state: State
    overridden: bool


def state_of(view: BookingView, now: datetime) -> State:
    """What a booking is at that moment. A hold that ran out, or a request that nobody answered, counts as cancelled."""
    if view.runs(now):
        return State.NOW
    if view.status is BookingStatus.CONFIRMED:
        return State.COMING if now < view.starts_at else State.OVER
    if view.status is BookingStatus.TENTATIVE:
        return State.WAITING if now < view.starts_at else State.CANCELLED
    held = (
        view.status is BookingStatus.HELD and view.hold_expires_at is not None and now < view.hold_expires_at
    )
    return State.HELD if held else State.CANCELLED


def stands(view: BookingView, now: datetime) -> bool:
    """Whether it takes, or took, the room."""
    return state_of(view, now) is not State.CANCELLED


def rows_of(views: Iterable[BookingView], tz: ZoneInfo, now: datetime) -> list[BookingRow]:
    start = url_for("admin.bookings.show", booking_id=0).removesuffix("0")
    return [_row(view, tz, now, f"{start}{view.id}") for view in views]


def wanted(
    views: Iterable[BookingView], words: str, which: BookingFilter, now: datetime
) -> list[BookingView]:
    """Those that match words of a search (person, room, title) and the filter."""
    folded = fold(words).split()
    return [
        view
        for view in views
        if (which is BookingFilter.ALL or stands(view, now) is (which is BookingFilter.STANDING))
        and all(word in fold(f"{view.person} {room_of(view)} {view.title}") for word in folded)
    ]


def state_words(state: State) -> str:
    return {
        State.NOW: _("Now"),
        State.COMING: _("Expected"),
        State.HELD: _("Being booked"),
        State.WAITING: _("Waits for approval"),
        State.OVER: _("Over"),
        State.CANCELLED: _("Cancelled"),
    }[state]


def _row(view: BookingView, tz: ZoneInfo, now: datetime, href: str) -> BookingRow:
    starts, ends = wording.clock(Span(view.starts_at, view.ends_at), tz).split(" – ")
    return BookingRow(
        id=view.id,
        href=href,
        starts=starts,
        ends=ends,
        room=room_of(view),
        person=view.person,
        person_id=view.person_id,
        face=face_of(view.person, view.face_digest),
        title=view.title,
        people=ngettext("%(num)s person", "%(num)s people", view.people) if view.people > 1 else "",
        price=wording.money(view.price) if view.price else "",
        state=state_of(view, now),
        overridden=bool(view.overridden),
    )
