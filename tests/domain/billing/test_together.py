"""Payers who are billed in one transaction: one who cannot be holds nobody up, and more of them ask no more of the database."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

import pytest
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from app.domain.billing import running
from app.domain.invoicing.seller import set_payer
from app.domain.invoicing.terms import PayerDetails
from app.domain.invoicing.verifying import verify
from app.models import BillingTrouble, Invoice
from app.models.invoice import TaxTreatment
from tests.support.tariffs import Tariffs
from tests.support.world import CAST, World

START = date(2026, 1, 1)


@pytest.fixture
def tariffs(session: Session, world: World) -> Tariffs:
    return Tariffs(session, world.northlight, START)


def _everybody_joins(tariffs: Tariffs) -> None:
    plan = tariffs.plan("Month", 10000)
    for name in CAST:
        tariffs.join(name, plan)


@pytest.mark.parametrize("together", [1, 2, 3, 50])
def test_one_who_cannot_be_billed_holds_nobody_up(
    tariffs: Tariffs, session: Session, together: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(running, "TOGETHER", together)
    _everybody_joins(tariffs)
    tariffs.ahead(40)
    # Owes the tax themselves, and nobody knows their tax number
    reverse = PayerDetails(TaxTreatment.REVERSE_CHARGE)
    set_payer(session, tariffs.owner, tariffs.tenant.people["member"], reverse, tariffs.clock)
    session.commit()
    run = tariffs.run()
    assert (run.done, run.failed) == (len(CAST), 1)
    (trouble,) = session.scalars(select(BillingTrouble))
    assert (trouble.payer_id, trouble.code) == (tariffs.tenant.people["member"], "TaxIdMissing")
    assert [len(tariffs.invoices(name)) for name in CAST if name != "member"] == [1] * (len(CAST) - 1)
    assert tariffs.invoices("member") == []
    numbers = list(session.scalars(select(Invoice.number).order_by(Invoice.id)))
    assert numbers == [f"2026-{number:04}" for number in range(1, len(CAST))]
    assert verify(session).faults == ()


def test_more_payers_ask_no_more_of_the_database(tariffs: Tariffs, session: Session) -> None:
    _everybody_joins(tariffs)
    tariffs.run()
    tariffs.ahead(40)
    with _counted(session) as of_all:
        tariffs.run()
    for name in CAST:
        assert len(tariffs.invoices(name)) > 1
    with _counted(session) as of_none:
        tariffs.run()
    assert of_none
    # SQLite writes rows whose ids it is asked for one by one; nothing is read for each payer
    assert len(of_all) < 50
    assert len(CAST) > 3


@contextmanager
def _counted(session: Session) -> Iterator[list[str]]:
    seen: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if statement.startswith("SELECT"):
            seen.append(statement)

    engine = session.get_bind()
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(engine, "before_cursor_execute", note)
