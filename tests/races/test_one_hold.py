"""One person presses Book on many rooms at the same moment: whatever the order, one of them is held."""

from datetime import timedelta
from time import sleep

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from app.domain.booking import hold as holding
from app.domain.booking.hold import confirm, hold
from app.domain.booking.terms import BookRoom
from app.domain.extras.choosing import order
from app.kernel.spans import Span
from app.models import Booking, BookingExtraOffer, BookingStatus, ExtraPricing, Occupancy
from tests.races.conftest import NOW, race
from tests.support.sessions import OpenSession
from tests.support.world import World

pytestmark = pytest.mark.race


def test_nobody_holds_more_than_one_room(racing: tuple[Engine, OpenSession], world: World) -> None:
    _, open_session = racing
    tenant = world.northlight
    rooms = ("Fern", "Cedar", "Rowan", "Lark")

    def attempt(session: Session, racer: int) -> str:
        start = NOW + timedelta(days=1 + racer // len(rooms), hours=3)
        wish = BookRoom(tenant.rooms[rooms[racer % len(rooms)]], Span(start, start + timedelta(hours=1)))
        hold(session, tenant.actor("member"), wish, lambda: NOW)
        session.commit()
        return "held"

    assert set(race(open_session, tenant.id, attempt)) == {"held"}
    with open_session(tenant.id) as session:
        assert len(session.scalars(select(Booking.id).where(Booking.status == BookingStatus.HELD)).all()) == 1
        assert len(session.scalars(select(Occupancy.id)).all()) == 1


def test_ordering_and_confirming_at_once_wait_for_each_other_in_one_order(
    racing: tuple[Engine, OpenSession], world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of a hold, from two windows of one checkout: neither waits for ever."""
    # Whoever confirms has the hold in hand for so long that the others come in between
    monkeypatch.setattr(holding, "check_shape", lambda _command: sleep(0.2))
    _, open_session = racing
    tenant = world.northlight
    member = tenant.actor("member")
    start = NOW + timedelta(days=1, hours=3)
    with open_session(tenant.id) as session:
        offer = BookingExtraOffer(name="Projector", price_minor=500, pricing=ExtraPricing.BOOKING)
        session.add(offer)
        session.commit()
        offer_id = offer.id
        wish = BookRoom(tenant.rooms["Fern"], Span(start, start + timedelta(hours=1)))
        held = hold(session, member, wish, lambda: NOW).id
        session.commit()

    def attempt(session: Session, racer: int) -> str:
        if racer % 2:
            confirm(session, member, held, lambda: NOW)
        else:
            order(session, member, held, {offer_id: racer + 1}, lambda: NOW)
        session.commit()
        return "done"

    assert set(race(open_session, tenant.id, attempt)) == {"done"}
