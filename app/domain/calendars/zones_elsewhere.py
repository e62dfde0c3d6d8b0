"""Time zones as calendars of elsewhere spell them out: each calendar's are its own, and none is followed for ever.

icalendar 7.3.2 keeps a zone that a file defines under its name for the whole process: the next file with a zone of that name,
another tenant's too, would be read by it. And it follows the rules of one as far as the file says.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta, tzinfo
from threading import Lock
from typing import Any

from icalendar import Timezone, vRecur
from icalendar.timezone import tzp
from icalendar.timezone.zoneinfo import ZONEINFO

_MOST_CHANGES = 500
_PARTS = {"FREQ", "INTERVAL", "BYMONTH", "BYMONTHDAY", "BYDAY", "UNTIL", "COUNT", "WKST"}
"""What clocks are changed by. With hours and seconds a single year may have millions of changes."""
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
        {"DTSTART", "TZOFFSETFROM", "TZOFFSETTO"} <= part.keys() and _goes_by_the_year(part.get("RRULE"))
        for part in parts
    )


def _goes_by_the_year(rule: object) -> bool:
    if rule is None:
        return True
    return (
        isinstance(rule, vRecur)
        and {str(name).upper() for name in rule} <= _PARTS
        and str(rule.get("FREQ", [""])[0]).upper() == "YEARLY"
        and all(isinstance(each, int) and each >= 1 for each in rule.get("INTERVAL", [1]))
    )
