"""Who bills several bookings takes them in the order in which everybody does who takes several: nobody waits for ever."""

from concurrent.futures import Future, ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import Engine, select, text
from sqlalchemy.orm import Session

from app.domain.billing.at_once import bill_at_once
from app.domain.booking.book import book
from app.domain.booking.terms import BookRoom
from app.kernel.spans import Span
from app.models import Booking, Charge, ResourceType
from app.tenancy import reviewed
from tests.races.conftest import NOW
from tests.support.sessions import OpenSession
from tests.support.tariffs import WORDS, Tariffs
from tests.support.world import TenantWorld, World

pytestmark = pytest.mark.race

LATER = NOW + timedelta(days=3)


def _booked(session: Session, tenant: TenantWorld) -> list[int]:
    """Tomorrow, and then today: not in the order of their days."""
    tariffs = Tariffs(session, tenant, NOW.date())
    session.get_one(ResourceType, tenant.types["Meeting room"]).tax_rate_id = tariffs.rates[20]
    session.commit()
    ids = []
    for days in (1, 0):
        start = NOW + timedelta(days=days, hours=3)
        wish = BookRoom(tenant.rooms["Fern"], Span(start, start + timedelta(hours=1)))
        ids.append(book(session, tenant.actor("member"), wish, lambda: NOW).id)
        session.commit()
    return ids


def _bill(open_session: OpenSession, tenant: TenantWorld) -> None:
    with open_session(tenant.id) as session:
        bill_at_once(session, tenant.people["member"], LATER.date(), WORDS, LATER)


def _wait_until_it_waits(engine: Engine, billing: Future[None]) -> None:
    waits = text("SELECT count(*) FROM pg_locks WHERE NOT granted")
    with engine.connect() as looking:
        while not (billing.done() or looking.scalar(reviewed(waits))):
            looking.rollback()


@pytest.mark.parametrize("engine", ["postgres"])
def test_who_waits_for_the_first_does_not_have_the_second(
    racing: tuple[Engine, OpenSession], world: World
) -> None:
    """On SQLite there is one lock for all."""
    engine, open_session = racing
    tenant = world.northlight
    with open_session(tenant.id) as session, ThreadPoolExecutor(1) as pool:
        first, second = _booked(session, tenant)
        session.scalars(select(Booking.id).where(Booking.id == first).with_for_update()).one()
        billing = pool.submit(_bill, open_session, tenant)
        _wait_until_it_waits(engine, billing)
        assert not billing.done(), billing.exception()
        rest = select(Booking.id).where(Booking.id == second).with_for_update(skip_locked=True)
        had = session.scalars(rest).all()
        session.rollback()
        billing.result()
        assert had == [second]
        assert len(session.scalars(select(Charge.id)).all()) == 2
