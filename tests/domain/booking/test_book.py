"""Booking at once: what it writes, what it refuses, and that the same request books once."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.domain.actor import Actor
from app.domain.booking.book import book
from app.domain.booking.terms import (
    BookRoom,
    Malformed,
    NotBookable,
    NotPermitted,
    OutOfReach,
    Reason,
    RoomTaken,
)
from app.domain.credits.terms import CreditChanged
from app.kernel.errors import NotFound
from app.kernel.spans import Span
from app.models import AuditEntry, Booking, BookingStatus, Notice, Occupancy, Person, Resource, ResourcePart
from tests.domain.booking.conftest import NOW, Desk, span
from tests.support.world import World

TEN = span("10:00", "11:00")


def _blocked(session: Session, booking: Booking) -> list[tuple[int, int, datetime, datetime]]:
    rows = session.execute(
        select(Occupancy.resource_id, Occupancy.unit, Occupancy.blocks_from, Occupancy.blocks_until)
        .where(Occupancy.booking_id == booking.id)
        .order_by(Occupancy.resource_id, Occupancy.unit, Occupancy.blocks_from)
    )
    return [(row[0], row[1], row[2], row[3]) for row in rows]


def _count(session: Session, table: type[Any]) -> int:
    return len(session.scalars(select(table.id)).all())


def test_it_writes_the_booking_its_price_its_row_and_its_notice(
    front: Desk, session: Session, member: Actor
) -> None:
    booking = front.book(member, "Cedar", TEN, people=5, title="Planning")
    assert (booking.status, booking.price_minor, booking.currency) == (BookingStatus.CONFIRMED, 1800, "GBP")
    assert booking.quote["minutes"] == 60
    assert _blocked(session, booking) == [
        (front.world.rooms["Cedar"], 0, TEN.start, TEN.end + timedelta(minutes=15))
    ]
    (notice,) = session.scalars(select(Notice)).all()
    assert (notice.kind, notice.person_id) == ("booking.confirmed", member.person_id)
    assert (notice.data["resource"], notice.data["zone"]) == ("Cedar", "Europe/London")
    assert _count(session, AuditEntry) == 0


def test_it_is_booked_for_no_more_than_was_seen(front: Desk, session: Session, member: Actor) -> None:
    with pytest.raises(CreditChanged) as refused:
        front.book(member, "Cedar", TEN, seen_due=1799)
    assert refused.value.due_minor == 1800
    assert (_count(session, Booking), _count(session, Occupancy), _count(session, Notice)) == (0, 0, 0)
    assert front.book(member, "Cedar", TEN, seen_due=1800).price_minor == 1800


def test_it_refuses_overlap_and_says_what_else_there_is(
    front: Desk, session: Session, member: Actor, colleague: Actor
) -> None:
    front.book(member, "Fern", TEN)
    with pytest.raises(RoomTaken) as refusal:
        front.book(colleague, "Fern", span("10:30", "11:30"), people=3)
    offers = [(offer.room.name, offer.span) for offer in refusal.value.alternatives]
    assert offers == [
        ("Cedar", span("10:30", "11:30")),
        ("Rowan", span("10:30", "11:30")),
        ("Fern", span("11:00", "12:00")),
    ]
    assert (_count(session, Booking), _count(session, Occupancy), _count(session, Notice)) == (1, 1, 1)


def test_the_database_refuses_what_no_check_saw(
    front: Desk, session: Session, member: Actor, colleague: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The checks are blinded: the rule of the database alone must turn it into RoomTaken."""
    front.book(member, "Fern", TEN)
    monkeypatch.setattr("app.domain.booking.survey.load_blocks", lambda *_: {})
    with pytest.raises(RoomTaken):
        front.book(colleague, "Fern", TEN)
    assert (_count(session, Booking), _count(session, Occupancy)) == (1, 1)


def test_the_same_request_books_once(front: Desk, session: Session, member: Actor, colleague: Actor) -> None:
    first = front.book(member, "Fern", TEN, request_key="form-1")
    again = front.book(member, "Fern", TEN, request_key="form-1")
    assert (again.id, _count(session, Booking), _count(session, Notice)) == (first.id, 1, 1)
    other = front.book(colleague, "Cedar", TEN, request_key="form-1")
    assert other.id != first.id


def test_a_form_sent_twice_at_once_books_once(
    front: Desk, session: Session, member: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second sender did not see the first in time: the unique key finds it for them."""
    first = front.book(member, "Fern", TEN, request_key="form-1")
    seen = iter([None, None, first])
    monkeypatch.setattr("app.domain.booking.claim._same_request", lambda *_: next(seen))
    again = front.book(member, "Cedar", TEN, request_key="form-1")
    assert (again.id, _count(session, Booking), _count(session, Occupancy)) == (first.id, 1, 1)


def test_it_reports_every_reason_at_once(front: Desk, contact: Actor) -> None:
    with pytest.raises(NotBookable) as refusal:
        front.book(contact, "Rowan", span("05:07", "05:17"), people=20)
    assert [obstacle.reason for obstacle in refusal.value.obstacles] == [
        Reason.NOT_FOR_CONTACTS,
        Reason.TOO_MANY_PEOPLE,
        Reason.TOO_SHORT,
        Reason.IN_THE_PAST,
        Reason.OFF_GRID,
        Reason.OUTSIDE_HOURS,
    ]


def test_taken_comes_with_the_other_reasons(front: Desk, member: Actor, contact: Actor) -> None:
    front.book(member, "Rowan", TEN)
    with pytest.raises(NotBookable) as refusal:
        front.book(contact, "Rowan", TEN)
    assert [obstacle.reason for obstacle in refusal.value.obstacles] == [
        Reason.TAKEN,
        Reason.NOT_FOR_CONTACTS,
    ]


def test_staff_book_for_a_member_and_it_is_audited(
    front: Desk, session: Session, member: Actor, desk: Actor
) -> None:
    booking = front.book(desk, "Rowan", TEN, for_person_id=member.person_id)
    assert (booking.person_id, booking.booked_by_id) == (member.person_id, desk.person_id)
    (entry,) = session.scalars(select(AuditEntry)).all()
    assert (entry.action, entry.actor_id, entry.subject_id) == ("booking.created", desk.person_id, booking.id)
    assert session.scalars(select(Notice.person_id)).all() == [member.person_id]


def test_the_rules_go_by_whom_the_room_is_for(front: Desk, desk: Actor, contact: Actor) -> None:
    with pytest.raises(NotBookable):
        front.book(desk, "Rowan", TEN, for_person_id=contact.person_id)


def test_staff_pass_over_limits_knowingly(front: Desk, session: Session, desk: Actor, contact: Actor) -> None:
    booking = front.book(
        desk, "Rowan", span("21:00", "21:10"), for_person_id=contact.person_id, override=True
    )
    assert booking.overridden == ["not_for_contacts", "too_short", "outside_hours"]
    assert _count(session, AuditEntry) == 1


@pytest.mark.parametrize("wanted", [TEN, span("05:00", "06:00")], ids=["taken", "past"])
def test_not_even_staff_pass_over_the_taken_and_the_past(
    front: Desk, member: Actor, desk: Actor, wanted: Span
) -> None:
    front.book(member, "Fern", TEN)
    with pytest.raises(NotBookable):
        front.book(desk, "Fern", wanted, override=True)


def test_members_book_for_themselves_and_within_limits(front: Desk, member: Actor, colleague: Actor) -> None:
    with pytest.raises(NotPermitted):
        front.book(member, "Fern", TEN, for_person_id=colleague.person_id)
    with pytest.raises(NotPermitted):
        front.book(member, "Fern", TEN, override=True)


def test_what_is_not_there_is_not_found(
    front: Desk, session: Session, world: World, member: Actor, desk: Actor
) -> None:
    theirs, nobody = world.harbour.rooms["Fern"], world.harbour.people["member"]
    for room_id in (theirs, 10**9):
        with pytest.raises(NotFound):
            front.do(book, member, BookRoom(room_id, TEN))
    with pytest.raises(NotFound):
        front.book(desk, "Fern", TEN, for_person_id=nobody)
    session.execute(update(Resource).where(Resource.name == "Fern").values(retired_at=NOW))
    session.execute(update(Person).where(Person.id == member.person_id).values(suspended_at=NOW))
    session.commit()
    with pytest.raises(NotFound):
        front.book(member, "Fern", TEN)
    with pytest.raises(NotFound):
        front.book(desk, "Cedar", TEN, for_person_id=member.person_id)


@pytest.mark.parametrize(
    "wrong",
    [
        {"people": 0},
        {"people": -3},
        {"people": 10**12},
        {"title": "x" * 100_000},
        {"title": "a\0b"},
        {"request_key": "k" * 65},
        {"span": Span(TEN.start + timedelta(seconds=30), TEN.end)},
    ],
    ids=str,
)
def test_what_no_table_can_hold_is_refused_before_it_gets_there(
    front: Desk, desk: Actor, wrong: dict[str, Any]
) -> None:
    with pytest.raises(Malformed):
        front.do(book, desk, replace(front.wish("Fern", TEN, override=True), **wrong))


@pytest.mark.parametrize(
    "days", [-4000, 4000, 2_900_000], ids=["long ago", "far ahead", "the last year there is"]
)
def test_a_span_out_of_reach_is_refused(front: Desk, desk: Actor, days: int) -> None:
    far = timedelta(days=days)
    wish = Span(TEN.start + far, TEN.end + far) if days < 10_000 else LAST
    with pytest.raises(OutOfReach):
        front.book(desk, "Fern", wish, override=True)


LAST = Span(
    datetime.max.replace(tzinfo=NOW.tzinfo, second=0, microsecond=0) - timedelta(hours=1),
    datetime.max.replace(tzinfo=NOW.tzinfo, second=0, microsecond=0),
)


def test_a_long_booking_is_cut_into_stretches_of_a_day(
    front: Desk, session: Session, desk: Actor, member: Actor
) -> None:
    wanted = Span(TEN.start, TEN.start + timedelta(days=3, hours=5))
    booking = front.book(desk, "Fern", wanted, override=True)
    rows = _blocked(session, booking)
    assert [until - since for _, _, since, until in rows] == [timedelta(days=1)] * 3 + [timedelta(hours=5)]
    for day in ("2026-03-03", "2026-03-04", "2026-03-05"):
        with pytest.raises(RoomTaken):
            front.book(member, "Fern", span("10:00", "11:00", day))
    front.book(member, "Fern", span("15:00", "16:00", "2026-03-05"))


def test_a_whole_takes_every_unit_of_its_parts(front: Desk, session: Session, member: Actor) -> None:
    rooms = front.world.rooms
    session.add_all(ResourcePart(whole_id=rooms["Rowan"], part_id=rooms[part]) for part in ("Fern", "Lark"))
    session.commit()
    booking = front.book(member, "Rowan", TEN)
    taken = [(resource, unit) for resource, unit, _, _ in _blocked(session, booking)]
    assert taken == sorted([(rooms["Rowan"], 0), (rooms["Fern"], 0), (rooms["Lark"], 0), (rooms["Lark"], 1)])
    for part in ("Fern", "Lark"):
        with pytest.raises(RoomTaken):
            front.book(member, part, TEN)
    front.book(member, "Lark", span("12:00", "13:00"))
    with pytest.raises(RoomTaken):
        front.book(member, "Rowan", span("12:30", "13:30"))


def test_whose_room_is_taken_is_shown_three_others_also_where_only_it_has_a_time(
    front: Desk, member: Actor, colleague: Actor
) -> None:
    for room in ("Cedar", "Rowan"):
        front.book(colleague, room, span("08:00", "13:00"))
        front.book(colleague, room, span("13:15", "20:00"))
    front.book(colleague, "Fern", span("09:00", "13:00"))
    with pytest.raises(RoomTaken) as refusal:
        front.book(member, "Fern", TEN, people=3)
    offers = [(offer.room.name, offer.span) for offer in refusal.value.alternatives]
    assert offers == [
        ("Fern", span("08:00", "09:00")),
        ("Fern", span("13:00", "14:00")),
        ("Fern", span("14:00", "15:00")),
    ]
    front.book(colleague, "Fern", span("13:00", "20:00"))
    with pytest.raises(RoomTaken) as refusal:
        front.book(member, "Fern", TEN, people=3)
    offers = [(offer.room.name, offer.span) for offer in refusal.value.alternatives]
    tomorrow = "2026-03-03"
    assert offers == [
        ("Fern", span("08:00", "09:00")),
        ("Fern", span("10:00", "11:00", tomorrow)),
        ("Cedar", span("10:00", "11:00", tomorrow)),
    ]
