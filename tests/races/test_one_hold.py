"""One person presses Book on many rooms at the same moment: whatever the order, one of them is held."""

from datetime import timedelta

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from app.domain.booking.hold import hold
from app.domain.booking.terms import BookRoom
from app.kernel.spans import Span
from app.models import Booking, BookingStatus, Occupancy
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
