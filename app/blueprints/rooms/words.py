"""What stands at a door, in words: read from three metres away, so as few as will do."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from flask_babel import gettext as _

from app.domain.booking.door import Door, DoorBooking
from app.kernel.spans import Span
from app.web import wording


@dataclass(frozen=True, slots=True)
class DoorLine:
    """One booking of the day's list."""

    when: str
    who: str


@dataclass(frozen=True, slots=True)
class DoorWords:
    """`state` is `free`, `taken` or `closed`: what decides the colour, which its words and icon say as well."""

    state: str
    icon: str
    heading: str
    detail: str
    next: str
    lines: list[DoorLine]


def door_words(door: Door, now: datetime) -> DoorWords:
    """The door as it stands at that moment, in the words of its reader and the times of its place."""
    tz = ZoneInfo(door.zone)
    state, icon, heading = _state(door, tz)
    shown = [*([door.now] if door.now else []), *door.coming]
    return DoorWords(
        state,
        icon,
        heading,
        _detail(door, now, tz),
        _next(door, tz),
        [DoorLine(wording.clock(each.span, tz), who(each)) for each in shown],
    )


def who(booking: DoorBooking) -> str:
    """The first name of who lets others find them."""
    return booking.first_name or _("Booked")


def _state(door: Door, tz: ZoneInfo) -> tuple[str, str, str]:
    if door.taken_until is not None:
        until = door.now.span.end if door.now and not door.several else door.taken_until
        time = wording.clock_time(until, tz)
        heading = (
            _("Booked until %(time)s", time=time) if door.now else _("Not free until %(time)s", time=time)
        )
        return "taken", "users", heading
    if door.free_until is None:
        return "closed", "door-closed", _("Closed")
    if door.all_day:
        return "free", "check", _("Free for the rest of the day")
    return "free", "check", _("Free until %(time)s", time=wording.clock_time(door.free_until, tz))


def _detail(door: Door, now: datetime, tz: ZoneInfo) -> str:
    if door.now is None:
        return ""
    parts = [who(door.now)] if door.now.first_name else []
    if door.now.checked_in:
        parts.append(_("checked in"))
    elif door.now.span.start <= now:
        parts.append(_("since %(time)s", time=wording.clock_time(door.now.span.start, tz)))
    return ", ".join(parts)


def _next(door: Door, tz: ZoneInfo) -> str:
    if not door.coming:
        return _("Nothing more today")
    following = door.coming[0]
    return f"{wording.clock(following.span, tz)}, {who(following)}"


def length_words(span: Span) -> str:
    """`30 min`."""
    return wording.minutes(span.minutes)
