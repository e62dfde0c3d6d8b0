"""Joining a plan, and the word of staff or of a payment that some plans wait for."""

import secrets
from datetime import date, datetime

from sqlalchemy.orm import Session

from app.domain.actor import Actor, Permission
from app.domain.audit import record_for_person
from app.domain.billing.contract_charges import charge_contract
from app.domain.billing.words import ChargeWords
from app.domain.plans.acting import with_person_in_hand
from app.domain.plans.contracts import (
    Held,
    check_places,
    facts,
    held,
    latest_start,
    open_version,
    plan_in_hand,
    put_contract,
    refuse_twice,
    set_version,
)
from app.domain.plans.telling import (
    APPROVED,
    REFUSED,
    STARTS,
    WAITING,
    take_back_told,
    tell_person,
    tell_staff,
)
from app.domain.plans.terms import (
    BadStart,
    JoinPlan,
    NotForYou,
    NotPending,
    OnlyByEnquiry,
    PlanChanged,
    TermsNotAgreed,
)
from app.domain.reach import person_in_reach
from app.kernel.errors import NotFound
from app.models import Contract, Plan, PlanAudience, PlanVersion, PlanVisibility
from app.tenancy import begin_writing


def join(
    session: Session, actor: Actor, command: JoinPlan, words: ChargeWords, today: date, now: datetime
) -> Contract:
    """Join a plan from today or a later day on. What is due on the first day is charged at once; a contract that waits for
    staff or for a payment comes back pending and is charged when it is approved.

    Raises NotFound (a wrong link too), PlanGone, PlanChanged, BadStart, OnlyByEnquiry, NotForYou, TermsNotAgreed,
    ContractTwice and SoldOut.
    """
    latest = latest_start(today)
    if not today <= command.starts_on <= latest:
        raise BadStart(today, latest)
    begin_writing(session)
    plan = plan_in_hand(session, command.plan_id)
    version = open_version(session, plan)
    check_admission(actor, plan, version, command.version_id, command.link_token, agreed=command.agreed)
    refuse_twice(session, actor.person_id, plan.id, command.starts_on, None)
    check_places(session, version, command.starts_on, command.quantity)
    contract = put_contract(
        session,
        actor.person_id,
        plan.id,
        command.starts_on,
        quantity=command.quantity,
        pending=version.needs_approval or command.awaits_payment,
        terms_accepted_at=now if command.agreed and version.terms else None,
    )
    _record(session, actor, now, "contract.started", contract, {"plan": plan.name})
    charge_contract(session, held(session, contract), today, words, now)
    if version.needs_approval:
        tell_staff(session, WAITING, contract, now)
    elif not contract.pending:
        tell_person(session, STARTS, contract, now)
    return contract


def approve(
    session: Session,
    actor: Actor | None,
    contract_id: int,
    words: ChargeWords,
    today: date,
    now: datetime,
    *,
    person_id: int | None = None,
) -> Contract:
    """Let a pending contract run, from its first day or from today if that has passed; `actor` None is the portal itself,
    once a payment has come. It is that person's, where one is given.

    Raises NotFound and NotPending.
    """
    begin_writing(session)
    found = pending_in_hand(session, actor, contract_id, person_id=person_id)
    contract = found.contract
    contract.pending = False
    if contract.starts_on < today:
        contract.starts_on = today
        set_version(contract, found.version)
    _record(session, actor, now, "contract.approved", contract, {})
    charge_contract(session, held(session, contract), today, words, now)
    take_back_told(session, WAITING, contract)
    if found.version.needs_approval:
        tell_person(session, APPROVED, contract, now)
    else:
        # It waited for a payment, and nobody had to say yes
        tell_person(session, STARTS, contract, now)
    return contract


def decline(
    session: Session,
    actor: Actor | None,
    contract_id: int,
    now: datetime,
    *,
    person_id: int | None = None,
) -> None:
    """Throw a pending contract away: staff say no, or whoever wanted to join has thought better of it. It is that person's,
    where one is given.

    Raises NotFound and NotPending.
    """
    begin_writing(session)
    found = pending_in_hand(session, actor, contract_id, own=True, person_id=person_id)
    _record(session, actor, now, "contract.declined", found.contract, {})
    take_back_told(session, WAITING, found.contract)
    if actor is None or actor.person_id != found.contract.person_id:
        tell_person(session, REFUSED, found.contract, now)
    session.delete(found.contract)
    session.flush()


def pending_in_hand(
    session: Session,
    actor: Actor | None,
    contract_id: int,
    *,
    own: bool = False,
    person_id: int | None = None,
) -> Held:
    """A pending contract, locked; of that person, where one is given. With `own`, one's own too; without, nobody approves
    their own.

    Raises NotFound and NotPending.
    """
    found = with_person_in_hand(session, contract_id, person_id)
    whose = found.contract.person_id
    if actor is not None and not (own and actor.person_id == whose):
        if not actor.may(Permission.PEOPLE):
            raise NotFound
        person_in_reach(session, actor, whose)
    if not found.contract.pending:
        raise NotPending
    return found


def check_admission(
    actor: Actor, plan: Plan, version: PlanVersion, seen_id: int, link_token: str | None, *, agreed: bool
) -> None:
    """Whether somebody may go on a plan by themselves.

    Raises NotFound, PlanChanged, OnlyByEnquiry, NotForYou and TermsNotAgreed.
    """
    if version.visibility is PlanVisibility.LINK and not opens(plan, link_token):
        raise NotFound
    if version.id != seen_id:
        raise PlanChanged(version.id)
    if version.visibility is PlanVisibility.ENQUIRE:
        raise OnlyByEnquiry
    if not is_for(actor, version.audience):
        raise NotForYou(version.audience)
    if version.terms and not agreed:
        raise TermsNotAgreed


def opens(plan: Plan, link_token: str | None) -> bool:
    """Whether a link is the one that leads to a plan."""
    given = (link_token or "").encode(errors="replace")
    return plan.link_token is not None and secrets.compare_digest(plan.link_token.encode(), given)


def is_for(actor: Actor, audience: PlanAudience) -> bool:
    """Whether somebody is of those whom a plan, or a product, is for."""
    if audience is PlanAudience.EVERYONE:
        return True
    return actor.is_member == (audience is PlanAudience.MEMBERS)


def _record(
    session: Session,
    actor: Actor | None,
    now: datetime,
    action: str,
    contract: Contract,
    more: dict[str, str],
) -> None:
    record_for_person(
        session,
        actor,
        now,
        action,
        contract.person_id,
        after={**facts(contract), **more},
    )
