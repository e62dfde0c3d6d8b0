"""A new password: changed by somebody who knows the old one, or chosen with a mailed link by somebody who forgot it."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.domain import audit, passwords, sessions
from app.domain.actor import Actor
from app.domain.factors.entering import Entry, enter
from app.domain.notices import tell
from app.domain.passwords import WrongPassword
from app.domain.sessions import Browser
from app.domain.sign_on.password_rule import password_rule
from app.domain.visit import token_hash
from app.kernel.errors import LinkGone
from app.models import PasswordReset, PendingSignIn, Person, SignInLink, Way
from app.tenancy import begin_writing

FORGOTTEN = "password.forgotten"
CHANGED = "password.changed"
LINK_LIFETIME = timedelta(hours=1)
"""How long the mailed link works."""


@dataclass(frozen=True, slots=True)
class ChangePassword:
    """`current` is the proof that it is not only an unlocked device that asks."""

    current: str
    new: str


@dataclass(frozen=True, slots=True)
class ResetPassword:
    """`token` comes out of the mailed link."""

    token: str
    new: str
    browser: Browser


def change_password(session: Session, actor: Actor, command: ChangePassword, now: datetime) -> None:
    """Change the password and end every other session of the person.

    Raises WrongPassword and PasswordRefused.
    """
    stored = session.execute(select(Person.password_hash).where(Person.id == actor.person_id)).scalar_one()
    if not passwords.matches(stored, command.current):
        raise WrongPassword
    passwords.check_new(command.new, actor.email)
    new_hash = passwords.hashed(command.new)

    begin_writing(session)
    person = session.get_one(Person, actor.person_id, with_for_update=True)
    if person.password_hash != stored:
        raise WrongPassword
    _set(session, person, new_hash, now)
    sessions.end_all(session, person.id, but=actor.session_id)


def ask_for_link(session: Session, email: str, origin: str, now: datetime) -> None:
    """Mail a link to whoever has this e-mail, if anybody has. `origin` is the portal's address: `https://host`.

    The link's token is made when the mail is written (`make_link_token`), so that it is stored nowhere.
    """
    begin_writing(session)
    found = session.execute(
        select(Person.id, Person.role).where(
            Person.email_key == email.casefold(), Person.suspended_at.is_(None)
        )
    ).first()
    if found is None or password_rule(session).binds(found.role):
        return
    person_id = found.id
    tell(session, now, person_id, FORGOTTEN, {"origin": origin})
    audit.record(session, now, None, "password.reset_asked", subject="person", subject_id=person_id)


def make_link_token(session: Session, person_id: int, now: datetime) -> str:
    """A new token for this person's mailed link; the ones before it stop working."""
    _forget_resets(session, person_id)
    token = secrets.token_urlsafe(32)
    session.add(
        PasswordReset(
            person_id=person_id,
            token_hash=token_hash(token),
            created_at=now,
            expires_at=now + LINK_LIFETIME,
        )
    )
    return token


def forget_links(session: Session, person_id: int) -> None:
    """Let no link work that was mailed to this person, and no sign-in go on that is half done: the password is set, or
    the e-mail was not theirs.
    """
    _forget_resets(session, person_id)
    session.execute(delete(SignInLink).where(SignInLink.person_id == person_id))
    session.execute(delete(PendingSignIn).where(PendingSignIn.person_id == person_id))


def _forget_resets(session: Session, person_id: int) -> None:
    session.execute(
        delete(PasswordReset).where(PasswordReset.person_id == person_id, PasswordReset.used_at.is_(None))
    )


def link_holder(session: Session, token: str, now: datetime) -> Person:
    """Whom a link's token belongs to. Raises LinkGone."""
    return _open_link(session, token, now)[1]


def reset_password(session: Session, command: ResetPassword, now: datetime) -> Entry:
    """Choose a new password with a link: ends every session of the person, and lets them in or asks for their second factor.

    Raises LinkGone and PasswordRefused; a refused password leaves the link usable.
    """
    holder = link_holder(session, command.token, now)
    passwords.check_new(command.new, holder.email)
    new_hash = passwords.hashed(command.new)

    begin_writing(session)
    link, person = _open_link(session, command.token, now, hold=True)
    link.used_at = now
    _set(session, person, new_hash, now)
    sessions.end_all(session, person.id)
    return enter(session, person, command.browser, Way.MAIL, now)


def forget_expired_links(session: Session, now: datetime) -> None:
    """Delete the links that nobody can use any more."""
    session.execute(delete(PasswordReset).where(PasswordReset.expires_at <= now))


def _open_link(
    session: Session, token: str, now: datetime, *, hold: bool = False
) -> tuple[PasswordReset, Person]:
    """The unused link and its holder. With `hold` a second use at the same moment waits and then finds it used."""
    query = (
        select(PasswordReset, Person)
        .join(Person, Person.id == PasswordReset.person_id)
        .where(
            PasswordReset.token_hash == token_hash(token),
            PasswordReset.used_at.is_(None),
            PasswordReset.expires_at > now,
            Person.suspended_at.is_(None),
        )
    )
    row = session.execute(query.with_for_update(of=PasswordReset) if hold else query).first()
    # A link signs its holder in: not where a password may not.
    if row is None or password_rule(session).binds(row[1].role):
        raise LinkGone
    return row[0], row[1]


def _set(session: Session, person: Person, new_hash: str, now: datetime) -> None:
    person.password_hash = new_hash
    session.flush()
    forget_links(session, person.id)
    audit.record(session, now, person.id, "password.changed", subject="person", subject_id=person.id)
    tell(session, now, person.id, CHANGED, {})
