"""The dates of one event of a calendar of elsewhere, by its rules and its clock."""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import MAXYEAR, UTC, date, datetime, time, timedelta, tzinfo
from heapq import merge
from typing import Any, cast
from zoneinfo import ZoneInfo

from dateutil.rrule import rrulestr
from icalendar import Event, vRecur
from icalendar.error import BrokenCalendarProperty

from app.kernel.walltime import day_bounds, nearest_utc

Window = tuple[datetime, datetime]
MOST_STEPS = 200_000
"""Dates that all its rules together are followed for."""
_SAME_AGAIN = 400
"""Years after which every date is what it was, weekday and all: they are whole weeks."""
_FREQUENCIES = {"DAILY", "WEEKLY", "MONTHLY", "YEARLY"}


class NotUnderstood(Exception):
    """This one event says nothing that we could go by."""


class _BeyondTime(NotUnderstood):
    """A date that no clock tells there: the last or the first of all days, by another zone."""


class Spent(Exception):
    """So many dates were followed, or for so long, that this is all."""


@dataclass(slots=True)
class Reader:
    """How far one calendar is followed, and what was found out on the way."""

    zone: ZoneInfo
    window: Window
    deadline: float
    now: Callable[[], float]
    steps: int = MOST_STEPS
    left_out: int = 0
    unknown: Counter[str] = field(default_factory=Counter)


def look_at_the_clock(reader: Reader) -> None:
    """Raises Spent once it has taken too long."""
    # All events are begun before the first date of any is seen: many without one would each take their time.
    if reader.now() > reader.deadline:
        raise Spent


def spans_of(reader: Reader, event: Event, excluded: set[datetime]) -> Iterator[Window]:
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
    reader: Reader, event: Event, start: datetime, tz: tzinfo, length: timedelta
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
    reader: Reader, rule: Any, start: datetime, tz: tzinfo, window: tuple[datetime, datetime]
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
    reader: Reader, rule: vRecur, start: datetime, tz: tzinfo, window: tuple[datetime, datetime]
) -> Iterator[datetime]:
    look_at_the_clock(reader)
    after, before = window
    years = _to_the_end(start, before)
    rule = vRecur(rule)
    if rule.get("UNTIL"):
        rule["UNTIL"] = [_years_on(_last(rule["UNTIL"][0], tz, before), years)]
    elif not rule.get("COUNT"):
        rule["UNTIL"] = [_years_on(before, years)]
    try:
        for found in rrulestr(_text_of(rule), dtstart=_years_on(start, years)):
            reader.steps -= 1
            if reader.steps < 0:
                raise Spent
            at = _years_on(found, -years)
            if at > before:
                return
            if at >= after:
                yield at
    except (ValueError, TypeError, KeyError, OverflowError, IndexError, AttributeError) as error:
        raise NotUnderstood from error


def _to_the_end(*moments: datetime) -> int:
    """How many years on a rule is followed, so that it ends soon where it never comes to a date: python-dateutil looks for one until
    the last year there is, whatever its UNTIL."""
    return (MAXYEAR - max(each.year for each in moments)) // _SAME_AGAIN * _SAME_AGAIN


def _years_on(at: datetime, years: int) -> datetime:
    return at.replace(year=at.year + years)


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


def _listed(reader: Reader, event: Event, name: str, tz: tzinfo) -> Iterator[datetime]:
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


def _length(reader: Reader, event: Event, start: date, tz: tzinfo) -> timedelta:
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


def local_of(reader: Reader, event: Event, name: str) -> datetime:
    """A moment of it by the clock of the event's own zone."""
    return _naive(_value(event, name), _zone_of(reader, event, name))


def _value(event: Event, name: str) -> Any:
    try:
        value = cast(Any, event[name]).dt
    except (KeyError, AttributeError, BrokenCalendarProperty) as error:
        raise NotUnderstood from error
    return value


def _zone_of(reader: Reader, event: Event, name: str) -> tzinfo:
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
        return datetime.combine(value, time())
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
