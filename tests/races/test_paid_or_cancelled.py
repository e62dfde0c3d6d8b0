"""Money comes for a booking in the moment in which it is cancelled for not being paid: one of the two happens."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Event
from typing import Any

import pytest
from sqlalchemy import Engine, select

from app.domain.billing import unpaid
from app.domain.billing.settings import BillingChoice, choose_billing
from app.domain.booking.book import book
from app.domain.booking.terms import BookRoom
from app.domain.invoicing import settling
from app.domain.invoicing.settling import receive
from app.domain.invoicing.terms import ReceiveMoney
from app.kernel.errors import Refusal
from app.kernel.spans import Span
from app.models import Allocation, Booking, BookingStatus, Invoice, PaymentWay, PayWhen, ResourceType
from tests.races.conftest import NOW
from tests.support.sessions import OpenSession
from tests.support.tariffs import WORDS, Tariffs
from tests.support.world import TenantWorld, World

pytestmark = pytest.mark.race

LATE = NOW + timedelta(minutes=31)
_MOMENT = 1.0
"""Seconds in which the money comes, if nothing keeps it."""


def _booked(open_session: OpenSession, tenant: TenantWorld) -> None:
    with open_session(tenant.id) as session:
        tariffs = Tariffs(session, tenant, NOW.date())
        session.get_one(ResourceType, tenant.types["Meeting room"]).tax_rate_id = tariffs.rates[20]
        session.commit()
        choice = BillingChoice(contacts_pay=PayWhen.NOW, pay_within_minutes=30)
        choose_billing(session, tenant.actor("owner"), choice, lambda: NOW)
        session.commit()
        start = NOW + timedelta(days=1, hours=3)
        wish = BookRoom(tenant.rooms["Fern"], Span(start, start + timedelta(hours=1)))
        book(session, tenant.actor("contact"), wish, lambda: NOW)
        session.commit()
        unpaid.bill_and_cancel(session, WORDS, lambda: NOW)


def _pay(open_session: OpenSession, tenant: TenantWorld) -> str:
    with open_session(tenant.id) as session:
        invoice = session.scalars(select(Invoice).where(Invoice.number.is_not(None))).one()
        money = ReceiveMoney(invoice.id, PaymentWay.DESK, invoice.total_minor, LATE.date())
        try:
            receive(session, tenant.actor("owner"), money, LATE.date(), LATE)
            session.commit()
        except Refusal as refusal:
            return type(refusal).__name__
        return "paid"


def _both(open_session: OpenSession, tenant: TenantWorld, monkeypatch: pytest.MonkeyPatch) -> tuple[str, str]:
    """The sweep finds it unpaid, and the money comes before it goes on; what became of the money, and of the booking."""
    _booked(open_session, tenant)
    found, paid, bills = Event(), Event(), unpaid._bills

    def slowly(*asked: Any) -> Any:
        answer = bills(*asked)
        found.set()
        paid.wait(_MOMENT)
        return answer

    def pay() -> str:
        found.wait()
        said = _pay(open_session, tenant)
        paid.set()
        return said

    monkeypatch.setattr(unpaid, "_bills", slowly)
    with ThreadPoolExecutor(1) as pool:
        money = pool.submit(pay)
        with open_session(tenant.id) as session:
            unpaid.bill_and_cancel(session, WORDS, lambda: LATE)
        said = money.result()
    with open_session(tenant.id) as session:
        booking = session.scalars(select(Booking)).one()
        came = session.scalars(select(Allocation.payment_id).where(Allocation.payment_id.is_not(None))).all()
        assert bool(came) is (said == "paid")
        return said, booking.status.value


def test_one_of_the_two_happens(
    racing: tuple[Engine, OpenSession], world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    _engine, open_session = racing
    said = _both(open_session, world.northlight, monkeypatch)
    assert said == ("MoreThanOpen", BookingStatus.CANCELLED.value)


@pytest.mark.parametrize("engine", ["postgres"])
def test_without_the_lock_both_do(
    racing: tuple[Engine, OpenSession], world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control; on SQLite the one write lock is behind it."""
    _engine, open_session = racing
    for module in (unpaid, settling):
        monkeypatch.setattr(module, "hold_person", lambda _session, _person_id: None)
    assert _both(open_session, world.northlight, monkeypatch) == ("paid", BookingStatus.CANCELLED.value)


def test_what_was_paid_a_moment_before_stays(racing: tuple[Engine, OpenSession], world: World) -> None:
    _engine, open_session = racing
    _booked(open_session, world.northlight)
    assert _pay(open_session, world.northlight) == "paid"
    with open_session(world.northlight.id) as session:
        assert unpaid.bill_and_cancel(session, WORDS, lambda: LATE) == 0
        assert session.scalars(select(Booking)).one().status is BookingStatus.CONFIRMED
