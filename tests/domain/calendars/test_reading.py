"""Calendars of elsewhere, as they come: when are they busy, and what is not gone by?"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from itertools import count
from types import FrameType
from zoneinfo import ZoneInfo

import pytest
from dateutil.rrule import rrulestr

from app.domain.booking.minutes import minute_of, moment_of
from app.domain.calendars.reading import MOST_EVENTS, MOST_STRETCHES, Reading, read_busy
from app.domain.calendars.terms import Fault, Unreadable
from tests.support.calendars import calendar_file

LONDON = ZoneInfo("Europe/London")
WINDOW = datetime(2026, 3, 20, tzinfo=UTC), datetime(2026, 5, 19, tzinfo=UTC)


def _read(*events: str, zones: str = "") -> Reading:
    return read_busy(calendar_file(*events, zones=zones), LONDON, WINDOW)


def _spans(reading: Reading) -> list[str]:
    return [f"{moment_of(start):%m-%d %H:%M}/{moment_of(end):%m-%d %H:%M}" for start, end in reading.busy]


def test_one_event_in_utc() -> None:
    found = _read("UID:1\nDTSTART:20260401T090000Z\nDTEND:20260401T103000Z")
    assert _spans(found) == ["04-01 09:00/04-01 10:30"]
    assert (found.unknown_zones, found.left_out) == ([], 0)


def test_what_repeats_keeps_to_the_clock_on_the_wall() -> None:
    """London changes its clocks on 29 March: nine o'clock is eight in UTC from then on."""
    found = _read(
        "UID:1\nDTSTART;TZID=Europe/London:20260309T090000\nDURATION:PT1H\nRRULE:FREQ=WEEKLY;COUNT=5\n"
        "EXDATE;TZID=Europe/London:20260330T090000"
    )
    assert _spans(found) == ["03-23 09:00/03-23 10:00", "04-06 08:00/04-06 09:00"]


def test_until_in_utc_includes_the_last_date() -> None:
    found = _read(
        "UID:1\nDTSTART;TZID=Europe/London:20260401T090000\nDURATION:PT1H\n"
        "RRULE:FREQ=DAILY;UNTIL=20260403T080000Z"
    )
    assert [each[:5] for each in _spans(found)] == ["04-01", "04-02", "04-03"]


def test_a_date_that_was_moved_and_one_that_was_cancelled() -> None:
    master = "UID:1\nDTSTART:20260401T090000Z\nDTEND:20260401T100000Z\nRRULE:FREQ=DAILY;COUNT=4"
    moved = "UID:1\nRECURRENCE-ID:20260402T090000Z\nDTSTART:20260402T150000Z\nDTEND:20260402T160000Z"
    cancelled = (
        "UID:1\nRECURRENCE-ID:20260403T090000Z\nDTSTART:20260403T090000Z\n"
        "DTEND:20260403T100000Z\nSTATUS:CANCELLED"
    )
    assert _spans(_read(master, moved, cancelled)) == [
        "04-01 09:00/04-01 10:00",
        "04-02 15:00/04-02 16:00",
        "04-04 09:00/04-04 10:00",
    ]


def test_whole_days_are_days_of_the_location() -> None:
    """The day of the change to summer time has 23 hours; the summer's days begin at eleven at night in UTC."""
    found = _read("UID:1\nDTSTART;VALUE=DATE:20260329\nDTEND;VALUE=DATE:20260331")
    assert _spans(found) == ["03-29 00:00/03-30 23:00"]
    alone = _read("UID:1\nDTSTART;VALUE=DATE:20260501")
    assert _spans(alone) == ["04-30 23:00/05-01 23:00"]


def test_whole_days_that_repeat_leave_out_what_is_excluded() -> None:
    found = _read("UID:1\nDTSTART;VALUE=DATE:20260401\nRRULE:FREQ=DAILY;COUNT=3\nEXDATE;VALUE=DATE:20260402")
    assert _spans(found) == ["03-31 23:00/04-01 23:00", "04-02 23:00/04-03 23:00"]


def test_what_is_free_there_blocks_nothing_here() -> None:
    at = "DTSTART:20260401T090000Z\nDTEND:20260401T100000Z\n"
    assert _spans(_read(f"UID:0\n{at}")), "the same event without any of these is busy"
    for mark in ("TRANSP:TRANSPARENT", "STATUS:CANCELLED", "X-MICROSOFT-CDO-BUSYSTATUS:FREE"):
        assert _spans(_read(f"UID:1\n{at}{mark}")) == []


def test_a_zone_that_nobody_knows_is_the_locations_and_told() -> None:
    found = _read("UID:1\nDTSTART;TZID=Nowhere/City:20260401T090000\nDTEND;TZID=Nowhere/City:20260401T100000")
    assert _spans(found) == ["04-01 08:00/04-01 09:00"]
    assert found.unknown_zones == ["Nowhere/City"]


def test_a_zone_by_the_name_that_windows_has_for_it() -> None:
    found = _read("UID:1\nDTSTART;TZID=W. Europe Standard Time:20260401T090000\nDURATION:PT1H")
    assert (_spans(found), found.unknown_zones) == (["04-01 07:00/04-01 08:00"], [])


def test_a_zone_that_the_calendar_spells_out() -> None:
    zone = (
        "BEGIN:VTIMEZONE\nTZID:Ours\nBEGIN:STANDARD\nDTSTART:19700101T000000\nTZOFFSETFROM:+0300\n"
        "TZOFFSETTO:+0300\nEND:STANDARD\nEND:VTIMEZONE\n"
    )
    found = _read(
        "UID:1\nDTSTART;TZID=Ours:20260401T090000\nDURATION:PT1H\nRRULE:FREQ=DAILY;COUNT=2", zones=zone
    )
    assert (_spans(found), found.unknown_zones) == (
        ["04-01 06:00/04-01 07:00", "04-02 06:00/04-02 07:00"],
        [],
    )


def test_a_time_without_a_zone_is_the_locations() -> None:
    assert _spans(_read("UID:1\nDTSTART:20260401T090000\nDURATION:PT1H")) == ["04-01 08:00/04-01 09:00"]


def test_only_the_window_counts_and_what_touches_is_one() -> None:
    found = _read(
        "UID:1\nDTSTART:20260101T000000Z\nDTEND:20260321T000000Z",
        "UID:2\nDTSTART:20260321T000000Z\nDTEND:20260321T010000Z",
        "UID:3\nDTSTART:20260321T003000Z\nDTEND:20260321T020000Z",
        "UID:4\nDTSTART:20260801T000000Z\nDTEND:20260802T000000Z",
    )
    assert _spans(found) == ["03-20 00:00/03-21 02:00"]


def test_seconds_are_rounded_outwards() -> None:
    found = _read("UID:1\nDTSTART:20260401T090030Z\nDTEND:20260401T100030Z")
    assert _spans(found) == ["04-01 09:00/04-01 10:01"]


@pytest.mark.parametrize(
    "broken",
    [
        "UID:1\nDTSTART:garbage",
        "UID:1\nSUMMARY:no start",
        "UID:1\nDTSTART:20260401T100000Z\nDTEND:20260401T090000Z",
        "UID:1\nDTSTART:99991231T235900Z\nDURATION:P1D",
        "UID:1\nDTSTART;VALUE=DATE:00010101\nDTEND;VALUE=DATE:00010102",
        "UID:1\nDTSTART:20260401T100000Z\nDURATION:garbage",
        "UID:1\nDTSTART:20260401T100000Z\nDURATION:PT1H\nEXDATE:garbage",
    ],
)
def test_a_broken_event_stops_no_other(broken: str) -> None:
    found = _read(broken, "UID:2\nDTSTART:20260401T110000Z\nDURATION:PT1H")
    assert _spans(found)[-1:] == ["04-01 11:00/04-01 12:00"]
    assert len(found.busy) == 1


@pytest.mark.parametrize(
    "rule",
    ["FREQ=SECONDLY", "FREQ=MINUTELY", "FREQ=HOURLY", "FREQ=DAILY;INTERVAL=0", "FREQ=NEVER", "COUNT=2"],
)
def test_a_rule_that_could_go_on_for_ever_is_not_followed_and_told(rule: str) -> None:
    found = _read(f"UID:1\nDTSTART:20260401T090000Z\nDURATION:PT1H\nRRULE:{rule}")
    assert found.left_out == 1
    assert _spans(found) in ([], ["04-01 09:00/04-01 10:00"])


def test_rules_with_very_many_dates_are_given_up() -> None:
    everyday = "DTSTART:00010101T090000Z\nDURATION:PT1H\nRRULE:FREQ=DAILY"
    with pytest.raises(Unreadable) as wrong:
        _read(f"UID:1\n{everyday}")
    assert wrong.value.fault is Fault.TOO_MANY


def test_a_rule_without_any_date_ends() -> None:
    found = _read(
        "UID:1\nDTSTART:20260401T090000Z\nDURATION:PT1H\nRRULE:FREQ=MONTHLY;BYMONTH=2;BYMONTHDAY=30"
    )
    assert _spans(found) == []


def test_ten_thousand_events_are_given_up_before_they_are_read() -> None:
    event = b"BEGIN:VEVENT\r\nUID:1\r\nDTSTART:20260401T090000Z\r\nDURATION:PT1H\r\nEND:VEVENT\r\n"
    many = b"BEGIN:VCALENDAR\r\n" + event * 10_000 + b"END:VCALENDAR\r\n"
    assert MOST_EVENTS < 10_000
    with pytest.raises(Unreadable) as wrong:
        read_busy(many, LONDON, WINDOW)
    assert wrong.value.fault is Fault.TOO_MANY


def test_when_the_time_is_up_it_is_given_up() -> None:
    ticks = count(step=15)
    with pytest.raises(Unreadable) as wrong:
        read_busy(
            calendar_file(*(f"UID:{n}\nDTSTART:20260401T090000Z\nDURATION:PT1H" for n in range(3))),
            LONDON,
            WINDOW,
            lambda: float(next(ticks)),
        )
    assert wrong.value.fault is Fault.TOO_MANY


@pytest.mark.parametrize("rules", [1, 4])
def test_many_rules_without_any_date_are_given_up_when_the_time_is_up(rules: int) -> None:
    """Of as many events as of one: no date of theirs is ever seen at which to look at the clock."""
    rule = "RRULE:FREQ=MONTHLY;BYMONTH=2;BYMONTHDAY=30"
    events = [
        f"UID:{n}\nDTSTART:20260401T090000Z\nDURATION:PT1H\n" + "\n".join([rule] * rules)
        for n in range(4 // rules)
    ]
    ticks = count(step=15)
    with pytest.raises(Unreadable) as wrong:
        read_busy(calendar_file(*events), LONDON, WINDOW, lambda: float(next(ticks)))
    assert wrong.value.fault is Fault.TOO_MANY


@contextmanager
def _years_looked_at() -> Iterator[list[int]]:
    """How many years python-dateutil looks at for the dates of rules."""
    years = [0]

    def count_it(frame: FrameType, event: str, _argument: object) -> None:
        code = frame.f_code
        years[0] += event == "call" and code.co_name == "rebuild" and code.co_filename.endswith("rrule.py")

    before = sys.getprofile()
    sys.setprofile(count_it)
    try:
        yield years
    finally:
        sys.setprofile(before)


@pytest.mark.parametrize("end", ["", ";UNTIL=20270101T000000Z", ";COUNT=3"])
def test_a_rule_without_any_date_is_followed_for_some_hundred_years_alone(end: str) -> None:
    """To the year 9999 it was."""
    never = f"UID:1\nDTSTART:20260401T090000Z\nDURATION:PT1H\nRRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30{end}"
    with _years_looked_at() as years:
        found = _read(never, "UID:2\nDTSTART:20260322T110000Z\nDURATION:PT1H")
    assert 0 < years[0] < 500
    assert _spans(found) == ["03-22 11:00/03-22 12:00"]


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29",
        "FREQ=YEARLY;BYYEARDAY=-1,60,366",
        "FREQ=YEARLY;BYWEEKNO=1,53;BYDAY=MO",
        "FREQ=YEARLY;INTERVAL=3;BYMONTH=11;BYDAY=-1SU",
        "FREQ=MONTHLY;BYDAY=FR;BYMONTHDAY=13",
        "FREQ=MONTHLY;INTERVAL=5;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1",
        "FREQ=WEEKLY;INTERVAL=3;BYDAY=TU,SA;WKST=SU",
        "FREQ=DAILY;INTERVAL=7;COUNT=40",
        "FREQ=DAILY;INTERVAL=97;UNTIL=21020304T080000",
    ],
)
@pytest.mark.parametrize("first", ["20960229T080000", "19991231T080000"])
def test_a_rule_comes_to_the_dates_that_it_says(rule: str, first: str) -> None:
    """Across a year that leaps and one that does not although it is a fourth."""
    window = datetime(2095, 6, 1, tzinfo=UTC), datetime(2104, 3, 2, tzinfo=UTC)
    data = calendar_file(f"UID:1\nDTSTART:{first}\nDURATION:PT1H\nRRULE:{rule}")
    found = read_busy(data, ZoneInfo("UTC"), window)
    dates = rrulestr(f"DTSTART:{first}\nRRULE:{rule}").between(
        *(each.replace(tzinfo=None) for each in window)
    )
    assert [moment_of(each).replace(tzinfo=None) for each, _end in found.busy] == dates
    assert dates or "COUNT" in rule


_WEEKLY = "DTSTART;TZID={zone}:20260401T090000\nDURATION:PT1H\nRRULE:FREQ=WEEKLY"


@pytest.mark.parametrize(
    ("zone", "event", "dates"),
    [
        ("Asia/Tokyo", f"{_WEEKLY};UNTIL=99991231T235959Z", 7),
        ("Asia/Tokyo", f"{_WEEKLY};UNTIL=99991231", 7),
        ("Asia/Tokyo", f"{_WEEKLY};COUNT=2\nEXDATE:99991231T235959Z", 2),
        ("Asia/Tokyo", f"{_WEEKLY};COUNT=2\nRDATE:99991231T235959Z", 2),
        ("America/New_York", f"{_WEEKLY};COUNT=2\nEXDATE:00010101T000000Z", 2),
        ("America/New_York", f"{_WEEKLY};COUNT=2\nRDATE:00010101T000000Z", 2),
    ],
)
def test_a_date_at_the_end_of_time_takes_no_other_with_it(zone: str, event: str, dates: int) -> None:
    """Files say so who mean "for ever"; by a clock to the east that is no date any more."""
    found = _read(f"UID:1\n{event.format(zone=zone)}", "UID:2\nDTSTART:20260322T110000Z\nDURATION:PT1H")
    assert (len(found.busy), found.left_out) == (1 + dates, 0)


@pytest.mark.parametrize(
    "event",
    [
        "DTSTART;TZID=Asia/Tokyo:00010101T000000\nDTEND;TZID=Asia/Tokyo:00010101T010000",
        "DTSTART;TZID=America/New_York:99991231T230000\nDTEND;TZID=America/New_York:99991231T235900",
        "DTSTART;TZID=Asia/Tokyo:00010101T000000\nDURATION:PT1H",
    ],
)
def test_an_event_at_the_end_of_time_is_left_out_and_told(event: str) -> None:
    found = _read(f"UID:1\n{event}", "UID:2\nDTSTART:20260322T110000Z\nDURATION:PT1H")
    assert (len(found.busy), found.left_out) == (1, 1)


@pytest.mark.parametrize("data", [b"", b"<html>", b"\xff\xfe\x00", b"BEGIN:VEVENT\r\nEND:VEVENT\r\n"])
def test_what_is_no_calendar_is_refused(data: bytes) -> None:
    with pytest.raises(Unreadable) as wrong:
        read_busy(data, LONDON, WINDOW)
    assert wrong.value.fault is Fault.NO_CALENDAR


@pytest.mark.parametrize("end", [b"", b"BEGIN:VEVENT\r\nEND:VCALENDAR\r\n", b"END:VCALENDAR\r\n"])
def test_a_calendar_that_breaks_off_is_refused_or_empty(end: bytes) -> None:
    with suppress(Unreadable):
        assert read_busy(b"BEGIN:VCALENDAR\r\n" + end, LONDON, WINDOW).busy == []


def test_it_is_read_for_the_window_of_another_zone() -> None:
    """Eleven at night in New York is the next day in UTC."""
    zone = ZoneInfo("America/New_York")
    window = datetime(2026, 4, 1, 4, tzinfo=UTC), datetime(2026, 4, 2, 4, tzinfo=UTC)
    data = calendar_file("UID:1\nDTSTART;TZID=America/New_York:20260401T230000\nDURATION:PT30M")
    found = read_busy(data, zone, window)
    assert found.busy == [
        (minute_of(datetime(2026, 4, 2, 3, tzinfo=UTC)), minute_of(datetime(2026, 4, 2, 3, 30, tzinfo=UTC)))
    ]


def _free_busy(*lines: str, events: str = "") -> Reading:
    text = "\n".join(["BEGIN:VFREEBUSY", "UID:9", *lines, "END:VFREEBUSY"])
    return read_busy(calendar_file(*([events] if events else []), zones=f"{text}\n"), LONDON, WINDOW)


def test_busy_times_that_are_said_as_such_block_as_events_do() -> None:
    found = _free_busy(
        "DTSTART:20260401T000000Z",
        "DTEND:20260501T000000Z",
        "FREEBUSY:20260407T090000Z/20260407T100000Z",
        "FREEBUSY;FBTYPE=BUSY-UNAVAILABLE:20260402T090000Z/PT3H,20260403T090000Z/",
        " PT30M",
        "freebusy;fbtype=busy-tentative:20260404T090000Z/20260404T091500Z",
        "FREEBUSY;FBTYPE=FREE:20260405T090000Z/PT1H",
        "FREEBUSY;FBTYPE=X-OURS:20260406T090000/PT1H",
        events="UID:1\nDTSTART:20260402T110000Z\nDTEND:20260402T130000Z",
    )
    assert _spans(found) == [
        "04-02 09:00/04-02 13:00",
        "04-03 09:00/04-03 09:30",
        "04-04 09:00/04-04 09:15",
        "04-06 08:00/04-06 09:00",
        "04-07 09:00/04-07 10:00",
    ]
    assert found.left_out == 0


@pytest.mark.parametrize(
    "broken",
    [
        "nonsense",
        "20260401T090000Z",
        "20260401T100000Z/20260401T090000Z",
        "20260401T100000Z/-PT1H",
        "99991231T235900Z/P1D",
        "/",
        "",
    ],
)
def test_a_busy_time_that_is_none_is_left_out_and_takes_nothing_with_it(broken: str) -> None:
    found = _free_busy(
        f"FREEBUSY:{broken}",
        "FREEBUSY:20260403T090000Z/PT1H",
        events="UID:1\nDTSTART:20260402T110000Z\nDURATION:PT1H",
    )
    assert _spans(found) == ["04-02 11:00/04-02 12:00", "04-03 09:00/04-03 10:00"]
    assert found.left_out == 1


def test_busy_times_without_end_are_given_up() -> None:
    periods = ",".join(f"2026{4 + n // 40 % 2:02}01T{n % 24:02}{n % 60:02}00Z/PT1M" for n in range(210_000))
    with pytest.raises(Unreadable) as wrong:
        _free_busy(f"FREEBUSY:{periods}")
    assert wrong.value.fault is Fault.TOO_MANY


def test_busy_times_that_break_off_are_refused_or_empty() -> None:
    with suppress(Unreadable):
        assert read_busy(b"BEGIN:VCALENDAR\r\n" + b"BEGIN:VFREEBUSY\r\n" * 3, LONDON, WINDOW).busy == []


def test_a_change_of_all_that_follow_is_told_as_left_out() -> None:
    """The one date is moved; those after it block when they did before."""
    master = "UID:1\nDTSTART:20260401T090000Z\nDTEND:20260401T100000Z\nRRULE:FREQ=DAILY;COUNT=3"
    moved = (
        "UID:1\nRECURRENCE-ID;RANGE=THISANDFUTURE:20260402T090000Z\nDTSTART:20260402T150000Z\n"
        "DTEND:20260402T160000Z"
    )
    found = _read(master, moved)
    assert [each[:11] for each in _spans(found)] == ["04-01 09:00", "04-02 15:00", "04-03 09:00"]
    assert found.left_out == 1
    assert _read(master, moved.replace(";RANGE=THISANDFUTURE", "")).left_out == 0


# --- two years of it ----------------------------------------------------------------------------------------------------

LONG = datetime(2026, 3, 20, tzinfo=UTC), datetime(2028, 3, 21, tzinfo=UTC)


def _daily(number: int, at: str) -> str:
    return f"UID:{number}\nDTSTART:20260401T{at}00Z\nDURATION:PT15M\nRRULE:FREQ=DAILY"


def test_more_dates_than_anybody_goes_by_leave_the_far_end_unknown() -> None:
    """Ten a day for two years are seven thousand; the first two thousand are gone by, with nothing missing in between."""
    found = read_busy(calendar_file(*(_daily(hour, f"{hour:02}00") for hour in range(8, 18))), LONDON, LONG)
    assert MOST_STRETCHES - 10 <= len(found.busy) <= MOST_STRETCHES
    assert found.until is not None
    days = (found.until.date() - datetime(2026, 4, 1, tzinfo=UTC).date()).days
    assert days > 180
    known = [moment_of(start) for start, _end in found.busy]
    first = datetime(2026, 4, 1, tzinfo=UTC)
    expected = [first + timedelta(days=day, hours=hour) for day in range(days + 1) for hour in range(8, 18)]
    assert known == [each for each in expected if each < found.until]


def test_what_is_known_as_a_whole_says_so() -> None:
    found = read_busy(calendar_file(_daily(1, "0900")), LONDON, LONG)
    assert (found.until, len(found.busy)) == (None, 720)


def test_less_than_sixty_days_of_it_are_not_gone_by() -> None:
    """Sixty a day: only a month of them would be known."""
    events = [
        f"UID:{n}\nDTSTART:20260401T{n // 4:02}{n % 4 * 15:02}00Z\nDURATION:PT5M\nRRULE:FREQ=DAILY"
        for n in range(60)
    ]
    with pytest.raises(Unreadable) as wrong:
        read_busy(calendar_file(*events), LONDON, LONG)
    assert wrong.value.fault is Fault.TOO_MANY


def test_rules_without_an_end_are_followed_no_farther_than_they_are_needed() -> None:
    """A thousand of them would be seven hundred thousand dates."""
    every = (
        f"UID:{n}\nDTSTART:20260401T{n // 60:02}{n % 60:02}00Z\nDURATION:PT1H\nRRULE:FREQ=DAILY"
        for n in range(1000)
    )
    found = read_busy(calendar_file(*every), LONDON, LONG)
    assert found.until is not None
    assert found.until > LONG[0] + timedelta(days=60)


def _zone(*standard: str, name: str = "Ours") -> str:
    inside = "".join(f"BEGIN:STANDARD\n{each}\nEND:STANDARD\n" for each in standard)
    return f"BEGIN:VTIMEZONE\nTZID:{name}\n{inside}END:VTIMEZONE\n"


_STANDARD = "DTSTART:19700101T000000\nTZOFFSETFROM:+0300\nTZOFFSETTO:+0300"
IN_OURS = "UID:1\nDTSTART;TZID=Ours:20260401T090000\nDURATION:PT1H"


@pytest.mark.parametrize(
    "broken",
    [
        _zone(),
        _zone("DTSTART:19700101T000000"),
        _zone(_STANDARD.replace("19700101T000000", "nonsense")),
        _zone(_STANDARD.replace("0300", "9900")),
        # Rules that would be followed for ever.
        _zone(f"{_STANDARD}\nRRULE:FREQ=SECONDLY", f"{_STANDARD}\nRRULE:FREQ=SECONDLY;INTERVAL=7"),
        _zone(f"{_STANDARD}\nRRULE:FREQ=YEARLY;INTERVAL=0", f"{_STANDARD}\nRRULE:FREQ=YEARLY"),
        _zone(
            f"{_STANDARD}\nRRULE:FREQ=YEARLY;BYDAY=MO,TU,WE,TH,FR,SA,SU;BYHOUR=1,2,3;BYSECOND=1,2,3",
            _STANDARD,
        ),
        _zone(*[_STANDARD] * 501),
        # Rules without any date
        _zone(f"{_STANDARD}\nRRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30"),
        _zone(f"{_STANDARD}\nRRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=6SU"),
        _zone(f"{_STANDARD}\nRRULE:FREQ=YEARLY;BYMONTH=3;BYMONTHDAY=20;BYDAY=1SU"),
        _zone(f"{_STANDARD}\nRRULE:FREQ=YEARLY;INTERVAL=4;BYMONTH=2;BYMONTHDAY=29"),
        _zone(_STANDARD.replace("0101T", "0131T") + "\nRRULE:FREQ=YEARLY;BYMONTH=2"),
    ],
    ids=[
        *("empty", "no offsets", "no date", "no offset", "seconds", "no step", "hours", "too many"),
        *("no day", "no week", "no such day", "no such year", "no day to begin with"),
    ],
)
def test_a_zone_that_is_spelled_out_wrongly_is_the_locations_and_told(broken: str) -> None:
    found = _read(IN_OURS, zones=broken)
    assert _spans(found) == ["04-01 08:00/04-01 09:00"]
    assert found.unknown_zones == ["Ours"]


def test_a_zone_of_one_calendar_is_none_of_another() -> None:
    """Whoever calls theirs by the same name means their own, or none."""
    assert _spans(_read(IN_OURS, zones=_zone(_STANDARD))) == ["04-01 06:00/04-01 07:00"]
    west = _STANDARD.replace("+0300", "-0500")
    assert _spans(_read(IN_OURS, zones=_zone(west))) == ["04-01 14:00/04-01 15:00"]
    found = _read(IN_OURS)
    assert (_spans(found), found.unknown_zones) == (["04-01 08:00/04-01 09:00"], ["Ours"])


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=YEARLY",
        "FREQ=YEARLY;BYMONTH=1",
        "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=-29",
        "FREQ=YEARLY;INTERVAL=1;BYMONTH=3,10;BYDAY=-1SU",
        "FREQ=YEARLY;BYMONTH=3;BYMONTHDAY=8,9,10,11,12,13,14;BYDAY=SU",
        "FREQ=YEARLY;BYDAY=20MO",
    ],
)
def test_any_rule_that_clocks_are_changed_by_is_sound(rule: str) -> None:
    found = _read(IN_OURS, zones=_zone(f"{_STANDARD}\nRRULE:{rule}"))
    assert (_spans(found), found.unknown_zones) == (["04-01 06:00/04-01 07:00"], [])


def test_a_zone_that_goes_by_the_year_is_followed() -> None:
    summer = "DTSTART:19700329T010000\nRRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU\nTZOFFSETFROM:+0300\nTZOFFSETTO:+0400"
    winter = "DTSTART:19701025T010000\nRRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU\nTZOFFSETFROM:+0400\nTZOFFSETTO:+0300"
    assert _spans(_read(IN_OURS, zones=_zone(summer, winter))) == ["04-01 05:00/04-01 06:00"]
