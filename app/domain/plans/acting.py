"""Who may do something about a contract: whose it is, and staff on pages that say so."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from app.domain.actor import Actor, Permission
from app.domain.audit import record_for_person
from app.domain.lookup import hold_person, one
from app.domain.plans.contracts import Held, facts, in_hand
from app.domain.reach import person_in_reach
from app.kernel.errors import NotFound
from app.models import Contract


def theirs_in_hand(session: Session, actor: Actor, contract_id: int) -> Held:
    """A contract that somebody may change, locked. Raises NotFound."""
    found = with_person_in_hand(session, contract_id)
    check_may_act(session, actor, found.contract.person_id)
    return found


def with_person_in_hand(session: Session, contract_id: int, person_id: int | None = None) -> Held:
    """A contract, locked, and before it whose it is, who will be told; of that person, where one is given.

    Raises NotFound.
    """
    whose = one(session, Contract, contract_id).person_id
    hold_person(session, whose)
    if person_id not in (None, whose):
        raise NotFound
    return in_hand(session, contract_id, whose)


def check_may_act(session: Session, actor: Actor, person_id: int) -> None:
    """Raises NotFound for somebody else's contract, but for staff who act for people."""
    if actor.person_id == person_id:
        return
    if not (actor.on_behalf and actor.may(Permission.PEOPLE)):
        raise NotFound
    person_in_reach(session, actor, person_id)


def record_contract(
    session: Session,
    actor: Actor,
    now: datetime,
    action: str,
    found: Held,
    *,
    before: dict[str, Any] | None = None,
    **more: Any,
) -> None:
    """Write what happened to a contract into the trail, about whose it is."""
    record_for_person(
        session,
        actor,
        now,
        action,
        found.contract.person_id,
        before=before,
        after={**facts(found.contract), **more},
    )
