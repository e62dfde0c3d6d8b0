"""Percentages of a plan: off bookings, of any room or of some, and off what is bought once. The best counts, alone."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from app.domain.booking.book import book
from app.domain.booking.catalogue import Catalogue, load_catalogue, recall_catalogue
from app.domain.booking.extend import extend
from app.domain.booking.quotes import Discount
from app.domain.booking.terms import BookRoom
from app.domain.plans.terms import BadVersion
from app.domain.plans.versions import plan_and_versions, whole_details_of
from app.kernel.spans import Span
from app.models import Booking, PurchaseLine
from tests.support.products import Counter
from tests.support.world import World

HOURLY = 1800


@pytest.fixture
def counter(session: Session, world: World) -> Counter:
    return Counter(session, world.northlight, date(2026, 3, 10))


def _book(counter: Counter, who: str = "contact", *, minutes: int = 60) -> Booking:
    start = datetime(2026, 3, 10, 10, tzinfo=UTC)
    wish = BookRoom(counter.tenant.rooms["Fern"], Span(start, start + timedelta(minutes=minutes)))
    booking = book(counter.session, counter.who(who), wish, counter.tick)
    counter.session.commit()
    return booking


def _off(percent: int, *types: str, counter: Counter) -> dict[str, Any]:
    ids = tuple(sorted(counter.tenant.types[name] for name in types))
    return {"booking_discount_hundredths": percent * 100, "discount_type_ids": ids}


def test_the_quote_keeps_what_the_plan_took_off(counter: Counter) -> None:
    counter.join("contact", counter.plan("Desk", 30000, **_off(25, counter=counter)))
    booking = _book(counter)
    assert booking.price_minor == HOURLY * 3 // 4
    assert booking.quote["uncapped_minor"] == HOURLY
    assert booking.quote["discount_minor"] == HOURLY // 4
    assert booking.quote["discount"] == {"hundredths": 2500, "plan": "Desk"}


def test_who_is_not_on_the_plan_pays_all_of_it(counter: Counter) -> None:
    counter.join("contact", counter.plan("Desk", 30000, **_off(25, counter=counter)))
    booking = _book(counter, "colleague")
    assert booking.price_minor == HOURLY
    assert booking.quote["discount"] is None


def test_it_comes_off_what_the_cap_leaves(counter: Counter) -> None:
    counter.join("contact", counter.plan("Desk", 30000, **_off(10, counter=counter)))
    assert _book(counter, minutes=480).price_minor == 8100


def test_other_rooms_keep_their_price(counter: Counter) -> None:
    counter.join("contact", counter.plan("Desk", 30000, **_off(25, "Phone booth", counter=counter)))
    assert _book(counter).price_minor == HOURLY


def test_the_best_one_wins_and_they_do_not_add_up(counter: Counter) -> None:
    counter.join("contact", counter.plan("Desk", 30000, **_off(25, counter=counter)))
    counter.join("contact", counter.plan("Rooms", 9000, **_off(40, "Meeting room", counter=counter)))
    counter.join("contact", counter.plan("Booths", 9000, **_off(90, "Phone booth", counter=counter)))
    booking = _book(counter)
    assert (booking.price_minor, booking.quote["discount"]["plan"]) == (HOURLY * 6 // 10, "Rooms")


def test_a_contract_that_is_to_come_takes_nothing_off(counter: Counter) -> None:
    version = counter.plan("Desk", 30000, **_off(25, counter=counter))
    counter.join("contact", version, counter.today + timedelta(days=5))
    assert _book(counter).price_minor == HOURLY


def test_extending_is_priced_with_it(counter: Counter) -> None:
    counter.join("contact", counter.plan("Desk", 30000, **_off(50, counter=counter)))
    booking = _book(counter)
    counter.now = booking.starts_at + timedelta(minutes=5)
    extend(counter.session, counter.who("contact"), booking.id, 60, counter.tick)
    assert booking.price_minor == HOURLY
    assert booking.quote["discount_minor"] == HOURLY


def test_what_is_remembered_of_a_place_is_nobodys_discount(counter: Counter) -> None:
    """Without asking anew, whoever looked first would set the price of everybody."""
    session, place = counter.session, counter.tenant.locations["Leith Walk"]
    counter.join("contact", counter.plan("Desk", 30000, **_off(25, counter=counter)))

    def recalled(who: str) -> Catalogue:
        return recall_catalogue(session, 7, place, counter.tenant.people[who], counter.now)

    assert recalled("contact").discounts == {None: Discount(2500, "Desk")}
    assert recalled("colleague").discounts == {}
    loaded = load_catalogue(session, place, counter.tenant.people["contact"], counter.now)
    assert loaded.discounts == recalled("contact").discounts


def test_a_product_bought_once_costs_less_and_one_by_the_month_does_not(counter: Counter) -> None:
    counter.join("contact", counter.plan("Desk", 30000, product_discount_hundredths=1000))
    counter.join("contact", counter.plan("Rooms", 3000, product_discount_hundredths=500))
    counter.put("contact", counter.product("Coffee", 1205), 2)
    counter.put("contact", counter.product("Locker", 3100, recurring=True))
    purchase = counter.buy("contact")
    lines = counter.session.query(PurchaseLine).filter_by(purchase_id=purchase.id).all()
    found = {line.name: (line.unit_minor, line.discount_hundredths) for line in lines}
    assert found["Coffee"] == (1205 - 121, 1000)
    assert found["Locker"][1] == 0
    counter.put("member", counter.product("Tea", 1000))
    counter.buy("member")
    assert counter.session.query(PurchaseLine).filter_by(name="Tea").one().unit_minor == 1000


def test_an_edit_is_another_version_and_contracts_keep_theirs(counter: Counter) -> None:
    version = counter.plan("Desk", 30000, **_off(25, "Meeting room", counter=counter))
    counter.join("contact", version)
    assert counter.plan("Desk", 30000, **_off(25, "Meeting room", counter=counter)).id == version.id
    later = counter.plan("Desk", 30000, **_off(50, "Meeting room", "Phone booth", counter=counter))
    _plan, versions = plan_and_versions(counter.session, version.plan_id)
    assert [each.id for each in versions] == [later.id, version.id]
    assert len(whole_details_of(counter.session, later).discount_type_ids) == 2
    assert _book(counter).price_minor == HOURLY * 3 // 4


@pytest.mark.parametrize(
    "wrong",
    [
        {"booking_discount_hundredths": 10_001},
        {"product_discount_hundredths": -1},
        {"discount_type_ids": (1,)},
    ],
)
def test_it_refuses_nonsense(counter: Counter, wrong: dict[str, Any]) -> None:
    with pytest.raises(BadVersion):
        counter.plan("Desk", 30000, **wrong)
