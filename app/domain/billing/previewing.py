"""What a run would bill on a day, worked out without writing anything."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.billing.charging import unbilled
from app.domain.billing.contract_charges import due
from app.domain.billing.running import is_due
from app.domain.billing.words import What
from app.domain.invoicing.amounts import ONE, price_of
from app.domain.plans.contracts import Held
from app.domain.plans.showing import pauses_of
from app.kernel.cycles import Days
from app.kernel.names import full_name
from app.models import Charge, Contract, Person, Plan, PlanVersion


@dataclass(frozen=True, slots=True)
class PreviewLine:
    """Something that would be billed. `text` is the plan's name, or what a charge that was put down says."""

    what: What | None
    text: str
    days: Days | None
    amount_minor: int


@dataclass(frozen=True, slots=True)
class PayerPreview:
    """What one payer would be billed for, as the tenant enters prices."""

    payer_id: int
    name: str
    gone: bool
    """Their data is gone: nobody can be billed."""
    lines: tuple[PreviewLine, ...]

    @property
    def amount_minor(self) -> int:
        return sum(line.amount_minor for line in self.lines)

    @property
    def waits(self) -> bool:
        """It comes to less than nothing, and waits for something that it can be taken off."""
        return self.amount_minor < 0


def preview_billing(session: Session, day: date) -> list[PayerPreview]:
    """What a run on a day would bill if nothing changed until then, payers in the order of their names. Four statements."""
    lines: dict[int, list[PreviewLine]] = {}
    for charge in session.scalars(
        select(Charge).where(unbilled(), Charge.bill_on <= day).order_by(Charge.id)
    ):
        days = (
            None
            if charge.from_day is None or charge.until_day is None
            else Days(charge.from_day, charge.until_day)
        )
        amount = price_of(charge.unit_minor, charge.quantity_thousandths)
        lines.setdefault(charge.payer_id, []).append(PreviewLine(None, charge.description, days, amount))
    for found, plan_name in _due_contracts(session, day):
        for each in due(session, found, day):
            amount = price_of(each.unit_minor, each.quantity * ONE)
            lines.setdefault(found.contract.person_id, []).append(
                PreviewLine(each.what, plan_name, each.days, amount)
            )
    people = select(Person.id, Person.first_name, Person.last_name, Person.anonymised_at).where(
        Person.id.in_(list(lines))
    )
    return [
        PayerPreview(
            row.id,
            full_name(row.first_name, row.last_name),
            row.anonymised_at is not None,
            tuple(lines[row.id]),
        )
        for row in session.execute(people.order_by(Person.first_name, Person.last_name, Person.id))
    ]


def _due_contracts(session: Session, day: date) -> list[tuple[Held, str]]:
    rows = session.execute(
        select(Contract, PlanVersion, Plan.name)
        .join(
            PlanVersion,
            (PlanVersion.tenant_id == Contract.tenant_id) & (PlanVersion.id == Contract.version_id),
        )
        .join(Plan, (Plan.tenant_id == Contract.tenant_id) & (Plan.id == Contract.plan_id))
        .where(is_due(day))
        .order_by(Contract.id)
    ).all()
    pauses = pauses_of(session, [contract.id for contract, *_rest in rows])
    return [(Held(contract, version, pauses.get(contract.id, ())), name) for contract, version, name in rows]
