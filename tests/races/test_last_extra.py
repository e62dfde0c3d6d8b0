"""Many order the same thing for the same time: no more of it is promised than there is."""

from collections.abc import Collection
from datetime import timedelta

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from app.domain.booking.book import book
from app.domain.booking.terms import BookRoom
from app.domain.extras import choosing
from app.domain.extras.choosing import order
from app.domain.extras.terms import TooFewExtras
from app.kernel.spans import Span
from app.models import BookingExtra, BookingExtraOffer, ExtraPricing, Resource
from tests.races.conftest import NOW, RACERS, race
from tests.support.sessions import OpenSession
from tests.support.world import TenantWorld, World

pytestmark = pytest.mark.race

STOCK = 3
SPAN = Span(NOW + timedelta(hours=3), NOW + timedelta(hours=4))


def _booked(open_session: OpenSession, tenant: TenantWorld) -> tuple[int, list[int]]:
    """One offer, and as many bookings of desks at one time as race for it."""
    with open_session(tenant.id) as session:
        bench = session.get_one(Resource, tenant.rooms["Cedar"])
        bench.units = RACERS
        offer = BookingExtraOffer(
            name="Projector", price_minor=500, pricing=ExtraPricing.BOOKING, stock=STOCK
        )
        session.add(offer)
        session.commit()
        offer_id = offer.id
        found = []
        for _ in range(RACERS):
            found.append(book(session, tenant.actor("member"), BookRoom(bench.id, SPAN), lambda: NOW).id)
            session.commit()
    return offer_id, found


def _orders(open_session: OpenSession, tenant: TenantWorld) -> list[str]:
    offer_id, bookings = _booked(open_session, tenant)

    def attempt(session: Session, racer: int) -> str:
        try:
            order(session, tenant.actor("desk"), bookings[racer], {offer_id: 1}, lambda: NOW)
            session.commit()
        except TooFewExtras:
            session.rollback()
            return "none left"
        return "ordered"

    return race(open_session, tenant.id, attempt)


def test_no_more_is_ordered_than_there_is(racing: tuple[Engine, OpenSession], world: World) -> None:
    _engine, open_session = racing
    assert _orders(open_session, world.northlight).count("ordered") == STOCK
    with open_session(world.northlight.id) as session:
        assert session.scalar(select(func.sum(BookingExtra.quantity))) == STOCK


@pytest.mark.parametrize("engine", ["postgres"])
def test_without_the_offer_in_hand_too_much_is_ordered(
    racing: tuple[Engine, OpenSession], world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    _engine, open_session = racing

    def unlocked(session: Session, ids: Collection[int]) -> dict[int, BookingExtraOffer]:
        rows = session.scalars(select(BookingExtraOffer).where(BookingExtraOffer.id.in_(ids)))
        return {row.id: row for row in rows}

    monkeypatch.setattr(choosing, "offers_in_hand", unlocked)
    # One person's row would keep their orders apart: these are of one person, so it goes as well.
    monkeypatch.setattr(choosing, "hold_person", lambda _session, _person_id: None)
    assert _orders(open_session, world.northlight).count("ordered") > STOCK
