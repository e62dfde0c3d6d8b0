"""When a rule holds, as stretches of minutes: by the clock on the wall of the place."""

from collections.abc import Iterator
from datetime import timedelta

from app.domain.booking.calendar import Calendar
from app.domain.booking.house_rules.terms import When
from app.domain.booking.minutes import Stretch

_DAY = timedelta(days=1)


def touches(when: When, calendar: Calendar, wanted: Stretch) -> bool:
    """Whether any minute of a stretch lies within: a booking that reaches into a rule's time is bound by it."""
    if when.always:
        return True
    known = calendar.touched.get((when, wanted))
    if known is None:
        start, end = wanted
        known = any(opens < end and start < closes for opens, closes in windows(when, calendar, wanted))
        calendar.touched[when, wanted] = known
    return known


def windows(when: When, calendar: Calendar, around: Stretch) -> Iterator[Stretch]:
    """Its windows that may reach into a stretch, in order."""
    overnight = when.closes <= when.opens
    day = calendar.day_of(around[0]).day - (_DAY if overnight else timedelta())
    last = calendar.day_of(around[1] - 1).day
    while day <= last:
        fits = (when.first is None or when.first <= day) and (when.last is None or day <= when.last)
        if fits and (not when.weekdays or day.weekday() in when.weekdays):
            closing = calendar.day(day + _DAY) if overnight else calendar.day(day)
            yield calendar.day(day).at(when.opens), closing.at(when.closes)
        day += _DAY
