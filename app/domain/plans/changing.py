"""Going on with another plan, another quantity, or the plan's new version."""

from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.actor import Actor
from app.domain.billing.contract_charges import charge_contract, give_back_unused
from app.domain.billing.words import ChargeWords
from app.domain.lookup import one
from app.domain.plans.acting import record_contract, theirs_in_hand
from app.domain.plans.calculating import next_cycle
from app.domain.plans.contracts import (
    Held,
    check_places,
    facts,
    going_on,
    held,
    open_version,
    plan_in_hand,
    refuse_twice,
    set_version,
)
from app.domain.plans.ending import go_on
from app.domain.plans.joining import check_admission
from app.domain.plans.pausing import refuse_paused
from app.domain.plans.telling import tell_changed
from app.domain.plans.terms import ChangePlan, NotEnding, OnlyByEnquiry, PlanChanged, SamePlan, TooEarly
from app.kernel.cycles import DAY
from app.models import Contract, PlanVersion
from app.tenancy import begin_writing


def change(
    session: Session, actor: Actor, command: ChangePlan, words: ChargeWords, today: date, now: datetime
) -> Contract:
    """Go on with another plan when the present cycle is over, or at once: then the days that were paid for and are not had
    are given back, and those of the new plan charged. Returns the contract that follows.

    A minimum term goes along. Staff who act for somebody may choose any plan. Raises NotFound, ContractOver, StillPending, Ending, PausedAlready, PlanGone, PlanChanged,
    OnlyByEnquiry, NotForYou, TermsNotAgreed, SamePlan, TooEarly, ContractTwice and SoldOut.
    """
    begin_writing(session)
    plan = plan_in_hand(session, command.plan_id)
    found = going_on(theirs_in_hand(session, actor, command.contract_id), today)
    refuse_paused(found, today)
    version = open_version(session, plan)
    contract = found.contract
    if actor.person_id == contract.person_id:
        check_admission(actor, plan, version, command.version_id, command.link_token, agreed=command.agreed)
        if version.needs_approval:
            raise OnlyByEnquiry
    elif version.id != command.version_id:
        raise PlanChanged(version.id)
    if version.id == contract.version_id and command.quantity == contract.quantity:
        raise SamePlan
    day = changes_on(found, today, at_once=command.at_once)
    refuse_twice(session, contract.person_id, plan.id, day, None, without=contract.id)
    check_places(session, version, day, command.quantity, without=contract.id)
    before = facts(contract)
    if command.at_once:
        charge_contract(session, found, today, words, now)
        give_back_unused(session, found, day, words, now)
    follower = follow(
        session, found, version, day, command.quantity, now if command.agreed and version.terms else None
    )
    record_contract(session, actor, now, "contract.changed", found, before=before, plan=plan.name)
    found = held(session, follower)
    charge_contract(session, found, today, words, now)
    tell_changed(session, found, now)
    return follower


def changes_on(found: Held, today: date, *, at_once: bool) -> date:
    """The first day of what follows. A contract runs for a day at least. Raises TooEarly before it has begun."""
    if not at_once:
        return next_cycle(found.rules(), today)
    if found.contract.starts_on > today:
        raise TooEarly(found.contract.starts_on + DAY)
    return max(today, found.contract.starts_on + DAY)


def withdraw_change(session: Session, actor: Actor, contract_id: int, today: date, now: datetime) -> Contract:
    """Let a contract go on that another is to follow, until that one has begun. What staff changed of the same plan, its
    price or its terms, nobody withdraws for themselves.

    Raises NotFound, NotEnding, ContractTwice and SoldOut.
    """
    plan_id = one(session, Contract, contract_id).plan_id
    begin_writing(session)
    plan_in_hand(session, plan_id)
    found = theirs_in_hand(session, actor, contract_id)
    follower = follower_of(session, contract_id)
    if follower is None or follower.starts_on <= today:
        raise NotEnding
    if actor.person_id == found.contract.person_id and follower.plan_id == found.contract.plan_id:
        raise NotEnding
    before = facts(found.contract)
    session.delete(follower)
    session.flush()
    go_on(session, found)
    record_contract(session, actor, now, "contract.kept", found, before=before)
    session.flush()
    return found.contract


def follower_of(session: Session, contract_id: int) -> Contract | None:
    """The contract that goes on from another one, locked."""
    query = select(Contract).where(Contract.follows_id == contract_id).with_for_update()
    return session.scalars(query.execution_options(populate_existing=True)).one_or_none()


def follow(
    session: Session,
    found: Held,
    version: PlanVersion,
    day: date,
    quantity: int,
    terms_accepted_at: datetime | None,
    price_minor: int | None = None,
) -> Contract:
    """End a contract that is locked, and begin the one that follows it on a day."""
    contract = found.contract
    follower = Contract(
        person_id=contract.person_id,
        plan_id=version.plan_id,
        starts_on=day,
        quantity=quantity,
        price_minor=price_minor,
        terms_accepted_at=terms_accepted_at,
        follows_id=contract.id,
    )
    set_version(follower, version)
    if _same_cycles(found.version, version):
        # Cycles go on as they were: counted anew from 28 February they would never see a 31st again
        follower.anchor_on = contract.anchor_on
    terms = [each for each in (contract.minimum_until, follower.minimum_until) if each is not None]
    follower.minimum_until = max(terms, default=None)
    contract.ends_on = day - DAY
    session.add(follower)
    session.flush()
    return follower


def _same_cycles(old: PlanVersion, new: PlanVersion) -> bool:
    return (old.cycle_count, old.cycle_unit, old.billing_day) == (
        new.cycle_count,
        new.cycle_unit,
        new.billing_day,
    )
