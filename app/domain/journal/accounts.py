"""Which account of the bookkeeping takes what."""

from dataclasses import asdict, dataclass, field
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain import audit
from app.domain.actor import Actor
from app.domain.levels import hold_level
from app.kernel.clock import Clock
from app.kernel.errors import NotFound
from app.models import JournalSetting, PaymentWay, TaxRate
from app.tenancy import begin_writing


@dataclass(frozen=True, slots=True)
class Accounts:
    """As the tenant's accountant numbers them. What stands here is a small chart that many programs begin with."""

    receivable: str = "1100"
    revenue: str = "4000"
    deposits: str = "2300"
    """Deposits are owed back, so they are no revenue."""
    tax: str = "2200"
    bank: str = "1000"
    cash: str = "1010"
    card_clearing: str = "1020"
    """What the payment provider has taken and not paid out yet."""
    tax_by_rate: dict[int, str] = field(default_factory=dict)
    """By the id of a rate; where a rate has none it is `tax`."""

    def of_tax(self, rate_id: int) -> str:
        return self.tax_by_rate.get(rate_id) or self.tax

    def of_way(self, way: PaymentWay) -> str:
        ways = {PaymentWay.TRANSFER: self.bank, PaymentWay.DESK: self.cash}
        return ways.get(way, self.card_clearing)


_NAMES = ("receivable", "revenue", "deposits", "tax", "bank", "cash", "card_clearing")


def accounts(session: Session) -> Accounts:
    """What the tenant has chosen, or the usual. Two statements."""
    row = session.scalars(select(JournalSetting)).one_or_none()
    of_rates = session.execute(select(TaxRate.id, TaxRate.account).where(TaxRate.account != ""))
    by_rate = {row.id: row.account for row in of_rates}
    if row is None:
        return Accounts(tax_by_rate=by_rate)
    return Accounts(**{name: getattr(row, name) for name in _NAMES}, tax_by_rate=by_rate)


def choose_accounts(session: Session, actor: Actor, chosen: Accounts, clock: Clock) -> None:
    """Number them otherwise from now on; the journal of days that are past follows. Audited.

    Rates that `tax_by_rate` does not name lose theirs. Raises NotFound for a rate that is not there.
    """
    begin_writing(session)
    hold_level(session, None)
    rates = {rate.id: rate for rate in session.scalars(select(TaxRate).with_for_update())}
    if not chosen.tax_by_rate.keys() <= rates.keys():
        raise NotFound
    before = _facts(accounts(session), rates)
    row = session.scalars(select(JournalSetting)).one_or_none() or JournalSetting()
    for name in _NAMES:
        setattr(row, name, getattr(chosen, name))
    session.add(row)
    for rate in rates.values():
        rate.account = chosen.tax_by_rate.get(rate.id, "")
    changes = audit.changes(before, _facts(chosen, rates))
    audit.record_tenant(session, actor, clock(), "journal_setting.changed", *changes)
    session.flush()


def _facts(chosen: Accounts, rates: dict[int, TaxRate]) -> dict[str, Any]:
    facts = asdict(chosen)
    by_rate = facts.pop("tax_by_rate")
    facts["rates"] = [
        f"{rates[rate_id].name}: {by_rate[rate_id]}" for rate_id in sorted(by_rate) if by_rate[rate_id]
    ]
    return facts
