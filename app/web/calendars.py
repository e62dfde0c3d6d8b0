"""What calendars are told of bookings, in the reader's language."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from flask_babel import gettext as _

from app.domain.calendars.bookings import Booked
from app.domain.calendars.series import repeats_of
from app.domain.calendars.writing import Entry
from app.web.unit_words import told_room, with_unit


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
    return Entry(
        uid=calendar["uid"],
        sequence=calendar["sequence"],
        changed_at=datetime.fromisoformat(calendar["changed_at"]),
        starts_at=datetime.fromisoformat(calendar["starts_at"]),
        ends_at=datetime.fromisoformat(calendar["ends_at"]),
        zone=told["zone"],
        title=told["title"] or told_room(told),
        place=_joined(told_room(told), told["location"], calendar["address"]),
        url=f"{origin}/bookings/series/{calendar['series_id']}",
        repeats=repeats_of(calendar["repeats"]),
    )


def own_entry(booked: Booked, origin: str) -> Entry:
    """For whose it is."""
    return _entry(
        booked,
        booked.title or _room(booked),
        _joined(_room(booked), booked.location, booked.address),
        f"{origin}/bookings/{_whole(booked)}",
    )


def staff_entry(booked: Booked, origin: str, *, with_room: bool) -> Entry:
    """For staff: what it is for, and where."""
    title = booked.title or _("Booked")
    return _entry(
        booked,
        f"{_room(booked)}: {title}" if with_room else title,
        _joined(_room(booked), booked.location),
        f"{origin}/admin/bookings/{_whole(booked)}",
    )


def shared_entry(booked: Booked, *, with_room: bool) -> Entry:
    """For anybody: that it is booked, and nothing else."""
    title = _("Booked")
    return _entry(booked, f"{_room(booked)}: {title}" if with_room else title, "", "")


def _entry(booked: Booked, title: str, place: str, url: str) -> Entry:
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
        repeats=booked.repeats,
        tentative=booked.tentative,
    )


def _room(booked: Booked) -> str:
    """Of a series the resource alone: each date may be on another unit."""
    return with_unit(booked.room, () if booked.series_id else booked.unit_names)


def _whole(booked: Booked) -> str:
    return f"series/{booked.series_id}" if booked.series_id else str(booked.id)


def _joined(*parts: str) -> str:
    return ", ".join(filter(None, parts))
