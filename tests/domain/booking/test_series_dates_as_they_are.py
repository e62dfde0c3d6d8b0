"""A series that is moved looks at each date as it is by now: for how many, and past which limits staff let it once."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.actor import Actor
from app.domain.booking.move import move
from app.domain.booking.moving import MoveBooking
from app.domain.booking.repeating import Every, Pattern
from app.domain.booking.series_book import book_series
from app.domain.booking.series_move import move_dates
from app.domain.booking.series_move_quote import preview_move
from app.domain.booking.series_moving import MoveDates
from app.domain.booking.series_rows import Range
from app.domain.booking.series_terms import BookSeries, SeriesNotBookable
from app.domain.booking.terms import Reason
from app.kernel.spans import Span
from app.models import Booking, BookingSeries, Resource, ResourcePlan
from tests.domain.booking.conftest import Desk, StandingClock

MONDAY = date(2026, 3, 9)
WEEKS = [MONDAY + timedelta(weeks=n) for n in range(3)]
ALL = Range(first=MONDAY)


def _weekly(front: Desk, actor: Actor, room: str, **more: Any) -> BookingSeries:
    """On three Mondays from 10:00 to 11:00."""
    wish = BookSeries(front.world.rooms[room], Pattern(MONDAY, Every.WEEK, count=len(WEEKS)), 600, 60, **more)
    series: BookingSeries = front.do(book_series, actor, wish).series
    return series


def _date(session: Session, day: date) -> Booking:
    return session.scalars(select(Booking).where(Booking.series_day == day)).one()


def _now_for(front: Desk, actor: Actor, day: date, people: int, *, override: bool = False) -> None:
    """One date alone is for so many from now on."""
    booking = _date(front.session, day)
    span = Span(booking.starts_at, booking.ends_at)
    command = MoveBooking(booking.resource_id, span, people, booking.title, override=override)

    def verb(session: Session, who: Actor, booking_id: int, clock: StandingClock) -> Booking:
        return move(session, who, booking_id, command, clock)

    front.do(verb, actor, booking.id)


def _against(front: Desk, actor: Actor, wish: MoveDates) -> dict[date, list[Reason]]:
    """What stands against each date, as the page shows it before; moving says the same."""
    shown = preview_move(front.session, actor, wish, front.clock())
    front.session.rollback()
    found = {each.day: [one.reason for one in each.obstacles] for each in shown.dates if each.obstacles}
    if found:
        with pytest.raises(SeriesNotBookable) as refused:
            front.do(move_dates, actor, wish)
        assert {each.day: [one.reason for one in each.obstacles] for each in refused.value.against} == found
    return found


def test_a_date_that_has_grown_goes_to_no_room_that_is_too_small_for_it(
    front: Desk, session: Session, member: Actor
) -> None:
    series = _weekly(front, member, "Cedar")
    _now_for(front, member, WEEKS[1], 8)
    fern = MoveDates(series.id, ALL, 600, 60, front.world.rooms["Fern"])
    assert _against(front, member, fern) == {WEEKS[1]: [Reason.TOO_MANY_PEOPLE]}
    rowan = MoveDates(series.id, ALL, 600, 60, front.world.rooms["Rowan"])
    assert _against(front, member, rowan) == {}
    assert front.do(move_dates, member, rowan).dates == 3
    assert _date(session, WEEKS[1]).people == 8


def test_a_date_that_has_shrunk_goes_where_the_others_do_not_fit(
    front: Desk, session: Session, member: Actor
) -> None:
    series = _weekly(front, member, "Cedar", people=8)
    _now_for(front, member, WEEKS[2], 2)
    fern = MoveDates(series.id, ALL, 600, 60, front.world.rooms["Fern"])
    assert _against(front, member, fern) == {day: [Reason.TOO_MANY_PEOPLE] for day in WEEKS[:2]}
    alone = MoveDates(series.id, ALL, 600, 60, front.world.rooms["Fern"], chosen=frozenset(WEEKS[2:]))
    assert front.do(move_dates, member, alone).dates == 1
    assert _date(session, WEEKS[2]).resource_id == front.world.rooms["Fern"]


def test_how_many_staff_once_let_in_stays_let_in_at_another_time(
    front: Desk, session: Session, member: Actor, desk: Actor
) -> None:
    series = _weekly(front, desk, "Fern", people=9, override=True, for_person_id=member.person_id)
    later = MoveDates(series.id, ALL, 660, 60)
    assert _against(front, member, later) == {}
    assert front.do(move_dates, member, later).dates == 3
    assert {tuple(_date(session, day).overridden) for day in WEEKS} == {("too_many_people",)}


def test_what_staff_passed_over_for_one_date_holds_for_no_other(
    front: Desk, session: Session, member: Actor, desk: Actor
) -> None:
    series = _weekly(front, member, "Fern", people=4)
    _now_for(front, desk, WEEKS[1], 9, override=True)
    lark = MoveDates(series.id, ALL, 600, 60, front.world.rooms["Lark"])
    assert _against(front, member, lark) == {day: [Reason.TOO_MANY_PEOPLE] for day in [WEEKS[0], WEEKS[2]]}


def test_a_plan_that_staff_did_not_ask_for_is_not_asked_for_in_another_room(
    front: Desk, session: Session, contact: Actor, desk: Actor
) -> None:
    series = _weekly(front, desk, "Alder", override=True, for_person_id=contact.person_id)
    assert _date(session, MONDAY).overridden == ["plan_needed"]
    fern = front.world.rooms["Fern"]
    session.get_one(Resource, fern).for_plans_only = True
    session.add(ResourcePlan(resource_id=fern, plan_id=front.world.plans["Residents"]))
    session.commit()
    there = MoveDates(series.id, ALL, 600, 60, fern)
    assert _against(front, contact, there) == {}
    assert front.do(move_dates, contact, there).dates == 3


def test_another_time_of_day_that_staff_let_pass_is_asked_about_anew(
    front: Desk, session: Session, member: Actor, desk: Actor
) -> None:
    series = _weekly(front, member, "Fern")
    night = MoveDates(series.id, ALL, 1320, 60, override=True)
    front.do(move_dates, desk, night)
    assert _date(session, MONDAY).overridden == ["outside_hours"]
    wish = MoveDates(series.id, ALL, 1260, 60)
    assert _against(front, member, wish) == {day: [Reason.OUTSIDE_HOURS] for day in WEEKS}
