"""Time zones as calendars of elsewhere spell them out: each calendar's are its own, and none is followed for ever.

icalendar 7.3.2 keeps a zone that a file defines under its name for the whole process: the next file with a zone of that name,
another tenant's too, would be read by it. And it follows the rules of one as far as the file says.
"""

from calendar import monthrange
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta, tzinfo
from threading import Lock
from typing import Any, cast

from icalendar import Component, Timezone, vRecur, vWeekday
from icalendar.timezone import tzp
from icalendar.timezone.zoneinfo import ZONEINFO

_MOST_CHANGES = 500
_PARTS = {"FREQ", "INTERVAL", "BYMONTH", "BYMONTHDAY", "BYDAY", "UNTIL", "COUNT", "WKST"}
"""What clocks are changed by. With hours and seconds a single year may have millions of changes."""
_LONGEST = {month: monthrange(2000, month)[1] for month in range(1, 13)}
"""Days of each month in a leap year."""
_WEEKS_OF_A_MONTH, _WEEKS_OF_A_YEAR = 5, 53
"""How many of one weekday there may be."""
_ONE_AT_A_TIME = Lock()


class _Unknown(tzinfo):
    """Of a zone that a file spells out wrongly: a time with it is naive, as Python has it."""

    def utcoffset(self, _moment: datetime | None) -> timedelta | None:
        return None

    def dst(self, _moment: datetime | None) -> timedelta | None:
        return None

    def tzname(self, _moment: datetime | None) -> str | None:
        return None


class _OfOneFile(ZONEINFO):
    """Knows IANA's zones and those of one file."""

    # The zone alone, as icalendar calls it; its interface says a name and transitions, which nobody passes.
    def create_timezone(self, *zone: Any, **_none: Any) -> tzinfo:
        try:
            return super().create_timezone(*zone) if _is_sound(*zone) else _Unknown()
        except (ValueError, KeyError, IndexError, TypeError, AttributeError, OverflowError):
            return _Unknown()


@contextmanager
def own_zones() -> Iterator[None]:
    """Within it one file is read, by IANA's zones and its own."""
    with _ONE_AT_A_TIME:
        tzp.use(_OfOneFile())
        try:
            yield
        finally:
            tzp.use_default()


def _is_sound(tz: Timezone) -> bool:
    parts = tz.subcomponents
    return 0 < len(parts) <= _MOST_CHANGES and all(
        {"DTSTART", "TZOFFSETFROM", "TZOFFSETTO"} <= part.keys() and _goes_by_the_year(part) for part in parts
    )


def _goes_by_the_year(part: Component) -> bool:
    rule = part.get("RRULE")
    if rule is None:
        return True
    return (
        isinstance(rule, vRecur)
        and {str(name).upper() for name in rule} <= _PARTS
        and str(rule.get("FREQ", [""])[0]).upper() == "YEARLY"
        # With every year, whatever days of whatever months go together do so within forty
        and list(rule.get("INTERVAL", [1])) == [1]
        and _comes_to_a_date(rule, _start(part))
    )


def _comes_to_a_date(rule: vRecur, start: date) -> bool:
    """Whether it has one in any year: python-dateutil looks for one until the last year there is, for every zone in which an hour is
    asked for."""
    days, weekdays = [int(each) for each in rule.get("BYMONTHDAY", [])], rule.get("BYDAY", [])
    months = [int(each) for each in rule.get("BYMONTH", [])]
    if not days and not weekdays:
        days, months = [start.day], months or [start.month]
    longest = max(_LONGEST.get(month, 0) for month in months or _LONGEST)
    weeks = _WEEKS_OF_A_MONTH if months else _WEEKS_OF_A_YEAR
    places = [abs(place) for place in map(_place, weekdays) if place]
    if places:
        # The second Sunday that is the tenth, too: no clock goes by that, and it may never be
        return longest > 0 and not days and max(places) <= weeks
    return longest > 0 and (not days or any(1 <= abs(day) <= longest for day in days))


def _start(part: Component) -> date:
    start: date = cast("Any", part["DTSTART"]).dt
    return start


def _place(weekday: object) -> int | None:
    """The 2 of `2SU`, the -1 of `-1SU`; None where any Sunday is meant."""
    said: Any = weekday if isinstance(weekday, vWeekday) else vWeekday(str(weekday))
    return cast("int | None", said.relative)
