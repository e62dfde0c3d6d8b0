"""Bookings as RFC 5545 text. The same bookings give the same bytes, so that who has them need not load them again."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import cast
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event, vCalAddress, vText

from app.domain.calendars.repeats import Repeats, add_rule, told_alone, wall_time
from app.domain.calendars.zones import timezone_of

_PRODUCT = "-//Portico//Bookings//EN"
_REFRESH = "PT1H"


class Method(StrEnum):
    """What a calendar program is to do with it (RFC 5546)."""

    PUBLISH = "PUBLISH"
    REQUEST = "REQUEST"
    CANCEL = "CANCEL"


@dataclass(frozen=True, slots=True)
class Entry:
    """A booking as a calendar shows it. `zone` is the location's, by whose clock the times are told."""

    uid: str
    sequence: int
    changed_at: datetime
    starts_at: datetime
    ends_at: datetime
    zone: str
    title: str
    """Never empty: calendar programs show nothing to click otherwise."""
    place: str = ""
    url: str = ""
    repeats: Repeats | None = None
    """Of what repeats, the times are those of the rule's first date."""
    tentative: bool = False
    """It waits for somebody to say yes."""

    @property
    def last_end(self) -> datetime:
        """When the last of it is over, or later."""
        if self.repeats is None:
            return self.ends_at
        days = self.repeats.last_day - self.repeats.first_day + timedelta(days=1)
        return max([self.ends_at + days, *(each.ends_at for each in self.repeats.moved)])


@dataclass(frozen=True, slots=True)
class Mailbox:
    name: str
    email: str


def uid_of(tenant_id: int, booking_id: int, created_at: datetime) -> str:
    """The booking's name in all calendars, for ever: whatever the tenant's address is, and on whichever server.

    The microseconds keep apart what has the same ids on two servers.
    """
    return f"booking-{tenant_id}-{booking_id}-{int(created_at.timestamp() * 1_000_000):x}@portico"


def series_uid_of(tenant_id: int, series_id: int, created_at: datetime) -> str:
    """The same of bookings that repeat, which are one object in all calendars."""
    return f"series-{tenant_id}-{series_id}-{int(created_at.timestamp() * 1_000_000):x}@portico"


def feed_text(entries: Sequence[Entry], name: str) -> bytes:
    """A calendar to subscribe to."""
    calendar = _calendar(entries, Method.PUBLISH)
    calendar.add("x-wr-calname", name)
    calendar.add("x-published-ttl", _REFRESH)
    for entry in entries:
        _add(calendar, entry)
    return cast(bytes, calendar.to_ical())


def file_text(entry: Entry) -> bytes:
    """One booking, or one series, to be added to a calendar by hand."""
    calendar = _calendar([entry], Method.PUBLISH)
    _add(calendar, entry)
    return cast(bytes, calendar.to_ical())


def invitation_text(entry: Entry, method: Method, organizer: Mailbox, attendee: Mailbox) -> bytes:
    """One booking or series as iTIP: to be put into the attendee's calendar, or taken out of it."""
    calendar = _calendar([entry], method)
    guest = _address(attendee)
    # They booked it: nothing is asked of them, and no answer is waited for.
    guest.params["PARTSTAT"] = vText("ACCEPTED")
    guest.params["RSVP"] = vText("FALSE")
    for event in _events(entry, cancelled=method is Method.CANCEL):
        event.add("organizer", _address(organizer))
        event.add("attendee", guest)
        calendar.add_component(event)
    return cast(bytes, calendar.to_ical())


def _add(calendar: Calendar, entry: Entry) -> None:
    for event in _events(entry):
        calendar.add_component(event)


def _calendar(entries: Sequence[Entry], method: Method) -> Calendar:
    calendar = Calendar()
    calendar.add("version", "2.0")
    calendar.add("prodid", _PRODUCT)
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", method.value)
    for zone in sorted({entry.zone for entry in entries}):
        theirs = [entry for entry in entries if entry.zone == zone]
        first = min(entry.starts_at for entry in theirs).year - 1
        last = max(entry.last_end for entry in theirs).year + 1
        calendar.add_component(timezone_of(zone, first, last))
    return calendar


def _events(entry: Entry, *, cancelled: bool = False) -> list[Event]:
    """One, and of what repeats one more for each date that the rule alone would tell wrongly."""
    whole = _event(entry, cancelled=cancelled)
    repeats = entry.repeats
    if repeats is None:
        return [whole]
    length = entry.ends_at - entry.starts_at
    if cancelled:
        # All of it goes: which of its dates had gone before is nothing to tell.
        add_rule(whole, replace(repeats, left_out=()), length, ZoneInfo(entry.zone))
        return [whole]
    add_rule(whole, repeats, length, ZoneInfo(entry.zone))
    alone = []
    for each in told_alone(repeats, length, ZoneInfo(entry.zone)):
        date = replace(entry, starts_at=each.starts_at, ends_at=each.ends_at, repeats=None)
        event = _event(replace(date, title=each.title or entry.title, place=each.place or entry.place))
        event.add("recurrence-id", wall_time(repeats, each.day, ZoneInfo(entry.zone)))
        alone.append(event)
    return [whole, *alone]


def _event(entry: Entry, *, cancelled: bool = False) -> Event:
    event = Event()
    event.add("uid", entry.uid)
    event.add("sequence", entry.sequence)
    # Not the moment of writing, which would be other bytes each time.
    event.add("dtstamp", entry.changed_at.replace(microsecond=0))
    event.add("last-modified", entry.changed_at.replace(microsecond=0))
    starts, ends = (each.astimezone(ZoneInfo(entry.zone)) for each in (entry.starts_at, entry.ends_at))
    if starts.fold or ends.fold:
        # A time that autumn repeats names the first of the two: the second can only be told in UTC.
        starts, ends = entry.starts_at.astimezone(UTC), entry.ends_at.astimezone(UTC)
    event.add("dtstart", starts)
    event.add("dtend", ends)
    event.add("summary", entry.title)
    if entry.place:
        event.add("location", entry.place)
    if entry.url:
        event.add("url", entry.url)
    event.add("status", "CANCELLED" if cancelled else "TENTATIVE" if entry.tentative else "CONFIRMED")
    event.add("transp", "OPAQUE")
    return event


def _address(box: Mailbox) -> vCalAddress:
    address = vCalAddress(f"mailto:{box.email}")
    # A parameter may hold neither quotes nor the end of a line, and not every program knows how they are written instead.
    name = " ".join(box.name.replace('"', "’").split())
    if name:
        address.params["CN"] = vText(name)
    return address
