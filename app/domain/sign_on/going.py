"""Sending a browser to a provider."""

import secrets
from datetime import datetime, timedelta

from sqlalchemy import delete
from sqlalchemy.orm import Session

from app.domain.sign_on.providers import client_of, find_provider
from app.domain.sign_on.terms import Begin, Kit, SignOnRefused
from app.domain.visit import token_hash
from app.models import SignOnAttempt, SignOnPurpose, SignOnUsed
from app.ports import SignOnFailed
from app.tenancy import begin_writing

LIFETIME = timedelta(minutes=10)
"""How long somebody may take at the provider."""


def begin(session: Session, kit: Kit, command: Begin, now: datetime) -> str:
    """Remember the attempt; returns the address to send the browser to. Raises NoSuchProvider and SignOnRefused."""
    provider = find_provider(session, command.provider_id, enabled=not command.trial)
    client, protocol = client_of(provider, kit.box, command.answer_to), provider.protocol
    # No connection to the database waits for somebody else's server.
    session.commit()
    token = secrets.token_urlsafe(32)
    try:
        departure = kit.clients[protocol].begin(client, token)
    except SignOnFailed as failed:
        raise SignOnRefused(failed.fault, failed.detail) from failed

    begin_writing(session)
    find_provider(session, command.provider_id, enabled=not command.trial)
    session.add(
        SignOnAttempt(
            provider_id=command.provider_id,
            purpose=_purpose(command),
            token_hash=token_hash(token),
            browser_hash=token_hash(command.browser_token),
            person_id=command.person_id,
            memory=dict(departure.memory),
            next_path=command.next_path,
            created_at=now,
            expires_at=now + LIFETIME,
        )
    )
    return departure.url


def _purpose(command: Begin) -> SignOnPurpose:
    if command.trial:
        return SignOnPurpose.TRIAL
    return SignOnPurpose.SIGN_IN if command.person_id is None else SignOnPurpose.LINK


def forget_expired_attempts(session: Session, now: datetime) -> None:
    """Delete what nobody can come back to any more, and the marks of messages that would not be believed any more."""
    session.execute(delete(SignOnAttempt).where(SignOnAttempt.expires_at <= now))
    session.execute(delete(SignOnUsed).where(SignOnUsed.expires_at <= now))
