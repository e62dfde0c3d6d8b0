"""Where verbs of booking meet: a date of a series that was changed by itself, money that was agreed, ways around a cut-off."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.domain.actor import Actor, Permission
from app.domain.booking.calendar import Calendar
from app.domain.booking.house_rules import windows
from app.domain.booking.house_rules.keeping import create_rule
from app.domain.booking.house_rules.terms import Rule, Sets, When
from app.domain.booking.late_fees import Step, set_ladder
from app.domain.booking.minutes import Stretch
from app.domain.booking.move import move
from app.domain.booking.moving import MoveBooking, TooLateToMove
from app.domain.booking.repeating import Every, Pattern
from app.domain.booking.series_add import add_dates
from app.domain.booking.series_book import book_series, preview_series
from app.domain.booking.series_cancel import CancelDates, cancel_dates
from app.domain.booking.series_move import move_dates
from app.domain.booking.series_moving import MoveDates
from app.domain.booking.series_rows import Range
from app.domain.booking.series_terms import AddDates, BookSeries, NothingToChange
from app.domain.booking.terms import NotBookable, NotPermitted, Reason
from app.domain.extras.choosing import order
from app.kernel.spans import Span
from app.models import (
    Booking,
    BookingExtra,
    BookingExtraOffer,
    ExtraPricing,
    Occupancy,
    Resource,
    ResourceType,
    Role,
    Team,
    UnbilledBooking,
)
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
    done = front.do(move_dates, member, MoveDates(series[0].series_id or 0, Range(), 720, 60))
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


def _order(front: Desk, actor: Actor, booking: Booking, offer_id: int) -> None:
    def verb(session: Session, actor: Actor, booking_id: int, clock: StandingClock) -> Booking:
        return order(session, actor, booking_id, {offer_id: 1}, clock)

    front.do(verb, actor, booking.id)


def _offer(front: Desk, **columns: Any) -> int:
    offer = BookingExtraOffer(name="Projector", price_minor=600, pricing=ExtraPricing.HOUR, **columns)
    front.session.add(offer)
    front.session.commit()
    return offer.id


def test_what_was_ordered_by_the_hour_follows_a_series(
    front: Desk, session: Session, member: Actor, series: list[Booking]
) -> None:
    _order(front, member, series[1], _offer(front))
    front.do(move_dates, member, MoveDates(series[0].series_id or 0, Range(), 720, 180))
    assert session.scalars(select(BookingExtra.total_minor)).all() == [1800]


def test_a_series_takes_nothing_of_what_others_have_ordered(
    front: Desk, session: Session, member: Actor, colleague: Actor, series: list[Booking]
) -> None:
    offer_id = _offer(front, stock=1)
    _order(front, member, series[1], offer_id)
    theirs = front.book(colleague, "Cedar", span("13:00", "14:00", "2026-03-16"))
    _order(front, colleague, theirs, offer_id)
    with pytest.raises(NotBookable) as refused:
        front.do(move_dates, member, MoveDates(series[0].series_id or 0, Range(), 750, 60))
    assert [each.reason for each in refused.value.obstacles] == [Reason.EXTRA_TAKEN]
    session.expire_all()
    assert [each.starts_at.hour for each in series] == [10, 10, 10]


def test_whoever_pays_for_a_series_pays_for_it_where_staff_move_it(
    front: Desk, session: Session, member: Actor, desk: Actor, series: list[Booking]
) -> None:
    team = Team(name="Tidewater", created_at=front.clock())
    session.add(team)
    session.flush()
    session.execute(update(UnbilledBooking).values(team_id=team.id))
    session.commit()
    front.do(move_dates, desk, MoveDates(series[0].series_id or 0, Range(), 720, 90))
    assert set(session.scalars(select(UnbilledBooking.team_id))) == {team.id}
    assert [each.price_minor for each in series] == [2700] * 3


def test_whoever_may_not_pass_limits_passes_none_of_a_series(
    front: Desk, desk: Actor, series: list[Booking]
) -> None:
    staff = replace(desk, role=Role.CUSTOM, granted=frozenset({Permission.BOOKINGS}))
    series_id = series[0].series_id or 0
    with pytest.raises(NotPermitted):
        front.do(move_dates, staff, MoveDates(series_id, Range(), 60, 60, override=True))
    with pytest.raises(NotPermitted):
        front.do(add_dates, staff, AddDates(series_id, until=date(2026, 4, 6), override=True))


@pytest.mark.parametrize("engine", ["sqlite"])
def test_a_long_series_weighs_each_date_against_a_rule_once(
    front: Desk, session: Session, member: Actor, northlight: TenantWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What counts all bookings of a person must not count all of them anew for each of hundreds of dates."""
    when = When(frozenset(range(7)), 0, 1380)
    rule = Rule(0, 0, "Fair shares", Sets(week_minutes=600, most_ahead=500), when=when)
    create_rule(session, northlight.actor("owner"), rule, front.clock())
    session.commit()
    asked: list[Stretch] = []
    real = windows.windows

    def counted(when: When, calendar: Calendar, around: Stretch) -> Iterator[Stretch]:
        asked.append(around)
        return real(when, calendar, around)

    monkeypatch.setattr(windows, "windows", counted)
    wish = BookSeries(northlight.rooms["Fern"], Pattern(MONDAY, Every.DAY, count=150), 600, 60)
    assert len(preview_series(session, member, wish, front.clock()).chosen) == 150
    assert len(asked) <= 150
