"""What a mail program makes of invitations: a calendar that goes by UID and SEQUENCE, as RFC 5546 has it."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from dateutil.rrule import rrulestr
from icalendar import Calendar

Instants = list[tuple[datetime, datetime]]
Seated = tuple[datetime, datetime, str, str]
_Revision = tuple[int, datetime]


@dataclass
class CalendarStore:
    """Takes REQUEST and CANCEL in whatever order mails arrive."""

    _events: dict[str, list[Any]] = field(default_factory=dict)
    _known: dict[str, _Revision] = field(default_factory=dict)

    def receive(self, data: bytes | str) -> None:
        """Section 3.2: what is older than what is known of a UID changes nothing; a REQUEST takes the place of all that was
        known of it, and a CANCEL without RECURRENCE-ID leaves none of it.
        """
        calendar = Calendar.from_ical(data)
        by_uid: defaultdict[str, list[Any]] = defaultdict(list)
        for event in calendar.walk("VEVENT"):
            by_uid[str(event["UID"])].append(event)
        for uid, events in by_uid.items():
            (whole,) = [each for each in events if "RECURRENCE-ID" not in each]
            revision = int(whole["SEQUENCE"]), whole["DTSTAMP"].dt
            if uid in self._known and revision < self._known[uid]:
                continue
            self._known[uid] = revision
            self._events[uid] = [] if calendar["METHOD"] == "CANCEL" else events

    def shown(self) -> Instants:
        """Everything in it, by its start."""
        return [(start, end) for start, end, _room, _title in self.seated()]

    def seated(self) -> list[Seated]:
        """The same with the room that is named first of each place, and what it is for."""
        return sorted(seated for events in self._events.values() for seated in _spans(events))


def _spans(events: list[Any]) -> list[Seated]:
    alone = {each["RECURRENCE-ID"].dt: each for each in events if "RECURRENCE-ID" in each}
    found = [(*_span(each), *_seat(each)) for each in alone.values()]
    for whole in events:
        if "RECURRENCE-ID" not in whole:
            found += [(*span, *_seat(whole)) for start, span in _dates(whole) if start not in alone]
    return found


def _seat(event: Any) -> tuple[str, str]:
    return str(event.get("LOCATION", "")).partition(",")[0], str(event["SUMMARY"])


def _dates(event: Any) -> list[tuple[datetime, tuple[datetime, datetime]]]:
    start, end = event["DTSTART"].dt, event["DTEND"].dt
    if "RRULE" not in event:
        return [(start, _span(event))]
    out = {each.dt for each in event["EXDATE"].dts} if "EXDATE" in event else set()
    rule = rrulestr(event["RRULE"].to_ical().decode(), dtstart=start)
    # By the clock on the wall, as a rule counts: both ends have the zone of the first date.
    return [
        (each, (each.astimezone(UTC), (each + (end - start)).astimezone(UTC)))
        for each in rule
        if each not in out
    ]


def _span(event: Any) -> tuple[datetime, datetime]:
    return event["DTSTART"].dt.astimezone(UTC), event["DTEND"].dt.astimezone(UTC)
