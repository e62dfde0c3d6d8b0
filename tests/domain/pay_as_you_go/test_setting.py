"""What is asked of who comes without a pass: said by staff, with an audit row, and refused where it makes no sense."""

from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.invoicing.rates import NewRate, create_rate
from app.domain.invoicing.terms import NoRateYet
from app.domain.pay_as_you_go.setting import set_visit_price, visit_price
from app.domain.pay_as_you_go.terms import CapTooLow, VisitPrice
from app.kernel.errors import NotFound, Refusal
from app.models import AuditEntry, PaidBy, PayAsYouGo, TaxCategory, TaxRate
from tests.support.tariffs import Tariffs
from tests.support.visits import CAP_MINOR, DAY_MINOR, HOUR_MINOR, Gate


def test_nothing_is_asked_until_somebody_says_so(session: Session, gate: Gate) -> None:
    assert visit_price(session) is None
    gate.ask()
    price = visit_price(session)
    assert price == VisitPrice(
        offered=True,
        paid_by=PaidBy.DAY,
        price_minor=DAY_MINOR,
        cap_minor=None,
        tax_rate_id=gate.tariffs.rates[20],
    )
    gate.ask(offered=False)
    assert visit_price(session) == replace(price, offered=False)


def test_the_trail_says_what_changed(session: Session, gate: Gate) -> None:
    gate.ask()
    gate.ask()
    gate.ask(PaidBy.HOUR)
    entries = session.scalars(
        select(AuditEntry).where(AuditEntry.action == "pay_as_you_go.changed").order_by(AuditEntry.id)
    ).all()
    assert [each.after["price_minor"] for each in entries] == [DAY_MINOR, HOUR_MINOR]
    assert entries[1].before == {"paid_by": "day", "price_minor": DAY_MINOR, "cap_minor": None}
    assert entries[1].after == {"paid_by": "hour", "price_minor": HOUR_MINOR, "cap_minor": CAP_MINOR}


def _refused(tariffs: Tariffs, price: VisitPrice, kind: type[Refusal]) -> None:
    with pytest.raises(kind):
        set_visit_price(tariffs.session, tariffs.owner, price, tariffs.today, tariffs.tick())
    tariffs.session.rollback()
    assert tariffs.session.scalars(select(PayAsYouGo)).all() == []


@pytest.mark.parametrize("cap_minor", [None, HOUR_MINOR - 1])
def test_hours_have_a_cap_that_an_hour_fits_under(tariffs: Tariffs, cap_minor: int | None) -> None:
    price = VisitPrice(
        offered=True,
        paid_by=PaidBy.HOUR,
        price_minor=HOUR_MINOR,
        cap_minor=cap_minor,
        tax_rate_id=tariffs.rates[20],
    )
    _refused(tariffs, price, CapTooLow)


def test_its_tax_is_a_rate_of_today(tariffs: Tariffs, session: Session) -> None:
    coming = NewRate("Coming", TaxCategory.STANDARD, 2200, date(2027, 1, 1))
    rate_id = create_rate(session, tariffs.owner, coming, tariffs.tick).id
    session.get_one(TaxRate, tariffs.rates[5]).retired_at = tariffs.now
    session.commit()
    day = VisitPrice(offered=True, paid_by=PaidBy.DAY, price_minor=1, cap_minor=None, tax_rate_id=0)
    for wrong, kind in ((rate_id, NoRateYet), (tariffs.rates[5], NotFound), (2**62, NotFound)):
        _refused(tariffs, replace(day, tax_rate_id=wrong), kind)


def test_a_rate_that_is_retired_later_stays(tariffs: Tariffs, session: Session, gate: Gate) -> None:
    gate.ask()
    session.get_one(TaxRate, tariffs.rates[20]).retired_at = tariffs.now
    session.commit()
    gate.ask(price_minor=2000)
    assert session.scalars(select(PayAsYouGo.price_minor)).one() == 2000
