"""Where verbs of booking meet: a date of a series that was changed by itself, money that was agreed, ways around a cut-off."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.domain.actor import Actor
from app.domain.booking.late_fees import Step, set_ladder
from app.domain.booking.move import move
from app.domain.booking.moving import MoveBooking, TooLateToMove
from app.domain.booking.repeating import Every, Pattern
from app.domain.booking.series_book import book_series
from app.domain.booking.series_cancel import CancelDates, cancel_dates
from app.domain.booking.series_move import MoveDates, move_dates
from app.domain.booking.series_rows import Range
from app.domain.booking.series_terms import BookSeries, NothingToChange
from app.kernel.spans import Span
from app.models import Booking, Occupancy, Resource, ResourceType
from tests.domain.booking.conftest import Desk, StandingClock, span
from tests.support.world import TenantWorld

MONDAY = date(2026, 3, 9)


@pytest.fixture
def series(front: Desk, member: Actor, northlight: TenantWorld) -> list[Booking]:
    """Maya has Fern on three Mondays from ten to eleven."""
    wish = BookSeries(northlight.rooms["Fern"], Pattern(MONDAY, Every.WEEK, count=3), 600, 60)
    front.do(book_series, member, wish)
    return list(front.session.scalars(select(Booking).order_by(Booking.starts_at)))


def _elsewhere(front: Desk, actor: Actor, booking: Booking, room: str, wanted: Span | None = None) -> Booking:
    command = MoveBooking(
        front.world.rooms[room], wanted or Span(booking.starts_at, booking.ends_at), booking.people
    )

    def verb(session: Session, actor: Actor, booking_id: int, clock: StandingClock) -> Booking:
        return move(session, actor, booking_id, command, clock)

    moved: Booking = front.do(verb, actor, booking.id)
    return moved


def _change(front: Desk, room: str, **columns: Any) -> None:
    front.session.execute(update(Resource).where(Resource.id == front.world.rooms[room]).values(**columns))
    front.session.commit()


def _blocked(session: Session) -> set[tuple[Any, ...]]:
    rows = session.execute(select(Occupancy.booking_id, Occupancy.resource_id, Occupancy.blocks_from))
    return {tuple(row) for row in rows}


def test_every_booking_blocks_the_room_that_it_says(
    front: Desk, session: Session, member: Actor, series: list[Booking]
) -> None:
    """One date of a series was moved to another room; then all of them move to another time."""
    _elsewhere(front, member, series[1], "Cedar")
    done = front.do(move_dates, member, MoveDates(series[0].series_id or 0, Range(), 720, 60, {}))
    assert done.dates == 2
    session.expire_all()
    assert _blocked(session) == {(each.id, each.resource_id, each.starts_at) for each in series}
    assert [each.starts_at.hour for each in series] == [12, 10, 12]


def test_the_cut_off_is_that_of_the_room_where_each_date_is(
    front: Desk, member: Actor, series: list[Booking], clock: StandingClock
) -> None:
    _change(front, "Cedar", cancel_cutoff_minutes=2880)
    _elsewhere(front, member, series[1], "Cedar")
    clock.now = series[1].starts_at - timedelta(hours=24)
    wish = CancelDates(series[0].series_id or 0, Range(date(2026, 3, 16), date(2026, 3, 16)))
    with pytest.raises(NothingToChange):
        front.do(cancel_dates, member, wish)


@pytest.mark.parametrize("kind", ["later", "another room", "no steps"])
def test_after_the_cut_off_nothing_moves_to_where_cancelling_keeps_less(
    front: Desk, member: Actor, clock: StandingClock, kind: str
) -> None:
    """Cedar is cancelled late for all of it at six hours and half of it at a day; booths for nothing."""
    _change(front, "Cedar", cancel_cutoff_minutes=2880)
    _change(front, "Lark", cancel_cutoff_minutes=2880)
    steps = () if kind == "no steps" else (Step(6, 100), Step(24, 50))
    owner = front.world.actor("owner")
    set_ladder(front.session, owner, front.world.types["Meeting room"], steps, clock)
    set_ladder(front.session, owner, front.world.types["Phone booth"], (Step(48, 10),), clock)
    front.session.commit()
    _price(front, "Phone booth", 9000)
    booked = front.book(member, "Cedar", span("12:00", "13:00"))
    clock.now = span("08:00", "09:00").start
    room, wanted = {
        "later": ("Cedar", span("15:00", "16:00")),
        "another room": ("Lark", span("12:00", "13:00")),
        "no steps": ("Lark", span("12:00", "13:00")),
    }[kind]
    with pytest.raises(TooLateToMove):
        _elsewhere(front, member, booked, room, wanted)
    dearer = _elsewhere(front, member, booked, "Cedar", span("11:00", "13:00"))
    assert dearer.price_minor == 3600


def _price(front: Desk, kind: str, hourly_minor: int) -> None:
    front.session.get_one(ResourceType, front.world.types[kind]).hourly_minor = hourly_minor
    front.session.commit()
