"""A new password: changed by somebody who knows the old one, or chosen with a mailed link by somebody who forgot it."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Delete, delete, select
from sqlalchemy.orm import Session

from app.domain import audit, passwords, sessions
from app.domain.actor import Actor
from app.domain.notices import tell
from app.domain.passwords import WrongPassword
from app.domain.sessions import Browser
from app.domain.visit import token_hash
from app.kernel.errors import NotFound
from app.models import PasswordReset, Person
from app.tenancy import begin_writing

FORGOTTEN = "password.forgotten"
INVITED = "password.invited"
"""Staff sent the link to somebody who has no password yet."""
CHANGED = "password.changed"
LINK_LIFETIMES = {FORGOTTEN: timedelta(hours=1), INVITED: timedelta(days=7)}
"""How long the link of each mail works: who is invited may be on holiday, who forgot is waiting."""


class LinkGone(NotFound):
    """The link was used, has expired, or never was."""


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
    person_id = session.execute(
        select(Person.id).where(Person.email_key == email.casefold(), Person.suspended_at.is_(None))
    ).scalar()
    if person_id is None:
        return
    tell(session, now, person_id, FORGOTTEN, {"origin": origin})
    audit.record(session, now, None, "password.reset_asked", subject="person", subject_id=person_id)


def make_link_token(session: Session, person_id: int, now: datetime, lifetime: timedelta) -> str:
    """A new token for this person's mailed link; the ones before it stop working.

    But for one that works longer: anybody can ask for a link to a known e-mail, and must not shorten an invitation.
    """
    expires = now + lifetime
    session.execute(_open_links(person_id).where(PasswordReset.expires_at <= expires))
    token = secrets.token_urlsafe(32)
    session.add(
        PasswordReset(person_id=person_id, token_hash=token_hash(token), created_at=now, expires_at=expires)
    )
    return token


def forget_links(session: Session, person_id: int) -> None:
    """Let no link work that was mailed to this person: the password is set, or the e-mail was not theirs."""
    session.execute(_open_links(person_id))


def _open_links(person_id: int) -> Delete:
    return delete(PasswordReset).where(PasswordReset.person_id == person_id, PasswordReset.used_at.is_(None))


def link_holder(session: Session, token: str, now: datetime) -> Person:
    """Whom a link's token belongs to. Raises LinkGone."""
    return _open_link(session, token, now)[1]


def reset_password(session: Session, command: ResetPassword, now: datetime) -> str:
    """Choose a new password with a link: ends every session of the person and starts one; returns its token.

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
    return sessions.start(session, person.id, command.browser, now)


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
    if row is None:
        raise LinkGone
    return row[0], row[1]


def _set(session: Session, person: Person, new_hash: str, now: datetime) -> None:
    person.password_hash = new_hash
    session.flush()
    forget_links(session, person.id)
    audit.record(session, now, person.id, "password.changed", subject="person", subject_id=person.id)
    tell(session, now, person.id, CHANGED, {})
