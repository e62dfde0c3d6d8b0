"""Time zones as calendars of elsewhere spell them out: each calendar's are its own, and none is followed for ever.

icalendar 7.3.2 keeps a zone that a file defines under its name for the whole process: the next file with a zone of that name,
another tenant's too, would be read by it. And it follows the rules of one as far as the file says.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import tzinfo
from threading import Lock

from icalendar import Timezone, vRecur
from icalendar.timezone import tzp
from icalendar.timezone.zoneinfo import ZONEINFO

_MOST_CHANGES = 500
_PARTS = {"FREQ", "INTERVAL", "BYMONTH", "BYMONTHDAY", "BYDAY", "UNTIL", "COUNT", "WKST"}
"""What clocks are changed by. With hours and seconds a single year may have millions of changes."""
_ONE_AT_A_TIME = Lock()


class _OfOneFile(ZONEINFO):
    """Knows IANA's zones and those of one file. What that spells out wrongly it does not know."""

    def create_timezone(self, tz: Timezone) -> tzinfo | None:  # type: ignore[override] # whoever asks takes None for unknown
        try:
            return super().create_timezone(tz) if _is_sound(tz) else None
        except (ValueError, KeyError, IndexError, TypeError, AttributeError, OverflowError):
            return None


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
