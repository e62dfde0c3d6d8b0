"""Reading the calendar of somewhere else: when is it busy? Whatever it says, this ends, and soon.

`recurring-ical-events` was looked at and is not used: it follows a rule as far as the file says, and a file from outside may say
"every second since 1970" (docs/decisions/0037-calendars.md).
"""

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from heapq import merge
from time import monotonic
from typing import Any, cast
from zoneinfo import ZoneInfo

from dateutil.rrule import rrulestr
from icalendar import Calendar, Event, vRecur
from icalendar.error import BrokenCalendarProperty, InvalidCalendar

from app.domain.booking.calendar import join
from app.domain.booking.minutes import DAY, Stretch, minute_of, moment_of
from app.domain.calendars.terms import Fault, Unreadable
from app.domain.calendars.zones_elsewhere import own_zones
from app.kernel.walltime import day_bounds, nearest_utc

MOST_EVENTS = 5000
MOST_STRETCHES = 2000
MOST_STEPS = 200_000
"""Dates that all its rules together are followed for."""
SECONDS = 20.0
"""Looked at before each rule and between dates; a single rule takes a few at most, because those that repeat within a day are not
followed. One that never comes to a date is followed by python-dateutil to the year 9999, whatever its UNTIL."""
LEAST = timedelta(days=60)
"""What is known for less than that is not gone by at all: the near days are the ones that are booked."""
_FREQUENCIES = {"DAILY", "WEEKLY", "MONTHLY", "YEARLY"}
_MOST_ZONES = 10
_FREE = "FREE"

Window = tuple[datetime, datetime]


@dataclass(frozen=True, slots=True)
class Reading:
    """What a calendar says. `busy` is ordered, disjoint and within the window."""

    busy: list[Stretch]
    unknown_zones: list[str]
    left_out: int
    """Events that could not be understood, or whose rule was not followed."""
    until: datetime | None = None
    """Where it holds more than is followed: until when it is known. None for the whole window."""


class NotUnderstood(Exception):
    """This one event says nothing that we could go by."""


class _BeyondTime(NotUnderstood):
    """A date that no clock tells there: the last or the first of all days, by another zone."""


class _Spent(Exception):
    """So many dates were followed, or for so long, that this is all."""


@dataclass(slots=True)
class _Reader:
    zone: ZoneInfo
    window: Window
    deadline: float
    now: Callable[[], float]
    steps: int = MOST_STEPS
    left_out: int = 0
    unknown: Counter[str] = field(default_factory=Counter)


def read_busy(data: bytes, zone: ZoneInfo, window: Window, now: Callable[[], float] = monotonic) -> Reading:
    """When the calendar is busy within the window. `zone` goes for times without a zone, and with one that nobody knows.

    All events are followed at once, date by date from the first on; so where that comes to more than anybody goes by, it is the far
    end that is not known. Raises Unreadable when it is no calendar, or too much of one.
    """
    if b"BEGIN:VCALENDAR" not in data[:4096].upper():
        raise Unreadable(Fault.NO_CALENDAR)
    if data.upper().count(b"BEGIN:VEVENT") > MOST_EVENTS:
        raise Unreadable(Fault.TOO_MANY, str(MOST_EVENTS))
    reader = _Reader(zone, window, now() + SECONDS, now)
    busy, until = _followed_far(reader, merge(*(_busy(reader, each) for each in _series(_parsed(data)))))
    names = [name for name, _count in reader.unknown.most_common(_MOST_ZONES)]
    return Reading(busy, sorted(names), reader.left_out, until)


def _followed_far(reader: _Reader, found: Iterable[Stretch]) -> tuple[list[Stretch], datetime | None]:
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
    except _Spent:
        pass
    # A day less: where clocks change, dates come out of order by as much as that.
    until = at - DAY
    if moment_of(max(until, 0)) < reader.window[0] + LEAST:
        raise Unreadable(Fault.TOO_MANY, str(most))
    known = [(start, min(end, until)) for start, end in stretches if start < until]
    return join(sorted(known)), moment_of(until)


def _parsed(data: bytes) -> list[Event]:
    text = data.decode(errors="replace")
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


def _busy(reader: _Reader, series: _Series) -> Iterator[Stretch]:
    excluded = set()
    for event in series.changed:
        try:
            excluded.add(_local(reader, event, "RECURRENCE-ID"))
        except NotUnderstood:
            reader.left_out += 1
    events = [*series.changed] if series.master is None else [series.master, *series.changed]
    yield from merge(
        *(
            _understood(reader, event, excluded if event is series.master else set())
            for event in events
            if _is_busy(event)
        )
    )


def _understood(reader: _Reader, event: Event, excluded: set[datetime]) -> Iterator[Stretch]:
    _look_at_the_clock(reader)
    try:
        yield from _within(reader, _of_event(reader, event, excluded))
    except NotUnderstood:
        reader.left_out += 1


def _look_at_the_clock(reader: _Reader) -> None:
    # All events are begun before the first date of any is seen: many without one would each take their time.
    if reader.now() > reader.deadline:
        raise _Spent


def _is_busy(event: Event) -> bool:
    words = (
        str(event.get(name, "")).strip().upper()
        for name in ("STATUS", "TRANSP", "X-MICROSOFT-CDO-BUSYSTATUS")
    )
    status, transparency, outlook = words
    return status != "CANCELLED" and transparency != "TRANSPARENT" and outlook != _FREE


def _within(reader: _Reader, spans: Iterator[Window]) -> Iterator[Stretch]:
    first, last = reader.window
    for start, end in spans:
        _look_at_the_clock(reader)
        if start < last and end > first:
            yield (
                minute_of(max(start, first)),
                -(-int(min(end, last).timestamp()) // 60),
            )


def _of_event(reader: _Reader, event: Event, excluded: set[datetime]) -> Iterator[Window]:
    """Every date of one event that may touch the window, as moments."""
    start = _value(event, "DTSTART")
    tz = _zone_of(reader, event, "DTSTART")
    whole_days = not isinstance(start, datetime)
    local = _naive(start, tz)
    length = _length(reader, event, start, tz)
    if length < timedelta(0):
        raise NotUnderstood
    excluded = excluded | set(_listed(reader, event, "EXDATE", tz))
    days_off = {each.date() for each in excluded if whole_days or each.time() == time()}
    for at in _dates(reader, event, local, tz, length):
        if at in excluded or at.date() in days_off:
            continue
        yield _span(at, length, tz, whole_days=whole_days)


def _span(at: datetime, length: timedelta, tz: tzinfo, *, whole_days: bool) -> Window:
    try:
        if whole_days and isinstance(tz, ZoneInfo):
            return day_bounds(at.date(), tz)[0], day_bounds((at + length).date(), tz)[0]
        start = (
            nearest_utc(at.date(), at.time(), tz)
            if isinstance(tz, ZoneInfo)
            else at.replace(tzinfo=tz).astimezone(UTC)
        )
        return start, start + length
    except (OverflowError, ValueError) as error:
        raise NotUnderstood from error


def _dates(
    reader: _Reader, event: Event, start: datetime, tz: tzinfo, length: timedelta
) -> Iterator[datetime]:
    """Beginnings by the clock on the wall: what is at nine stays at nine when the clocks change."""
    # A day to each side, because the window is told in UTC and the dates are not.
    try:
        after = _naive(reader.window[0], tz) - length - timedelta(days=1)
        before = _naive(reader.window[1], tz) + timedelta(days=1)
    except OverflowError as error:
        raise NotUnderstood from error
    yield from merge(
        sorted(_listed(reader, event, "RDATE", tz)),
        *(_by_rule(reader, rule, start, tz, (after, before)) for rule in _rules(event)),
    )


def _rules(event: Event) -> list[Any]:
    rule = event.get("RRULE")
    return rule if isinstance(rule, list) else [rule]


def _by_rule(
    reader: _Reader, rule: Any, start: datetime, tz: tzinfo, window: tuple[datetime, datetime]
) -> Iterator[datetime]:
    if rule is not None and _can_be_followed(rule):
        yield from _followed(reader, rule, start, tz, window)
        return
    # The first date of a rule that is not followed is blocked all the same.
    reader.left_out += rule is not None
    yield start


def _can_be_followed(rule: Any) -> bool:
    """Whether a rule goes on, and not within a day: others could be followed for ever without coming to a date."""
    if not isinstance(rule, vRecur):
        return False
    frequency = str(rule.get("FREQ", [""])[0]).upper()
    intervals = rule.get("INTERVAL", [1])
    return frequency in _FREQUENCIES and all(isinstance(each, int) and each >= 1 for each in intervals)


def _followed(
    reader: _Reader, rule: vRecur, start: datetime, tz: tzinfo, window: tuple[datetime, datetime]
) -> Iterator[datetime]:
    _look_at_the_clock(reader)
    after, before = window
    rule = vRecur(rule)
    if rule.get("UNTIL"):
        rule["UNTIL"] = [_last(rule["UNTIL"][0], tz, before)]
    elif not rule.get("COUNT"):
        rule["UNTIL"] = [before]
    try:
        for at in rrulestr(_text_of(rule), dtstart=start):
            reader.steps -= 1
            if reader.steps < 0:
                raise _Spent
            if at > before:
                return
            if at >= after:
                yield at
    except (ValueError, TypeError, KeyError, OverflowError, IndexError, AttributeError) as error:
        raise NotUnderstood from error


def _last(until: Any, tz: tzinfo, before: datetime) -> datetime:
    """The last moment of a rule, by the clock of its event; no later than anybody looks."""
    try:
        last = _naive(until, tz)
    except _BeyondTime:
        return before
    # A date alone means that whole day.
    return min(last if isinstance(until, datetime) else last + timedelta(days=1, seconds=-1), before)


def _text_of(rule: Any) -> str:
    return str(rule.to_ical().decode())


def _listed(reader: _Reader, event: Event, name: str, tz: tzinfo) -> Iterator[datetime]:
    """The dates of EXDATE or RDATE, by the event's own clock."""
    found = event.get(name)
    for part in found if isinstance(found, list) else [found] if found is not None else []:
        try:
            for each in part.dts:
                value = each.dt[0] if isinstance(each.dt, tuple) else each.dt
                reader.steps -= 1
                # What no clock tells is in no window: neither busy nor left out of what is.
                with suppress(_BeyondTime):
                    yield _naive(value, tz)
        except (AttributeError, BrokenCalendarProperty) as error:
            raise NotUnderstood from error


def _length(reader: _Reader, event: Event, start: date, tz: tzinfo) -> timedelta:
    if "DTEND" in event:
        end = _value(event, "DTEND")
        if isinstance(start, datetime) and isinstance(end, datetime):
            end_tz = _zone_of(reader, event, "DTEND")
            return _moment(end, end_tz) - _moment(start, tz)
        return _naive(end, tz) - _naive(start, tz)
    if "DURATION" in event:
        length = _value(event, "DURATION")
        if not isinstance(length, timedelta):
            raise NotUnderstood
        return length
    return timedelta(0) if isinstance(start, datetime) else timedelta(days=1)


def _local(reader: _Reader, event: Event, name: str) -> datetime:
    """A moment of it by the clock of the event's own zone."""
    return _naive(_value(event, name), _zone_of(reader, event, name))


def _value(event: Event, name: str) -> Any:
    try:
        value = cast(Any, event[name]).dt
    except (KeyError, AttributeError, BrokenCalendarProperty) as error:
        raise NotUnderstood from error
    return value


def _zone_of(reader: _Reader, event: Event, name: str) -> tzinfo:
    value: Any = event[name]
    moment = value.dt
    if isinstance(moment, datetime) and moment.tzinfo is not None and not _is_naive(moment):
        return moment.tzinfo
    named = str(value.params.get("TZID", ""))
    if named:
        reader.unknown[named[:80]] += 1
    return reader.zone


def _naive(value: Any, tz: tzinfo) -> datetime:
    """The time on the wall there; midnight of a day. Raises NotUnderstood."""
    if isinstance(value, datetime):
        return (value if _is_naive(value) else _by_clock(value, tz)).replace(tzinfo=None)
    if isinstance(value, date):
        return datetime(value.year, value.month, value.day)  # noqa: DTZ001 - by the clock on the wall
    raise NotUnderstood


def _moment(value: datetime, tz: tzinfo) -> datetime:
    return _by_clock(value.replace(tzinfo=tz) if _is_naive(value) else value, UTC)


def _is_naive(value: datetime) -> bool:
    """Also with a zone that nobody knows."""
    return value.utcoffset() is None


def _by_clock(value: datetime, tz: tzinfo) -> datetime:
    try:
        return value.astimezone(tz)
    except (OverflowError, ValueError) as error:
        raise _BeyondTime from error
