"""Contracts: a plan from a day to a day. Whoever has one today is a member."""

from dataclasses import asdict, dataclass
from datetime import date

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from app.domain.actor import Actor
from app.domain.audit import record
from app.domain.lookup import one
from app.domain.people.terms import ContractBackwards, ContractOver, ContractTwice, EndContract, NewContract
from app.domain.reach import person_in_reach
from app.kernel.clock import Clock
from app.kernel.errors import NotFound
from app.models import Contract, Plan
from app.tenancy import begin_writing


@dataclass(frozen=True, slots=True)
class ContractRow:
    """A contract as a page shows it; both days are included, no last day means open-ended."""

    id: int
    plan_name: str
    starts_on: date
    ends_on: date | None

    def active(self, today: date) -> bool:
        return self.starts_on <= today and not self.over(today)

    def over(self, today: date) -> bool:
        return self.ends_on is not None and self.ends_on < today


def contracts_of(session: Session, person_id: int) -> list[ContractRow]:
    """Somebody's contracts, newest first."""
    rows = session.execute(
        select(Contract.id, Plan.name, Contract.starts_on, Contract.ends_on)
        .join(Plan, Contract.plan_id == Plan.id)
        .where(Contract.person_id == person_id)
        .order_by(Contract.starts_on.desc(), Contract.id.desc())
    ).all()
    return [ContractRow(*row) for row in rows]


def plans_on_offer(session: Session) -> list[tuple[int, str]]:
    """(id, name) of every plan that somebody may be put on."""
    rows = session.execute(
        select(Plan.id, Plan.name).where(Plan.retired_at.is_(None)).order_by(Plan.position, Plan.name)
    ).all()
    return [(row.id, row.name) for row in rows]


def start_contract(session: Session, actor: Actor, command: NewContract, clock: Clock) -> None:
    """Put somebody on a plan. Raises NotFound, ContractBackwards and ContractTwice."""
    if command.ends_on is not None and command.ends_on < command.starts_on:
        raise ContractBackwards
    begin_writing(session)
    person = person_in_reach(session, actor, command.person_id, lock=True)
    plan = one(session, Plan, command.plan_id)
    if plan.retired_at is not None:
        raise NotFound
    _refuse_twice(session, command)
    contract = Contract(**asdict(command))
    session.add(contract)
    session.flush()
    record(
        session,
        clock(),
        actor.person_id,
        "contract.started",
        subject="person",
        subject_id=person.id,
        after={"contract": contract.id, "plan": plan.name, **_days(contract)},
    )
    session.flush()


def end_contract(session: Session, actor: Actor, command: EndContract, clock: Clock) -> None:
    """Set a contract's last day: today or later, and not before it starts.

    Raises NotFound, ContractOver and ContractBackwards.
    """
    begin_writing(session)
    contract = one(session, Contract, command.contract_id, lock=True)
    if contract.person_id != command.person_id:
        raise NotFound
    person_in_reach(session, actor, contract.person_id)
    if contract.ends_on is not None and contract.ends_on < command.today:
        raise ContractOver
    if command.ends_on < max(contract.starts_on, command.today):
        raise ContractBackwards
    before = _days(contract)
    contract.ends_on = command.ends_on
    record(
        session,
        clock(),
        actor.person_id,
        "contract.ended",
        subject="person",
        subject_id=contract.person_id,
        before={"contract": contract.id, **before},
        after={"contract": contract.id, **_days(contract)},
    )
    session.flush()


def _refuse_twice(session: Session, command: NewContract) -> None:
    query = select(Contract.id).where(
        Contract.person_id == command.person_id,
        Contract.plan_id == command.plan_id,
        or_(Contract.ends_on.is_(None), Contract.ends_on >= command.starts_on),
    )
    if command.ends_on is not None:
        query = query.where(Contract.starts_on <= command.ends_on)
    if session.execute(query.limit(1)).first():
        raise ContractTwice


def _days(contract: Contract) -> dict[str, str | None]:
    return {
        "starts_on": contract.starts_on.isoformat(),
        "ends_on": contract.ends_on.isoformat() if contract.ends_on else None,
    }
