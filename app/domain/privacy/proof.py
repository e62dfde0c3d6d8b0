"""Proof that it is the person who asks, and not only somebody at their unlocked device."""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain import passwords
from app.domain.actor import Actor
from app.domain.passwords import WrongPassword
from app.domain.privacy.terms import ProofNeeded
from app.models import LoginSession, Person

FRESH = timedelta(minutes=10)
"""How long a sign-in proves as much as the password: those who sign in elsewhere have none here."""


def signed_in_freshly(session: Session, actor: Actor, now: datetime) -> bool:
    """Whether the session in hand began in the last minutes."""
    began = session.scalars(
        select(LoginSession.created_at).where(LoginSession.id == actor.session_id)
    ).first()
    return began is not None and now - began <= FRESH


def prove(session: Session, actor: Actor, password: str, now: datetime) -> None:
    """Let pass who has just signed in, or knows the password. Takes long: call it before any write lock.

    Raises ProofNeeded without a password, and WrongPassword.
    """
    if not password:
        if signed_in_freshly(session, actor, now):
            return
        raise ProofNeeded
    stored = session.scalars(select(Person.password_hash).where(Person.id == actor.person_id)).one()
    if not passwords.matches(stored, password):
        raise WrongPassword
