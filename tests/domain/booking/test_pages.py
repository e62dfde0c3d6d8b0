"""What pages read: my bookings, the day grid, the front desk's day, the quick match. Statements are counted."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, event, update
from sqlalchemy.orm import Session

from app.domain.actor import Actor
from app.domain.booking import mine
from app.domain.booking.cancel import cancel
from app.domain.booking.catalogue import Catalogue, load_catalogue
from app.domain.booking.day import DayGrid, day_grid
from app.domain.booking.day_cells import Label
from app.domain.booking.extend import extend
from app.domain.booking.hold import hold
from app.domain.booking.quick import best_match
from app.domain.booking.search import search
from app.domain.booking.staff_day import bookings_of_day
from app.domain.booking.terms import OutOfReach, RoomQuery
from app.domain.booking.view import BookingView
from app.kernel.errors import NotFound
from app.models import BookingStatus, Resource
from tests.domain.booking.conftest import NOW, Desk, StandingClock, span
from tests.support.sessions import OpenSession
from tests.support.world import World

TEN = span("10:00", "11:00")
MONDAY = date(2026, 3, 2)


def test_my_bookings_come_run_and_were(
    front: Desk, session: Session, member: Actor, clock: StandingClock
) -> None:
    early, late, gone = (
        front.book(member, room, wanted)
        for room, wanted in (
            ("Fern", TEN),
            ("Fern", span("12:00", "13:00")),
            ("Cedar", span("15:00", "16:00")),
        )
    )
    front.do(cancel, member, gone.id)
    held = front.do(hold, member, front.wish("Rowan", span("11:00", "12:00")))

    def told(views: list[BookingView]) -> list[int]:
        return [view.id for view in views]

    assert told(mine.current(session, member, clock())) == [early.id, held.id, late.id]
    clock.now = TEN.start
    assert told(mine.current(session, member, clock())) == [early.id, late.id]
    clock.now = TEN.end
    assert told(mine.past(session, member, clock())) == [gone.id, early.id]
    assert told(mine.past(session, member, clock(), limit=1)) == [gone.id]
    assert told(mine.past(session, member, clock(), before_id=gone.id)) == [early.id]
    assert mine.past(session, member, clock(), before_id=10**9) == []


def test_a_view_says_what_a_page_says(
    front: Desk, session: Session, member: Actor, clock: StandingClock
) -> None:
    booking = front.book(member, "Cedar", TEN, title="Planning", people=3)
    view = mine.show(session, member, booking.id, clock())
    assert (view.room, view.location, view.zone, view.person) == (
        "Cedar",
        "Leith Walk",
        "Europe/London",
        "Maya Member",
    )
    assert (view.price.minor, view.price.currency, view.quote["minutes"]) == (1800, "GBP", 60)
    assert (view.can_cancel, view.cancel_until) == (True, TEN.start - timedelta(hours=2))
    assert mine.show(session, member, booking.id, TEN.start).can_cancel is False


def test_a_lapsed_hold_says_so_before_anybody_swept(front: Desk, session: Session, member: Actor) -> None:
    held = front.do(hold, member, front.wish("Fern", TEN))
    assert mine.show(session, member, held.id, NOW).status is BookingStatus.HELD
    assert mine.show(session, member, held.id, NOW + timedelta(minutes=10)).status is BookingStatus.LAPSED
    assert mine.current(session, member, NOW + timedelta(minutes=10)) == []


def test_a_stranger_does_not_find_it_and_staff_do(front: Desk, session: Session, member: Actor) -> None:
    booking = front.book(member, "Fern", TEN)
    desk, colleague = front.world.actor("desk"), front.world.actor("colleague")
    assert mine.show(session, desk, booking.id, NOW).can_cancel
    assert mine.current(session, colleague, NOW) == []
    with pytest.raises(NotFound):
        mine.show(session, colleague, booking.id, NOW)


def test_the_other_tenants_owner_does_not_find_it(
    front: Desk, open_session: OpenSession, world: World, member: Actor
) -> None:
    booking = front.book(member, "Fern", TEN)
    with open_session(world.harbour.id) as theirs, pytest.raises(NotFound):
        mine.show(theirs, world.harbour.actor("owner"), booking.id, NOW)


def _labels(grid: DayGrid, room: str) -> list[tuple[str, str, Label]]:
    (row,) = [row for row in grid.rows if row.room.name == room]
    return [(f"{cell.span.start:%H:%M}", f"{cell.span.end:%H:%M}", cell.label) for cell in row.cells]


def test_the_day_grid_is_without_gaps_and_says_what_is_mine(
    front: Desk, session: Session, member: Actor, colleague: Actor
) -> None:
    booking = front.book(member, "Fern", TEN)
    front.book(colleague, "Fern", span("11:00", "12:00"))
    grid = day_grid(session, member, front.world.locations["Leith Walk"], MONDAY, NOW)
    assert grid.span == span("08:00", "20:00")
    assert _labels(grid, "Fern") == [
        ("08:00", "10:00", Label.OPEN),
        ("10:00", "11:00", Label.MINE),
        ("11:00", "12:00", Label.BUSY),
        ("12:00", "20:00", Label.OPEN),
    ]
    assert [cell.booking_id for cell in grid.rows[0].cells] == [None, booking.id, None, None]
    assert _labels(grid, "Cedar") == [("08:00", "20:00", Label.OPEN)]
    for row in grid.rows:
        assert row.cells[0].span.start == grid.span.start
        assert row.cells[-1].span.end == grid.span.end


def test_my_own_stands_at_its_own_times_and_its_buffer_is_taken(
    front: Desk, session: Session, member: Actor, colleague: Actor, clock: StandingClock
) -> None:
    booking = front.book(member, "Cedar", TEN)
    place = front.world.locations["Leith Walk"]
    theirs = day_grid(session, colleague, place, MONDAY, NOW)
    # Whoever comes before it leaves a quarter of an hour, too
    assert _labels(theirs, "Cedar")[1] == ("09:45", "11:15", Label.BUSY)
    clock.now = TEN.start
    extend(session, member, booking.id, 30, clock)
    grid = day_grid(session, member, place, MONDAY, NOW)
    assert _labels(grid, "Cedar") == [
        ("08:00", "09:45", Label.OPEN),
        ("09:45", "10:00", Label.BUSY),
        ("10:00", "11:30", Label.MINE),
        ("11:30", "11:45", Label.BUSY),
        ("11:45", "20:00", Label.OPEN),
    ]


@pytest.mark.parametrize(("day", "hours"), [("2026-03-29", (7, 19)), ("2026-10-25", (8, 20))])
def test_the_day_grid_follows_the_clocks(
    front: Desk, session: Session, member: Actor, day: str, hours: tuple[int, int]
) -> None:
    grid = day_grid(session, member, front.world.locations["Leith Walk"], date.fromisoformat(day), NOW)
    assert (grid.span.start.hour, grid.span.end.hour) == hours


def test_a_day_out_of_reach_is_refused(front: Desk, session: Session, member: Actor, world: World) -> None:
    with pytest.raises(OutOfReach):
        day_grid(session, member, front.world.locations["Leith Walk"], date.max, NOW)
    with pytest.raises(NotFound):
        day_grid(session, member, world.harbour.locations["Leith Walk"], MONDAY, NOW)


def test_the_front_desk_sees_everybodys_day(
    front: Desk, session: Session, world: World, member: Actor, colleague: Actor
) -> None:
    front.book(member, "Fern", span("12:00", "13:00"))
    front.book(colleague, "Cedar", TEN)
    front.book(colleague, "Cedar", span("10:00", "11:00", "2026-03-03"))
    views = bookings_of_day(session, member, front.world.locations["Leith Walk"], MONDAY)
    assert [(view.room, view.person) for view in views] == [
        ("Cedar", "Colin Colleague"),
        ("Fern", "Maya Member"),
    ]
    with pytest.raises(NotFound):
        bookings_of_day(session, member, world.harbour.locations["Leith Walk"], MONDAY)


def _offered(session: Session, actor: Actor, location_id: int, now: datetime) -> Catalogue:
    return load_catalogue(session, location_id, actor.person_id, now)


def test_the_quick_match_can_be_booked_as_it_stands(
    front: Desk, session: Session, member: Actor, clock: StandingClock
) -> None:
    clock.now = span("09:50", "10:00").start
    place = front.world.locations["Leith Walk"]
    for expected in ("Lark", "Lark", "Fern", "Cedar", "Rowan"):
        offer = best_match(session, member, _offered(session, member, place, clock()), clock())
        assert offer is not None
        assert (offer.room.name, offer.span) == (expected, TEN)
        front.book(member, offer.room.name, offer.span)
    later = best_match(session, member, _offered(session, member, place, clock()), clock())
    assert later is not None
    assert later.span.start > TEN.start
    session.execute(update(Resource).values(retired_at=NOW))
    session.commit()
    assert best_match(session, member, _offered(session, member, place, clock()), clock()) is None


@contextmanager
def _counted(engine: Engine) -> Iterator[list[str]]:
    statements: list[str] = []

    def note(*arguments: Any) -> None:
        if arguments[2] != "BEGIN" and "set_config" not in arguments[2]:
            statements.append(arguments[2])

    event.listen(engine, "before_cursor_execute", note)
    yield statements
    event.remove(engine, "before_cursor_execute", note)


@pytest.mark.parametrize("bookings", [0, 8])
def test_statements_do_not_grow_with_rows(
    sessions: tuple[Engine, OpenSession], front: Desk, session: Session, member: Actor, bookings: int
) -> None:
    place = front.world.locations["Leith Walk"]
    for number in range(bookings):
        front.book(member, "Fern", span(f"{10 + number}:00", f"{11 + number}:00"))
    reads: list[tuple[int, Callable[[], Any]]] = [
        (
            3,
            lambda: search(
                session, member, _offered(session, member, place, NOW), RoomQuery(place, TEN), NOW
            ),
        ),
        (
            4,
            lambda: search(
                session, member, _offered(session, member, place, NOW), RoomQuery(place, TEN, people=99), NOW
            ),
        ),
        (4, lambda: day_grid(session, member, place, MONDAY, NOW)),
        (3, lambda: best_match(session, member, _offered(session, member, place, NOW), NOW)),
        (1, lambda: mine.current(session, member, NOW)),
        (1, lambda: mine.past(session, member, NOW)),
        (2, lambda: bookings_of_day(session, member, place, MONDAY)),
    ]
    for most, read in reads:
        with _counted(sessions[0]) as statements:
            read()
        assert 0 < len(statements) <= most
