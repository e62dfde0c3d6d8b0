"""When something is billed that comes with somebody's next invoice."""

from collections.abc import Collection
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.plans.contracts import cycles_of
from app.kernel.cycles import DAY, Cycles
from app.models import Contract, PlanVersion


class NextBills:
    """The cycles of some people's contracts. Days are the tenant's."""

    def __init__(self, contracts: Collection[tuple[Contract, PlanVersion]]) -> None:
        self._of_person: dict[int, list[tuple[Contract, PlanVersion]]] = {}
        for contract, version in contracts:
            self._of_person.setdefault(contract.person_id, []).append((contract, version))

    def cycle_after(self, person_id: int, day: date) -> date | None:
        """When the next cycle of a contract begins; None for somebody without one."""
        theirs = self._of_person.get(person_id, ())
        days = (_next_cycle(contract, version, day) for contract, version in theirs)
        return min((found for found in days if found is not None), default=None)

    def of_usage(self, person_id: int, day: date) -> date:
        """When what was used on a day is billed: with the next cycle of a contract, or on the first of the next month where
        cycles are longer than one; the day after for who has no contract."""
        cycle = self.cycle_after(person_id, day)
        if cycle is None:
            return day + DAY
        return cycle if cycle <= Cycles(day, 1).start(1) else first_of_next_month(day)


def next_bills(session: Session, person_ids: Collection[int]) -> NextBills:
    """One statement, none for nobody."""
    if not person_ids:
        return NextBills(())
    rows = session.execute(
        select(Contract, PlanVersion)
        .join(
            PlanVersion,
            (PlanVersion.tenant_id == Contract.tenant_id) & (PlanVersion.id == Contract.version_id),
        )
        .where(Contract.person_id.in_(person_ids), Contract.pending.is_(False))
    ).all()
    return NextBills([(contract, version) for contract, version in rows])


def next_bill_day(session: Session, person_id: int, today: date) -> date:
    """When something is billed that was put off until then: when the next cycle of a contract begins, and without one on the
    first of the next month."""
    return next_bills(session, [person_id]).cycle_after(person_id, today) or first_of_next_month(today)


def first_of_next_month(day: date) -> date:
    return Cycles(day.replace(day=1), 1).start(1)


def _next_cycle(contract: Contract, version: PlanVersion, day: date) -> date | None:
    if contract.anchor_on is None:
        return None
    if contract.starts_on > day:
        return contract.starts_on
    cycle = cycles_of(version, contract.anchor_on).after(day)
    return cycle if contract.ends_on is None or cycle <= contract.ends_on else None
