"""A location that goes by another clock: bookings stay at their times on the wall, on either engine."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.domain.actor import Actor
from app.domain.booking.hold import hold
from app.domain.booking.occupancy import UnitStretch
from app.domain.booking.repeating import Every, Pattern
from app.domain.booking.rezoning import (
    BookingsInTheWay,
    MovesBookings,
    in_each_others_way,
    rezoned,
    rows_along,
)
from app.domain.booking.series_book import book_series
from app.domain.booking.series_terms import BookSeries
from app.domain.calendars.bookings import own
from app.domain.calendars.outside import due, note_reading
from app.domain.calendars.reading import Reading
from app.domain.spaces.locations import edit_location
from app.domain.spaces.terms import LocationDetails
from app.kernel.spans import Span
from app.kernel.walltime import nearest_utc
from app.models import AuditEntry, Booking, BookingStatus, Location, Notice, Occupancy, WaitlistEntry
from tests.domain.booking.conftest import Desk, StandingClock, span
from tests.support.booking_rows import blocked
from tests.support.calendars import BOX, Elsewhere

LONDON, NEW_YORK, KATHMANDU, LORD_HOWE = (
    ZoneInfo(name) for name in ("Europe/London", "America/New_York", "Asia/Kathmandu", "Australia/Lord_Howe")
)
ZONES = pytest.mark.parametrize("zone", ["America/New_York", "Asia/Kathmandu"])
FRIDAY = "2026-03-06"

ChangeZone = Callable[..., Location]


@pytest.fixture
def change_zone(front: Desk, session: Session) -> ChangeZone:
    """Have Leith Walk go by another clock."""

    def change(zone: str, *, agreed: bool = True) -> Location:
        found = session.get_one(Location, front.world.locations["Leith Walk"])
        details = LocationDetails(found.name, found.address, zone, found.position, found.day_ends)
        try:
            location = edit_location(
                session, front.world.actor("manager"), found.id, details, front.clock, agreed=agreed
            )
        except Exception:
            session.rollback()
            raise
        session.commit()
        return location

    return change


def _wall(moment: datetime, zone: str) -> str:
    return f"{moment.astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M}"


def _walls(session: Session, zone: str, *where: Any) -> list[str]:
    rows = session.scalars(select(Booking).where(*where).order_by(Booking.starts_at))
    return [_wall(row.starts_at, zone) for row in rows]


def _blocked(session: Session) -> set[tuple[Any, ...]]:
    rows = session.execute(
        select(
            Occupancy.booking_id,
            Occupancy.resource_id,
            Occupancy.unit,
            Occupancy.blocks_from,
            Occupancy.blocks_until,
        )
    )
    return {tuple(row) for row in rows}


@ZONES
def test_what_is_booked_stays_at_its_time_on_the_wall(
    front: Desk, session: Session, member: Actor, change_zone: ChangeZone, zone: str
) -> None:
    booking = front.book(member, "Cedar", span("10:00", "11:30", FRIDAY), title="Board")
    before, price = _blocked(session), booking.price_minor
    change_zone(zone)
    session.refresh(booking)
    assert _wall(booking.starts_at, zone) == f"{FRIDAY} 10:00"
    assert booking.ends_at - booking.starts_at == timedelta(minutes=90)
    assert (booking.sequence, booking.price_minor, booking.changed_at) == (1, price, front.clock())
    by = booking.starts_at - span("10:00", "11:30", FRIDAY).start
    assert _blocked(session) == {(*row[:3], row[3] + by, row[4] + by) for row in before}


@ZONES
def test_whoever_booked_is_told_and_so_is_their_calendar(
    front: Desk, session: Session, member: Actor, change_zone: ChangeZone, zone: str
) -> None:
    booking = front.book(member, "Fern", span("10:00", "11:00", FRIDAY))
    uid = own(session, member, booking.id).uid
    change_zone(zone)
    notice = session.scalars(select(Notice).order_by(Notice.id.desc()).limit(1)).one()
    assert (notice.kind, notice.person_id) == ("booking.changed", member.person_id)
    assert (notice.data["zone"], notice.data["zone_was"]) == (zone, "Europe/London")
    assert (notice.data["calendar"]["uid"], notice.data["calendar"]["sequence"]) == (uid, 1)
    entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "location.edited")).one()
    assert (entry.before, entry.after) == ({"zone": "Europe/London"}, {"zone": zone, "bookings_moved": 1})


@ZONES
def test_a_series_keeps_its_time_on_every_date_and_is_told_of_once(
    front: Desk, session: Session, member: Actor, change_zone: ChangeZone, zone: str
) -> None:
    """Three weeks lie between the switch of New York and that of London."""
    wish = BookSeries(
        front.world.rooms["Fern"], Pattern(date(2026, 3, 3), Every.WEEK, count=8), 600, 60, title="Choir"
    )
    series_id = front.do(book_series, member, wish).series.id
    told = session.scalar(select(func.count()).select_from(Notice)) or 0
    change_zone(zone)
    walls = _walls(session, zone, Booking.series_id == series_id)
    assert walls == [f"{date(2026, 3, 3) + timedelta(weeks=week)} 10:00" for week in range(8)]
    notices = session.scalars(select(Notice).order_by(Notice.id)).all()[told:]
    calendar = notices[0].data["calendar"]
    assert [(each.kind, each.data["done"], each.data["dates"]) for each in notices] == [
        ("series.changed", "zone", 8)
    ]
    # One rule says all of it, by the new clock.
    assert (calendar["sequence"], calendar["repeats"]["moved"], calendar["repeats"]["left_out"]) == (
        8,
        [],
        [],
    )


@ZONES
def test_it_is_asked_first_and_nothing_is_done_until_it_is_agreed_to(
    front: Desk, session: Session, member: Actor, change_zone: ChangeZone, zone: str
) -> None:
    front.book(member, "Cedar", span("10:00", "11:00", FRIDAY))
    wish = BookSeries(front.world.rooms["Fern"], Pattern(date(2026, 3, 9), Every.WEEK, count=3), 600, 60)
    front.do(book_series, member, wish)
    before = _blocked(session)
    with pytest.raises(MovesBookings) as asked:
        change_zone(zone, agreed=False)
    assert (asked.value.bookings, asked.value.series) == (4, 1)
    assert session.get_one(Location, front.world.locations["Leith Walk"]).zone == "Europe/London"
    assert _blocked(session) == before


def test_a_zone_of_the_same_clock_moves_nothing_and_asks_nothing(
    front: Desk, session: Session, member: Actor, change_zone: ChangeZone
) -> None:
    booking = front.book(member, "Fern", span("10:00", "11:00", FRIDAY))
    change_zone("Europe/Jersey", agreed=False)
    session.refresh(booking)
    assert (booking.starts_at, booking.sequence) == (span("10:00", "11:00", FRIDAY).start, 0)


def test_what_has_begun_stays_where_it_is(
    front: Desk, session: Session, member: Actor, clock: StandingClock, change_zone: ChangeZone
) -> None:
    booking = front.book(member, "Fern", span("10:00", "11:00"))
    clock.advance(hours=3, minutes=15)
    change_zone("America/New_York", agreed=False)
    session.refresh(booking)
    assert (booking.starts_at, booking.sequence) == (span("10:00", "11:00").start, 0)


def test_what_would_have_begun_by_that_clock_is_in_the_way(
    front: Desk, session: Session, member: Actor, change_zone: ChangeZone
) -> None:
    """At seven in London it is a quarter to one in Kathmandu: ten o'clock is over there."""
    booking = front.book(member, "Fern", span("10:00", "11:00"))
    front.book(member, "Cedar", span("13:00", "14:00"))
    with pytest.raises(BookingsInTheWay) as wrong:
        change_zone("Asia/Kathmandu")
    (one,) = wrong.value.bookings
    assert (one.booking_id, one.room, one.span) == (booking.id, "Fern", span("10:00", "11:00"))
    session.refresh(booking)
    assert booking.sequence == 0


def test_what_would_run_into_what_goes_on_is_in_the_way(
    front: Desk,
    session: Session,
    member: Actor,
    colleague: Actor,
    clock: StandingClock,
    change_zone: ChangeZone,
) -> None:
    """What goes on until noon UTC stays; what is to begin at five by the clock on the wall would be at a quarter past eleven UTC."""
    front.book(member, "Fern", span("10:00", "12:00"))
    late = front.book(colleague, "Fern", span("17:00", "17:30"))
    clock.advance(hours=3, minutes=15)
    with pytest.raises(BookingsInTheWay) as wrong:
        change_zone("Asia/Kathmandu")
    assert [each.booking_id for each in wrong.value.bookings] == [late.id]


def test_two_that_the_clock_would_lay_on_one_hour_are_in_each_others_way(
    front: Desk, session: Session, member: Actor, change_zone: ChangeZone
) -> None:
    """On 8 March there is no half past two in New York: both would begin at half past three there."""
    nights = [
        Booking(
            resource_id=front.world.rooms["Fern"],
            location_id=front.world.locations["Leith Walk"],
            person_id=member.person_id,
            booked_by_id=member.person_id,
            starts_at=datetime(2026, 3, 8, hour, 30, tzinfo=UTC),
            ends_at=datetime(2026, 3, 8, hour + 1, tzinfo=UTC),
            status=BookingStatus.CONFIRMED,
            currency="GBP",
            quote={},
            created_at=front.clock(),
        )
        for hour in (2, 3)
    ]
    session.add_all(nights)
    session.flush()
    for each in nights:
        session.add(blocked(each))
    session.commit()
    with pytest.raises(BookingsInTheWay) as wrong:
        change_zone("America/New_York")
    assert [each.booking_id for each in wrong.value.bookings] == [each.id for each in nights]
    nights[0].status = BookingStatus.CANCELLED
    session.query(Occupancy).filter(Occupancy.booking_id == nights[0].id).delete()
    session.commit()
    change_zone("America/New_York")
    session.refresh(nights[1])
    assert _wall(nights[1].starts_at, "America/New_York") == "2026-03-08 03:30"


@ZONES
def test_holds_and_whoever_waits_go_along(
    front: Desk, session: Session, member: Actor, colleague: Actor, change_zone: ChangeZone, zone: str
) -> None:
    held = front.do(hold, member, front.wish("Fern", span("10:00", "11:00", FRIDAY)))
    session.add(
        WaitlistEntry(
            person_id=colleague.person_id,
            location_id=front.world.locations["Leith Walk"],
            starts_at=span("10:00", "11:00", FRIDAY).start,
            ends_at=span("10:00", "11:00", FRIDAY).end,
            people=1,
            tolerance_minutes=0,
            joined_at=front.clock(),
        )
    )
    session.commit()
    # Nobody has anything yet that they would be told about.
    change_zone(zone, agreed=False)
    session.refresh(held)
    waiting = session.scalars(select(WaitlistEntry)).one()
    assert {_wall(each.starts_at, zone) for each in (held, waiting)} == {f"{FRIDAY} 10:00"}
    assert held.sequence == 0
    assert session.scalars(select(Occupancy.expires_at)).one() == held.hold_expires_at


@ZONES
def test_what_is_busy_elsewhere_takes_what_bookings_leave_and_is_read_anew(
    front: Desk, session: Session, member: Actor, change_zone: ChangeZone, zone: str
) -> None:
    elsewhere = Elsewhere(front)
    elsewhere.follow()
    front.book(member, "Fern", span("10:00", "11:00", FRIDAY))
    tz = ZoneInfo(zone)
    there = Span(*(nearest_utc(date(2026, 3, 6), at, tz) for at in (_at(9), _at(12))))
    elsewhere.says(there)
    change_zone(zone)
    row = elsewhere.row()
    assert (row.next_at, row.etag) == (front.clock(), "")
    blocks = session.execute(
        select(Occupancy.blocks_from, Occupancy.blocks_until)
        .where(Occupancy.calendar_id == row.id)
        .order_by(Occupancy.blocks_from)
    ).all()
    assert [(_wall(start, zone)[-5:], _wall(end, zone)[-5:]) for start, end in blocks] == [
        ("09:00", "10:00"),
        ("11:00", "12:00"),
    ]


@ZONES
@pytest.mark.parametrize("said", [Reading([(29546520, 29546580)], [], 0), None])
def test_what_was_being_read_meanwhile_is_dropped_and_read_again(
    front: Desk, session: Session, change_zone: ChangeZone, zone: str, said: Reading | None
) -> None:
    """It was understood by the clock of before; with its tag, it would be gone by until the next day."""
    elsewhere = Elsewhere(front)
    elsewhere.follow()
    (asked,) = due(session, BOX, front.clock(), 1)
    session.commit()
    change_zone(zone)
    front.clock.advance(seconds=20)
    note_reading(session, asked, said, "tag", front.clock)
    session.commit()
    row = elsewhere.row()
    assert (row.busy, row.etag, row.next_at) == ([], "", front.clock())
    (again,) = due(session, BOX, front.clock(), 1)
    assert (again.zone, again.etag) == (zone, "")


def _at(hour: int) -> time:
    """On the wall."""
    return time(hour)


# --- the arithmetic of it ------------------------------------------------------------------------------------------------


def _utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("old", "new", "before", "after"),
    [
        # A week over London's spring is a week on the wall of Kathmandu: whoever comes next begins when it ends.
        (
            LONDON,
            KATHMANDU,
            ("2026-03-28T00:00", "2026-04-03T23:00"),
            ("2026-03-27T18:15", "2026-04-03T18:15"),
        ),
        # Half past two is skipped in New York: it begins an hour later, and is as long as it was.
        (
            LONDON,
            NEW_YORK,
            ("2026-03-08T02:30", "2026-03-08T03:00"),
            ("2026-03-08T07:30", "2026-03-08T08:00"),
        ),
        # From the first half past one to the second is an hour in London, and stays one.
        (
            LONDON,
            NEW_YORK,
            ("2026-10-25T00:30", "2026-10-25T01:30"),
            ("2026-10-25T05:30", "2026-10-25T06:30"),
        ),
        # New York repeats half past one: the first of the two.
        (
            LONDON,
            NEW_YORK,
            ("2026-11-01T01:30", "2026-11-01T02:30"),
            ("2026-11-01T05:30", "2026-11-01T06:30"),
        ),
        # Lord Howe skips half an hour.
        (
            LONDON,
            LORD_HOWE,
            ("2026-10-04T01:15", "2026-10-04T02:15"),
            ("2026-10-03T15:45", "2026-10-03T16:45"),
        ),
    ],
)
def test_where_a_span_is_by_another_clock(
    old: ZoneInfo, new: ZoneInfo, before: tuple[str, str], after: tuple[str, str]
) -> None:
    found = rezoned(Span(_utc(before[0]), _utc(before[1])), old, new)
    assert (found.start, found.end) == (_utc(after[0]), _utc(after[1]))


@pytest.mark.parametrize(
    "night", ["2026-03-08", "2026-03-29", "2026-04-04", "2026-10-03", "2026-10-25", "2026-11-01"]
)
def test_no_span_near_a_change_ever_ends_before_it_begins(night: str) -> None:
    """A `Span` that would is an error, so it is enough to ask for all of them; and on the wall they begin no earlier than they did."""
    zones = (LONDON, NEW_YORK, KATHMANDU, LORD_HOWE)
    for old in zones:
        for new in zones:
            for quarter in range(-48, 144):
                at = _utc(night) + timedelta(minutes=15 * quarter)
                after = rezoned(Span(at, at + timedelta(minutes=45)), old, new)
                late = after.start.astimezone(new).replace(tzinfo=None) - at.astimezone(old).replace(
                    tzinfo=None
                )
                assert timedelta(0) <= late <= timedelta(hours=1)


def test_rows_go_along_with_what_is_kept_free_around_them() -> None:
    before = Span(_utc("2026-03-28T00:00"), _utc("2026-03-29T00:00"))
    after = Span(_utc("2026-03-28T05:00"), _utc("2026-03-29T06:00"))
    at = int(before.start.timestamp() // 60)
    rows = [UnitStretch(1, 0, at - 15, at + 600), UnitStretch(1, 1, at + 600, at + 1440 + 10)]
    assert rows_along(rows, before, after) == [
        UnitStretch(1, 0, at + 285, at + 900),
        UnitStretch(1, 1, at + 900, at + 1440 + 370),
    ]
    whole_day = [UnitStretch(1, 0, at, at + 1440)]
    assert rows_along(whole_day, before, after) == [
        UnitStretch(1, 0, at + 300, at + 1740),
        UnitStretch(1, 0, at + 1740, at + 1800),
    ]


def test_who_is_in_whose_way() -> None:
    one, two = UnitStretch(1, 0, 10, 20), UnitStretch(1, 0, 15, 25)
    assert in_each_others_way([], {1: [one], 2: [two]}) == {1, 2}
    assert in_each_others_way([one], {2: [two]}) == {2}
    assert in_each_others_way([one], {2: [two._replace(unit=1)], 3: [UnitStretch(1, 0, 20, 25)]}) == set()
    assert in_each_others_way([], {1: [one, UnitStretch(1, 0, 20, 30)], 2: [UnitStretch(1, 0, 29, 31)]}) == {
        1,
        2,
    }
