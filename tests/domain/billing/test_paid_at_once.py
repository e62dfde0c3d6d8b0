"""When bookings are paid: by the policy of the house, with what changes afterwards, and what becomes of what is not paid."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session, sessionmaker

from app.domain.billing.charging import NewCharge, put_charge
from app.domain.billing.reasons import booking_key, of_these_bookings
from app.domain.booking.approval import approve
from app.domain.booking.book import book
from app.domain.booking.cancel import cancel
from app.domain.booking.extend import extend
from app.domain.booking.late_fees import Step, set_ladder
from app.domain.booking.move import move
from app.domain.booking.moving import MoveBooking
from app.domain.booking.repeating import Every, Pattern
from app.domain.booking.series_book import book_series
from app.domain.booking.series_cancel import CancelDates, cancel_dates
from app.domain.booking.series_rows import Range
from app.domain.booking.series_terms import BookSeries
from app.domain.booking.unbilled import bill_each_again
from app.domain.booking.when_paid import PaidAtOnce
from app.domain.extras.choosing import order
from app.domain.extras.keeping import create_extra
from app.domain.extras.terms import ExtraDetails
from app.domain.guests.expecting import NewGuest, add_guest
from app.domain.invoicing.crediting import credit
from app.domain.invoicing.issuing import lines_of
from app.domain.invoicing.terms import CreditLines
from app.domain.people.details import add_person
from app.domain.people.terms import PersonDetails
from app.domain.privacy.anonymise import anonymise
from app.domain.privacy.deletion import end_due
from app.domain.privacy.terms import Reason
from app.integrations.disk_files import DiskFiles
from app.jobs.privacy import end_accounts
from app.kernel.spans import Span
from app.models import (
    AttemptInvoice,
    AttemptKind,
    AttemptState,
    Booking,
    BookingStatus,
    CardAttempt,
    Charge,
    Deletion,
    ExtraPricing,
    Invoice,
    InvoiceSetting,
    Notice,
    PayWhen,
    Person,
    Resource,
    ResourceType,
    Team,
    TeamMember,
    UnbilledBooking,
)
from app.tenancy import begin_writing, guard_sessions
from tests.support.sessions import walled_sessions
from tests.support.stays import PaidRooms
from tests.support.world import World

HOURLY = 1800


@pytest.fixture
def open_session(database: str) -> Iterator[sessionmaker[Session]]:
    """What the worker opens its sessions with."""
    with walled_sessions(database) as (engine, _open):
        factory = sessionmaker(engine, expire_on_commit=False, autoflush=False)
        guard_sessions(factory)
        yield factory


@pytest.fixture
def rooms(session: Session, world: World) -> PaidRooms:
    return PaidRooms(session, world)


def _moved(rooms: PaidRooms, booking: Booking, minutes: int, **more: Any) -> None:
    wish = MoveBooking(
        booking.resource_id, Span(booking.starts_at, booking.starts_at + timedelta(minutes=minutes)), **more
    )
    move(rooms.session, rooms.who("contact"), booking.id, wish, rooms.tick)
    rooms.session.commit()


def _free(rooms: PaidRooms, **wish: Any) -> Booking:
    """A phone booth, which costs nothing, booked before anybody pays at once; and now they do."""
    rooms.choose()
    booth = replace(rooms.wish(**wish), resource_id=rooms.tenant.rooms["Lark"])
    booking = book(rooms.session, rooms.who("contact"), booth, rooms.tick)
    rooms.session.commit()
    assert booking.pays is None
    rooms.choose(contacts_pay=PayWhen.NOW, pay_within_minutes=30)
    return booking


def _to_fern(rooms: PaidRooms, booking: Booking, **more: Any) -> None:
    wish = MoveBooking(rooms.tenant.rooms["Fern"], Span(booking.starts_at, booking.ends_at), **more)
    move(rooms.session, rooms.who("contact"), booking.id, wish, rooms.tick)
    rooms.session.commit()


def _lunch(rooms: PaidRooms, **terms: Any) -> int:
    details = ExtraDetails(
        "Lunch", price_minor=900, pricing=ExtraPricing.BOOKING, tax_rate_id=rooms.rates[20], **terms
    )
    lunch = create_extra(rooms.session, rooms.owner, details, rooms.tick()).id
    rooms.session.commit()
    return lunch


def _order_lunch(rooms: PaidRooms, booking: Booking, who: str) -> None:
    order(rooms.session, rooms.who(who), booking.id, {_lunch(rooms): 1}, rooms.tick)
    rooms.session.commit()


def test_without_a_policy_it_is_billed_with_the_next_invoice(rooms: PaidRooms) -> None:
    rooms.choose()
    booking = rooms.book()
    assert (booking.pays, booking.pay_until) == (PayWhen.INVOICE, None)
    assert booking.quote["due"] == {"when": "invoice", "now_minor": 0, "later_minor": HOURLY}
    rooms.sweep()
    assert rooms.documents() == []


def test_who_pays_at_the_end_is_billed_the_day_after_whatever_their_contract(rooms: PaidRooms) -> None:
    rooms.join("contact", rooms.plan("Monthly", 10_000))
    rooms.run()
    before = len(rooms.invoices())
    rooms.choose(members_pay=PayWhen.END)
    assert rooms.book().pays is PayWhen.END
    rooms.ahead(2)
    rooms.run()
    billed = rooms.invoices()
    assert [line.description for line in lines_of(rooms.session, billed[-1].id)] == [
        "Fern 11 10:00-11:00 (en)"
    ]
    assert len(billed) == before + 1
    # The control: with the next cycle, as without a policy
    rooms.choose()
    rooms.book()
    rooms.ahead(2)
    rooms.run()
    assert len(rooms.invoices()) == before + 1


def test_each_audience_pays_by_its_own(rooms: PaidRooms) -> None:
    rooms.choose(members_pay=PayWhen.END, contacts_pay=PayWhen.NOW)
    assert (rooms.book("member").pays, rooms.book("contact", hour=12).pays) == (PayWhen.END, PayWhen.NOW)


def test_what_is_paid_at_once_is_on_an_invoice_within_a_minute_and_once(rooms: PaidRooms) -> None:
    booking = rooms.book()
    assert booking.quote["due"] == {"when": "now", "now_minor": HOURLY, "later_minor": 0}
    for _ in range(3):
        rooms.sweep(1)
    rooms.ahead(5)
    rooms.run()
    (invoice,) = rooms.invoices()
    assert [line.unit_minor for line in lines_of(rooms.session, invoice.id)] == [HOURLY]
    assert rooms.session.scalars(select(UnbilledBooking)).all() == []


def test_what_was_agreed_stays_when_the_policy_changes(rooms: PaidRooms) -> None:
    booking = rooms.book()
    rooms.choose()
    _moved(rooms, booking, 120)
    assert booking.pays is PayWhen.NOW


def test_what_was_free_is_not_paid_at_once_by_a_page_that_had_not_said_so(rooms: PaidRooms) -> None:
    booking = _free(rooms)
    with pytest.raises(PaidAtOnce):
        _to_fern(rooms, booking, only_later=True)
    rooms.session.rollback()
    assert (booking.resource_id, booking.pays) == (rooms.tenant.rooms["Lark"], None)
    _to_fern(rooms, booking)
    assert booking.pays is PayWhen.NOW


def test_neither_is_the_difference_of_what_is(rooms: PaidRooms) -> None:
    booking = rooms.book()
    with pytest.raises(PaidAtOnce):
        _moved(rooms, booking, 120, only_later=True)
    rooms.session.rollback()
    _moved(rooms, booking, 30, only_later=True)
    assert booking.price_minor == HOURLY // 2


def test_nor_what_somebody_stays_longer_for(rooms: PaidRooms) -> None:
    booking = rooms.book(days=0, hour=10)
    rooms.now = booking.starts_at + timedelta(minutes=20)
    with pytest.raises(PaidAtOnce):
        extend(rooms.session, rooms.who("contact"), booking.id, 30, rooms.tick, only_later=True)
    rooms.session.rollback()
    assert (
        extend(rooms.session, rooms.who("contact"), booking.id, 30, rooms.tick).price_minor == HOURLY * 3 // 2
    )


def test_who_pays_later_is_asked_nothing(rooms: PaidRooms) -> None:
    rooms.choose()
    booking = rooms.book()
    rooms.choose(contacts_pay=PayWhen.NOW)
    _moved(rooms, booking, 120, only_later=True)
    assert booking.pays is PayWhen.INVOICE


def test_the_time_to_pay_counts_from_when_it_came_to_cost_something(rooms: PaidRooms) -> None:
    booking = _free(rooms, days=5)
    rooms.ahead(2)
    _order_lunch(rooms, booking, "contact")
    assert booking.pay_until == rooms.now + timedelta(minutes=30)


def test_whoever_staff_ordered_something_for_has_a_day_to_pay_however_old_it_is(rooms: PaidRooms) -> None:
    booking = _free(rooms, days=9)
    rooms.ahead(3)
    _order_lunch(rooms, booking, "manager")
    rooms.sweep()
    assert rooms.sweep(60) == 0
    assert rooms.sweep(24 * 60) == 1


def test_dates_of_a_series_do_not_agree_by_what_another_was_agreed_by(rooms: PaidRooms) -> None:
    booking = _free(rooms)
    rooms.choose()
    before = rooms.book(hour=12)
    rooms.choose(contacts_pay=PayWhen.NOW, pay_within_minutes=30)
    bill_each_again(rooms.session, rooms.who("contact"), [before, _priced(booking)], rooms.tick())
    rooms.session.commit()
    assert (before.pays, booking.pays) == (PayWhen.INVOICE, PayWhen.NOW)


def _priced(booking: Booking) -> Booking:
    booking.price_minor = HOURLY
    return booking


def test_what_was_paid_and_comes_to_cost_more_stays_and_the_rest_is_owed(rooms: PaidRooms) -> None:
    booking = rooms.book()
    rooms.sweep()
    rooms.pay(rooms.invoices()[0])
    _moved(rooms, booking, 120)
    until = booking.pay_until
    assert until is not None
    rooms.sweep(1)
    # Nothing says any more that it is cancelled where it is not paid
    assert booking.pay_until is None
    assert rooms.sweep(60) == 0
    assert booking.status is BookingStatus.CONFIRMED
    assert [left > 0 for _kind, _total, left in rooms.documents()] == [False, True]


def test_what_was_not_paid_and_comes_to_cost_more_is_cancelled_when_it_would_have_been(
    rooms: PaidRooms,
) -> None:
    booking = rooms.book()
    rooms.sweep()
    until = booking.pay_until
    _moved(rooms, booking, 120)
    rooms.sweep(1)
    assert booking.pay_until == until
    assert rooms.sweep(30) == 1


def test_dearer_is_billed_and_cheaper_is_credited_once_each(rooms: PaidRooms) -> None:
    booking = rooms.book()
    rooms.sweep()
    (first,) = rooms.documents()
    _moved(rooms, booking, 120)
    for _ in range(2):
        rooms.sweep(1)
    assert [kind for kind, _sum, _open in rooms.documents()] == ["invoice", "invoice"]
    assert sum(total for _kind, total, _open in rooms.documents()) == 2 * first[1]
    _moved(rooms, booking, 30)
    for _ in range(2):
        rooms.sweep(1)
    assert sum(rooms.session.scalars(select(Charge.unit_minor))) == HOURLY // 2
    assert (
        sum(open_minor for kind, _sum, open_minor in rooms.documents() if kind == "invoice") == first[1] // 2
    )


def test_cancelled_in_time_all_of_it_is_credited(rooms: PaidRooms) -> None:
    booking = rooms.book()
    rooms.sweep()
    rooms.pay(rooms.invoices()[0])
    cancel(rooms.session, rooms.who("contact"), booking.id, rooms.tick)
    rooms.session.commit()
    for _ in range(2):
        rooms.sweep(1)
    (_, paid, _), (kind, credited, _) = rooms.documents()
    assert (kind, credited) == ("credit_note", paid)


def test_cancelled_late_what_is_kept_is_not_credited(rooms: PaidRooms) -> None:
    set_ladder(rooms.session, rooms.who("manager"), None, (Step(48, 50),), rooms.tick)
    rooms.session.commit()
    booking = rooms.book()
    rooms.sweep()
    booking.cancel_cutoff_minutes = 48 * 60
    rooms.session.commit()
    cancel(rooms.session, rooms.who("contact"), booking.id, rooms.tick, seen_fee=HOURLY // 2)
    rooms.session.commit()
    rooms.sweep()
    ((_, _, left), (kind, credited, _)) = rooms.documents()
    assert (kind, left) == ("credit_note", credited)
    assert sum(rooms.session.scalars(select(Charge.unit_minor))) == HOURLY // 2


def _credit_by_hand(rooms: PaidRooms) -> None:
    (invoice,) = rooms.invoices()
    (line,) = lines_of(rooms.session, invoice.id)
    credit(rooms.session, rooms.owner, CreditLines(invoice.id, {line.id: HOURLY}, "sorry"), rooms.tick())
    rooms.session.commit()


def test_what_staff_have_credited_by_hand_is_not_credited_again(rooms: PaidRooms) -> None:
    booking = rooms.book()
    rooms.sweep()
    _credit_by_hand(rooms)
    cancel(rooms.session, rooms.who("contact"), booking.id, rooms.tick)
    rooms.session.commit()
    rooms.sweep()
    assert [kind for kind, _sum, _open in rooms.documents()] == ["invoice", "credit_note"]


def test_what_stays_unpaid_is_cancelled_credited_and_told(rooms: PaidRooms) -> None:
    booking = rooms.book()
    rooms.sweep()
    assert rooms.sweep(29) == 0
    assert rooms.sweep(2) == 1
    assert booking.status is BookingStatus.CANCELLED
    (invoice, note) = rooms.documents()
    assert (invoice[2], note[:2]) == (0, ("credit_note", invoice[1]))
    told = rooms.session.scalars(select(Notice).where(Notice.kind == "booking.cancelled")).all()
    assert [each.data["unpaid"] for each in told] == [True]
    assert rooms.sweep(60) == 0
    # The room is free for others
    rooms.book("member")


def test_paid_in_time_or_in_part_it_stays(rooms: PaidRooms) -> None:
    whole, part = rooms.book(), rooms.book(hour=12)
    rooms.sweep()
    for invoice, minor in zip(rooms.invoices(), (None, 100), strict=False):
        rooms.pay(invoice, minor)
    assert rooms.sweep(60) == 0
    assert {whole.status, part.status} == {BookingStatus.CONFIRMED}
    assert (whole.pay_until, part.pay_until) == (None, None)


def test_what_has_begun_stays_and_is_owed(rooms: PaidRooms) -> None:
    booking = rooms.book(days=0, hour=9, minutes=120)
    rooms.sweep()
    assert rooms.sweep(45) == 0
    assert booking.status is BookingStatus.CONFIRMED
    assert rooms.documents()[0][2] > 0


def test_what_nobody_issued_yet_is_not_cancelled(rooms: PaidRooms) -> None:
    rooms.choose(contacts_pay=PayWhen.NOW, pay_within_minutes=30, issue_at_once=False)
    booking = rooms.book()
    rooms.sweep()
    assert rooms.sweep(45) == 0
    assert booking.status is BookingStatus.CONFIRMED


def test_with_no_limit_nobody_cancels_it(rooms: PaidRooms) -> None:
    rooms.choose(contacts_pay=PayWhen.NOW)
    booking = rooms.book()
    rooms.sweep()
    assert rooms.sweep(600) == 0
    assert (booking.status, booking.pay_until) == (BookingStatus.CONFIRMED, None)


def test_who_was_not_there_has_a_day_to_pay(rooms: PaidRooms) -> None:
    staff = rooms.who("manager")
    wish: dict[str, Any] = {"for_person_id": rooms.tenant.people["contact"], "days": 3}
    booking = rooms.book(actor=staff, **wish)
    assert booking.pays is PayWhen.NOW
    rooms.sweep()
    assert rooms.sweep(60) == 0
    assert rooms.sweep(24 * 60) == 1


def test_staff_may_say_otherwise_and_nobody_else(rooms: PaidRooms) -> None:
    wish: dict[str, Any] = {"for_person_id": rooms.tenant.people["contact"], "pays": PayWhen.INVOICE}
    assert rooms.book(actor=rooms.who("manager"), **wish).pays is PayWhen.INVOICE
    assert rooms.book(hour=12, pays=PayWhen.INVOICE).pays is PayWhen.NOW


def test_the_rate_of_tax_is_the_one_of_when_it_was_booked(rooms: PaidRooms) -> None:
    rooms.choose()
    booking = rooms.book()
    assert booking.quote["tax_rate_id"] == rooms.rates[20]
    assert booking.starts_at.date() == date(2026, 3, 11)


def _weekly(rooms: PaidRooms, count: int = 3) -> list[Booking]:
    first = rooms.today + timedelta(days=1)
    wish = BookSeries(rooms.tenant.rooms["Fern"], Pattern(first, Every.WEEK, count=count), 600, 60)
    book_series(rooms.session, rooms.who("contact"), wish, rooms.tick)
    rooms.session.commit()
    return list(rooms.session.scalars(select(Booking).order_by(Booking.starts_at)))


def test_all_dates_of_a_series_are_on_one_invoice_and_go_with_one_notice(rooms: PaidRooms) -> None:
    bookings = _weekly(rooms)
    rooms.sweep()
    ((_kind, total, _open),) = rooms.documents()
    assert total == 3 * HOURLY
    assert rooms.sweep(31) == 3
    assert {each.status for each in bookings} == {BookingStatus.CANCELLED}
    assert rooms.documents()[0][2] == 0
    assert [total for _kind, total, _open in rooms.documents()] == [3 * HOURLY, 3 * HOURLY]
    told = rooms.session.scalars(select(Notice).where(Notice.kind == "series.changed")).all()
    assert [(each.data["done"], each.data["dates"]) for each in told] == [("unpaid", 3)]


def test_dates_that_are_cancelled_are_credited(rooms: PaidRooms) -> None:
    first, *later = _weekly(rooms)
    rooms.sweep()
    wish = CancelDates(first.series_id or 0, Range(later[0].series_day))
    cancel_dates(rooms.session, rooms.who("contact"), wish, rooms.tick)
    rooms.session.commit()
    for _ in range(2):
        rooms.sweep(1)
    assert [total for _kind, total, _open in rooms.documents()] == [3 * HOURLY, 2 * HOURLY]
    assert rooms.documents()[0][2] == HOURLY


def test_what_is_ordered_afterwards_is_billed_and_what_is_left_out_credited(rooms: PaidRooms) -> None:
    lunch = _lunch(rooms)
    booking = rooms.book()
    rooms.sweep()
    with pytest.raises(PaidAtOnce):
        order(rooms.session, rooms.who("contact"), booking.id, {lunch: 2}, rooms.tick, only_later=True)
    rooms.session.rollback()
    for count in (2, 1, 0):
        # Of less nothing is to be said
        order(
            rooms.session,
            rooms.who("contact"),
            booking.id,
            {lunch: count},
            rooms.tick,
            only_later=count < 2,
        )
        rooms.session.commit()
        for _ in range(2):
            rooms.sweep(1)
        assert sum(rooms.session.scalars(select(Charge.unit_minor))) == HOURLY + count * 900
    kinds = [(kind, total) for kind, total, _open in rooms.documents()]
    assert kinds == [("invoice", HOURLY), ("invoice", 1800), ("credit_note", 900), ("credit_note", 900)]


def test_what_staff_approve_is_due_then_and_has_a_day(rooms: PaidRooms) -> None:
    rooms.session.get_one(Resource, rooms.tenant.rooms["Fern"]).needs_approval = True
    rooms.session.commit()
    booking = rooms.book(days=4)
    rooms.sweep()
    assert (booking.status, rooms.documents()) == (BookingStatus.TENTATIVE, [])
    approve(rooms.session, rooms.who("manager"), booking.id, rooms.tick)
    rooms.session.commit()
    rooms.sweep()
    assert [kind for kind, _total, _open in rooms.documents()] == ["invoice"]
    assert rooms.sweep(60) == 0
    assert rooms.sweep(24 * 60) == 1


def _taxed(rooms: PaidRooms) -> list[tuple[str, int | None, int]]:
    """Kind, rate of tax and price of every line that was issued."""
    return [
        (each.kind.value, line.percent_hundredths, line.unit_minor)
        for each in rooms.invoices()
        for line in lines_of(rooms.session, each.id)
    ]


def _other_tax(rooms: PaidRooms) -> int:
    """A room of another type, which is taxed with 5 % and costs the same."""
    kind = rooms.session.get_one(ResourceType, rooms.tenant.types["Meeting room"])
    other = ResourceType(
        name="Studio", picture_kind=kind.picture_kind, hourly_minor=HOURLY, tax_rate_id=rooms.rates[5]
    )
    rooms.session.add(other)
    rooms.session.flush()
    room = rooms.session.get_one(Resource, rooms.tenant.rooms["Cedar"])
    room.resource_type_id = other.id
    rooms.session.commit()
    return room.id


def _to(rooms: PaidRooms, booking: Booking, room_id: int) -> None:
    wish = MoveBooking(room_id, Span(booking.starts_at, booking.ends_at))
    move(rooms.session, rooms.who("contact"), booking.id, wish, rooms.tick)
    rooms.session.commit()
    for _ in range(2):
        rooms.sweep(1)


def test_a_room_of_another_tax_is_credited_with_one_and_billed_with_the_other(rooms: PaidRooms) -> None:
    studio = _other_tax(rooms)
    booking = rooms.book()
    rooms.sweep()
    _to(rooms, booking, studio)
    billed = [("invoice", 2000, HOURLY), ("credit_note", 2000, HOURLY), ("invoice", 500, HOURLY)]
    assert sorted(_taxed(rooms)) == sorted(billed)
    # The control: back again, and nothing twice
    _to(rooms, booking, rooms.tenant.rooms["Fern"])
    again = [("credit_note", 500, HOURLY), ("invoice", 2000, HOURLY)]
    assert sorted(_taxed(rooms)) == sorted(billed + again)
    assert sum(rooms.session.scalars(select(Charge.unit_minor))) == HOURLY


def test_what_staff_have_credited_by_hand_is_not_billed_with_another_tax(rooms: PaidRooms) -> None:
    studio = _other_tax(rooms)
    booking = rooms.book()
    rooms.sweep()
    _credit_by_hand(rooms)
    _to(rooms, booking, studio)
    assert [kind for kind, _percent, _unit in _taxed(rooms)] == ["invoice", "credit_note"]


def test_a_tax_that_the_house_changes_changes_nothing_of_what_was_agreed(rooms: PaidRooms) -> None:
    booking = rooms.book()
    rooms.sweep()
    rooms.session.get_one(ResourceType, rooms.tenant.types["Meeting room"]).tax_rate_id = rooms.rates[5]
    rooms.session.commit()
    _moved(rooms, booking, 120)
    rooms.sweep(1)
    assert {percent for _kind, percent, _unit in _taxed(rooms)} == {2000}


def test_nor_does_a_move_to_another_room_of_the_type(rooms: PaidRooms) -> None:
    booking = rooms.book()
    rooms.sweep()
    rooms.session.get_one(ResourceType, rooms.tenant.types["Meeting room"]).tax_rate_id = rooms.rates[5]
    rooms.session.commit()
    _to(rooms, booking, rooms.tenant.rooms["Cedar"])
    assert _taxed(rooms) == [("invoice", 2000, HOURLY)]


def test_whoever_pays_by_now_what_another_was_billed_is_credited_to_them(rooms: PaidRooms) -> None:
    booking = rooms.book()
    rooms.sweep()
    ((_kind, total, _open),) = rooms.documents()
    booking.person_id = rooms.tenant.people["member"]
    rooms.session.commit()
    cancel(rooms.session, rooms.who("member"), booking.id, rooms.tick)
    rooms.session.commit()
    rooms.sweep(1)
    assert [each[:2] for each in rooms.documents()] == [("invoice", total), ("credit_note", total)]
    assert rooms.documents("member") == []


@pytest.mark.parametrize(("hours", "kinds"), [(1, ["invoice", "credit_note"]), (-1, ["invoice"])])
def test_what_was_billed_to_who_is_made_anonymous_is_credited(
    rooms: PaidRooms, hours: int, kinds: list[str]
) -> None:
    """The control: of what has begun nothing comes back."""
    booking = rooms.book()
    rooms.sweep()
    rooms.pay(rooms.invoices()[0])
    rooms.now = booking.starts_at - timedelta(hours=hours)
    anonymise(rooms.session, rooms.owner, booking.person_id, Reason.ASKED, rooms.tick)
    rooms.session.commit()
    for _ in range(2):
        rooms.sweep(1)
    assert [kind for kind, _total, _open in rooms.documents()] == kinds
    assert sum(rooms.session.scalars(select(Charge.unit_minor))) == HOURLY * (2 - len(kinds))
    assert rooms.session.scalars(select(UnbilledBooking)).all() == []


def _made_anonymous(rooms: PaidRooms, booking: Booking) -> None:
    anonymise(rooms.session, rooms.owner, booking.person_id, Reason.ASKED, rooms.tick)
    rooms.session.commit()
    for _ in range(2):
        rooms.sweep(1)
    assert rooms.session.scalars(select(UnbilledBooking)).all() == []


def _cancelled_late(rooms: PaidRooms, booking: Booking) -> None:
    """For half of it."""
    set_ladder(rooms.session, rooms.who("manager"), None, (Step(48, 50),), rooms.tick)
    booking.cancel_cutoff_minutes = 48 * 60
    rooms.session.commit()
    cancel(rooms.session, rooms.who("contact"), booking.id, rooms.tick)
    rooms.session.commit()


def test_who_cancels_late_and_is_made_anonymous_at_once_has_back_what_is_not_kept(rooms: PaidRooms) -> None:
    booking = rooms.book()
    lunch = _lunch(rooms, cancel_percent=20, lead_hours=30)
    rooms.now = booking.starts_at - timedelta(hours=40)
    order(rooms.session, rooms.who("contact"), booking.id, {lunch: 1}, rooms.tick)
    rooms.session.commit()
    rooms.sweep()
    rooms.now = booking.starts_at - timedelta(hours=20)
    _cancelled_late(rooms, booking)
    _made_anonymous(rooms, booking)
    assert _kept_of(rooms) == {"booking": HOURLY // 2, "extra": 180}
    kept, billed = HOURLY // 2 + 180, HOURLY + 900
    assert [each[:2] for each in rooms.documents()] == [("invoice", billed), ("credit_note", billed - kept)]
    assert rooms.documents()[0][2] == kept


def _kept_of(rooms: PaidRooms) -> dict[str, int]:
    """What the charges of a booking and of what was ordered with it add up to."""
    found = {"booking": 0, "extra": 0}
    for charge in rooms.session.scalars(select(Charge)):
        found["extra" if ":extra:" in charge.reason_key else "booking"] += charge.unit_minor
    return found


def test_nor_is_anything_billed_of_what_had_come_to_cost_more(rooms: PaidRooms) -> None:
    """Two hours by now, of which half is kept: as much as was billed."""
    booking = rooms.book()
    rooms.sweep()
    _moved(rooms, booking, 120)
    _cancelled_late(rooms, booking)
    _made_anonymous(rooms, booking)
    assert [(kind, left) for kind, _total, left in rooms.documents()] == [("invoice", HOURLY)]


@pytest.mark.parametrize("left_out", [True, False], ids=["left out", "cancelled"])
def test_what_another_was_billed_for_an_extra_alone_is_credited_to_them(
    rooms: PaidRooms, *, left_out: bool
) -> None:
    booking = _free(rooms)
    lunch = _lunch(rooms)
    order(rooms.session, rooms.who("contact"), booking.id, {lunch: 1}, rooms.tick)
    rooms.session.commit()
    rooms.sweep()
    booking.person_id = rooms.tenant.people["member"]
    rooms.session.commit()
    if left_out:
        order(rooms.session, rooms.who("member"), booking.id, {lunch: 0}, rooms.tick)
    else:
        cancel(rooms.session, rooms.who("member"), booking.id, rooms.tick)
    rooms.session.commit()
    for _ in range(2):
        rooms.sweep(1)
    assert [each[:2] for each in rooms.documents()] == [("invoice", 900), ("credit_note", 900)]
    assert rooms.documents("member") == []


def test_a_booking_is_not_taken_for_one_whose_number_begins_like_its_own(rooms: PaidRooms) -> None:
    first = rooms.book()
    rooms.sweep()
    others = [f"{booking_key(first.id)}{more}" for more in ("0", "1:more:1", "2:extra:1")]
    for charge, key in product(rooms.session.scalars(select(Charge)).all(), others):
        values = {name: getattr(charge, name) for name in NewCharge.__slots__} | {"reason_key": key}
        put_charge(rooms.session, NewCharge(**values), rooms.tick())
    rooms.session.commit()
    query = select(Charge.reason_key).where(of_these_bookings(Charge.reason_key, [first.id]))
    assert rooms.session.scalars(query).all() == [booking_key(first.id)]
    query = select(Charge.reason_key).where(of_these_bookings(Charge.reason_key, []))
    assert rooms.session.scalars(query).all() == []


def _begins_to_pay(rooms: PaidRooms, invoice: Invoice) -> None:
    number = rooms.session.scalar(select(func.count()).select_from(CardAttempt))
    attempt = CardAttempt(
        payer_id=invoice.payer_id,
        kind=AttemptKind.PAGE,
        state=AttemptState.OPEN,
        token=f"{rooms.tenant.id}.{number}",
        account="acct_rooms",
        amount_minor=HOURLY,
        currency="GBP",
        begun_at=rooms.now,
        look_at=rooms.now,
    )
    rooms.session.add(attempt)
    rooms.session.flush()
    row = AttemptInvoice(attempt_id=attempt.id, invoice_id=invoice.id, amount_minor=HOURLY)
    rooms.session.add(row)
    rooms.session.commit()


def test_who_begins_to_pay_again_and_again_keeps_the_room_no_longer(rooms: PaidRooms) -> None:
    """Half an hour to pay, and two for who begins at its end."""
    rooms.book(days=3)
    rooms.sweep()
    (invoice,) = rooms.invoices()
    cancelled = []
    for minutes in (29, 60, 60, 2):
        _begins_to_pay(rooms, invoice)
        cancelled.append(rooms.sweep(minutes))
    assert cancelled == [0, 0, 0, 1]


def test_guests_of_what_stays_unpaid_are_told_once(rooms: PaidRooms) -> None:
    booking = rooms.book(days=3, people=2)
    guest = NewGuest("Gus Guest", "gus@elsewhere.test")
    add_guest(rooms.session, rooms.who("contact"), booking.id, guest, rooms.tick)
    rooms.session.commit()
    rooms.sweep()
    assert rooms.sweep(31) == 1
    told = rooms.session.scalars(select(Notice.kind).where(Notice.kind.startswith("guest.")))
    assert sorted(told) == ["guest.cancelled", "guest.invited"]


def test_what_is_a_teams_stays_so_when_staff_make_it_cost_something(rooms: PaidRooms) -> None:
    """The control: what they book themselves is whose booking it is."""
    team = _team(rooms)
    booking = _free(rooms, for_person_id=rooms.tenant.people["member"])
    wish = MoveBooking(rooms.tenant.rooms["Fern"], Span(booking.starts_at, booking.ends_at))
    move(rooms.session, rooms.who("desk"), booking.id, wish, rooms.tick)
    rooms.session.commit()
    assert (booking.pays, _noted(rooms, booking)) == (PayWhen.INVOICE, team)
    own = book(
        rooms.session,
        replace(rooms.who("desk"), on_behalf=True),
        rooms.wish(12, for_person_id=rooms.tenant.people["contact"]),
        rooms.tick,
    )
    rooms.session.commit()
    assert (own.pays, _noted(rooms, own)) == (PayWhen.NOW, None)


def _team(rooms: PaidRooms) -> int:
    """A contact books for a member, who pays."""
    team = Team(name="Ferry", created_at=rooms.now)
    rooms.session.add(team)
    rooms.session.flush()
    for name, books in (("contact", True), ("member", False)):
        rooms.session.add(
            TeamMember(
                team_id=team.id,
                person_id=rooms.tenant.people[name],
                may_book_for_team=books,
                pays=not books,
                joined_at=rooms.now,
            )
        )
    rooms.session.commit()
    return team.id


def _noted(rooms: PaidRooms, booking: Booking) -> int | None:
    noted = select(UnbilledBooking.team_id).where(UnbilledBooking.booking_id == booking.id)
    return rooms.session.scalars(noted).one()


def test_one_whose_end_is_refused_keeps_nobody_else_here(rooms: PaidRooms) -> None:
    booking = rooms.book()
    rooms.sweep()
    people = [rooms.tenant.people[name] for name in ("contact", "colleague")]
    for person_id in people:
        rooms.session.add(Deletion(person_id=person_id, asked_at=rooms.now, due_at=rooms.now))
    # Nothing can be credited: the books of today are closed
    rooms.session.scalars(select(InvoiceSetting)).one().closed_until = rooms.today + timedelta(days=9)
    rooms.session.commit()
    begin_writing(rooms.session)
    assert [gone.person_id for gone in end_due(rooms.session, rooms.tick())] == people[1:]
    rooms.session.commit()
    assert booking.status is BookingStatus.CONFIRMED
    rooms.session.scalars(select(InvoiceSetting)).one().closed_until = None
    rooms.session.commit()
    begin_writing(rooms.session)
    assert [gone.person_id for gone in end_due(rooms.session, rooms.tick())] == people[:1]
    rooms.session.commit()
    assert [kind for kind, _total, _open in rooms.documents()] == ["invoice", "credit_note"]


def test_as_many_as_are_looked_at_together_keep_nobody_behind_them_here(
    rooms: PaidRooms, open_session: sessionmaker[Session], tmp_path: Path
) -> None:
    """Twenty whose end is refused, and somebody whose is not."""
    refused = [_newcomer(rooms, number) for number in range(20)]
    rooms.sweep()
    last = rooms.tenant.people["colleague"]
    for number, person_id in enumerate([*refused, last]):
        due = rooms.now + timedelta(minutes=number)
        rooms.session.add(Deletion(person_id=person_id, asked_at=rooms.now, due_at=due))
    rooms.session.scalars(select(InvoiceSetting)).one().closed_until = rooms.today + timedelta(days=9)
    rooms.session.commit()
    rooms.now += timedelta(hours=1)
    end_accounts(open_session, rooms.tenant.id, DiskFiles(tmp_path), rooms.tick)
    assert _nobody(rooms, [*refused, last]) == [last]
    # Who was refused is tried again
    rooms.session.scalars(select(InvoiceSetting)).one().closed_until = None
    rooms.session.commit()
    end_accounts(open_session, rooms.tenant.id, DiskFiles(tmp_path), rooms.tick)
    assert _nobody(rooms, refused) == refused


def _newcomer(rooms: PaidRooms, number: int) -> int:
    """Somebody with a booking of a room that is billed at once."""
    details = PersonDetails(f"newcomer{number}@example.test", "Nova", "Newcomer")
    person = add_person(rooms.session, rooms.now, details)
    actor = replace(rooms.who("contact"), person_id=person.id)
    rooms.book(actor=actor, days=1 + number // 8, hour=9 + number % 8)
    return person.id


def _nobody(rooms: PaidRooms, people: list[int]) -> list[int]:
    rooms.session.expire_all()
    query = select(Person.id).where(Person.id.in_(people), Person.anonymised_at.is_not(None))
    return list(rooms.session.scalars(query.order_by(Person.id)))
