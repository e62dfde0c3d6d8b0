"""What repeats, as RFC 5545 tells it: a rule by the clock on the wall, what is left out of it, and what is told by itself."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from icalendar import Event, vRecur

from app.domain.booking.repeating import days_of, span_on
from app.kernel.walltime import nearest_utc


@dataclass(frozen=True, slots=True)
class Alone:
    """A date that is told by itself: at another time than the rule says, on another day, in another room, for something else."""

    day: date
    starts_at: datetime
    ends_at: datetime
    title: str = ""
    place: str = ""
    """Both empty where they are those of all."""


@dataclass(frozen=True, slots=True)
class Repeats:
    """How an entry comes again. Days are local, and of the rule."""

    rule: str
    """RRULE without its end."""
    first_day: date
    last_day: date
    starts: int
    """Minutes after midnight on the wall."""
    left_out: tuple[date, ...] = ()
    moved: tuple[Alone, ...] = ()


def add_rule(event: Event, repeats: Repeats, length: timedelta, tz: ZoneInfo) -> None:
    """Make an event one that repeats. Its times become those on the wall, whatever the clocks do on its first date."""
    start = wall_time(repeats, repeats.first_day, tz)
    for name in ("dtstart", "dtend"):
        event.pop(name)
    event.add("dtstart", start)
    # Within one zone this is what the wall shows: the length that the rule gives to all of its dates.
    event.add("dtend", start + length)
    rule = vRecur.from_ical(repeats.rule)
    rule["UNTIL"] = nearest_utc(repeats.last_day, start.time(), tz).astimezone(UTC)
    event.add("rrule", rule)
    if repeats.left_out:
        event.add("exdate", [wall_time(repeats, day, tz) for day in repeats.left_out])


def told_alone(repeats: Repeats, length: timedelta, tz: ZoneInfo) -> Iterator[Alone]:
    """What is told by itself, and also what stands where the clocks change: programs do not agree on how long that is."""
    moved = {each.day: each for each in repeats.moved}
    gone = set(repeats.left_out)
    minutes = int(length.total_seconds() // 60)
    for day in days_of(repeats.rule, repeats.first_day, repeats.last_day):
        if day in moved:
            yield moved[day]
        elif day not in gone:
            usual = span_on(day, repeats.starts, minutes, tz)
            if _clocks_change(usual.start, usual.end, tz):
                yield Alone(day, usual.start, usual.end)


def wall_time(repeats: Repeats, day: date, tz: ZoneInfo) -> datetime:
    """When the rule has it on a day, as the clock on the wall shows it: the name of that date in calendars."""
    return datetime.combine(day, time(repeats.starts // 60, repeats.starts % 60), tz)


def _clocks_change(start: datetime, end: datetime, tz: ZoneInfo) -> bool:
    """Whether they change on the way, or did within the hours before that they show once more, or not at all."""
    near = timedelta(hours=3)
    offsets = {each.astimezone(tz).utcoffset() for each in (start - near, start, end, end + near)}
    return len(offsets) > 1
