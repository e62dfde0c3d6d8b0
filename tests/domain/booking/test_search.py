"""Free, taken, not allowed, and what is nearest instead."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from itertools import pairwise
from typing import Any

from sqlalchemy import event
from sqlalchemy.orm import Session

from app.domain.actor import Actor
from app.domain.booking.hold import hold
from app.domain.booking.terms import Reason, RoomSearch
from app.kernel.spans import Span
from app.models import Closure, OpeningHours, Resource, ResourcePart
from tests.domain.booking.conftest import Desk, StandingClock, span
from tests.support.sessions import OpenSession
from tests.support.world import World

TEN = span("10:00", "11:00")


def _names(found: RoomSearch) -> list[str]:
    return [room.room.name for room in found.free]


def _refused(found: RoomSearch) -> dict[str, list[Reason]]:
    return {room.room.name: [obstacle.reason for obstacle in room.obstacles] for room in found.not_allowed}


def test_it_orders_by_fit_then_price_then_position(front: Desk, member: Actor) -> None:
    assert _names(front.search(member, TEN, people=1)) == ["Lark", "Fern", "Cedar", "Rowan"]
    assert _names(front.search(member, TEN, people=5)) == ["Cedar", "Rowan"]


def test_it_prices_each_free_room(front: Desk, member: Actor) -> None:
    found = front.search(member, span("10:00", "11:20"), people=4)
    assert [room.quote.total_minor for room in found.free] == [2700, 2700, 2700]


def test_it_tells_apart_what_is_not_allowed_with_every_reason(front: Desk, contact: Actor) -> None:
    found = front.search(contact, TEN, people=9)
    assert _refused(found)["Alder"] == [Reason.PLAN_NEEDED, Reason.TOO_MANY_PEOPLE]
    assert _refused(found)["Rowan"] == [Reason.NOT_FOR_CONTACTS]
    assert found.free == ()


def test_a_booked_room_is_taken_until_its_end_for_others_and_mine_for_me(
    front: Desk, member: Actor, colleague: Actor
) -> None:
    assert "Fern" in _names(front.search(member, TEN))
    front.book(member, "Fern", TEN)
    for actor, mine in ((member, True), (colleague, False)):
        found = front.search(actor, TEN)
        assert "Fern" not in _names(found)
        (fern,) = found.taken
        assert (fern.room.name, fern.mine, fern.taken_until) == ("Fern", mine, TEN.end)
        assert fern.next_free == span("09:00", "10:00")
        assert fern.strip.busy == ((TEN, mine),)


def test_touching_bookings_do_not_take_the_room(front: Desk, member: Actor) -> None:
    front.book(member, "Fern", TEN)
    assert "Fern" in _names(front.search(member, span("11:00", "12:00")))
    assert "Fern" in _names(front.search(member, span("09:00", "10:00")))


def test_a_buffer_keeps_the_room_after_a_booking(front: Desk, member: Actor) -> None:
    front.book(member, "Cedar", TEN)
    assert "Cedar" not in _names(front.search(member, span("11:00", "12:00")))
    assert "Cedar" in _names(front.search(member, span("11:15", "12:15")))


def test_free_until_is_the_next_booking_less_the_buffer_or_closing(front: Desk, member: Actor) -> None:
    front.book(member, "Cedar", span("14:00", "15:00"))
    found = {room.room.name: room.free_until for room in front.search(member, TEN).free}
    assert found["Cedar"] == span("13:00", "13:45").end
    assert found["Fern"] == span("19:00", "20:00").end


def test_units_are_taken_only_when_all_are(front: Desk, member: Actor, colleague: Actor) -> None:
    front.book(member, "Lark", TEN)
    assert "Lark" in _names(front.search(member, TEN))
    front.book(colleague, "Lark", span("10:30", "11:30"))
    assert "Lark" not in _names(front.search(member, TEN))
    assert "Lark" in _names(front.search(member, span("10:00", "10:30")))
    (lark,) = front.search(colleague, TEN).taken
    assert lark.strip.busy == ((span("10:30", "11:00"), True),)


def test_units_may_change_in_the_middle(front: Desk, member: Actor, colleague: Actor) -> None:
    """One unit is free before ten and the other after: search promises it, and booking keeps the promise."""
    front.book(member, "Lark", span("09:00", "10:00"))
    front.book(colleague, "Lark", span("09:30", "11:00"))
    front.book(member, "Lark", span("11:00", "12:00"))
    front.book(colleague, "Lark", span("10:00", "10:30"))
    wanted = span("10:30", "12:00")
    assert "Lark" in _names(front.search(member, wanted))
    front.book(member, "Lark", wanted)
    assert "Lark" not in _names(front.search(member, wanted))


def test_a_hold_blocks_others_until_it_lapses_and_never_its_holder(
    front: Desk, member: Actor, colleague: Actor, clock: StandingClock
) -> None:
    front.do(hold, member, front.wish("Fern", TEN))
    assert "Fern" not in _names(front.search(colleague, TEN))
    assert "Fern" in _names(front.search(member, TEN))
    clock.advance(minutes=10)
    assert "Fern" in _names(front.search(colleague, TEN))


def test_a_whole_is_taken_by_its_parts_and_takes_them(front: Desk, session: Session, member: Actor) -> None:
    rooms = front.world.rooms
    session.add_all(ResourcePart(whole_id=rooms["Rowan"], part_id=rooms[part]) for part in ("Fern", "Lark"))
    session.commit()
    assert "Rowan" in _names(front.search(member, TEN))
    front.book(member, "Lark", TEN)
    assert "Rowan" not in _names(front.search(member, TEN))
    later = span("12:00", "13:00")
    front.book(member, "Rowan", later)
    assert _names(front.search(member, later)) == ["Cedar"]


def test_it_filters_by_amenity_and_type(front: Desk, member: Actor) -> None:
    world = front.world
    assert _names(front.search(member, TEN, amenity_ids=frozenset({world.amenities["Screen"]}))) == ["Cedar"]
    assert _names(front.search(member, TEN, type_id=world.types["Phone booth"])) == ["Lark"]
    both = frozenset(world.amenities.values())
    assert front.search(member, TEN, amenity_ids=both).free == ()


def test_the_nearest_starts_are_offered_when_nothing_is_free(
    front: Desk, member: Actor, colleague: Actor
) -> None:
    for room in ("Fern", "Cedar", "Rowan"):
        front.book(colleague, room, span("10:00", "12:00"))
    found = front.search(member, span("10:30", "11:30"), people=3)
    assert found.free == ()
    offers = [(offer.room.name, offer.span) for offer in found.alternatives]
    assert offers == [
        ("Fern", span("09:00", "10:00")),
        ("Rowan", span("09:00", "10:00")),
        ("Cedar", span("08:45", "09:45")),
    ]
    for offer in found.alternatives:
        front.book(member, offer.room.name, offer.span, people=3)


def test_the_next_day_is_offered_when_this_one_is_full(front: Desk, member: Actor, colleague: Actor) -> None:
    for room in ("Fern", "Cedar", "Rowan"):
        front.book(colleague, room, span("12:00", "20:00"))
    found = front.search(member, span("18:00", "19:00"), people=3)
    assert {offer.span for offer in found.alternatives} == {span("18:00", "19:00", "2026-03-03")}


def _offers(found: RoomSearch) -> list[tuple[str, Span]]:
    return [(offer.room.name, offer.span) for offer in found.alternatives]


def _fill(front: Desk, actor: Actor, room: str, start: str, end: str, day: str = "2026-03-02") -> None:
    """Take a room for longer than one booking may be."""
    whole, noon = span(start, end, day), span("12:00", "13:00", day).start
    cuts = [whole.start, *([noon] if whole.start < noon < whole.end else []), whole.end]
    for one in pairwise(cuts):
        front.book(actor, room, Span(*one))


def _close(front: Desk, first: str, last: str) -> None:
    place = front.world.locations["Leith Walk"]
    days = date.fromisoformat(first), date.fromisoformat(last)
    front.session.add(Closure(location_id=place, first_day=days[0], last_day=days[1], message="Works"))
    front.session.commit()


def test_later_on_the_same_day_comes_before_any_other_day(
    front: Desk, member: Actor, colleague: Actor
) -> None:
    for room in ("Fern", "Cedar", "Rowan"):
        front.book(colleague, room, span("08:00", "13:30"))
    _close(front, "2026-03-03", "2026-03-03")
    found = front.search(member, span("09:00", "10:00"), people=3)
    assert _offers(found) == [
        ("Fern", span("13:30", "14:30")),
        ("Rowan", span("13:30", "14:30")),
        ("Cedar", span("13:45", "14:45")),
    ]
    for offer in found.alternatives:
        front.book(member, offer.room.name, offer.span, people=3)


def test_one_room_alone_has_three_times_to_offer_that_keep_clear_of_each_other(
    front: Desk, member: Actor, colleague: Actor
) -> None:
    front.book(colleague, "Fern", TEN)
    found = front.search(member, TEN, resource_id=front.world.rooms["Fern"])
    assert _offers(found) == [
        ("Fern", span("09:00", "10:00")),
        ("Fern", span("11:00", "12:00")),
        ("Fern", span("08:00", "09:00")),
    ]
    for offer in found.alternatives:
        front.book(member, offer.room.name, offer.span)


def test_days_that_are_closed_are_passed_over_up_to_the_next_that_is_not(
    front: Desk, member: Actor, colleague: Actor
) -> None:
    _fill(front, colleague, "Fern", "08:00", "20:00")
    fern, thursday = front.world.rooms["Fern"], "2026-03-05"
    _close(front, "2026-03-03", "2026-03-04")
    with _reads(front) as read:
        found = front.search(member, TEN, resource_id=fern)
    assert _offers(found) == [
        ("Fern", span("10:00", "11:00", thursday)),
        ("Fern", span("09:00", "10:00", thursday)),
        ("Fern", span("11:00", "12:00", thursday)),
    ]
    # What is blocked on that day, and on Thursday
    assert len(read) == 2


def test_all_days_of_a_week_are_looked_at_in_one_more_statement(
    front: Desk, member: Actor, colleague: Actor
) -> None:
    for day in ("2026-03-02", *(f"2026-03-0{number}" for number in range(4, 9))):
        _fill(front, colleague, "Fern", "08:00", "20:00", day)
    _fill(front, colleague, "Fern", "08:00", "19:00", "2026-03-03")
    fern, monday = front.world.rooms["Fern"], "2026-03-09"
    with _reads(front) as read:
        found = front.search(member, TEN, resource_id=fern)
    assert _offers(found) == [
        ("Fern", span("19:00", "20:00", "2026-03-03")),
        ("Fern", span("10:00", "11:00", monday)),
        ("Fern", span("09:00", "10:00", monday)),
    ]
    assert len(read) == 3
    # A week is the end of it
    _fill(front, colleague, "Fern", "08:00", "20:00", monday)
    found = front.search(member, TEN, resource_id=fern)
    assert _offers(found) == [("Fern", span("19:00", "20:00", "2026-03-03"))]


def test_long_before_is_offered_where_tomorrow_is_not_enough(
    front: Desk, member: Actor, colleague: Actor
) -> None:
    _fill(front, colleague, "Fern", "10:00", "20:00")
    _fill(front, colleague, "Fern", "08:00", "19:00", "2026-03-03")
    found = front.search(member, span("18:00", "19:00"), resource_id=front.world.rooms["Fern"])
    assert _offers(found) == [
        ("Fern", span("19:00", "20:00", "2026-03-03")),
        ("Fern", span("09:00", "10:00")),
        ("Fern", span("08:00", "09:00")),
    ]


@contextmanager
def _reads(front: Desk) -> Iterator[list[str]]:
    """Every look at what is blocked."""
    seen: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if "occupancy" in statement:
            seen.append(statement)

    engine = front.session.get_bind()
    event.listen(engine, "before_cursor_execute", note)
    yield seen
    event.remove(engine, "before_cursor_execute", note)


def test_nothing_that_is_not_allowed_is_offered(front: Desk, member: Actor, contact: Actor) -> None:
    for room in ("Fern", "Cedar"):
        front.book(member, room, TEN)
    assert "Rowan" in _names(front.search(member, TEN, people=3))
    offered = {offer.room.name for offer in front.search(contact, TEN, people=3).alternatives}
    assert offered == {"Fern", "Cedar"}


def test_it_works_through_midnight_where_it_is_always_open(
    front: Desk, session: Session, member: Actor, colleague: Actor
) -> None:
    fern = session.get_one(Resource, front.world.rooms["Fern"])
    _open_all_day(session, fern)
    night = span("23:00", "23:30")
    night = type(night)(night.start, night.start.replace(day=3, hour=1))
    assert _names(front.search(member, night)) == ["Fern"]
    front.book(colleague, "Fern", night)
    (taken,) = [room for room in front.search(member, night).taken if room.room.name == "Fern"]
    assert taken.taken_until == night.end
    assert "Fern" not in _names(front.search(member, span("00:30", "01:00", "2026-03-03")))
    assert "Fern" in _names(front.search(member, span("01:00", "01:30", "2026-03-03")))


def _open_all_day(session: Session, room: Resource) -> None:
    session.add_all(
        OpeningHours(location_id=room.location_id, resource_id=room.id, weekday=day, opens=0, closes=1440)
        for day in range(7)
    )
    session.commit()


def test_the_other_tenant_sees_nothing_of_it(
    front: Desk, open_session: OpenSession, world: World, member: Actor
) -> None:
    front.book(member, "Fern", TEN)
    with open_session(world.harbour.id) as session:
        theirs = Desk(session, world.harbour, front.clock)
        assert "Fern" in _names(theirs.search(world.harbour.actor("member"), TEN))
