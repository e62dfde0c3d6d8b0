"""Our calendars, read back by a library that is not ours: the same instants, through every change of the clocks."""

from datetime import UTC, datetime, timedelta
from email.utils import parseaddr
from io import StringIO
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from dateutil.tz import tzical
from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar

from app.domain.calendars.writing import (
    Entry,
    Mailbox,
    Method,
    feed_text,
    file_text,
    invitation_text,
    uid_of,
)
from app.domain.calendars.zones import timezone_of

MADE = datetime(2026, 1, 2, 3, 4, 5, 678, tzinfo=UTC)
ZONES = (
    "Europe/London",
    "America/New_York",
    "Africa/Casablanca",
    "Australia/Lord_Howe",
    "Asia/Kolkata",
    "UTC",
)


def _entry(start: datetime, minutes: int = 60, zone: str = "Europe/London", **more: Any) -> Entry:
    return Entry(
        "u1", 0, MADE, start, start + timedelta(minutes=minutes), zone, more.pop("title", "Fern"), **more
    )


def _only_event(text: bytes) -> Any:
    (event,) = Calendar.from_ical(text).walk("VEVENT")
    return event


def _instants(text: bytes) -> tuple[datetime, datetime]:
    event = _only_event(text)
    return event.DTSTART.astimezone(UTC), event.DTEND.astimezone(UTC)


@given(
    st.datetimes(datetime(2024, 1, 1), datetime(2030, 1, 1)),  # noqa: DTZ001
    st.integers(1, 3000),
    st.sampled_from(ZONES),
)
def test_what_is_read_back_are_the_same_instants(start: datetime, minutes: int, zone: str) -> None:
    start = start.replace(second=0, microsecond=0, tzinfo=UTC)
    one = _entry(start, minutes, zone)
    assert _instants(file_text(one)) == (one.starts_at, one.ends_at)


@pytest.mark.parametrize(
    ("start", "minutes"),
    [
        (datetime(2026, 3, 29, 0, 30, tzinfo=UTC), 60),
        (datetime(2026, 10, 25, 0, 0, tzinfo=UTC), 120),
        (datetime(2026, 10, 25, 0, 30, tzinfo=UTC), 60),
        (datetime(2026, 10, 25, 1, 0, tzinfo=UTC), 30),
    ],
)
def test_the_hours_that_a_change_skips_or_repeats(start: datetime, minutes: int) -> None:
    """On 25 October it is half past one twice: an hour from the first to the second is an hour, not nothing."""
    one = _entry(start, minutes)
    assert _instants(file_text(one)) == (one.starts_at, one.ends_at)


@pytest.mark.parametrize("zone", ZONES)
def test_the_zone_as_it_is_spelled_out_says_what_iana_says(zone: str) -> None:
    """Read by a third program, hour by hour, through two years of changes; to it the file is all there is."""
    calendar = Calendar()
    calendar.add_component(timezone_of(zone, 2026, 2027))
    text = calendar.to_ical().decode().replace("\r\n", "\n")
    spelled, truth = tzical(StringIO(text)).get(zone), ZoneInfo(zone)
    moment = datetime(2026, 1, 1, tzinfo=UTC)
    different = []
    while moment < datetime(2027, 12, 30, tzinfo=UTC):
        wall = moment.astimezone(truth)
        if not wall.fold and wall.replace(tzinfo=spelled).utcoffset() != wall.utcoffset():
            different.append(wall)
        moment += timedelta(hours=1)
    assert different == []


def test_the_same_bookings_are_the_same_bytes() -> None:
    entries = [_entry(datetime(2026, 5, 1, 9, tzinfo=UTC))]
    assert feed_text(entries, "Ours") == feed_text(entries, "Ours")
    assert b"DTSTAMP:20260102T030405Z" in feed_text(entries, "Ours")


def test_no_bookings_are_a_calendar_too() -> None:
    (calendar,) = Calendar.from_ical(feed_text([], "Ours"), multiple=True)
    assert calendar["X-WR-CALNAME"] == "Ours"


def test_nothing_that_somebody_types_becomes_a_line_of_its_own() -> None:
    odd = 'Sprint; a, b\\ "c"\r\nATTENDEE:mailto:evil@example.test\n\u2028' + "ü" * 200
    one = _entry(datetime(2026, 5, 1, 9, tzinfo=UTC), title=odd, place=odd)
    text = invitation_text(
        one, Method.REQUEST, Mailbox(odd, "us@example.test"), Mailbox(odd, "m@example.test")
    )
    event = _only_event(text)
    assert event["ATTENDEE"] == "mailto:m@example.test"
    assert text.count(b"\r\nATTENDEE") == 1
    assert all(len(line) <= 75 for line in text.split(b"\r\n"))
    assert "Sprint; a, b" in str(event["SUMMARY"])


def test_an_invitation_says_who_invites_whom_and_for_what() -> None:
    one = _entry(datetime(2026, 5, 1, 9, tzinfo=UTC))
    house, guest = Mailbox("Northlight", "us@example.test"), Mailbox("Maya", "maya@example.test")
    for method, status in ((Method.REQUEST, "CONFIRMED"), (Method.CANCEL, "CANCELLED")):
        text = invitation_text(one, method, house, guest)
        calendar: Any = Calendar.from_ical(text)
        event = _only_event(text)
        assert (calendar["METHOD"], event["STATUS"], event["UID"]) == (method, status, "u1")
        assert parseaddr(str(event["ORGANIZER"]).removeprefix("mailto:"))[1] == "us@example.test"
        assert event["ATTENDEE"].params["PARTSTAT"] == "ACCEPTED"


def test_names_are_for_ever_and_nobody_elses() -> None:
    later = MADE + timedelta(microseconds=1)
    assert uid_of(1, 2, MADE) == uid_of(1, 2, MADE)
    assert len({uid_of(1, 2, MADE), uid_of(2, 1, MADE), uid_of(1, 3, MADE), uid_of(1, 2, later)}) == 4
