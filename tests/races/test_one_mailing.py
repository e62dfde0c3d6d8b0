"""Many mail one invoice again at the same moment: its payer gets it once."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from app.domain.invoicing import sending
from app.domain.invoicing.sending import send_again
from app.domain.invoicing.terms import JustSent
from app.domain.lookup import one
from app.models import AuditEntry, Delivery, Invoice
from app.notice_kinds import Channel
from tests.races.conftest import NOW, race
from tests.support.invoices import bill
from tests.support.sessions import OpenSession
from tests.support.world import TenantWorld, World

pytestmark = pytest.mark.race

LATER = NOW + timedelta(hours=1)


def _mail_at_once(open_session: OpenSession, tenant: TenantWorld) -> list[str]:
    with open_session(tenant.id) as session:
        invoice_id = bill(session, tenant, "member", NOW)["invoice_id"]

    def attempt(session: Session, _racer: int) -> str:
        try:
            send_again(session, tenant.actor("owner"), invoice_id, LATER)
            session.commit()
        except JustSent:
            return "just sent"
        return "sent"

    return race(open_session, tenant.id, attempt)


def test_it_is_mailed_once(racing: tuple[Engine, OpenSession], world: World) -> None:
    _engine, open_session = racing
    said = _mail_at_once(open_session, world.northlight)
    assert said.count("sent") == 1
    with open_session(world.northlight.id) as session:
        deliveries = session.query(Delivery).filter_by(channel=Channel.MAIL).all()
        assert [each.next_try_at for each in deliveries] == [LATER]
        assert session.query(AuditEntry).filter_by(action="invoice.sent_again").count() == 1


@pytest.mark.parametrize("engine", ["postgres"])
def test_without_its_row_held_it_is_mailed_more_than_once(
    racing: tuple[Engine, OpenSession], world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On SQLite there is one writer at a time, whatever is held."""
    _engine, open_session = racing

    def unheld(session: Session, kind: Any, row_id: int, *, lock: bool = False) -> Any:
        return one(session, kind, row_id, lock=lock and kind is not Invoice)

    monkeypatch.setattr(sending, "one", unheld)
    assert _mail_at_once(open_session, world.northlight).count("sent") > 1
