"""Signing out, wherever it began: here and then at the provider too, or at the provider and then here."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.domain import audit, live
from app.domain.actor import Actor
from app.domain.sign_on.coming import use_once
from app.domain.sign_on.going import LIFETIME
from app.domain.sign_on.providers import client_of, find_provider
from app.domain.sign_on.terms import Kit, Reason, SignOnRefused
from app.domain.visit import token_hash
from app.models import (
    LoginSession,
    SignOnAttempt,
    SignOnProvider,
    SignOnPurpose,
    SignOnSession,
)
from app.ports import SecretUnreadable, SignOnFailed
from app.tenancy import begin_writing


@dataclass(frozen=True, slots=True)
class WayOut:
    """Somebody who signed out here is still signed in at that provider."""

    provider_id: int
    provider: str
    token: str


def way_out(session: Session, actor: Actor, now: datetime) -> WayOut | None:
    """Before the session in hand is ended: what it takes to leave the provider too, should the person want to.

    None for a session that no provider vouched for, or one at which nobody can sign out.
    """
    begin_writing(session)
    row = session.execute(
        select(SignOnSession.hint, SignOnProvider.id, SignOnProvider.name)
        .join(SignOnProvider, SignOnProvider.id == SignOnSession.provider_id)
        .where(SignOnSession.session_id == actor.session_id, SignOnSession.hint != "")
    ).first()
    if row is None:
        return None
    token = secrets.token_urlsafe(32)
    session.add(
        SignOnAttempt(
            provider_id=row.id,
            purpose=SignOnPurpose.LEAVE,
            token_hash=token_hash(token),
            browser_hash="",
            memory={"hint": row.hint},
            created_at=now,
            expires_at=now + LIFETIME,
        )
    )
    return WayOut(row.id, row.name, token)


def leave(
    session: Session, kit: Kit, way: tuple[int, str], back_to: str, answer_to: str, now: datetime
) -> str:
    """The address that ends the session at the provider, for once; empty when the provider has none.

    `way` is the provider's id and the token of `way_out`; `answer_to` is our address for its answers. Raises NoSuchProvider and SignOnRefused.
    """
    provider_id, token = way
    provider = find_provider(session, provider_id)
    begin_writing(session)
    memory = session.scalars(
        delete(SignOnAttempt)
        .where(
            SignOnAttempt.token_hash == token_hash(token),
            SignOnAttempt.provider_id == provider_id,
            SignOnAttempt.purpose == SignOnPurpose.LEAVE,
            SignOnAttempt.expires_at > now,
        )
        .returning(SignOnAttempt.memory)
    ).first()
    session.commit()
    if memory is None:
        raise SignOnRefused(Reason.ATTEMPT_GONE)
    client = client_of(provider, kit.box, answer_to)
    hint = _opened(kit, memory["hint"])
    try:
        return kit.clients[provider.protocol].leave(client, hint, back_to, token)
    except SignOnFailed as failed:
        raise SignOnRefused(failed.fault, failed.detail) from failed


def _opened(kit: Kit, hint: str) -> str:
    try:
        return kit.box.open(hint)
    except SecretUnreadable as error:
        raise SignOnRefused(Reason.SECRET_UNREADABLE) from error


def obey_logout(
    session: Session, kit: Kit, provider_id: int, answer: Mapping[str, str], answer_to: str, now: datetime
) -> int:
    """End the sessions that a provider says are over; returns how many there were.

    `answer_to` is our address for the provider's answers.

    Raises NoSuchProvider and SignOnRefused, also for an order that was obeyed before.
    """
    provider = find_provider(session, provider_id, enabled=True)
    client, protocol = client_of(provider, kit.box, answer_to), provider.protocol
    session.commit()
    try:
        order = kit.clients[protocol].read_logout(client, answer, now)
    except SignOnFailed as failed:
        raise SignOnRefused(failed.fault, failed.detail) from failed

    begin_writing(session)
    use_once(session, provider_id, order.once)
    over = select(SignOnSession.session_id).where(SignOnSession.provider_id == provider_id)
    if order.provider_session:
        over = over.where(SignOnSession.provider_session == order.provider_session)
    if order.subject:
        over = over.where(SignOnSession.subject == order.subject)
    ended = session.execute(
        delete(LoginSession)
        .where(LoginSession.id.in_(over))
        .returning(LoginSession.id, LoginSession.person_id)
    ).all()
    live.ended(session, [row.id for row in ended])
    for person_id in {row.person_id for row in ended}:
        audit.record(
            session,
            now,
            person_id,
            "session.ended",
            subject="person",
            subject_id=person_id,
            after={"sessions": sum(row.person_id == person_id for row in ended), "provider": provider_id},
        )
    return len(ended)
