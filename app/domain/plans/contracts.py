"""A contract as the verbs have it in hand: locked, with its version, and as the calculation wants it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from app.domain.plans.calculating import Deal, Rules, minimum_until
from app.domain.plans.terms import (
    FARTHEST_START_DAYS,
    ContractOver,
    ContractState,
    ContractTwice,
    Ending,
    PlanGone,
    SoldOut,
    StillPending,
)
from app.kernel.cycles import Cycles, Days, anchored
from app.kernel.errors import NotFound
from app.models import Contract, ContractPause, CycleUnit, Plan, PlanVersion


@dataclass(frozen=True, slots=True)
class Held:
    """A contract with what belongs to it."""

    contract: Contract
    version: PlanVersion
    pauses: tuple[ContractPause, ...]

    @property
    def cycles(self) -> Cycles:
        anchor = self.contract.anchor_on
        if anchor is None:
            raise ValueError("a contract with a version has an anchor")
        return cycles_of(self.version, anchor)

    @property
    def price_minor(self) -> int:
        """Of one for one cycle."""
        own = self.contract.price_minor
        return self.version.price_minor if own is None else own

    def deal(self) -> Deal:
        contract, version = self.contract, self.version
        return Deal(
            self.cycles,
            self.price_minor,
            contract.starts_on,
            contract.ends_on,
            contract.quantity,
            # Who goes on from another contract pays for the days that they have, whatever the plan says of newcomers
            prorate_first=version.prorate_first or contract.follows_id is not None,
            prorate_last=version.prorate_last,
            pauses=tuple(Days(pause.from_day, pause.until_day) for pause in self.pauses),
            billed_until=contract.billed_until,
        )

    def rules(self) -> Rules:
        version = self.version
        return Rules(
            self.cycles,
            self.contract.starts_on,
            self.contract.minimum_until,
            version.notice_days,
            version.prorate_last,
            version.pauses_a_year,
            version.pause_cycles,
        )

    def state(self, today: date) -> ContractState:
        return state(self.contract, self.pauses, today)


def cycles_of(version: PlanVersion, anchor: date) -> Cycles:
    return Cycles(anchor, version.cycle_count, weeks=version.cycle_unit is CycleUnit.WEEK)


def state(contract: Contract, pauses: Iterable[ContractPause], today: date) -> ContractState:
    """Where a contract stands on a day."""
    if contract.ends_on is not None and contract.ends_on < today:
        return ContractState.ENDED
    if contract.pending:
        return ContractState.PENDING
    if contract.starts_on > today:
        return ContractState.COMING
    if any(pause.from_day <= today <= pause.until_day for pause in pauses):
        return ContractState.PAUSED
    return ContractState.ACTIVE if contract.ends_on is None else ContractState.ENDING


def held(session: Session, contract: Contract) -> Held:
    """Raises NotFound for a contract that is not billed."""
    if contract.version_id is None:
        raise NotFound
    pauses = session.scalars(
        select(ContractPause).where(ContractPause.contract_id == contract.id).order_by(ContractPause.from_day)
    ).all()
    return Held(contract, session.get_one(PlanVersion, contract.version_id), tuple(pauses))


def held_all(session: Session, contracts: Sequence[Contract]) -> list[Held]:
    """The same of several, in their order; two statements. Those that are not billed are left out."""
    billed = {each.id: each.version_id for each in contracts if each.version_id is not None}
    query = select(ContractPause).where(ContractPause.contract_id.in_(billed))
    pauses: dict[int, list[ContractPause]] = {}
    for pause in session.scalars(query.order_by(ContractPause.contract_id, ContractPause.from_day)):
        pauses.setdefault(pause.contract_id, []).append(pause)
    of_ids = select(PlanVersion).where(PlanVersion.id.in_(set(billed.values())))
    versions = {version.id: version for version in session.scalars(of_ids)}
    return [
        Held(each, versions[billed[each.id]], tuple(pauses.get(each.id, ())))
        for each in contracts
        if each.id in billed
    ]


def in_hand(session: Session, contract_id: int, person_id: int | None = None) -> Held:
    """A contract, locked until the transaction ends; of that person, where one is given. Raises NotFound."""
    query = select(Contract).where(Contract.id == contract_id).with_for_update(key_share=True)
    contract = session.scalars(query.execution_options(populate_existing=True)).one_or_none()
    if contract is None or person_id not in (None, contract.person_id):
        raise NotFound
    return held(session, contract)


def going_on(found: Held, today: date) -> Held:
    """The same, if it can still be changed. Raises ContractOver, StillPending and Ending."""
    contract = found.contract
    if contract.ends_on is not None and contract.ends_on < today:
        raise ContractOver
    if contract.pending:
        raise StillPending
    if contract.ends_on is not None:
        raise Ending(contract.ends_on)
    return found


def plan_in_hand(session: Session, plan_id: int) -> Plan:
    """A plan, locked until the transaction ends: nobody joins it or edits it meanwhile. Taken before any contract.

    Raises NotFound.
    """
    query = select(Plan).where(Plan.id == plan_id).with_for_update(key_share=True)
    plan = session.scalars(query.execution_options(populate_existing=True)).one_or_none()
    if plan is None:
        raise NotFound
    return plan


def present_version(session: Session, plan_id: int) -> PlanVersion | None:
    """What a plan is now; None where it was never given a price."""
    query = select(PlanVersion).where(PlanVersion.plan_id == plan_id)
    return session.scalars(query.order_by(PlanVersion.number.desc()).limit(1)).one_or_none()


def open_version(session: Session, plan: Plan) -> PlanVersion:
    """What somebody can join. Raises PlanGone."""
    version = None if plan.retired_at is not None else present_version(session, plan.id)
    if version is None:
        raise PlanGone
    return version


def taken(
    session: Session, day: date, *, plan_id: int | None = None, without: int | None = None
) -> dict[int, int]:
    """How many places are taken on a day or later, by the plan's id: of one plan, or of all.

    Paused and pending contracts keep theirs. Contracts that follow each other on one plan have one place between them, or
    as many as the largest of them.
    """
    query = select(Contract.plan_id, Contract.id, Contract.follows_id, Contract.quantity).where(
        or_(Contract.ends_on.is_(None), Contract.ends_on >= day)
    )
    if plan_id is not None:
        query = query.where(Contract.plan_id == plan_id)
    most: dict[tuple[int, int], int] = {}
    first: dict[tuple[int, int | None], int] = {}
    for row in session.execute(query.order_by(Contract.id)):
        if row.id == without:
            continue
        root = first.get((row.plan_id, row.follows_id), row.id)
        first[row.plan_id, row.id] = root
        most[row.plan_id, root] = max(most.get((row.plan_id, root), 0), row.quantity)
    found: dict[int, int] = {}
    for (of_plan, _root), quantity in most.items():
        found[of_plan] = found.get(of_plan, 0) + quantity
    return found


def check_places(
    session: Session, version: PlanVersion, day: date, quantity: int, *, without: int | None = None
) -> None:
    """Within a transaction that holds the plan. Raises SoldOut."""
    if version.capacity is None:
        return
    had = taken(session, day, plan_id=version.plan_id, without=without).get(version.plan_id, 0)
    left = version.capacity - had
    if quantity > left:
        raise SoldOut(max(left, 0))


def refuse_twice(
    session: Session,
    person_id: int,
    plan_id: int,
    starts_on: date,
    ends_on: date | None,
    *,
    without: int | None = None,
) -> None:
    """Raises ContractTwice when somebody is on a plan in some of those days already."""
    query = select(Contract.id).where(
        Contract.person_id == person_id,
        Contract.plan_id == plan_id,
        or_(Contract.ends_on.is_(None), Contract.ends_on >= starts_on),
    )
    if ends_on is not None:
        query = query.where(Contract.starts_on <= ends_on)
    if without is not None:
        query = query.where(Contract.id != without)
    if session.execute(query.limit(1)).first():
        raise ContractTwice


def put_contract(session: Session, person_id: int, plan_id: int, starts_on: date, **more: Any) -> Contract:
    """Put somebody on a plan as it is now, within a transaction that writes."""
    version = present_version(session, plan_id)
    contract = Contract(person_id=person_id, plan_id=plan_id, starts_on=starts_on, **more)
    if version is not None:
        set_version(contract, version)
    session.add(contract)
    session.flush()
    return contract


def set_version(contract: Contract, version: PlanVersion) -> None:
    """Have a contract that nothing was billed of go by a version from its first day on."""
    contract.version_id = version.id
    contract.anchor_on = anchored(contract.starts_on, version.billing_day)
    cycles = cycles_of(version, contract.anchor_on)
    contract.minimum_until = minimum_until(cycles, contract.starts_on, version.min_cycles)


def facts(contract: Contract) -> dict[str, Any]:
    """What the audit trail says of a contract."""
    return {
        "contract": contract.id,
        "starts_on": contract.starts_on.isoformat(),
        "ends_on": contract.ends_on.isoformat() if contract.ends_on else None,
    }


def latest_start(today: date) -> date:
    """The farthest day for which somebody may join."""
    return today + timedelta(days=FARTHEST_START_DAYS)
