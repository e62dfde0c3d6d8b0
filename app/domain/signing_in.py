"""Signing in with e-mail and password."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain import audit, passwords, sessions
from app.domain.sessions import Browser
from app.kernel.errors import Refusal
from app.models import Person
from app.tenancy import begin_writing


class SignInRefused(Refusal):
    """Unknown e-mail, wrong password, suspended, or no password yet: nobody is told which."""


@dataclass(frozen=True, slots=True)
class SignIn:
    """Somebody says who they are."""

    email: str
    password: str
    browser: Browser


def sign_in(session: Session, command: SignIn, now: datetime) -> str:
    """Start a session for whoever the e-mail and password belong to; returns its token.

    Raises SignInRefused. Either way an audit row is waiting in the session, so the caller commits either way.
    The password is compared before the write lock is taken, for that takes long and happens to everybody at once.
    """
    key = command.email.casefold()
    known = session.execute(select(Person.password_hash).where(Person.email_key == key)).first()
    stored = known.password_hash if known else None
    right = passwords.matches(stored, command.password)
    renewed = passwords.hashed(command.password) if right and passwords.outdated(stored or "") else stored

    begin_writing(session)
    person = session.execute(select(Person).where(Person.email_key == key)).scalar_one_or_none()
    # The password may have been changed, or the person suspended, while we compared.
    if person is None or not right or person.suspended_at is not None or person.password_hash != stored:
        audit.record(
            session,
            now,
            None,
            "person.sign_in_refused",
            subject="person",
            subject_id=person.id if person else None,
            after={"address": command.browser.address},
        )
        raise SignInRefused
    person.password_hash = renewed
    audit.record(
        session,
        now,
        person.id,
        "person.signed_in",
        subject="person",
        subject_id=person.id,
        after={"address": command.browser.address},
    )
    return sessions.start(session, person.id, command.browser, now)
