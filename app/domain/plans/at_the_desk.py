"""Contracts as staff keep them: who is put on a plan, and when that ends. Whoever has one that runs today is a member."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.actor import Actor
from app.domain.audit import record
from app.domain.billing.contract_charges import take_back_coming
from app.domain.credits.cycles import grant_cycles
from app.domain.house_day import house_day
from app.domain.lookup import one
from app.domain.plans.contracts import facts, held, plan_in_hand, put_contract, refuse_twice
from app.domain.plans.telling import CANCELLED, STARTS, tell_person
from app.domain.plans.terms import ContractBackwards, ContractOver, EndContract, NewContract
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
    pending: bool = False
    """It waits for staff."""
    quantity: int = 1
    price_minor: int | None = None
    """What they pay for one instead of the plan's price."""
    billed: bool = False
    """It has a price, by a version of its plan."""

    def active(self, today: date) -> bool:
        return not self.pending and self.starts_on <= today and not self.over(today)

    def over(self, today: date) -> bool:
        return self.ends_on is not None and self.ends_on < today


def contracts_of(session: Session, person_id: int) -> list[ContractRow]:
    """Somebody's contracts, newest first."""
    rows = session.execute(
        select(
            Contract.id,
            Plan.name,
            Contract.starts_on,
            Contract.ends_on,
            Contract.pending,
            Contract.quantity,
            Contract.price_minor,
            Contract.version_id.is_not(None),
        )
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
    """Put somebody on a plan, with its price and terms as they are now; staff may do so when it is full.

    What its cycle brings they have at once, and the next run bills what is due. Raises NotFound, ContractBackwards and ContractTwice.
    """
    if command.ends_on is not None and command.ends_on < command.starts_on:
        raise ContractBackwards
    begin_writing(session)
    plan = plan_in_hand(session, command.plan_id)
    person = person_in_reach(session, actor, command.person_id, lock=True)
    if plan.retired_at is not None:
        raise NotFound
    refuse_twice(session, person.id, plan.id, command.starts_on, command.ends_on)
    contract = put_contract(
        session,
        person.id,
        plan.id,
        command.starts_on,
        ends_on=command.ends_on,
        quantity=command.quantity,
        price_minor=command.price_minor,
    )
    record(
        session,
        clock(),
        actor.person_id,
        "contract.started",
        subject="person",
        subject_id=person.id,
        after={**facts(contract), "plan": plan.name},
    )
    tell_person(session, STARTS, contract, clock())
    session.flush()
    if contract.version_id is not None:
        now = clock()
        today = house_day(session, now)
        grant_cycles(session, [held(session, contract)], today, now)


def end_contract(session: Session, actor: Actor, command: EndContract, clock: Clock) -> None:
    """Set a contract's last day: today or later, and not before it starts, whatever its notice and minimum term say.

    What was charged for cycles after it is taken back unless it stands on an invoice: staff credit that. Raises NotFound,
    ContractOver and ContractBackwards.
    """
    begin_writing(session)
    person_in_reach(session, actor, command.person_id, lock=True)
    contract = one(session, Contract, command.contract_id, lock=True)
    if contract.person_id != command.person_id:
        raise NotFound
    if contract.ends_on is not None and contract.ends_on < command.today:
        raise ContractOver
    if command.ends_on < max(contract.starts_on, command.today):
        raise ContractBackwards
    before = facts(contract)
    contract.ends_on = command.ends_on
    if contract.version_id is not None:
        take_back_coming(session, held(session, contract))
    record(
        session,
        clock(),
        actor.person_id,
        "contract.ended",
        subject="person",
        subject_id=contract.person_id,
        before=before,
        after=facts(contract),
    )
    tell_person(session, CANCELLED, contract, clock())
    session.flush()
