"""Signing in with e-mail and password."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain import audit, passwords
from app.domain.factors.entering import Entry, enter
from app.domain.sessions import Browser
from app.domain.sign_on.password_rule import password_rule
from app.kernel.errors import Refusal
from app.models import Person, Way
from app.tenancy import begin_writing


class SignInRefused(Refusal):
    """Unknown e-mail, wrong password, suspended, no password yet or none allowed: nobody is told which."""


class PasswordNotAllowed(SignInRefused):
    """The password is right, but a provider of the tenant is the only way in for this person."""


@dataclass(frozen=True, slots=True)
class SignIn:
    """Somebody says who they are."""

    email: str
    password: str
    browser: Browser


def sign_in(session: Session, command: SignIn, now: datetime) -> Entry:
    """Let in whoever the e-mail and password belong to, or ask them for their second factor.

    Raises SignInRefused. Either way an audit row is waiting in the session, so the caller commits either way.
    The password is compared before the write lock is taken, for that takes long and happens to everybody at once.
    """
    key = command.email.casefold()
    known = session.execute(select(Person.password_hash).where(Person.email_key == key)).first()
    stored = known.password_hash if known else None
    right = passwords.matches(stored, command.password)
    renewed = passwords.hashed(command.password) if right and passwords.outdated(stored or "") else stored

    begin_writing(session)
    rule = password_rule(session)
    person = session.execute(select(Person).where(Person.email_key == key)).scalar_one_or_none()
    # The password may have been changed, or the person suspended, while we compared.
    refused = person is None or not right or person.suspended_at is not None or person.password_hash != stored
    if person is None or refused or rule.binds(person.role):
        # Who knows the password may know that it does not count; nobody else learns that somebody has this e-mail.
        kind = SignInRefused if person is None or refused else PasswordNotAllowed
        audit.record(
            session,
            now,
            None,
            "person.sign_in_refused",
            subject="person",
            subject_id=person.id if person else None,
            after={"address": command.browser.address},
        )
        raise kind
    person.password_hash = renewed
    return enter(session, person, command.browser, Way.PASSWORD, now)
