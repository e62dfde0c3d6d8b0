"""Everybody's contracts, as a list of staff's shows them."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select
from sqlalchemy.orm import Session

from app.domain.actor import Actor
from app.domain.folded import holds_all
from app.domain.plans.contracts import state
from app.domain.plans.terms import ContractState
from app.domain.reach import people_in_reach
from app.kernel.names import full_name
from app.kernel.paging import Paged, stretch
from app.models import Contract, ContractPause, CycleUnit, Person, Plan, PlanVersion


class WhichContracts(StrEnum):
    """What the list may be cut down to."""

    ALL = "all"
    PENDING = "pending"
    ACTIVE = "active"
    PAUSED = "paused"
    ENDING = "ending"
    COMING = "coming"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class FindContracts:
    """Which contracts: of people whose names hold these words, on a plan, whose home is a location. None is any."""

    words: str = ""
    which: WhichContracts = WhichContracts.ALL
    plan_id: int | None = None
    location_id: int | None = None


@dataclass(frozen=True, slots=True)
class ContractListed:
    """A contract in a list. `price_minor` is that of one for a cycle; None where it is not billed."""

    id: int
    person_id: int
    person: str
    email: str
    location_id: int | None
    plan: str
    starts_on: date
    ends_on: date | None
    quantity: int
    price_minor: int | None
    cycle_unit: CycleUnit | None
    cycle_count: int | None
    state: ContractState


def list_contracts(
    session: Session, actor: Actor, today: date, find: FindContracts, page: int = 1
) -> Paged[ContractListed]:
    """One page of those of people in reach: who waits first, then by name. A page beyond the last gives the last one."""
    conditions = _conditions(actor, today, find)
    total = session.scalar(select(func.count()).select_from(Contract).join(Person, _WHO).where(*conditions))
    at = stretch(page, total or 0)
    rows = session.execute(_query(conditions, today).offset(at.start).limit(at.stop - at.start))
    return Paged(tuple(_row(each, today) for each in rows), at)


def every_contract(session: Session, actor: Actor, today: date, find: FindContracts) -> list[ContractListed]:
    """All of them that match, for a spreadsheet."""
    return [_row(each, today) for each in session.execute(_query(_conditions(actor, today, find), today))]


def plan_names(session: Session) -> list[tuple[int, str]]:
    """(id, name) of every plan, retired ones too: somebody may still be on one."""
    rows = session.execute(select(Plan.id, Plan.name).order_by(Plan.position, Plan.name))
    return [(row.id, row.name) for row in rows]


_WHO = and_(Person.tenant_id == Contract.tenant_id, Person.id == Contract.person_id)


def _paused(today: date) -> ColumnElement[bool]:
    return exists().where(
        ContractPause.tenant_id == Contract.tenant_id,
        ContractPause.contract_id == Contract.id,
        ContractPause.from_day <= today,
        ContractPause.until_day >= today,
    )


def _query(conditions: list[ColumnElement[bool]], today: date) -> Select[*tuple[Any, ...]]:
    of_version = and_(PlanVersion.tenant_id == Contract.tenant_id, PlanVersion.id == Contract.version_id)
    query: Select[*tuple[Any, ...]] = (
        select(
            Contract.id,
            Contract.person_id,
            Person.first_name,
            Person.last_name,
            Person.email,
            Person.location_id,
            Plan.name.label("plan"),
            Contract.starts_on,
            Contract.ends_on,
            Contract.pending,
            Contract.quantity,
            func.coalesce(Contract.price_minor, PlanVersion.price_minor).label("price_minor"),
            PlanVersion.cycle_unit,
            PlanVersion.cycle_count,
            _paused(today).label("paused"),
        )
        .join(Person, _WHO)
        .join(Plan, and_(Plan.tenant_id == Contract.tenant_id, Plan.id == Contract.plan_id))
        .outerjoin(PlanVersion, of_version)
        .where(*conditions)
        .order_by(
            Contract.pending.desc(),
            Person.last_name,
            Person.first_name,
            Contract.starts_on.desc(),
            Contract.id.desc(),
        )
    )
    return query


def _row(row: Any, today: date) -> ContractListed:
    stands = state(row, (), today)
    if row.paused and stands in {ContractState.ACTIVE, ContractState.ENDING}:
        stands = ContractState.PAUSED
    return ContractListed(
        row.id,
        row.person_id,
        full_name(row.first_name, row.last_name),
        row.email,
        row.location_id,
        row.plan,
        row.starts_on,
        row.ends_on,
        row.quantity,
        None if row.cycle_unit is None else row.price_minor,
        row.cycle_unit,
        row.cycle_count,
        stands,
    )


def _conditions(actor: Actor, today: date, find: FindContracts) -> list[ColumnElement[bool]]:
    found = [*people_in_reach(actor), *holds_all(Person.folded, find.words), *_of(find.which, today)]
    if find.plan_id is not None:
        found.append(Contract.plan_id == find.plan_id)
    if find.location_id is not None:
        found.append(Person.location_id == find.location_id)
    return found


def _of(which: WhichContracts, today: date) -> list[ColumnElement[bool]]:
    """The words of `contracts.state` as conditions."""
    going_on = or_(Contract.ends_on.is_(None), Contract.ends_on >= today)
    decided = [going_on, Contract.pending.is_(False)]
    begun = [*decided, Contract.starts_on <= today]
    pending = Contract.pending.is_(True)
    return {
        WhichContracts.ALL: [],
        WhichContracts.PENDING: [going_on, pending],
        WhichContracts.COMING: [*decided, Contract.starts_on > today],
        WhichContracts.PAUSED: [*begun, _paused(today)],
        WhichContracts.ACTIVE: [*begun, ~_paused(today), Contract.ends_on.is_(None)],
        WhichContracts.ENDING: [*begun, ~_paused(today), Contract.ends_on.is_not(None)],
        WhichContracts.ENDED: [Contract.ends_on < today],
    }[which]
