"""Extras: what can be ordered with a booking, by when, how many of it, and what it costs."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from app.domain.billing.previewing import coming_invoices
from app.domain.booking.cancel import cancel
from app.domain.booking.extend import extend
from app.domain.booking.hold import confirm, hold, release
from app.domain.booking.terms import AlreadyOver, Malformed, NotBookable, Reason
from app.domain.extras.keeping import edit_extra, extra_details, retire_extra
from app.domain.extras.showing import servings, totals
from app.domain.extras.stock import most_at_once
from app.domain.extras.terms import ExtraDetails, ExtraGone, TooFewExtras, TooLateForExtra, cost_of
from app.domain.invoicing.issuing import lines_of
from app.domain.spaces.terms import NameTaken
from app.kernel.errors import NotFound
from app.models import BookingExtra, Charge, ExtraPricing, Notice, ResourceType, UnbilledBooking
from tests.support.kitchen import START, Kitchen


@given(st.lists(st.tuples(st.integers(0, 20), st.integers(1, 10), st.integers(1, 5)), max_size=8))
def test_the_most_at_once_is_that_of_the_fullest_minute(taken: list[tuple[int, int, int]]) -> None:
    at = datetime(2026, 1, 1, tzinfo=UTC)
    minute = timedelta(minutes=1)
    spans = [(at + start * minute, at + (start + length) * minute, count) for start, length, count in taken]
    fullest = max(
        (sum(count for start, length, count in taken if start <= now < start + length) for now in range(31)),
        default=0,
    )
    assert most_at_once(spans) == fullest


@pytest.mark.parametrize(
    ("pricing", "cost"),
    [(ExtraPricing.BOOKING, 1500), (ExtraPricing.PERSON, 1500), (ExtraPricing.HOUR, 2250)],
)
def test_what_it_costs(pricing: ExtraPricing, cost: int) -> None:
    assert cost_of(500, pricing, 3, 90) == cost


def test_an_hour_is_rounded_once() -> None:
    assert cost_of(333, ExtraPricing.HOUR, 3, 20) == 333


def test_a_line_keeps_what_it_was_ordered_for(kitchen: Kitchen) -> None:
    lunch = kitchen.offer()
    booking = kitchen.book()
    kitchen.order(booking, {lunch: 4})
    kitchen.do(edit_extra, kitchen.owner, lunch, ExtraDetails("Supper", price_minor=2000), kitchen.now)
    assert kitchen.lines(booking) == [("Lunch", 4, 3600)]
    kitchen.order(booking, {lunch: 5})
    assert kitchen.lines(booking) == [("Lunch", 5, 4500)]
    kitchen.order(booking, {lunch: 0})
    assert kitchen.lines(booking) == []


def test_only_what_goes_with_the_room(kitchen: Kitchen) -> None:
    kitchen.offer("For booths", type_ids=frozenset({kitchen.tenant.types["Phone booth"]}))
    fern = kitchen.offer("For Fern", resource_ids=frozenset({kitchen.tenant.rooms["Fern"]}))
    rooms = kitchen.offer("For rooms", type_ids=frozenset({kitchen.tenant.types["Meeting room"]}))
    booking = kitchen.book(room="Cedar")
    assert kitchen.left(booking).keys() == {"For rooms"}
    with pytest.raises(ExtraGone):
        kitchen.order(booking, {fern: 1})
    kitchen.order(booking, {rooms: 1})
    assert kitchen.left(kitchen.book(room="Fern")).keys() == {"For Fern", "For rooms"}


def test_no_more_than_there_are_at_the_same_time(kitchen: Kitchen) -> None:
    beamer = kitchen.offer("Projector", stock=3, pricing=ExtraPricing.BOOKING)
    first, second = kitchen.book(), kitchen.book("colleague", room="Cedar")
    kitchen.order(first, {beamer: 2})
    assert kitchen.left(second) == {"Projector": 1}
    with pytest.raises(TooFewExtras) as refused:
        kitchen.order(second, {beamer: 2}, kitchen.who("colleague"))
    assert refused.value.left == 1
    kitchen.order(second, {beamer: 1}, kitchen.who("colleague"))
    later = kitchen.book("colleague", room="Rowan", hour=13)
    kitchen.order(later, {beamer: 3}, kitchen.who("colleague"))
    elsewhere = kitchen.book("colleague", room="Tejo")
    assert kitchen.left(elsewhere) == {"Projector": 3}


def test_cancelled_or_let_go_they_are_free_again(kitchen: Kitchen) -> None:
    beamer = kitchen.offer("Projector", stock=1, pricing=ExtraPricing.BOOKING)
    first, second = kitchen.book(), kitchen.book("colleague", room="Cedar")
    kitchen.order(first, {beamer: 1})
    assert kitchen.left(second) == {"Projector": 0}
    kitchen.do(cancel, kitchen.member, first.id, lambda: kitchen.now)
    assert kitchen.left(second) == {"Projector": 1}
    held = kitchen.do(hold, kitchen.member, kitchen.wish(), lambda: kitchen.now)
    kitchen.order(held, {beamer: 1})
    assert kitchen.left(second) == {"Projector": 0}
    kitchen.now += timedelta(minutes=11)
    assert kitchen.left(second) == {"Projector": 1}
    kitchen.do(release, kitchen.member, held.id, lambda: kitchen.now)
    with pytest.raises(AlreadyOver):
        kitchen.order(held, {beamer: 1})


def test_until_its_lead_time_and_then_by_staff_alone(kitchen: Kitchen) -> None:
    lunch = kitchen.offer(lead_hours=27)
    booking = kitchen.book()  # tomorrow at noon, in 27 hours
    with pytest.raises(TooLateForExtra):
        kitchen.order(booking, {lunch: 2})
    kitchen.order(booking, {lunch: 2}, kitchen.who("desk"))
    with pytest.raises(TooLateForExtra):
        kitchen.order(booking, {lunch: 0})
    kitchen.order(booking, {lunch: 2})  # nothing changes
    entries = [each for each in kitchen.actions() if each == "booking.extras_changed"]
    assert len(entries) == 1


def test_what_is_retired_is_ordered_no_more_and_stays_where_it_was(kitchen: Kitchen) -> None:
    lunch = kitchen.offer()
    booking, other = kitchen.book(), kitchen.book("colleague", room="Cedar")
    kitchen.order(booking, {lunch: 2})
    kitchen.do(retire_extra, kitchen.owner, lunch, kitchen.now, retired=True)
    assert kitchen.left(other) == {}
    with pytest.raises(ExtraGone):
        kitchen.order(booking, {lunch: 3})
    kitchen.order(booking, {lunch: 1})
    assert kitchen.lines(booking) == [("Lunch", 1, 900)]


def test_nobody_orders_with_another_persons_booking(kitchen: Kitchen) -> None:
    lunch = kitchen.offer()
    booking = kitchen.book()
    for actor in (kitchen.who("colleague"), replace(kitchen.who("desk"), on_behalf=False)):
        with pytest.raises(NotFound):
            kitchen.order(booking, {lunch: 1}, actor)


@pytest.mark.parametrize("count", [-1, 1000])
def test_a_number_that_is_none_is_refused(kitchen: Kitchen, count: int) -> None:
    lunch = kitchen.offer()
    with pytest.raises(Malformed):
        kitchen.order(kitchen.book(), {lunch: count})


def test_it_is_billed_beside_the_room_and_once(kitchen: Kitchen) -> None:
    lunch, free = kitchen.offer(), kitchen.offer("Water", 0)
    unbilled = kitchen.offer("Flowers", 700, tax_rate_id=None)
    booking = kitchen.book("contact")
    kitchen.order(booking, {lunch: 4, free: 2, unbilled: 1}, kitchen.who("contact"))
    (coming,) = coming_invoices(kitchen.session, kitchen.tenant.people["contact"], (), START, 3)
    assert sorted(line.text for line in coming.lines) == ["4 × Lunch", "Fern"]
    for _ in range(3):
        kitchen.ahead(1)
        kitchen.run()
        kitchen.run()
    (invoice,) = kitchen.invoices("contact")
    found = {line.description: line.unit_minor for line in lines_of(kitchen.session, invoice.id)}
    assert found == {
        "Fern 11 12:00-13:00 (en)": booking.price_minor,
        "4 × Lunch 11 12:00-13:00 (en)": 3600,
    }
    line = kitchen.session.scalars(select(BookingExtra).where(BookingExtra.offer_id == lunch)).one()
    keys = set(kitchen.session.scalars(select(Charge.reason_key)))
    assert keys == {f"booking:{booking.id}", f"booking:{booking.id}:extra:{line.id}"}


def test_with_a_room_that_costs_nothing_it_is_billed_alone(kitchen: Kitchen) -> None:
    kitchen.session.get_one(ResourceType, kitchen.tenant.types["Meeting room"]).hourly_minor = 0
    kitchen.session.commit()
    lunch = kitchen.offer()
    held = kitchen.do(hold, kitchen.who("contact"), kitchen.wish(), lambda: kitchen.now)
    kitchen.order(held, {lunch: 1}, kitchen.who("contact"))
    assert kitchen.session.scalars(select(UnbilledBooking.id)).all() == []
    kitchen.do(confirm, kitchen.who("contact"), held.id, lambda: kitchen.now)
    assert kitchen.session.scalars(select(UnbilledBooking.booking_id)).all() == [held.id]
    kitchen.ahead(2)
    kitchen.run()
    (invoice,) = kitchen.invoices("contact")
    assert [line.unit_minor for line in lines_of(kitchen.session, invoice.id)] == [900]


def test_cancelled_it_is_billed_to_nobody(kitchen: Kitchen) -> None:
    lunch = kitchen.offer()
    booking = kitchen.book("contact")
    kitchen.order(booking, {lunch: 4}, kitchen.who("contact"))
    kitchen.do(cancel, kitchen.who("contact"), booking.id, lambda: kitchen.now)
    kitchen.ahead(2)
    kitchen.run()
    assert kitchen.invoices("contact") == []


def test_the_kitchen_has_it_in_all_and_room_by_room(kitchen: Kitchen) -> None:
    lunch, coffee = kitchen.offer(position=1), kitchen.offer("Coffee", 300)
    noon, later, other = (
        kitchen.book(),
        kitchen.book("colleague", room="Cedar", hour=14),
        kitchen.book(days=2),
    )
    kitchen.order(noon, {lunch: 4, coffee: 2})
    kitchen.order(later, {coffee: 3}, kitchen.who("colleague"))
    kitchen.order(other, {lunch: 9})
    place = kitchen.tenant.locations["Leith Walk"]
    found = servings(kitchen.session, kitchen.owner, place, START + timedelta(days=1))
    assert [(each.room, each.name, each.quantity) for each in found] == [
        ("Fern", "Coffee", 2),
        ("Fern", "Lunch", 4),
        ("Cedar", "Coffee", 3),
    ]
    assert totals(found) == [("Coffee", 5), ("Lunch", 4)]
    limited = replace(kitchen.who("desk"), limited_to=frozenset({kitchen.tenant.locations["Porto"]}))
    with pytest.raises(NotFound):
        servings(kitchen.session, limited, place, START)


def test_staff_keep_it_and_the_trail_says_so(kitchen: Kitchen) -> None:
    lunch = kitchen.offer(type_ids=frozenset({kitchen.tenant.types["Meeting room"]}))
    with pytest.raises(NameTaken):
        kitchen.offer()
    with pytest.raises(NotFound):
        kitchen.offer("Tea", tax_rate_id=10**12)
    details = ExtraDetails("Lunch", "With soup", 950, ExtraPricing.PERSON, kitchen.rates[20], 12, 24, 3)
    row = kitchen.do(edit_extra, kitchen.owner, lunch, details, kitchen.now)
    assert extra_details(kitchen.session, row) == details
    assert [each for each in kitchen.actions() if each.startswith("booking_extra_offer.")] == [
        "booking_extra_offer.created",
        "booking_extra_offer.edited",
    ]


def _told(kitchen: Kitchen) -> list[Notice]:
    query = select(Notice).where(Notice.kind == "booking.extras_changed").order_by(Notice.id)
    return list(kitchen.session.scalars(query))


def test_whose_booking_it_is_hears_what_staff_order_with_it_and_what_it_costs(kitchen: Kitchen) -> None:
    lunch, tea = kitchen.offer(), kitchen.offer("Tea", 200)
    booking = kitchen.book()
    kitchen.order(booking, {lunch: 1})
    assert _told(kitchen) == [], "they know what they do themselves"
    kitchen.order(booking, {lunch: 8, tea: 2}, kitchen.who("desk"))
    (notice,) = _told(kitchen)
    assert (notice.person_id, notice.data["booking_id"]) == (booking.person_id, booking.id)
    assert notice.data["extras"] == [["Lunch", 8], ["Tea", 2]]
    assert (notice.data["extras_minor"], notice.data["resource"]) == (7600, "Fern")
    kitchen.order(booking, {lunch: 8}, kitchen.who("desk"))
    assert notice.times == 1, "nothing has changed"
    kitchen.order(booking, {lunch: 0, tea: 0}, kitchen.who("desk"))
    (notice,) = _told(kitchen)
    assert (notice.data["extras"], notice.data["extras_minor"], notice.times) == ([], 0, 2)


def test_what_is_only_held_is_told_to_nobody(kitchen: Kitchen) -> None:
    lunch = kitchen.offer()
    held = kitchen.do(hold, kitchen.member, kitchen.wish(), lambda: kitchen.now)
    kitchen.order(held, {lunch: 2}, kitchen.who("desk"))
    assert _told(kitchen) == []


def test_it_follows_its_booking_where_others_leave_enough(kitchen: Kitchen) -> None:
    beamer = kitchen.offer("Projector", 600, stock=1, pricing=ExtraPricing.HOUR)
    first, later = kitchen.book(), kitchen.book("colleague", room="Rowan", hour=13)
    kitchen.order(first, {beamer: 1})
    assert kitchen.lines(first) == [("Projector", 1, 600)]
    kitchen.order(later, {beamer: 1}, kitchen.who("colleague"))
    kitchen.now = first.starts_at + timedelta(minutes=30)
    with pytest.raises(NotBookable) as refused:
        kitchen.do(extend, kitchen.member, first.id, 30, lambda: kitchen.now)
    assert [each.reason for each in refused.value.obstacles] == [Reason.EXTRA_TAKEN]
    kitchen.do(cancel, kitchen.who("colleague"), later.id, lambda: kitchen.now)
    kitchen.do(extend, kitchen.member, first.id, 30, lambda: kitchen.now)
    assert kitchen.lines(first) == [("Projector", 1, 900)]
