"""Rates at work: searched, booked and extended by, with the parts stored; and a room without a price is for nobody."""

from datetime import timedelta
from typing import Any

import pytest

from app.domain.actor import Actor
from app.domain.booking.book import book
from app.domain.booking.extend import extend
from app.domain.booking.hold import hold
from app.domain.booking.terms import NotBookable, Reason
from app.models import Rate, RateUnit, Resource, ResourceType
from app.sections import Audience
from tests.domain.booking.conftest import Desk, span

TEN = span("10:00", "11:00")
EVENING: dict[str, Any] = {
    "name": "Evening",
    "unit": RateUnit.HOUR,
    "from_minute": 1020,
    "until_minute": 1320,
}


def _rate(front: Desk, **columns: Any) -> None:
    """A rate of the meeting rooms, unless it is said of which room."""
    owner = {} if "resource_id" in columns else {"resource_type_id": front.world.types["Meeting room"]}
    front.session.add(Rate(**owner, **columns))
    front.session.commit()


def _usual(front: Desk, hourly_minor: int | None) -> None:
    front.session.get_one(ResourceType, front.world.types["Meeting room"]).hourly_minor = hourly_minor
    front.session.commit()


def test_a_booking_that_crosses_rates_stores_its_parts(front: Desk, member: Actor) -> None:
    _rate(front, **EVENING, amount_minor=1200)
    late = span("16:00", "18:00")
    (fern,) = (each for each in front.search(member, late).free if each.room.name == "Fern")
    assert fern.quote.total_minor == 3000
    booking = front.book(member, "Fern", late)
    assert booking.price_minor == 3000
    assert [(part["name"], part["count"], part["minor"]) for part in booking.quote["parts"]] == [
        ("", 60, 1800),
        ("Evening", 60, 1200),
    ]


def test_what_is_off_counts_for_nothing(front: Desk, member: Actor) -> None:
    _rate(front, name="Gift", unit=RateUnit.USE, amount_minor=1, active=False)
    assert front.book(member, "Fern", TEN).price_minor == 1800


def test_every_term_of_a_rate_reaches_the_price(front: Desk, member: Actor) -> None:
    _rate(
        front,
        name="All at once",
        unit=RateUnit.HOUR,
        amount_minor=1000,
        step_minutes=30,
        minimum_minor=700,
        cap_minor=3000,
        always=True,
        audience=Audience.MEMBERS,
        weekdays=0b1111111,
        from_minute=0,
        until_minute=1440,
        first_day=TEN.start.date() - timedelta(days=1),
        last_day=TEN.start.date() + timedelta(days=1),
        least_minutes=15,
        most_minutes=300,
        least_notice_minutes=0,
        most_notice_minutes=100000,
    )
    prices = [
        front.search(member, span("10:00", until)).free[1].quote.total_minor
        for until in ("10:15", "11:15", "12:00", "14:00")
    ]
    assert prices == [700, 1500, 2000, 3000]


def test_a_rooms_own_rates_or_price_stand_in_place_of_its_types(front: Desk, member: Actor) -> None:
    _rate(front, name="Cheap", unit=RateUnit.USE, amount_minor=100)
    _rate(front, name="Own", unit=RateUnit.USE, amount_minor=500, resource_id=front.world.rooms["Fern"])
    front.session.get_one(Resource, front.world.rooms["Cedar"]).hourly_minor = 2000
    front.session.commit()
    found = {each.room.name: each.quote.total_minor for each in front.search(member, TEN).free}
    assert (found["Fern"], found["Cedar"], found["Rowan"]) == (500, 2000, 100)


def test_without_a_price_it_is_shown_apart_and_not_to_be_had(front: Desk, member: Actor) -> None:
    _usual(front, None)
    _rate(front, **EVENING, amount_minor=1200)
    found = front.search(member, TEN)
    assert [each.room.name for each in found.free] == ["Lark"]
    refused = {each.room.name: each for each in found.not_allowed}
    assert [each.reason for each in refused["Fern"].obstacles] == [Reason.NO_PRICE]
    assert refused["Fern"].next_free is None
    for verb in (book, hold):
        with pytest.raises(NotBookable) as no:
            front.do(verb, member, front.wish("Fern", TEN))
        assert [each.reason for each in no.value.obstacles] == [Reason.NO_PRICE]
    assert front.book(member, "Fern", span("17:00", "18:00")).price_minor == 1200


def test_who_has_no_price_then_is_not_offered_that_time(front: Desk, member: Actor, colleague: Actor) -> None:
    _usual(front, None)
    _rate(front, **{**EVENING, "from_minute": 600, "until_minute": 660}, amount_minor=1200)
    front.book(colleague, "Fern", TEN)
    (fern,) = front.search(member, TEN).taken
    assert fern.next_free is None


def test_it_is_not_extended_into_hours_without_a_price(front: Desk, member: Actor, clock: Any) -> None:
    _usual(front, None)
    _rate(front, **{**EVENING, "from_minute": 600, "until_minute": 690}, amount_minor=1200)
    booking = front.book(member, "Fern", TEN)
    clock.now = TEN.start + timedelta(minutes=30)

    def longer(minutes: int) -> Any:
        return front.do(
            lambda session, actor, number, when: extend(session, actor, number, minutes, when),
            member,
            booking.id,
        )

    assert longer(30).price_minor == 1800
    with pytest.raises(NotBookable) as no:
        longer(15)
    assert [each.reason for each in no.value.obstacles] == [Reason.NO_PRICE]


def test_contacts_pay_what_is_for_contacts(front: Desk, member: Actor, contact: Actor) -> None:
    _rate(front, name="Visitors", unit=RateUnit.HOUR, amount_minor=900, audience=Audience.CONTACTS)
    for actor, minor in ((member, 1800), (contact, 900)):
        (fern,) = (each for each in front.search(actor, TEN).free if each.room.name == "Fern")
        assert fern.quote.total_minor == minor
