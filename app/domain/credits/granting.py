"""Giving credit, once for each reason, and what staff give and take by hand."""

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.actor import Actor
from app.domain.audit import record
from app.domain.credits.balance import lock_held
from app.domain.credits.paying import spread
from app.domain.credits.terms import (
    MOST_DAYS,
    MOST_MINOR,
    MOST_MINUTES,
    NOTE_LENGTH,
    TYPED,
    BadCredit,
    Holder,
    NewGrant,
    NotEnoughCredit,
)
from app.domain.lookup import all_of, one
from app.domain.or_nothing import insert_or_nothing
from app.domain.reach import check_within_reach, person_in_reach
from app.domain.team.holding import hold_team
from app.kernel.errors import NotFound
from app.kernel.request_keys import fresh_request_key
from app.models import (
    CreditCause,
    CreditGrant,
    CreditGrantType,
    CreditKind,
    CreditLine,
    CreditSource,
    PassType,
    ResourceType,
)
from app.tenancy import begin_writing

_MOST = {
    CreditKind.TIME: MOST_MINUTES,
    CreditKind.MONEY: MOST_MINOR,
    CreditKind.DAYS: MOST_DAYS,
    CreditKind.MINUTES: MOST_MINUTES,
}


@dataclass(frozen=True, slots=True)
class ChangeCredit:
    """Staff give somebody, or a team, credit, or take some of it. Time is for one type of room or for several when it is
    given, and of one type when it is taken; money is for every room, or for those of the types that are named."""

    holder: Holder
    kind: CreditKind
    amount: int
    type_ids: tuple[int, ...]
    note: str
    expires_at: datetime | None = None
    """Of what is given."""
    request_key: str = field(default_factory=fresh_request_key)
    """Made with the form: what two taps ask for is done once."""
    pass_type_id: int | None = None
    """When and where given days, or minutes in the house, may be used. What is taken is of any of the kind."""


def put_grant(session: Session, grant: NewGrant, now: datetime) -> int | None:
    """Give it within a transaction that writes, unless its reason stands already: None then, else the new grant's id."""
    grant_id = insert_or_nothing(
        session,
        CreditGrant,
        person_id=grant.holder.person_id,
        team_id=grant.holder.team_id,
        kind=grant.kind,
        amount=grant.amount,
        starts_at=grant.starts_at,
        expires_at=grant.expires_at,
        source=grant.source,
        contract_id=grant.contract_id,
        product_id=grant.product_id,
        pass_type_id=grant.pass_type_id,
        reason_key=grant.reason_key,
        created_at=now,
    )
    if grant_id is None:
        return None
    session.add_all(
        CreditGrantType(grant_id=grant_id, resource_type_id=type_id) for type_id in grant.type_ids
    )
    session.add(
        CreditLine(
            grant_id=grant_id,
            amount=grant.amount,
            cause=CreditCause.GRANTED,
            reason_key=f"grant:{grant_id}",
            note=grant.note,
            created_at=now,
        )
    )
    session.flush()
    return grant_id


def give(session: Session, actor: Actor, command: ChangeCredit, now: datetime) -> int:
    """Staff give credit from now on, with the reason; the id of the grant.

    Raises NotFound (a type that is unknown, or a retired team, too) and BadCredit.
    """
    _check(command)
    if command.expires_at is not None and command.expires_at <= now:
        raise BadCredit("until")
    begin_writing(session)
    _hold(session, actor, command.holder)
    all_of(session, ResourceType, frozenset(command.type_ids))
    _check_pass(session, command)
    key = f"staff:{command.request_key}"
    grant = NewGrant(
        command.holder,
        command.kind,
        command.amount,
        now,
        command.expires_at,
        CreditSource.STAFF,
        key,
        command.type_ids,
        pass_type_id=command.pass_type_id,
        note=command.note,
    )
    if put_grant(session, grant, now) is not None:
        _record(session, actor, command, "credit.given", now)
    return session.scalars(select(CreditGrant.id).where(CreditGrant.reason_key == key)).one()


def take(session: Session, actor: Actor, command: ChangeCredit, now: datetime) -> None:
    """Staff take some of what somebody has themselves, or a team has, the soonest to expire first, with the reason.

    Raises NotFound, BadCredit, and NotEnoughCredit with what they have of it.
    """
    _check(command)
    if len(command.type_ids) > 1:
        raise BadCredit("type_ids")
    begin_writing(session)
    _hold(session, actor, command.holder)
    if _was_taken(session, command.request_key):
        return
    type_id = command.type_ids[0] if command.type_ids else None
    funds = lock_held(session, command.holder, command.kind, type_id, now)
    has = sum(fund.left for fund in funds)
    if has < command.amount:
        raise NotEnoughCredit(has)
    for grant_id, amount in spread(funds, command.amount):
        session.add(
            CreditLine(
                grant_id=grant_id,
                amount=-amount,
                cause=CreditCause.TAKEN,
                reason_key=f"{_taking(command.request_key)}{grant_id}",
                note=command.note,
                created_at=now,
            )
        )
    _record(session, actor, command, "credit.taken", now)


def _check_pass(session: Session, command: ChangeCredit) -> None:
    if command.pass_type_id is None:
        return
    found = one(session, PassType, command.pass_type_id)
    if found.retired_at is not None:
        raise NotFound
    if found.kind is not command.kind:
        raise BadCredit("pass_type_id")


def _was_taken(session: Session, request_key: str) -> bool:
    """The holder is held, so nobody takes it at this moment."""
    begun = CreditLine.reason_key.startswith(_taking(request_key), autoescape=True)
    return session.scalars(select(CreditLine.id).where(begun).limit(1)).first() is not None


def _taking(request_key: str) -> str:
    """How the keys of the lines begin that one taking makes."""
    return f"staff:{request_key}:"


def _hold(session: Session, actor: Actor, holder: Holder) -> None:
    """Raises NotFound for somebody out of reach; teams are for who works everywhere."""
    if holder.person_id is not None:
        person_in_reach(session, actor, holder.person_id, lock=True)
    else:
        check_within_reach(actor, None)
        hold_team(session, holder.team_id or 0)


def _check(command: ChangeCredit) -> None:
    time = command.kind is CreditKind.TIME
    if not 0 < command.amount <= _MOST[command.kind]:
        raise BadCredit("amount")
    # Of money no type means every room
    if (time and not command.type_ids) or (command.type_ids and command.kind not in TYPED):
        raise BadCredit("type_ids")
    if not command.note.strip() or len(command.note) > NOTE_LENGTH or "\0" in command.note:
        raise BadCredit("note")


def _record(session: Session, actor: Actor, command: ChangeCredit, action: str, now: datetime) -> None:
    record(
        session,
        now,
        actor.person_id,
        action,
        subject="person" if command.holder.team_id is None else "team",
        subject_id=command.holder.person_id or command.holder.team_id,
        for_id=command.holder.person_id,
        after={"kind": command.kind.value, "amount": command.amount, "reason": command.note},
    )
    session.flush()
