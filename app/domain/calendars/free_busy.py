"""Busy times that a calendar of elsewhere says as such (VFREEBUSY), and not as events.

They are cut out of the text before it is parsed: icalendar forgives no word of them that is none, and all events would go with it.
"""

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import cast

from icalendar import vPeriod

from app.domain.calendars.event_dates import NotUnderstood, Reader, Spent, Window, look_at_the_clock

_FREE = "FREE"
_PARSE = cast("Callable[[str], tuple[datetime, datetime | timedelta]]", vPeriod.from_ical)
_BEGIN = re.compile(r"(?im)^BEGIN:VFREEBUSY[ \t]*\r?$")
_END = re.compile(r"(?im)^END:VFREEBUSY[ \t]*\r?(?:\n|\Z)")
_FOLD = re.compile(r"\r?\n[ \t]")


def without_free_busy(text: str) -> tuple[str, list[str]]:
    """The text without them, and each as its lines. What never ends stays where it is."""
    first, *others = _BEGIN.split(text)
    kept, found = [first], []
    for other in others:
        end = _END.search(other)
        if end is None:
            kept.append(f"BEGIN:VFREEBUSY{other}")
            continue
        found.append(other[: end.start()])
        kept.append(other[end.end() :].removeprefix("\n"))
    return "".join(kept), found


def busy_periods(reader: Reader, components: list[str]) -> list[Window]:
    """When they say that it is busy, in the order of time; what is not understood is counted. Raises Spent."""
    found = []
    for text in _periods(components):
        look_at_the_clock(reader)
        reader.steps -= 1
        if reader.steps < 0:
            raise Spent
        try:
            found.append(_period(reader, text))
        except NotUnderstood:
            reader.left_out += 1
    return sorted(found)


def _periods(components: list[str]) -> Iterator[str]:
    for component in components:
        for line in _FOLD.sub("", component).splitlines():
            head, _colon, value = line.partition(":")
            name, *params = head.upper().split(";")
            # Every other kind of it, known or not, is to be taken for busy (RFC 5545, 3.2.9).
            if name.strip() == "FREEBUSY" and f"FBTYPE={_FREE}" not in params:
                yield from value.split(",")


def _period(reader: Reader, text: str) -> Window:
    try:
        start, end = _PARSE(text.strip())
        begins = _moment(reader, start)
        ends = begins + end if isinstance(end, timedelta) else _moment(reader, end)
    except (ValueError, TypeError, KeyError, IndexError, AttributeError, OverflowError) as error:
        raise NotUnderstood from error
    if ends < begins:
        raise NotUnderstood
    return begins, ends


def _moment(reader: Reader, value: datetime) -> datetime:
    return (value.replace(tzinfo=reader.zone) if value.utcoffset() is None else value).astimezone(UTC)
