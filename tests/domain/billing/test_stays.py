"""Bookings are billed: once, when they are over, for what credit left of their price."""

from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.domain.actor import Actor
from app.domain.billing.charging import NewCharge, put_charge
from app.domain.billing.previewing import coming_invoices, preview_billing
from app.domain.billing.reasons import booking_key, cancelled_key, moved_key
from app.domain.booking.book import book
from app.domain.booking.cancel import cancel
from app.domain.booking.extend import extend
from app.domain.booking.hold import confirm, hold
from app.domain.booking.late_fees import Step, set_ladder
from app.domain.booking.move import move
from app.domain.booking.moving import MoveBooking
from app.domain.booking.paying import by_credit
from app.domain.booking.shorten import end_early
from app.domain.booking.terms import AlreadyOver, BookRoom
from app.domain.credits.terms import Holder
from app.domain.invoicing.issuing import lines_of
from app.domain.plans.showing import contracts_shown
from app.kernel.errors import Refusal
from app.kernel.spans import Span
from app.models import (
    Booking,
    BookingStatus,
    Charge,
    Invoice,
    InvoiceLine,
    ResourceType,
    Team,
    TeamMember,
    UnbilledBooking,
)
from app.tenancy import begin_writing
from tests.support.credits import granted
from tests.support.tariffs import Tariffs
from tests.support.world import World

HOURLY = 1800
START = date(2026, 3, 10)
_EXAMPLES = count()


class Rooms(Tariffs):
    """A tenant whose meeting rooms are billed with 20 %, and people who book them at nine."""

    def __init__(self, session: Session, world: World) -> None:
        super().__init__(session, world.northlight, START)
        self.tax(self.rates[20])

    def tax(self, rate_id: int | None) -> None:
        kind = self.session.get_one(ResourceType, self.tenant.types["Meeting room"])
        kind.tax_rate_id = rate_id
        self.session.commit()

    def at(self, hour: int, minute: int = 0) -> datetime:
        return datetime(self.today.year, self.today.month, self.today.day, hour, minute, tzinfo=UTC)

    def wish(
        self, hour: int = 10, minutes: int = 60, room: str = "Fern", days: int = 0, **more: Any
    ) -> BookRoom:
        start = self.at(hour) + timedelta(days=days)
        return BookRoom(self.tenant.rooms[room], Span(start, start + timedelta(minutes=minutes)), **more)

    def book(self, who: str = "contact", actor: Actor | None = None, **wish: Any) -> Booking:
        booking = book(self.session, actor or self.who(who), self.wish(**wish), self.tick)
        self.session.commit()
        return booking

    def billed(self, who: str = "contact") -> list[tuple[date | None, list[tuple[str, int]]]]:
        """Issue day and lines of their invoices."""
        return [
            (
                each.issued_on,
                [(line.description, line.unit_minor) for line in lines_of(self.session, each.id)],
            )
            for each in self.invoices(who)
        ]


@pytest.fixture
def rooms(session: Session, world: World) -> Rooms:
    return Rooms(session, world)


def test_a_booking_is_billed_the_day_after_to_who_has_no_contract(rooms: Rooms, session: Session) -> None:
    booking = rooms.book()
    rooms.run()
    assert rooms.billed() == []
    rooms.ahead(1)
    rooms.run()
    assert rooms.billed() == [(date(2026, 3, 11), [("Fern 10 10:00-11:00 (en)", HOURLY)])]
    (line,) = lines_of(session, rooms.invoices()[0].id)
    assert (line.from_day, line.until_day, line.tax_rate_id) == (START, START, rooms.rates[20])
    assert session.get_one(Charge, line.charge_id).reason_key == booking_key(booking.id)
    assert session.get_one(Charge, line.charge_id).location_id == rooms.tenant.locations["Leith Walk"]


def test_a_run_bills_it_once_however_often_it_comes(rooms: Rooms, session: Session) -> None:
    rooms.book()
    for _ in range(3):
        rooms.ahead(1)
        rooms.run()
        rooms.run()
    assert len(rooms.invoices()) == 1
    assert len(session.scalars(select(Charge)).all()) == 1


def test_a_note_that_came_back_would_still_bill_once(rooms: Rooms, session: Session) -> None:
    booking = rooms.book()
    rooms.ahead(1)
    rooms.run()
    session.add(UnbilledBooking(booking_id=booking.id))
    session.commit()
    rooms.ahead(1)
    rooms.run()
    assert len(session.scalars(select(Charge)).all()) == len(rooms.invoices()) == 1


def test_what_cancelling_late_keeps_is_billed_once_its_day_is_over(rooms: Rooms, session: Session) -> None:
    set_ladder(session, rooms.who("manager"), None, (Step(24, 50),), rooms.tick)
    session.commit()
    booking = rooms.book(room="Cedar")
    rooms.book(room="Fern")
    cancel(session, rooms.who("contact"), booking.id, rooms.tick, seen_fee=HOURLY // 2)
    session.commit()
    assert sum(minor for _day, minor in _coming(rooms)) == HOURLY + HOURLY // 2
    rooms.ahead(1)
    for _ in range(2):
        rooms.run()
    ((day, lines),) = rooms.billed()
    assert (day, sorted(minor for _words, minor in lines)) == (date(2026, 3, 11), [HOURLY // 2, HOURLY])
    keys = session.scalars(select(Charge.reason_key).order_by(Charge.reason_key)).all()
    assert cancelled_key(booking.id) in keys
    assert session.scalars(select(UnbilledBooking)).all() == []


def test_of_what_was_charged_already_a_change_charges_the_difference(rooms: Rooms, session: Session) -> None:
    booking = rooms.book(days=3, room="Fern")
    charge = NewCharge(
        rooms.tenant.people["contact"], booking_key(booking.id), "Fern", HOURLY, rooms.rates[20], rooms.today
    )
    begin_writing(session)
    put_charge(session, charge, rooms.tick())
    session.execute(delete(UnbilledBooking))
    session.commit()
    start = booking.starts_at
    for number, minutes in enumerate((120, 30), start=1):
        wish = MoveBooking(booking.resource_id, Span(start, start + timedelta(minutes=minutes)))
        move(session, rooms.who("contact"), booking.id, wish, rooms.tick)
        session.commit()
        found = session.scalars(
            select(Charge).where(Charge.reason_key == moved_key(booking.id, number))
        ).one()
        assert found.unit_minor == (HOURLY, -HOURLY * 3 // 2)[number - 1]
    cancel(session, rooms.who("contact"), booking.id, rooms.tick)
    session.commit()
    assert sum(session.scalars(select(Charge.unit_minor)).all()) == 0
    assert session.scalars(select(UnbilledBooking)).all() == []


def test_with_a_contract_it_comes_with_the_next_cycle(rooms: Rooms) -> None:
    rooms.join("contact", rooms.plan("Desk", 31000))
    rooms.run()
    rooms.ahead(3)
    rooms.book()
    while rooms.today < date(2026, 4, 10):
        rooms.ahead(1)
        rooms.run()
    assert [(day, sum(minor for _, minor in lines)) for day, lines in rooms.billed()] == [
        (date(2026, 3, 10), 31000),
        (date(2026, 4, 10), 31000 + HOURLY),
    ]


def test_a_year_that_was_paid_does_not_put_it_off_for_a_year(rooms: Rooms) -> None:
    rooms.join("contact", rooms.plan("Year", 310000, cycle_count=12))
    rooms.run()
    rooms.book()
    while rooms.today < date(2026, 4, 2):
        rooms.ahead(1)
        rooms.run()
    assert [day for day, _ in rooms.billed()] == [date(2026, 3, 10), date(2026, 4, 1)]


def test_what_is_cancelled_in_time_is_not_billed(rooms: Rooms, session: Session) -> None:
    booking, kept = rooms.book(days=2), rooms.book(hour=12, days=2)
    cancel(session, rooms.who("contact"), booking.id, rooms.tick)
    session.commit()
    rooms.ahead(3)
    rooms.run()
    assert [lines for _, lines in rooms.billed()] == [[("Fern 12 12:00-13:00 (en)", HOURLY)]]
    assert session.get_one(Booking, kept.id).status is BookingStatus.CONFIRMED


def test_extending_is_billed_and_ending_early_gives_nothing_back(rooms: Rooms, session: Session) -> None:
    longer, shorter = rooms.book(hour=10), rooms.book(who="member", hour=10, room="Cedar", minutes=120)
    rooms.now = rooms.at(10, 30)
    extend(session, rooms.who("contact"), longer.id, 30, rooms.tick)
    session.commit()
    end_early(session, rooms.who("member"), shorter.id, rooms.tick)
    session.commit()
    rooms.ahead(1)
    rooms.run()
    assert [lines for _, lines in rooms.billed()] == [[("Fern 10 10:00-11:30 (en)", HOURLY * 3 // 2)]]
    assert [lines for _, lines in rooms.billed("member")] == [[("Cedar 10 10:00-10:31 (en)", 2 * HOURLY)]]


def test_credit_pays_first_and_the_rest_is_billed(rooms: Rooms, session: Session) -> None:
    person = rooms.tenant.people["contact"]
    granted(session, Holder(person), 2500)
    first, second = rooms.book(hour=10), rooms.book(hour=12)
    rooms.ahead(1)
    rooms.run()
    assert by_credit(first.quote).total_minor == HOURLY
    assert [lines for _, lines in rooms.billed()] == [
        [("Fern 10 12:00-13:00 (en)", HOURLY - by_credit(second.quote).total_minor)]
    ]
    assert by_credit(second.quote).total_minor == 2500 - HOURLY
    assert session.scalars(select(UnbilledBooking)).all() == []


def test_a_hold_that_lapsed_is_not_billed_and_one_that_was_confirmed_is(
    rooms: Rooms, session: Session
) -> None:
    lapsed = hold(session, rooms.who("member"), rooms.wish(hour=14), rooms.tick)
    session.commit()
    held = hold(session, rooms.who("contact"), rooms.wish(hour=12), rooms.tick)
    session.commit()
    assert session.scalars(select(UnbilledBooking)).all() == []
    for _ in range(2):
        confirm(session, rooms.who("contact"), held.id, rooms.tick)
        session.commit()
    rooms.ahead(1)
    rooms.run()
    assert len(rooms.billed()) == 1
    assert rooms.billed("member") == []
    assert session.get_one(Booking, lapsed.id).price_minor == HOURLY


def test_a_type_without_tax_is_not_billed_and_not_later_either(rooms: Rooms, session: Session) -> None:
    rooms.tax(None)
    rooms.book()
    rooms.ahead(1)
    rooms.run()
    rooms.tax(rooms.rates[5])
    rooms.run()
    assert rooms.billed() == []
    rooms.book()
    rooms.ahead(1)
    rooms.run()
    (line,) = lines_of(session, rooms.invoices()[0].id)
    assert line.tax_rate_id == rooms.rates[5]


def test_what_costs_nothing_is_not_noted(rooms: Rooms, session: Session) -> None:
    rooms.book(room="Lark")
    assert session.scalars(select(UnbilledBooking)).all() == []
    rooms.book()
    assert len(session.scalars(select(UnbilledBooking)).all()) == 1


def _team(rooms: Rooms, *, payer: str = "colleague") -> Team:
    team = Team(name="Ferry", created_at=rooms.now)
    rooms.session.add(team)
    rooms.session.flush()
    for name in {"contact", "member", payer}:
        rooms.session.add(
            TeamMember(
                team_id=team.id,
                person_id=rooms.tenant.people[name],
                administrator=name == payer,
                pays=name == payer,
                may_book_for_team=name == "contact",
                joined_at=rooms.now,
            )
        )
    rooms.session.commit()
    return team


def test_what_one_of_a_team_books_for_another_its_payer_pays(rooms: Rooms, session: Session) -> None:
    _team(rooms)
    rooms.book("contact", for_person_id=rooms.tenant.people["member"])
    rooms.book("contact", hour=12)
    rooms.ahead(1)
    rooms.run()
    assert [lines for _, lines in rooms.billed("colleague")] == [[("Fern 10 10:00-11:00 (en)", HOURLY)]]
    assert [lines for _, lines in rooms.billed("contact")] == [[("Fern 10 12:00-13:00 (en)", HOURLY)]]
    assert rooms.billed("member") == []


def test_whoever_pays_for_the_team_when_it_is_over_is_billed(rooms: Rooms, session: Session) -> None:
    team = _team(rooms)
    rooms.book("contact", for_person_id=rooms.tenant.people["member"])
    rooms.book("contact", hour=12, for_person_id=rooms.tenant.people["member"])
    members = {
        each.person_id: each
        for each in session.scalars(select(TeamMember).where(TeamMember.team_id == team.id))
    }
    members[rooms.tenant.people["colleague"]].pays = False
    session.flush()
    members[rooms.tenant.people["contact"]].pays = True
    session.commit()
    rooms.ahead(1)
    rooms.run()
    assert rooms.billed("colleague") == []
    assert len(rooms.billed("contact")[0][1]) == 2


def test_what_staff_book_for_somebody_is_theirs(rooms: Rooms) -> None:
    _team(rooms)
    desk = rooms.tenant.actor("desk")
    booking = rooms.book(actor=desk, for_person_id=rooms.tenant.people["member"])
    assert booking.booked_by_id != booking.person_id
    rooms.ahead(1)
    rooms.run()
    assert len(rooms.billed("member")) == 1
    assert rooms.billed("colleague") == []


def test_what_was_billed_is_not_changed_any_more(rooms: Rooms, session: Session) -> None:
    """Who waited for the row while a run billed it reads the time anew; with the time of before it would be cancelled."""
    booking = rooms.book()
    before = rooms.at(9, 59)
    rooms.ahead(1)
    rooms.run()
    with pytest.raises(AlreadyOver):
        cancel(session, rooms.who("contact"), booking.id, rooms.tick)
    session.rollback()
    cancel(session, rooms.who("contact"), booking.id, lambda: before)
    assert booking.status is BookingStatus.CANCELLED
    session.rollback()


def _coming(rooms: Rooms, who: str = "contact", many: int = 4) -> list[tuple[date, int]]:
    person = rooms.tenant.people[who]
    shown = contracts_shown(rooms.session, person, rooms.today)
    billed = [(each.held, each.plan_name) for each in shown if each.held is not None]
    found = coming_invoices(rooms.session, person, billed, rooms.today, many)
    return [(each.day, each.amount_minor) for each in found]


@pytest.mark.parametrize("contract", [True, False])
def test_the_forecast_says_what_the_runs_then_bill(rooms: Rooms, *, contract: bool) -> None:
    if contract:
        rooms.join("contact", rooms.plan("Desk", 31000))
        rooms.run()
    rooms.book(days=0)
    rooms.book(days=2)
    cancelled = rooms.book(days=4)
    cancel(rooms.session, rooms.who("contact"), cancelled.id, rooms.tick)
    rooms.session.commit()
    rooms.book(days=31)
    said, had = _coming(rooms), len(rooms.invoices())
    assert len(said) == (4 if contract else 3)
    for day, _amount in said:
        for eve in (day - timedelta(days=1), day):
            rooms.set_day(max(eve, rooms.today))
            rooms.run()
    assert [(each.issued_on, each.total_minor) for each in rooms.invoices()[had:]] == said


def test_the_dry_run_names_what_the_run_bills(rooms: Rooms, session: Session) -> None:
    rooms.join("member", rooms.plan("Desk", 31000))
    rooms.run()
    for who, hour in (("contact", 10), ("member", 12)):
        rooms.book(who, hour=hour)
    tomorrow = rooms.today + timedelta(days=1)
    (preview,) = preview_billing(session, tomorrow)
    assert (preview.payer_id, preview.amount_minor) == (rooms.tenant.people["contact"], HOURLY)
    (line,) = preview.lines
    assert line.stay is not None
    assert line.stay.room == "Fern"
    session.rollback()
    rooms.ahead(1)
    rooms.run()
    assert [lines for _, lines in rooms.billed()] == [[("Fern 10 10:00-11:00 (en)", HOURLY)]]
    assert preview_billing(session, rooms.today) == []


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["book", "book", "extend", "end", "cancel", "run", "twice", "night"]),
        st.integers(0, 3),
        st.sampled_from(["contact", "member"]),
    ),
    min_size=4,
    max_size=14,
)


def _step(rooms: Rooms, what: str, number: int, who: str, made: list[Booking]) -> None:
    session, actor = rooms.session, rooms.who(who)
    if what == "book":
        room = ("Fern", "Cedar")[number % 2]
        wish = rooms.wish(hour=(10, 10, 13, 15)[number], minutes=(15, 45, 60, 240)[number], room=room)
        made.append(book(session, actor, wish, rooms.tick))
    elif what in ("run", "twice"):
        for _ in range(1 + (what == "twice")):
            rooms.run()
    elif what == "night":
        rooms.ahead(1 + number)
    elif made:
        booking = made[-1 - number % len(made)]
        mine = rooms.who("contact" if booking.person_id == rooms.tenant.people["contact"] else "member")
        # In the middle of it, so that it can be extended and ended
        rooms.now = max(rooms.now, booking.starts_at + timedelta(minutes=5))
        if what == "extend":
            extend(session, mine, booking.id, 30, rooms.tick)
        elif what == "end":
            end_early(session, mine, booking.id, rooms.tick)
        else:
            rooms.now = rooms.now_of(rooms.today)
            cancel(session, mine, booking.id, rooms.tick)
    session.commit()


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_whatever_is_done_what_is_kept_is_billed_once(world: World, rooms: Rooms, steps: Any) -> None:
    session, made = rooms.session, list[Booking]()
    rooms.set_day(START + timedelta(days=60 * next(_EXAMPLES)))
    for what, number, who in steps:
        try:
            _step(rooms, what, number, who, made)
        except Refusal:
            session.rollback()
    rooms.ahead(60)
    rooms.run()
    rooms.run()
    charged = {each.reason_key: each.unit_minor for each in session.scalars(select(Charge))}
    lines = session.scalars(select(InvoiceLine.charge_id)).all()
    assert len(lines) == len(set(lines)) == len(charged)
    for booking in made:
        session.refresh(booking)
        owed = booking.price_minor - by_credit(booking.quote).total_minor
        kept = booking.status is BookingStatus.CONFIRMED and owed
        assert charged.get(booking_key(booking.id), 0) == (owed if kept else 0)
    assert session.scalars(select(UnbilledBooking)).all() == []
    assert sum(charged.values()) == sum(
        each.total_minor for each in session.scalars(select(Invoice).where(Invoice.number.is_not(None)))
    )
