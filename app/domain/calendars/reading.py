"""Reading the calendar of somewhere else: when is it busy? Whatever it says, this ends, and soon.

`recurring-ical-events` was looked at and is not used: it follows a rule as far as the file says, and a file from outside may say
"every second since 1970" (docs/decisions/0037-calendars.md).
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from heapq import merge
from time import monotonic
from typing import cast
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event
from icalendar.error import InvalidCalendar

from app.domain.booking.calendar import join
from app.domain.booking.minutes import DAY, Stretch, minute_of, moment_of
from app.domain.calendars.event_dates import (
    MOST_STEPS,
    NotUnderstood,
    Reader,
    Spent,
    Window,
    local_of,
    look_at_the_clock,
    spans_of,
)
from app.domain.calendars.free_busy import busy_periods, without_free_busy
from app.domain.calendars.terms import Fault, Unreadable
from app.domain.calendars.zones_elsewhere import own_zones

MOST_EVENTS = 5000
MOST_STRETCHES = 2000
SECONDS = 20.0
"""Looked at before each rule and between dates; a single rule takes less than one, because those that repeat within a day are not
followed, and one that never comes to a date is looked at for a few hundred years alone (`event_dates`)."""
LEAST = timedelta(days=60)
"""What is known for less than that is not gone by at all: the near days are the ones that are booked."""
_MOST_ZONES = 10
_FREE = "FREE"


@dataclass(frozen=True, slots=True)
class Reading:
    """What a calendar says. `busy` is ordered, disjoint and within the window."""

    busy: list[Stretch]
    unknown_zones: list[str]
    left_out: int
    """Events that could not be understood, or whose rule was not followed."""
    until: datetime | None = None
    """Where it holds more than is followed: until when it is known. None for the whole window."""


def read_busy(data: bytes, zone: ZoneInfo, window: Window, now: Callable[[], float] = monotonic) -> Reading:
    """When the calendar is busy within the window. `zone` goes for times without a zone, and with one that nobody knows.

    All events are followed at once, date by date from the first on; so where that comes to more than anybody goes by, it is the far
    end that is not known. Raises Unreadable when it is no calendar, or too much of one.
    """
    if b"BEGIN:VCALENDAR" not in data[:4096].upper():
        raise Unreadable(Fault.NO_CALENDAR)
    if data.upper().count(b"BEGIN:VEVENT") > MOST_EVENTS:
        raise Unreadable(Fault.TOO_MANY, str(MOST_EVENTS))
    reader = Reader(zone, window, now() + SECONDS, now)
    text, free_busy = without_free_busy(data.decode(errors="replace"))
    series = _series(_parsed(text))
    busy, until = _followed_far(
        reader, merge(_said_busy(reader, free_busy), *(_busy(reader, each) for each in series))
    )
    names = [name for name, _count in reader.unknown.most_common(_MOST_ZONES)]
    return Reading(busy, sorted(names), reader.left_out, until)


def _followed_far(reader: Reader, found: Iterable[Stretch]) -> tuple[list[Stretch], datetime | None]:
    """What is busy, and until when that is known: to the end, or as far as the bounds let it. Raises Unreadable."""
    stretches: list[Stretch] = []
    count, at, free_from = 0, 0, 0
    most = MOST_STEPS
    try:
        for start, end in found:
            at = start
            count += start > free_from
            if count > MOST_STRETCHES:
                most = MOST_STRETCHES
                break
            free_from = max(free_from, end)
            stretches.append((start, end))
        else:
            return join(sorted(stretches)), None
    except Spent:
        pass
    # A day less: where clocks change, dates come out of order by as much as that.
    until = at - DAY
    if moment_of(max(until, 0)) < reader.window[0] + LEAST:
        raise Unreadable(Fault.TOO_MANY, str(most))
    known = [(start, min(end, until)) for start, end in stretches if start < until]
    return join(sorted(known)), moment_of(until)


def _said_busy(reader: Reader, components: list[str]) -> Iterator[Stretch]:
    yield from _within(reader, busy_periods(reader, components))


def _parsed(text: str) -> list[Event]:
    try:
        return _events(text)
    except _NOT_PARSED:
        # A zone with a word that is none would take all events with it; without, its times are the location's.
        return _events_or_unreadable(_without_zones(text))


_NOT_PARSED = (
    ValueError,
    KeyError,
    IndexError,
    TypeError,
    AttributeError,
    InvalidCalendar,
    RecursionError,
)


def _events(text: str) -> list[Event]:
    with own_zones():
        calendars = Calendar.from_ical(text, multiple=True)
    return cast("list[Event]", [event for each in calendars for event in each.walk("VEVENT")])


def _events_or_unreadable(text: str) -> list[Event]:
    try:
        return _events(text)
    except _NOT_PARSED as error:
        raise Unreadable(Fault.NO_CALENDAR, str(error)[:200]) from error


def _without_zones(text: str) -> str:
    first, *others = re.split(r"(?im)^BEGIN:VTIMEZONE\r?$", text)
    ends = (re.search(r"(?im)^END:VTIMEZONE\r?\n", other) for other in others)
    return first + "".join(
        other[end.end() :] if end else other for other, end in zip(others, ends, strict=True)
    )


@dataclass(slots=True)
class _Series:
    """An event, and the dates of it that were changed by themselves."""

    master: Event | None = None
    changed: list[Event] = field(default_factory=list)


def _series(events: Sequence[Event]) -> list[_Series]:
    by_uid: defaultdict[str, _Series] = defaultdict(_Series)
    for number, event in enumerate(events):
        series = by_uid[str(event.get("UID") or f"without {number}")]
        if "RECURRENCE-ID" in event:
            series.changed.append(event)
        elif series.master is None:
            series.master = event
        else:
            # The same name twice: both are busy.
            by_uid[f"again {number}"].master = event
    return list(by_uid.values())


def _busy(reader: Reader, series: _Series) -> Iterator[Stretch]:
    excluded = set()
    for event in series.changed:
        try:
            excluded.add(local_of(reader, event, "RECURRENCE-ID"))
        except NotUnderstood:
            reader.left_out += 1
        else:
            # Of "this and all that follow" the first alone is followed: the others block when they did before.
            reader.left_out += "RANGE" in event["RECURRENCE-ID"].params
    events = [*series.changed] if series.master is None else [series.master, *series.changed]
    yield from merge(
        *(
            _understood(reader, event, excluded if event is series.master else set())
            for event in events
            if _is_busy(event)
        )
    )


def _understood(reader: Reader, event: Event, excluded: set[datetime]) -> Iterator[Stretch]:
    look_at_the_clock(reader)
    try:
        yield from _within(reader, spans_of(reader, event, excluded))
    except NotUnderstood:
        reader.left_out += 1


def _is_busy(event: Event) -> bool:
    words = (
        str(event.get(name, "")).strip().upper()
        for name in ("STATUS", "TRANSP", "X-MICROSOFT-CDO-BUSYSTATUS")
    )
    status, transparency, outlook = words
    return status != "CANCELLED" and transparency != "TRANSPARENT" and outlook != _FREE


def _within(reader: Reader, spans: Iterable[Window]) -> Iterator[Stretch]:
    first, last = reader.window
    for start, end in spans:
        look_at_the_clock(reader)
        if start < last and end > first:
            yield (
                minute_of(max(start, first)),
                -(-int(min(end, last).timestamp()) // 60),
            )
