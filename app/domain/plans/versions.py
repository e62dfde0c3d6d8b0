"""What a plan costs and asks for: a new version with each edit, the secret link, and contracts taken along."""

import secrets
from dataclasses import asdict, replace
from datetime import date, datetime

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session

from app.domain.actor import Actor
from app.domain.audit import changes, record, record_row
from app.domain.lookup import one
from app.domain.plans.acting import record_contract, theirs_in_hand
from app.domain.plans.benefits import benefits_of, check_benefits, put_benefits
from app.domain.plans.calculating import next_cycle
from app.domain.plans.changing import follow
from app.domain.plans.contracts import (
    Held,
    facts,
    held,
    open_version,
    plan_in_hand,
    present_version,
    set_version,
)
from app.domain.plans.discounts import check_discounts, discount_types_of, put_discount_types
from app.domain.plans.telling import tell_taken_along
from app.domain.plans.terms import BadVersion, Benefit, TooEarly, VersionDetails
from app.domain.portal import touch
from app.domain.reach import check_within_reach
from app.domain.retiring import set_retired
from app.kernel.cycles import DAY
from app.kernel.errors import NotFound
from app.models import Contract, CycleUnit, Person, Plan, PlanVersion, TaxRate
from app.models.base import LARGEST_ID
from app.tenancy import begin_writing

_BESIDE = frozenset({"benefits", "discount_type_ids"})
"""What of a version stands in tables of its own."""


def details_of(version: PlanVersion, benefits: tuple[Benefit, ...] = ()) -> VersionDetails:
    """A version as its columns have it, with what it gives."""
    columns = {name: getattr(version, name) for name in VersionDetails.__slots__ if name not in _BESIDE}
    return VersionDetails(**columns, benefits=benefits)


def whole_details_of(session: Session, version: PlanVersion) -> VersionDetails:
    """A version as its editor shows it. Two statements."""
    found = details_of(version, benefits_of(session, [version.id]).get(version.id, ()))
    types = discount_types_of(session, [version.id] if version.booking_discount_hundredths else [])
    return replace(found, discount_type_ids=tuple(sorted(types.get(version.id, ()))))


def plan_and_versions(session: Session, plan_id: int) -> tuple[Plan, list[PlanVersion]]:
    """A plan with every version of it, the present one first. One statement. Raises NotFound."""
    if not 0 < plan_id <= LARGEST_ID:
        raise NotFound
    rows = session.execute(
        select(Plan, PlanVersion)
        .outerjoin(PlanVersion, (PlanVersion.tenant_id == Plan.tenant_id) & (PlanVersion.plan_id == Plan.id))
        .where(Plan.id == plan_id)
        .order_by(PlanVersion.number.desc())
        .execution_options(populate_existing=True)
    ).all()
    if not rows:
        raise NotFound
    return rows[0][0], list(filter(None, (row[1] for row in rows)))


def contracts_on(session: Session, plan_id: int) -> dict[int, int]:
    """How many contracts of a plan are not over, wait for nobody and have no last day, by the id of their version."""
    query = (
        select(Contract.version_id, func.count())
        .where(Contract.plan_id == plan_id, Contract.ends_on.is_(None), Contract.pending.is_(False))
        .group_by(Contract.version_id)
    )
    return {version_id or 0: count for version_id, count in session.execute(query)}


def check_version(details: VersionDetails) -> None:
    """Raises BadVersion for terms that contradict each other."""
    faults = {
        "billing_day": details.billing_day is not None and details.cycle_unit is CycleUnit.WEEK,
        "deposit_rate_id": details.deposit_minor > 0 and details.deposit_rate_id is None,
        "pause_cycles": (details.pauses_a_year == 0) != (details.pause_cycles == 0),
    }
    for field, wrong in faults.items():
        if wrong:
            raise BadVersion(field)
    check_benefits(details.benefits)
    check_discounts(details)


def set_terms(
    session: Session, actor: Actor, plan_id: int, details: VersionDetails, now: datetime
) -> PlanVersion:
    """Give a plan its price and terms from now on; contracts that run keep theirs. The present version, where nothing differs.

    Raises NotFound (a retired rate too) and BadVersion.
    """
    check_within_reach(actor, None)
    check_version(details)
    begin_writing(session)
    plan = plan_in_hand(session, plan_id)
    for rate_id in {details.tax_rate_id, details.deposit_rate_id} - {None}:
        if one(session, TaxRate, rate_id or 0).retired_at is not None:
            raise NotFound
    present = present_version(session, plan.id)
    before = {} if present is None else asdict(whole_details_of(session, present))
    old, new = changes(before, asdict(details))
    if present is not None and not new:
        return present
    columns = {name: value for name, value in asdict(details).items() if name not in _BESIDE}
    number = 1 if present is None else present.number + 1
    version = PlanVersion(plan_id=plan.id, number=number, made_at=now, **columns)
    session.add(version)
    session.flush()
    put_benefits(session, version.id, details.benefits)
    put_discount_types(session, version, details.discount_type_ids)
    # Pages remember whether there is any discount on bookings at all
    touch(session)
    record_row(session, actor, now, plan, "edited", before=old, after={"version": version.number, **new})
    session.flush()
    return version


def renew_link(session: Session, actor: Actor, plan_id: int, now: datetime) -> str:
    """A new secret for the link to a plan; the one before leads nowhere any more. Raises NotFound."""
    check_within_reach(actor, None)
    begin_writing(session)
    plan = plan_in_hand(session, plan_id)
    plan.link_token = secrets.token_urlsafe(32)
    record_row(session, actor, now, plan, "edited", after={"link": "renewed"})
    session.flush()
    return plan.link_token


def retire_plan(session: Session, actor: Actor, plan_id: int, now: datetime, *, retired: bool) -> None:
    """Have nobody join a plan any more, or let them again; who is on it stays. Raises NotFound."""
    check_within_reach(actor, None)
    begin_writing(session)
    plan = plan_in_hand(session, plan_id)
    set_retired(session, actor, plan, now, retired=retired)
    session.flush()


def migrate(session: Session, actor: Actor, plan_id: int, on: date, today: date, now: datetime) -> int:
    """Take contracts of older versions along to the present one, each with its first cycle that begins on a day or later,
    and not before its next one; a pause passes first. Returns how many.

    Contracts that wait or end are left alone, and so is a price of somebody's own. Raises NotFound, PlanGone and TooEarly
    for a day that has passed.
    """
    check_within_reach(actor, None)
    if on <= today:
        raise TooEarly(today + DAY)
    begin_writing(session)
    plan = plan_in_hand(session, plan_id)
    version = open_version(session, plan)
    older = (
        Contract.plan_id == plan.id,
        or_(Contract.version_id != version.id, Contract.version_id.is_(None)),
        Contract.ends_on.is_(None),
        Contract.pending.is_(False),
    )
    _hold_people(session, select(Contract.person_id).where(*older))
    query = select(Contract).where(*older).order_by(Contract.id).with_for_update(key_share=True)
    contracts = session.scalars(query.execution_options(populate_existing=True)).all()
    begin: dict[date, set[int]] = {}
    for contract in contracts:
        day = (
            _bill_from(session, contract, version, on)
            if contract.version_id is None
            else _take_along(session, held(session, contract), version, on, today)
        )
        begin.setdefault(day, set()).add(contract.person_id)
    tell_taken_along(session, plan, begin, now)
    record(
        session,
        now,
        actor.person_id,
        "plan.migrated",
        subject="plan",
        subject_id=plan.id,
        after={"version": version.number, "contracts": len(contracts), "on": on.isoformat()},
    )
    session.flush()
    return len(contracts)


def agree(session: Session, actor: Actor, contract_id: int, now: datetime) -> None:
    """Agree to the terms of the version that a contract has come to have. Raises NotFound."""
    begin_writing(session)
    found = theirs_in_hand(session, actor, contract_id)
    if found.version.terms and found.contract.terms_accepted_at is None:
        found.contract.terms_accepted_at = now
        record_contract(session, actor, now, "contract.agreed", found, before=facts(found.contract))
        session.flush()


def _hold_people(session: Session, ids: Select[int]) -> None:
    """Whoever is told is locked before their contracts, as everywhere."""
    people = select(Person.id).where(Person.id.in_(ids)).order_by(Person.id)
    session.execute(people.with_for_update(key_share=True))


def _take_along(session: Session, found: Held, version: PlanVersion, on: date, today: date) -> date:
    """Returns the first day of what follows."""
    contract = found.contract
    day = max(next_cycle(found.rules(), today), _cycle_from(found, on))
    paused = [pause.until_day + DAY for pause in found.pauses if pause.until_day >= day]
    agreed = contract.terms_accepted_at if found.version.terms == version.terms else None
    follower = follow(
        session,
        found,
        version,
        max([day, *paused]),
        contract.quantity,
        agreed,
        contract.price_minor,
    )
    # The plan is the same: a term that began with it does not begin again
    follower.minimum_until = contract.minimum_until
    return follower.starts_on


def _bill_from(session: Session, contract: Contract, version: PlanVersion, on: date) -> date:
    """Somebody was on the plan before it had a price: what they had was free, and from the day on costs what it says.

    Returns the first day that costs something.
    """
    if contract.starts_on >= on:
        set_version(contract, version)
        return contract.starts_on
    follower = Contract(
        person_id=contract.person_id,
        plan_id=contract.plan_id,
        starts_on=on,
        quantity=contract.quantity,
        price_minor=contract.price_minor,
        follows_id=contract.id,
    )
    set_version(follower, version)
    contract.ends_on = on - DAY
    session.add(follower)
    session.flush()
    return on


def _cycle_from(found: Held, day: date) -> date:
    """The first cycle that begins on a day or later."""
    return found.cycles.after(day - DAY) if day > found.contract.starts_on else found.contract.starts_on
