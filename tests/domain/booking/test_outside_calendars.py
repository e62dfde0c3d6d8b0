"""What is busy elsewhere blocks here, on either engine, and never what somebody has booked."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, event, insert, select, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from app.domain.actor import Actor, Permission
from app.domain.booking.cancel import cancel
from app.domain.booking.hold import confirm, hold
from app.domain.booking.minutes import DAY, moment_of
from app.domain.booking.terms import RoomTaken
from app.domain.calendars import blocking, contradicting
from app.domain.calendars.blocking import free_of, within_rows
from app.domain.calendars.contradicting import CONFLICT, MOST_TOLD, conflicts
from app.domain.calendars.outside import (
    EVERY,
    due,
    note_fault,
    note_reading,
    reseal_calendars,
    stop_following,
    unreadable,
    web_address,
)
from app.domain.calendars.reading import Reading
from app.domain.calendars.terms import Fault, NoWebAddress
from app.domain.people.staff import staff_at
from app.integrations.secret_box import KeyRing
from app.kernel.errors import NotFound
from app.kernel.spans import Span
from app.models import AuditEntry, Notice, Occupancy, Resource, ResourcePart
from app.models.base import table_of
from app.tenancy import reviewed
from tests.domain.booking.conftest import Desk, span
from tests.support.calendars import ADDRESS, BOX, Elsewhere
from tests.support.sessions import OpenSession

TEN = span("10:00", "11:00")
LONG = span("09:00", "13:00")


@pytest.fixture
def elsewhere(front: Desk) -> Elsewhere:
    return Elsewhere(front)


def _blocked(session: Session) -> list[tuple[str, str]]:
    rows = session.execute(
        select(Occupancy.blocks_from, Occupancy.blocks_until)
        .where(Occupancy.calendar_id.is_not(None))
        .order_by(Occupancy.blocks_from, Occupancy.resource_id, Occupancy.unit)
    )
    return [(f"{start:%H:%M}", f"{end:%H:%M}") for start, end in rows]


def test_what_is_busy_there_cannot_be_booked_here(front: Desk, member: Actor, elsewhere: Elsewhere) -> None:
    elsewhere.follow()
    elsewhere.says(TEN)
    with pytest.raises(RoomTaken):
        front.book(member, "Fern", span("10:30", "11:30"))
    front.book(member, "Fern", span("11:00", "12:00"))
    front.book(member, "Cedar", TEN)  # another room is as free as it was


def test_the_database_refuses_it_whatever_the_code_says(front: Desk, elsewhere: Elsewhere) -> None:
    elsewhere.follow()
    elsewhere.says(TEN)
    row = elsewhere.row()
    again = {
        "tenant_id": row.tenant_id,
        "calendar_id": row.id,
        "resource_id": row.resource_id,
        "location_id": front.world.locations["Leith Walk"],
        "unit": 0,
        "blocks_from": TEN.start,
        "blocks_until": TEN.end,
    }
    with pytest.raises(DBAPIError):
        front.session.execute(reviewed(insert(table_of(Occupancy)).values(again)))
    front.session.rollback()
    unrelated = again | {"blocks_from": LONG.end, "blocks_until": LONG.end + timedelta(hours=1)}
    front.session.execute(reviewed(insert(table_of(Occupancy)).values(unrelated)))


def test_a_block_is_of_a_booking_or_of_a_calendar(front: Desk, elsewhere: Elsewhere) -> None:
    elsewhere.follow()
    elsewhere.says(TEN)
    with pytest.raises(DBAPIError):
        front.session.execute(update(Occupancy).values(calendar_id=None))
    front.session.rollback()


def test_what_is_booked_stays_and_is_told(front: Desk, member: Actor, elsewhere: Elsewhere) -> None:
    booking = front.book(member, "Fern", TEN)
    elsewhere.follow()
    elsewhere.says(LONG)
    assert _blocked(front.session) == [("09:00", "10:00"), ("11:00", "13:00")]
    (conflict,) = conflicts(front.session, elsewhere.row(), front.clock())
    assert (conflict.id, conflict.person) == (booking.id, "Maya Member")


def _told_staff(session: Session) -> list[tuple[int | None, Any]]:
    query = select(Notice).where(Notice.kind == CONFLICT).order_by(Notice.id)
    return [(each.person_id, each.data["booking_id"]) for each in session.scalars(query)]


def test_staff_hear_once_of_what_is_booked_while_it_is_busy_there(
    front: Desk, member: Actor, elsewhere: Elsewhere
) -> None:
    booking = front.book(member, "Fern", TEN)
    front.book(member, "Cedar", TEN)
    elsewhere.follow()
    elsewhere.says(span("15:00", "16:00"))
    assert _told_staff(front.session) == []
    front.clock.advance(minutes=15)
    elsewhere.says(LONG)
    whom = staff_at(front.session, Permission.BOOKINGS, booking.location_id)
    assert whom
    assert _told_staff(front.session) == [(each, booking.id) for each in whom]
    (notice, *_others) = front.session.scalars(select(Notice).where(Notice.kind == CONFLICT))
    assert (notice.data["host"], notice.data["resource"]) == ("calendars.example", "Fern")
    assert "Maya" not in str(notice.data)
    for unchanged in (True, False):
        front.clock.advance(minutes=15)
        elsewhere.says(LONG, unchanged=unchanged)
    assert len(_told_staff(front.session)) == len(whom)
    assert notice.times == 1


def test_what_was_only_held_is_told_once_it_is_booked(
    front: Desk, member: Actor, elsewhere: Elsewhere
) -> None:
    held = front.do(hold, member, front.wish("Fern", TEN))
    elsewhere.follow()
    elsewhere.says(LONG)
    assert _told_staff(front.session) == []
    front.do(confirm, member, held.id)
    front.clock.advance(minutes=15)
    elsewhere.says(unchanged=True)
    assert {booking_id for _whom, booking_id in _told_staff(front.session)} == {held.id}


def test_of_very_many_the_nearest_are_told_first_and_the_others_later(
    front: Desk, member: Actor, elsewhere: Elsewhere, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert MOST_TOLD > 1
    monkeypatch.setattr(contradicting, "MOST_TOLD", 1)
    late, soon = (front.book(member, "Fern", each) for each in (span("12:00", "13:00"), TEN))
    elsewhere.follow()
    elsewhere.says(LONG)
    assert {each for _whom, each in _told_staff(front.session)} == {soon.id}
    front.clock.advance(minutes=15)
    elsewhere.says(LONG)
    assert {each for _whom, each in _told_staff(front.session)} == {soon.id, late.id}


def test_what_becomes_free_of_bookings_is_blocked_with_the_next_reading(
    front: Desk, member: Actor, elsewhere: Elsewhere
) -> None:
    booking = front.book(member, "Fern", TEN)
    elsewhere.follow()
    elsewhere.says(LONG)
    front.do(cancel, member, booking.id)
    front.clock.advance(minutes=15)
    elsewhere.says(unchanged=True)
    assert _blocked(front.session) == [("09:00", "13:00")]
    assert conflicts(front.session, elsewhere.row(), front.clock()) == []


def test_the_next_reading_frees_what_is_busy_no_longer(
    front: Desk, member: Actor, elsewhere: Elsewhere
) -> None:
    elsewhere.follow()
    elsewhere.says(TEN)
    front.clock.advance(minutes=15)
    elsewhere.says(span("15:00", "16:00"))
    assert _blocked(front.session) == [("15:00", "16:00")]
    front.book(member, "Fern", TEN)


def test_a_reading_without_news_writes_nothing(front: Desk, elsewhere: Elsewhere) -> None:
    elsewhere.follow()
    elsewhere.says(TEN)
    before = front.session.scalars(select(Occupancy.id)).all()
    front.clock.advance(minutes=15)
    elsewhere.says(TEN)
    assert front.session.scalars(select(Occupancy.id)).all() == before


def test_all_units_and_all_parts_are_blocked(front: Desk, member: Actor, elsewhere: Elsewhere) -> None:
    rooms = front.world.rooms
    front.session.add(ResourcePart(whole_id=rooms["Fern"], part_id=rooms["Lark"]))
    front.session.commit()
    elsewhere.follow()
    elsewhere.says(TEN)
    assert _blocked(front.session) == [("10:00", "11:00")] * 3, "the room, and both units of its part"
    with pytest.raises(RoomTaken):
        front.book(member, "Lark", TEN)


def test_a_whole_is_taken_when_its_part_is_busy_elsewhere(
    front: Desk, member: Actor, elsewhere: Elsewhere
) -> None:
    rooms = front.world.rooms
    front.session.add(ResourcePart(whole_id=rooms["Cedar"], part_id=rooms["Fern"]))
    front.session.commit()
    elsewhere.follow()
    elsewhere.says(TEN)
    with pytest.raises(RoomTaken):
        front.book(member, "Cedar", TEN)


def test_days_on_end_are_blocked_in_stretches_of_a_day(front: Desk, elsewhere: Elsewhere) -> None:
    elsewhere.follow()
    week = span("00:00", "23:00", "2026-03-03")
    elsewhere.says(type(week)(week.start, week.start + timedelta(days=7)))
    assert len(_blocked(front.session)) == 7


def _daily(days: int) -> list[Span]:
    return [Span(TEN.start + timedelta(days=day), TEN.end + timedelta(days=day)) for day in range(days)]


def test_very_many_rows_are_bounded_and_it_says_until_when_they_go(
    front: Desk, elsewhere: Elsewhere, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A row for each date and unit: two units of Lark have half as many dates as one would."""
    monkeypatch.setattr(blocking, "MOST_ROWS", 141)
    elsewhere.follow("Lark")
    elsewhere.says(*_daily(90))
    row = elsewhere.row("Lark")
    assert row.known_until == TEN.start + timedelta(days=70)
    assert (len(row.busy), len(_blocked(front.session))) == (70, 140)
    front.clock.advance(minutes=15)
    elsewhere.says(*_daily(65))
    assert (elsewhere.row("Lark").known_until, len(_blocked(front.session))) == (None, 130)


def test_more_rows_than_are_of_use_are_not_gone_by(
    front: Desk, elsewhere: Elsewhere, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(blocking, "MOST_ROWS", 100)
    elsewhere.follow("Lark")
    elsewhere.says(TEN)
    front.clock.advance(minutes=15)
    elsewhere.says(*_daily(90))
    assert unreadable(elsewhere.row("Lark")) is Fault.TOO_MANY
    assert _blocked(front.session) == [("10:00", "11:00")] * 2, "what was read before goes on blocking"


def test_rows_are_counted_by_the_days_that_they_are_of() -> None:
    assert within_rows([(0, 10), (20, 30)], 2) == ([(0, 10), (20, 30)], None)
    assert within_rows([(0, 10), (20, 30)], 1) == ([(0, 10)], moment_of(20))
    assert within_rows([(0, 10), (20, 20 + 3 * DAY)], 3) == (
        [(0, 10), (20, 20 + 2 * DAY)],
        moment_of(20 + 2 * DAY),
    )
    assert within_rows([(5, 10)], 0) == ([], moment_of(5))


def test_without_news_there_what_is_blocked_in_full_is_only_counted(
    sessions: tuple[Engine, OpenSession], front: Desk, elsewhere: Elsewhere
) -> None:
    elsewhere.follow("Lark")
    elsewhere.says(*_daily(3))
    front.clock.advance(minutes=15)
    said: list[str] = []
    event.listen(sessions[0], "before_cursor_execute", lambda *given: said.append(given[2]))
    elsewhere.says(unchanged=True)
    (counted,) = [each for each in said if "occupancy" in each]
    assert "sum(" in counted.lower()
    assert elsewhere.row("Lark").read_at == front.clock()


def test_without_news_there_a_unit_more_is_blocked_as_well(front: Desk, elsewhere: Elsewhere) -> None:
    elsewhere.follow("Lark")
    elsewhere.says(TEN)
    front.session.execute(update(Resource).where(Resource.name == "Lark").values(units=3))
    front.session.commit()
    front.clock.advance(minutes=15)
    elsewhere.says(unchanged=True)
    assert _blocked(front.session) == [("10:00", "11:00")] * 3


def test_what_could_not_be_blocked_is_read_whole_again(
    front: Desk, elsewhere: Elsewhere, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where others are quicker each time, it blocks what it did: "unchanged" would leave it so for the day."""
    elsewhere.follow()
    with monkeypatch.context() as outrun:
        outrun.setattr(blocking, "TRIES", 0)
        elsewhere.says(TEN)
    front.clock.advance(minutes=15)
    (asked,) = due(front.session, BOX, front.clock(), 10)
    assert asked.etag == ""


def test_taking_it_away_frees_what_it_blocked(front: Desk, member: Actor, elsewhere: Elsewhere) -> None:
    elsewhere.follow()
    elsewhere.says(TEN)
    assert _blocked(front.session)
    stop_following(front.session, front.world.actor("manager"), front.world.rooms["Fern"], front.clock)
    front.session.commit()
    assert _blocked(front.session) == []
    front.book(member, "Fern", TEN)
    actions = front.session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)).all()
    assert actions == ["resource.calendar_followed", "resource.calendar_left"]


def test_the_address_is_sealed_and_stands_nowhere_else(front: Desk, elsewhere: Elsewhere) -> None:
    elsewhere.follow()
    row = elsewhere.row()
    assert BOX.open(row.address) == ADDRESS
    told = str([(each.before, each.after) for each in front.session.scalars(select(AuditEntry))])
    assert "calendars.example" in told
    assert "secret" not in row.address + told
    new = KeyRing(("another-word-that-is-long-enough-as-well", "a-word-of-the-tests-that-is-long-enough"))
    assert reseal_calendars(front.session, new) == (1, 0)
    assert new.open(elsewhere.row().address) == ADDRESS


def test_what_was_asked_of_the_old_address_is_not_noted_at_the_new(front: Desk, elsewhere: Elsewhere) -> None:
    elsewhere.follow()
    (asked,) = due(front.session, BOX, front.clock(), 10)
    front.session.commit()
    elsewhere.follow(address="https://other.example/secret.ics")
    reading = Reading([(29540400, 29540460)], [], 0)
    note_reading(front.session, asked, reading, "", front.clock)
    note_fault(front.session, asked, Fault.NO_CALENDAR, "")
    front.session.commit()
    assert (elsewhere.row().host, elsewhere.row().busy, elsewhere.row().fault) == ("other.example", [], "")


def test_it_is_due_every_quarter_of_an_hour_and_unconditionally_once_a_day(
    front: Desk, elsewhere: Elsewhere
) -> None:
    elsewhere.follow()
    elsewhere.says(TEN)
    assert due(front.session, BOX, front.clock(), 10) == []
    front.clock.advance(seconds=EVERY.total_seconds())
    (later,) = due(front.session, BOX, front.clock(), 10)
    assert later.etag == "tag"
    front.session.commit()
    front.clock.advance(days=1)
    (tomorrow,) = due(front.session, BOX, front.clock(), 10)
    assert tomorrow.etag == ""
    front.session.rollback()
    front.session.execute(update(Resource).values(retired_at=front.clock()))
    front.session.commit()
    assert due(front.session, BOX, front.clock(), 10) == [], "what is retired is let be"


def test_a_fault_is_kept_and_the_blocks_stay(front: Desk, elsewhere: Elsewhere) -> None:
    elsewhere.follow()
    elsewhere.says(TEN)
    front.clock.advance(minutes=15)
    (asked,) = due(front.session, BOX, front.clock(), 10)
    note_fault(front.session, asked, Fault.BAD_STATUS, "500\0")
    front.session.commit()
    row = elsewhere.row()
    assert (unreadable(row), row.fault_detail) == (Fault.BAD_STATUS, "500")
    assert _blocked(front.session) == [("10:00", "11:00")]
    front.clock.advance(minutes=15)
    elsewhere.says(TEN)
    assert unreadable(elsewhere.row()) is None


def test_an_address_that_no_key_opens_says_so(front: Desk, elsewhere: Elsewhere) -> None:
    elsewhere.follow()
    assert due(front.session, KeyRing(("quite-another-word-that-is-long-enough",)), front.clock(), 10) == []
    assert unreadable(elsewhere.row()) is Fault.SECRET_UNREADABLE


def test_out_of_reach_is_not_there(front: Desk) -> None:
    with pytest.raises(NotFound):
        stop_following(front.session, front.world.actor("manager"), 2**40, front.clock)


@pytest.mark.parametrize(
    "typed",
    ["", "calendar", "ftp://a.example/x", "https://", "file:///etc/passwd", "https://u:p@a.example/x", "https://a b",
     "https://[::1", "https://a.example/" + "x" * 3000, "https://a.example/\r\nX: y"],
)  # fmt: skip
def test_what_is_no_address_is_refused(typed: str) -> None:
    with pytest.raises(NoWebAddress):
        web_address(typed)


def test_webcal_is_https() -> None:
    assert web_address(" webcal://a.example/x?y=1 ") == "https://a.example/x?y=1"


def test_free_is_what_is_left_between_others() -> None:
    busy = [(0, 10), (20, 30), (40, 50)]
    assert free_of(busy, []) == busy
    assert free_of(busy, [(2, 4), (8, 22), (29, 45)]) == [(0, 2), (4, 8), (22, 29), (45, 50)]
    assert free_of(busy, [(0, 60)]) == []
