"""What a person asks for, read from the address: shape only. What is wrong is said at its field, the rest is kept."""

import re
from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from app.domain.booking.rules import GRACE_MINUTES
from app.domain.booking.terms import RoomQuery
from app.domain.portal import Place
from app.kernel.spans import Span
from app.kernel.walltime import TimeRepeated, TimeSkipped, clock_face, to_utc
from app.web.language import format_number

QUARTER = 15
LONGEST_MINUTES = 24 * 60
_DAY_MINUTES = 24 * 60
MOST_PEOPLE = 1000
_SHOWN = 40
"""Characters of an answer that are shown again; no honest answer to these questions is longer."""
_MARK = "\N{REPLACEMENT CHARACTER}"
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_CLOCK = re.compile(r"(\d{2}):(\d{2})", re.ASCII)
_WHOLE = re.compile(r"\d{1,6}", re.ASCII)
_WORKDAY = range(8 * 60, 18 * 60)


@dataclass(slots=True)
class Ask:
    """The questions with their answers as text, ready to be shown again, and what is wrong with them."""

    place: Place
    date: str
    start: str
    minutes: str
    people: str
    amenities: frozenset[str]
    type: str
    location: str
    """Given only when the address names another place than the one the portal shows."""
    again: str = ""
    """`1` for the second of the two moments where the start comes twice that night."""
    twice: bool = False
    """Whether there is another of the two to look at."""
    errors: dict[str, str] = field(default_factory=dict)
    query: RoomQuery | None = None

    @property
    def answers(self) -> tuple[Hashable, ...]:
        """The answers alone."""
        told = self.date, self.start, self.minutes, self.people, self.amenities, self.type, self.location
        return *told, self.again, self.twice

    @property
    def other_moment(self) -> dict[str, Any]:
        """The same questions at the other of the two moments, as arguments of an address."""
        return {
            "date": self.date,
            "start": self.start,
            "minutes": self.minutes,
            "people": self.people,
            "type": self.type or None,
            "amenity": sorted(self.amenities),
            "location": self.location or None,
            "again": None if self.again else "1",
        }


def day_of(text: str) -> date | None:
    """The day of `2026-11-24`; None for one that does not exist."""
    if not _DAY.fullmatch(text):
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def clock_of(text: str) -> time | None:
    """The time of `14:30`; None for one that does not exist."""
    match = _CLOCK.fullmatch(text)
    if match is None:
        return None
    hour, minute = int(match[1]), int(match[2])
    return time(hour, minute) if hour < 24 and minute < 60 else None


def whole_of(text: str) -> int | None:
    """A number of up to six digits; None for anything else."""
    return int(text) if _WHOLE.fullmatch(text) else None


def sensible_start(now: datetime, tz: ZoneInfo) -> datetime:
    """The next quarter hour where the rooms are, in local time; tomorrow morning once the working day is over."""
    local = now.astimezone(tz)
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0, tzinfo=None)
    # To the minute, so that at 14:30 sharp the answer is 14:30.
    passed = local.hour * 60 + local.minute + (1 if local.second or local.microsecond else 0)
    minutes = -(-passed // QUARTER) * QUARTER
    if minutes not in _WORKDAY:
        morning = midnight + timedelta(hours=9)
        return morning if minutes < _WORKDAY.start else morning + timedelta(days=1)
    return midnight + timedelta(minutes=minutes)


def read(
    args: MultiDict[str, str],
    place: Place,
    now: datetime,
    amenities: Mapping[str, int],
    types: Mapping[str, int],
    *,
    chosen_place: bool,
) -> Ask:
    """Read the questions' answers. `amenities` and `types` map what may be asked for to its id.

    The `query` of the answer is None exactly when `errors` says why.
    """
    tz = ZoneInfo(place.zone)
    start = sensible_start(now, tz)
    ask = Ask(
        place=place,
        date=_shown(args, "date", f"{start:%Y-%m-%d}"),
        start=_shown(args, "start", clock_face(start)),
        minutes=_shown(args, "minutes", "60"),
        people=_shown(args, "people", "1"),
        amenities=frozenset(args.getlist("amenity")),
        type=_shown(args, "type", ""),
        location=str(place.id) if chosen_place else "",
        again="1" if args.get("again") == "1" else "",
    )
    span = _span(ask, args.get("end", ""), tz, now)
    people = whole_of(ask.people)
    if people is None or not 1 <= people <= MOST_PEOPLE:
        ask.errors["people"] = _("A number of people from 1 to %(most)s.", most=format_number(MOST_PEOPLE))
    if not ask.amenities <= amenities.keys():
        ask.errors["amenity"] = _("One of these filters is not offered here any more. It was taken out.")
    if ask.type and ask.type not in types:
        ask.errors["type"] = _("That kind of room is not offered here. All kinds are shown.")
    if span is not None and people is not None and not ask.errors:
        ask.query = RoomQuery(
            place.id, span, people, frozenset(amenities[each] for each in ask.amenities), types.get(ask.type)
        )
    ask.amenities = frozenset(ask.amenities & amenities.keys())
    return ask


def _shown(args: MultiDict[str, str], name: str, default: str) -> str:
    """An answer as it is shown again: short, and with a mark for each character that cannot be shown."""
    text = args.get(name, "").strip()
    if not text:
        return default
    return "".join(char if char.isprintable() else _MARK for char in text[:_SHOWN])


def _span(ask: Ask, end: str, tz: ZoneInfo, now: datetime) -> Span | None:
    day, start = day_of(ask.date), clock_of(ask.start)
    if day is None:
        ask.errors["date"] = _("That day does not exist. Write it as 2026-11-24.")
    elif not abs(day - now.astimezone(tz).date()) < timedelta(days=5 * 366):
        ask.errors["date"] = _("That day is too far away.")
    if start is None:
        ask.errors["start"] = _("A time looks like 14:30.")
    minutes = _minutes(ask, end, start)
    if ask.errors or day is None or start is None:
        return None
    begin = _moment(ask, day, start, tz, now)
    return Span(begin, begin + timedelta(minutes=minutes)) if begin is not None else None


def _minutes(ask: Ask, end: str, start: time | None) -> int:
    """The length asked for, by itself or by an end; what is wrong with it goes to the errors."""
    if end:
        until = clock_of(end.strip())
        # Until midnight is until the day is over
        last = 0 if until is None else (until.hour * 60 + until.minute) or _DAY_MINUTES
        if start is None or last <= start.hour * 60 + start.minute:
            ask.errors["minutes"] = _("The end must come after the start.")
            return 0
        ask.minutes = str(last - start.hour * 60 - start.minute)
    minutes = whole_of(ask.minutes)
    if minutes is None or not 1 <= minutes <= LONGEST_MINUTES:
        ask.errors["minutes"] = _("A length from 15 minutes to 24 hours.")
        return 0
    return minutes


def _moment(ask: Ask, day: date, start: time, tz: ZoneInfo, now: datetime) -> datetime | None:
    soonest = now - timedelta(minutes=GRACE_MINUTES)
    try:
        begin = to_utc(day, start, tz)
        ask.again = ""
    except TimeSkipped as skipped:
        ask.errors["start"] = _(
            "The clocks go forward then, so %(time)s does not exist that day. Try %(next)s.",
            time=ask.start,
            next=clock_face(skipped.next_time),
        )
        return None
    except TimeRepeated as repeated:
        first, second = repeated.moments
        ask.twice = first >= soonest
        # Once the first has passed there is nothing to choose
        ask.again = ask.again if ask.twice else "1"
        begin = second if ask.again else first
    if begin < soonest:
        ask.errors["start"] = _("That time has passed.")
        return None
    return begin
