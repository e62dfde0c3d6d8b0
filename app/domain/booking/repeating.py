"""The dates of what repeats, by the calendar on the wall. Pure.

A booking that repeats has its local time on every date. Where spring skips that time, it is the moment that much after the last
one before (01:30 is then 02:30 of summer time); where autumn repeats it, the first of the two. RFC 5545 (3.3.5) says the
same, so calendar programs agree. The length is counted in minutes that pass, clock change or not: so it is charged.
"""

from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from itertools import islice
from zoneinfo import ZoneInfo

from dateutil.rrule import rrulestr

from app.kernel.errors import Refusal
from app.kernel.spans import Span
from app.kernel.walltime import nearest_utc

MOST_DATES = 732
"""Every day for 24 months, one of them of a leap year, both ends included."""
MONTHS_AHEAD = 24
MOST_INTERVAL = 99


class Every(StrEnum):
    """After what it comes again."""

    DAY = "day"
    WEEK = "week"
    MONTH_DATE = "month_date"
    """On the same date: months without a 31st are passed over."""
    MONTH_WEEKDAY = "month_weekday"
    """On the same weekday of the month: its first to fourth, and what would be a fifth is the last."""
    MONTH_LAST = "month_last"
    """On the last of that weekday in the month, which begins with the first that is not before the start."""
    YEAR = "year"
    """On the same date: the 29th of February comes in leap years alone."""


_FREQUENCIES = {
    Every.DAY: "DAILY",
    Every.WEEK: "WEEKLY",
    Every.MONTH_DATE: "MONTHLY",
    Every.MONTH_WEEKDAY: "MONTHLY",
    Every.MONTH_LAST: "MONTHLY",
    Every.YEAR: "YEARLY",
}
_WEEK = timedelta(weeks=1)
_CODES = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")


class TooManyDates(Refusal):
    """More dates than a series may have. `most` is how many it may."""

    def __init__(self, most: int = MOST_DATES) -> None:
        super().__init__(str(most))
        self.most = most


class TooFarAhead(Refusal):
    """Dates later than anybody may book a series. `last` is the last day on which one may be."""

    def __init__(self, last: date) -> None:
        super().__init__(str(last))
        self.last = last


class NoDates(Refusal):
    """The rule gives no date before its end."""


class BadPattern(Refusal):
    """A rule that no form of ours makes: no weekday, an interval of nothing, two ends."""


@dataclass(frozen=True, slots=True)
class Pattern:
    """When it comes again: every `interval` days, weeks, months or years from `start` on, until a day or so many times."""

    start: date
    every: Every
    interval: int = 1
    weekdays: frozenset[int] = frozenset()
    """Of weeks: 0 is Monday. None stands for the weekday of the start."""
    until: date | None = None
    count: int | None = None


@dataclass(frozen=True, slots=True)
class Dates:
    """What a pattern comes to: the rule as RFC 5545 has it, without its end, and every date of it."""

    rule: str
    days: tuple[date, ...]


def farthest(today: date) -> date:
    """The last day on which a date of a series may be: 24 months ahead."""
    year, month = divmod(today.year * 12 + today.month - 1 + MONTHS_AHEAD, 12)
    return date(year, month + 1, min(today.day, monthrange(year, month + 1)[1]))


def dates_of(pattern: Pattern, today: date) -> Dates:
    """Every date of a pattern. Raises BadPattern, TooManyDates, TooFarAhead, NoDates."""
    _check(pattern)
    last = farthest(today)
    if pattern.count is not None and pattern.count > MOST_DATES:
        raise TooManyDates
    if pattern.until is not None and pattern.until > last:
        raise TooFarAhead(last)
    start, rule = _rule(pattern)
    days = tuple(islice(_days(rule, start, pattern.until or last), pattern.count or MOST_DATES + 1))
    if not days:
        raise NoDates
    if pattern.count is not None and len(days) < pattern.count:
        raise TooFarAhead(last)
    if len(days) > MOST_DATES:
        raise TooManyDates
    return Dates(rule, days)


def days_of(rule: str, first: date, last: date) -> list[date]:
    """The dates that a stored rule gives from its first to a last one, both included."""
    return list(islice(_days(rule, first, last), MOST_DATES * 2))


def span_on(day: date, starts: int, minutes: int, tz: ZoneInfo) -> Span:
    """When it is on a local day: `starts` minutes after midnight by the clock on the wall, for so many minutes."""
    start = nearest_utc(day, time(starts // 60, starts % 60), tz)
    return Span(start, start + timedelta(minutes=minutes))


def _check(pattern: Pattern) -> None:
    ends = (pattern.until is not None) + (pattern.count is not None)
    if ends != 1 or not 1 <= pattern.interval <= MOST_INTERVAL:
        raise BadPattern
    if pattern.count is not None and pattern.count < 1:
        raise BadPattern
    if not pattern.weekdays <= set(range(7)):
        raise BadPattern


def _rule(pattern: Pattern) -> tuple[date, str]:
    """The first day that fits, and the rule from there on."""
    start = pattern.start
    parts = [f"FREQ={_FREQUENCIES[pattern.every]}"]
    if pattern.interval > 1:
        parts.append(f"INTERVAL={pattern.interval}")
    if pattern.every is Every.WEEK:
        weekdays = pattern.weekdays or {start.weekday()}
        # Every other week is counted from the week of the first date, not from one in which it did not happen.
        while start.weekday() not in weekdays:
            start += timedelta(days=1)
        parts.append("BYDAY=" + ",".join(_CODES[each] for each in sorted(weekdays)))
    elif pattern.every is Every.MONTH_DATE:
        parts.append(f"BYMONTHDAY={start.day}")
    elif pattern.every is Every.MONTH_WEEKDAY:
        parts.append(f"BYDAY={which_weekday(start)}{_CODES[start.weekday()]}")
    elif pattern.every is Every.MONTH_LAST:
        while (start + _WEEK).month == start.month:
            start += _WEEK
        parts.append(f"BYDAY=-1{_CODES[start.weekday()]}")
    return start, ";".join(parts)


def which_weekday(day: date) -> int:
    """Which one of its month a weekday is: 1 to 4, and -1 for a fifth, which is the last."""
    number = (day.day - 1) // 7 + 1
    return number if number < 5 else -1


def _days(rule: str, first: date, last: date) -> Iterator[date]:
    start = datetime.combine(first, time())
    parsed = rrulestr(rule, dtstart=start)
    for moment in parsed:
        if moment.date() > last:
            return
        yield moment.date()


@dataclass(frozen=True, slots=True)
class Said:
    """A stored rule, for who says it in words."""

    every: Every
    interval: int
    weekdays: tuple[int, ...]
    """Of weeks and of months; 0 is Monday."""
    which: int = 0
    """Of months by weekday: 1 to 4, or -1 for the last."""


def said(rule: str) -> Said:
    """What a stored rule says."""
    parts = dict(part.split("=") for part in rule.split(";"))
    every = next(each for each, frequency in _FREQUENCIES.items() if frequency == parts["FREQ"])
    weekdays = [part for part in parts.get("BYDAY", "").split(",") if part]
    which = 0
    if every is Every.MONTH_DATE and weekdays:
        every, which = Every.MONTH_WEEKDAY, int(weekdays[0][:-2])
    days = tuple(_CODES.index(part[-2:]) for part in weekdays)
    return Said(every, int(parts.get("INTERVAL", 1)), days, which)
