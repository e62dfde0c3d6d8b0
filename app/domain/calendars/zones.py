"""A time zone as a calendar file spells it out: every change of its clocks, computed from the IANA data.

Ours, because the library's own puts a change to summer time an hour late (icalendar 7.3.2), and says that it ends.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from icalendar import Timezone, TimezoneDaylight, TimezoneStandard

_STEP = timedelta(days=7)
"""No zone changes its clocks twice within a week; Ramadan in Morocco lasts four."""
_SECOND = timedelta(seconds=1)


@lru_cache(maxsize=256)
def timezone_of(zone: str, first_year: int, last_year: int) -> Timezone:
    """VTIMEZONE of an IANA zone, right from the beginning of one year to the end of another."""
    tz = ZoneInfo(zone)
    found = Timezone()
    found.add("tzid", zone)
    start = datetime(first_year, 1, 1, tzinfo=UTC)
    end = datetime(last_year + 1, 1, 1, tzinfo=UTC)
    local = start.astimezone(tz)
    found.add_component(_observance(local, local.utcoffset() or timedelta()))
    for moment in _changes(tz, start, end):
        before = (moment - _SECOND).astimezone(tz).utcoffset() or timedelta()
        found.add_component(_observance(moment.astimezone(tz), before))
    return found


def _changes(tz: ZoneInfo, start: datetime, end: datetime) -> Iterator[datetime]:
    """The moments at which the offset from UTC becomes another."""
    at = start
    while at < end:
        following = min(at + _STEP, end)
        if at.astimezone(tz).utcoffset() != following.astimezone(tz).utcoffset():
            yield _change_within(tz, at, following)
        at = following


def _change_within(tz: ZoneInfo, low: datetime, high: datetime) -> datetime:
    before = low.astimezone(tz).utcoffset()
    while high - low > _SECOND:
        middle = low + timedelta(seconds=(high - low) // _SECOND // 2)
        if middle.astimezone(tz).utcoffset() == before:
            low = middle
        else:
            high = middle
    return high


def _observance(local: datetime, before: timedelta) -> TimezoneStandard | TimezoneDaylight:
    part = TimezoneDaylight() if local.dst() else TimezoneStandard()
    # RFC 5545, 3.8.2.4: the beginning is told by the clock that was right until then.
    part.add("dtstart", (local.astimezone(UTC) + before).replace(tzinfo=None))
    part.add("tzoffsetfrom", before)
    part.add("tzoffsetto", local.utcoffset() or timedelta())
    part.add("tzname", local.tzname() or "")
    return part
