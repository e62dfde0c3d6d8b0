"""Many issue invoices at the same moment: every number once, none left out, one chain."""

from datetime import date, timedelta

import pytest
from sqlalchemy import Engine, select, text
from sqlalchemy.orm import Session

from app.domain.billing.charging import NewCharge, gather, put_charge
from app.domain.invoicing import issuing
from app.domain.invoicing.drafting import put_line, start_draft
from app.domain.invoicing.issuing import issue
from app.domain.invoicing.rates import NewRate, create_rate
from app.domain.invoicing.seller import set_seller
from app.domain.invoicing.settling import open_minor, receive
from app.domain.invoicing.terms import MoreThanOpen, NewLine, ReceiveMoney
from app.domain.invoicing.verifying import verify
from app.models import DocumentChain, Invoice, InvoiceLine, Payment, PaymentWay, TaxCategory, TaxRate
from app.tenancy import begin_writing
from tests.races.conftest import NOW, RACERS, race
from tests.support.invoices import SELLER
from tests.support.sessions import OpenSession
from tests.support.world import TenantWorld, World

pytestmark = pytest.mark.race

TODAY = date(2026, 3, 2)


def _drafts(open_session: OpenSession, tenant: TenantWorld, count: int) -> list[int]:
    owner = tenant.actor("owner")
    with open_session(tenant.id) as session:
        set_seller(session, owner, SELLER, lambda: NOW)
        session.commit()
        rate = create_rate(
            session, owner, NewRate("VAT", TaxCategory.STANDARD, 2000, date(2020, 1, 1)), lambda: NOW
        ).id
        session.commit()
        made = []
        for number in range(count):
            invoice = start_draft(session, owner, tenant.people["member"], None, NOW)
            put_line(session, invoice, NewLine(f"Desk {number}", 1000, 1000 + number, rate))
            session.commit()
            made.append(invoice.id)
    return made


def test_numbers_have_no_gap_and_the_chain_holds(racing: tuple[Engine, OpenSession], world: World) -> None:
    _engine, open_session = racing
    tenant = world.northlight
    drafts = _drafts(open_session, tenant, RACERS)

    def attempt(session: Session, racer: int) -> str:
        # The first document of all makes the chain's own row: that is a race, too
        number = issue(session, None, drafts[racer], NOW + timedelta(seconds=racer)).number
        if racer % 8 == 7:
            session.rollback()
            return "taken back"
        session.commit()
        return number or ""

    said = [each for each in race(open_session, tenant.id, attempt) if each != "taken back"]
    assert sorted(said) == [f"2026-{number:04}" for number in range(1, len(said) + 1)]
    with open_session(tenant.id) as session:
        assert verify(session).faults == ()
        assert verify(session).documents == len(said) == RACERS * 7 // 8


@pytest.mark.parametrize("engine", ["postgres"])
def test_without_the_chain_in_hand_they_collide(
    racing: tuple[Engine, OpenSession], world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine, open_session = racing
    tenant = world.northlight
    drafts = _drafts(open_session, tenant, RACERS)
    with open_session(tenant.id) as session:
        issue(session, None, drafts[0], NOW)
        session.commit()
    with engine.begin() as connection:
        connection.execute(text("RESET ROLE"))
        for rule in ("uq_invoice_tenant_id_number", "uq_invoice_tenant_id_chain_position"):
            connection.execute(text(f"ALTER TABLE invoice DROP CONSTRAINT {rule}"))
    monkeypatch.setattr(
        issuing, "_chain_in_hand", lambda session: session.scalars(select(DocumentChain)).one()
    )

    # All of them are for one person: holding that would keep them apart as well
    for hold in ("hold_person", "hold_people"):
        monkeypatch.setattr(issuing, hold, lambda _session, _whom: None)

    def attempt(session: Session, racer: int) -> str:
        if racer == 0:
            return "2026-0001"
        number = issue(session, None, drafts[racer], NOW).number
        session.commit()
        return number or ""

    said = race(open_session, tenant.id, attempt)
    assert len(set(said)) < len(said)


def test_an_invoice_is_paid_once(racing: tuple[Engine, OpenSession], world: World) -> None:
    _engine, open_session = racing
    tenant = world.northlight
    (drafted,) = _drafts(open_session, tenant, 1)
    with open_session(tenant.id) as session:
        issue(session, None, drafted, NOW)
        session.commit()
    whole = ReceiveMoney(drafted, PaymentWay.DESK, 1000, TODAY)

    def attempt(session: Session, _racer: int) -> str:
        try:
            receive(session, tenant.actor("desk"), whole, TODAY, NOW)
            session.commit()
        except MoreThanOpen:
            session.rollback()
            return "refused"
        return "received"

    said = race(open_session, tenant.id, attempt)
    assert said.count("received") == 1
    with open_session(tenant.id) as session:
        assert open_minor(session, session.get_one(Invoice, drafted)) == 0
        assert len(session.scalars(select(Payment)).all()) == 1


def test_charges_are_gathered_once(racing: tuple[Engine, OpenSession], world: World) -> None:
    _engine, open_session = racing
    tenant = world.northlight
    _drafts(open_session, tenant, 0)
    member = tenant.people["member"]
    with open_session(tenant.id) as session:
        rate_id = session.scalars(select(TaxRate.id)).one()
        begin_writing(session)
        for number in range(3):
            put_charge(session, NewCharge(member, f"thing:{number}", "Thing", 1000, rate_id, TODAY), NOW)
        session.commit()

    def attempt(session: Session, _racer: int) -> str:
        made = gather(session, None, member, TODAY, NOW)
        session.commit()
        return "nothing" if made is None else "draft"

    said = race(open_session, tenant.id, attempt)
    assert said.count("draft") == 1
    with open_session(tenant.id) as session:
        assert len(session.scalars(select(InvoiceLine)).all()) == 3
