"""Showing again that it is oneself: how one signs in is not changed by whoever finds an unlocked device."""

from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.domain import passwords
from app.domain.actor import Actor
from app.domain.factors.authenticator import use_app_code
from app.domain.passwords import WrongPassword
from app.models import LoginSession, Person
from app.ports import SecretBox
from app.tenancy import begin_writing

FRESH_FOR = timedelta(minutes=15)
"""How long a sign-in, or a proof after it, is enough."""


def is_fresh(session: Session, actor: Actor, now: datetime) -> bool:
    """Whether the person has just signed in, or shown in this session that it is them."""
    row = session.execute(
        select(LoginSession.created_at, LoginSession.proved_at).where(LoginSession.id == actor.session_id)
    ).first()
    return row is not None and now - max(row.created_at, row.proved_at or row.created_at) < FRESH_FOR


def prove_with_password(session: Session, actor: Actor, password: str, now: datetime) -> None:
    """Show it with the password. Raises WrongPassword."""
    stored = session.scalar(select(Person.password_hash).where(Person.id == actor.person_id))
    if not passwords.matches(stored, password):
        raise WrongPassword
    begin_writing(session)
    _note(session, actor, now)


def prove_with_code(session: Session, actor: Actor, code: str, box: SecretBox, now: datetime) -> None:
    """Show it with a code of the authenticator. Raises CodeRefused."""
    begin_writing(session)
    use_app_code(session, actor.person_id, code, box, now)
    _note(session, actor, now)


def _note(session: Session, actor: Actor, now: datetime) -> None:
    session.execute(update(LoginSession).where(LoginSession.id == actor.session_id).values(proved_at=now))
