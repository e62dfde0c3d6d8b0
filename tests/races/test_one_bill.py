"""Many bill somebody for one booking at the same moment, while others book and cancel: it is charged once, and nobody waits for
ever."""

from datetime import date, timedelta
from itertools import count
from typing import Any

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from app.domain.billing import running, stays
from app.domain.billing.at_once import bill_at_once
from app.domain.booking.book import book
from app.domain.booking.cancel import cancel
from app.domain.booking.terms import BookRoom
from app.kernel.errors import Refusal
from app.kernel.spans import Span
from app.models import Booking, BookingStatus, Charge, InvoiceLine, ResourceType, UnbilledBooking
from tests.races.conftest import NOW, race
from tests.support.sessions import OpenSession
from tests.support.tariffs import WORDS, Tariffs
from tests.support.world import TenantWorld, World

pytestmark = pytest.mark.race

TODAY = date(2026, 3, 4)
LATER = NOW + timedelta(days=2)
RUNNERS = 24
"""More would wait for SQLite's one lock for longer than it lets them: each bill is an invoice."""


def _wish(tenant: TenantWorld, day: int, room: str = "Fern") -> BookRoom:
    start = NOW + timedelta(days=day, hours=3)
    return BookRoom(tenant.rooms[room], Span(start, start + timedelta(hours=1)))


def _had(open_session: OpenSession, tenant: TenantWorld) -> None:
    """A booking that is over by then, and one that can be cancelled."""
    with open_session(tenant.id) as session:
        tariffs = Tariffs(session, tenant, NOW.date())
        session.get_one(ResourceType, tenant.types["Meeting room"]).tax_rate_id = tariffs.rates[20]
        session.commit()
        for day in (0, 5):
            book(session, tenant.actor("member"), _wish(tenant, day), lambda: NOW)
            session.commit()


def _run(open_session: OpenSession, tenant: TenantWorld) -> list[str]:
    with open_session(tenant.id) as session:
        ahead = session.scalars(select(Booking.id).order_by(Booking.starts_at.desc())).first() or 0
    member = tenant.people["member"]

    def attempt(session: Session, racer: int) -> str:
        if racer >= RUNNERS:
            return "looked on"
        try:
            if racer % 4 == 1:
                cancel(session, tenant.actor("member"), ahead, lambda: LATER)
            elif racer % 4 == 2:
                book(session, tenant.actor("member"), _wish(tenant, 6 + racer, "Cedar"), lambda: LATER)
            else:
                bill_at_once(session, member, TODAY, WORDS, LATER)
            session.commit()
        except Refusal as refusal:
            session.rollback()
            return type(refusal).__name__
        return "done"

    return race(open_session, tenant.id, attempt)


def _charges(open_session: OpenSession, tenant: TenantWorld) -> tuple[int, int]:
    """How many charges there are, and how many lines of invoices name one."""
    with open_session(tenant.id) as session:
        lines = session.scalars(select(InvoiceLine.charge_id)).all()
        return len(session.scalars(select(Charge.id)).all()), len(lines)


def test_it_is_charged_once(racing: tuple[Engine, OpenSession], world: World) -> None:
    _engine, open_session = racing
    tenant = world.northlight
    _had(open_session, tenant)
    said = _run(open_session, tenant)
    assert said.count("done") == 12 + 6 + 1
    assert said.count("AlreadyOver") == 5
    assert _charges(open_session, tenant) == (1, 1)
    with open_session(tenant.id) as session:
        confirmed = set(session.scalars(select(Booking.id).where(Booking.status == BookingStatus.CONFIRMED)))
        noted = set(session.scalars(select(UnbilledBooking.booking_id)))
        assert len(confirmed - noted) == 1
        assert noted <= confirmed


@pytest.mark.parametrize("engine", ["postgres"])
def test_without_the_locks_and_the_key_it_is_charged_more_than_once(
    racing: tuple[Engine, OpenSession], world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control; on SQLite the one write lock is behind it."""
    _engine, open_session = racing
    keys = count()

    def unlocked(session: Session, *where: Any) -> list[stays.DueStay]:
        return stays._due(session, stays._stays(*where))

    monkeypatch.setattr(stays, "_held", unlocked)
    monkeypatch.setattr(stays, "booking_key", lambda booking_id: f"booking:{booking_id}:{next(keys)}")
    monkeypatch.setattr(running, "hold_people", lambda _session, _person_ids: None)
    _had(open_session, world.northlight)
    _run(open_session, world.northlight)
    assert _charges(open_session, world.northlight)[0] > 1
