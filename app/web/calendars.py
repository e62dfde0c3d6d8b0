"""What calendars are told of bookings, in the reader's language."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from flask_babel import gettext as _

from app.domain.calendars.bookings import Booked
from app.domain.calendars.repeats import Repeats
from app.domain.calendars.series import Seat, elsewhere_of, repeats_of
from app.domain.calendars.writing import Entry
from app.web.unit_words import told_room, with_unit

_Words = Callable[[Seat], tuple[str, str]]
"""Title and place of an entry."""


def booking_entry(told: Mapping[str, Any], origin: str) -> Entry:
    """Of a notice about a booking, as it was when that was written."""
    calendar = told["calendar"]
    if "repeats" in calendar:
        return _series_entry(told, origin)
    return Entry(
        uid=calendar["uid"],
        sequence=calendar["sequence"],
        changed_at=datetime.fromisoformat(calendar["changed_at"]),
        starts_at=datetime.fromisoformat(told["starts_at"]),
        ends_at=datetime.fromisoformat(told["ends_at"]),
        zone=told["zone"],
        title=told["title"] or told_room(told),
        place=_joined(told_room(told), told["location"], calendar["address"]),
        # A guest has no page of it.
        url=f"{origin}/bookings/{told['booking_id']}" if "booking_id" in told else "",
    )


def calls_off(told: Mapping[str, Any]) -> bool:
    """Whether a notice about a booking takes it out of the reader's calendar: a series, once none of its dates stands."""
    calendar = told["calendar"]
    return "repeats" in calendar and not calendar["stands"]


def _series_entry(told: Mapping[str, Any], origin: str) -> Entry:
    """All of a series, whatever was done to whichever of its dates."""
    calendar = told["calendar"]
    title, place = _own_words(Seat(**calendar["seat"]))
    return Entry(
        uid=calendar["uid"],
        sequence=calendar["sequence"],
        changed_at=datetime.fromisoformat(calendar["changed_at"]),
        starts_at=datetime.fromisoformat(calendar["starts_at"]),
        ends_at=datetime.fromisoformat(calendar["ends_at"]),
        zone=calendar["zone"],
        title=title,
        place=place,
        url=f"{origin}/bookings/series/{calendar['series_id']}",
        repeats=_say(repeats_of(calendar["repeats"]), elsewhere_of(calendar["elsewhere"]), _own_words),
    )


def own_entry(booked: Booked, origin: str) -> Entry:
    """For whose it is."""
    return _entry(booked, _own_words, f"{origin}/bookings/{_whole(booked)}")


def staff_entry(booked: Booked, origin: str, *, with_room: bool) -> Entry:
    """For staff: what it is for, and where."""

    def words(seat: Seat) -> tuple[str, str]:
        title = seat.title or _("Booked")
        return f"{seat.room}: {title}" if with_room else title, _joined(seat.room, seat.location)

    return _entry(booked, words, f"{origin}/admin/bookings/{_whole(booked)}")


def shared_entry(booked: Booked, *, with_room: bool) -> Entry:
    """For anybody: that it is booked, and nothing else."""

    def words(seat: Seat) -> tuple[str, str]:
        title = _("Booked")
        return f"{seat.room}: {title}" if with_room else title, ""

    return _entry(booked, words, "")


def _own_words(seat: Seat) -> tuple[str, str]:
    return seat.title or seat.room, _joined(seat.room, seat.location, seat.address)


def _entry(booked: Booked, words: _Words, url: str) -> Entry:
    title, place = words(Seat(booked.title, _room(booked), booked.location, booked.address))
    return Entry(
        uid=booked.uid,
        sequence=booked.sequence,
        changed_at=booked.changed_at,
        starts_at=booked.starts_at,
        ends_at=booked.ends_at,
        zone=booked.zone,
        title=title,
        place=place,
        url=url,
        repeats=booked.repeats and _say(booked.repeats, booked.elsewhere, words),
        tentative=booked.tentative,
    )


def _say(repeats: Repeats, elsewhere: Mapping[date, Seat], words: _Words) -> Repeats:
    """The same with what its dates elsewhere are, and where."""
    said = {day: words(seat) for day, seat in elsewhere.items()}
    moved = [
        replace(each, title=said[each.day][0], place=said[each.day][1]) if each.day in said else each
        for each in repeats.moved
    ]
    return replace(repeats, moved=tuple(moved))


def _room(booked: Booked) -> str:
    """Of a series the resource alone: each date may be on another unit."""
    return with_unit(booked.room, () if booked.series_id else booked.unit_names)


def _whole(booked: Booked) -> str:
    return f"series/{booked.series_id}" if booked.series_id else str(booked.id)


def _joined(*parts: str) -> str:
    return ", ".join(filter(None, parts))
