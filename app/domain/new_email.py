"""Another e-mail: asked for by somebody who is signed in, confirmed with a link at the new address, and stopped or
taken back with a link at the old one. Until it is confirmed, nothing changes.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, delete, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.domain import audit, passwords, sessions
from app.domain.actor import Actor
from app.domain.new_password import FORGOTTEN, forget_links
from app.domain.notices import tell
from app.domain.passwords import WrongPassword
from app.domain.visit import token_hash
from app.kernel.errors import LinkGone, Refusal
from app.models import Authenticator, EmailChange, Passkey, Person, RecoveryCode, SignOnIdentity
from app.tenancy import begin_writing

CONFIRM = "email.confirm"
"""To the new address, with the link that makes it so."""
LEAVING = "email.leaving"
"""To the old address, with the link that stops it or takes it back."""
KNOWN = "email.known"
"""To who has that address already: somebody else asked for it."""
CHANGED = "email.changed"
"""To the old address, once it is so."""
CONFIRM_WITHIN = timedelta(days=1)
STOP_WITHIN = timedelta(days=7)


class SameEmail(Refusal):
    """It is their address already."""


class EmailTakenSince(Refusal):
    """Somebody else has that address by now. Told only to who holds a link mailed to it."""


@dataclass(frozen=True, slots=True)
class ChangeEmail:
    """`password` is the proof that it is not only an unlocked device that asks; None when the account has none.

    `origin` is the portal's address: `https://host`.
    """

    email: str
    password: str | None
    origin: str


@dataclass(frozen=True, slots=True)
class PendingEmail:
    """A change that waits for its confirmation."""

    email: str
    confirm_until: datetime


def needs_password(session: Session, actor: Actor) -> bool:
    """Whether the account has a password to ask for."""
    return _password_hash(session, actor) is not None


def pending_email(session: Session, actor: Actor, now: datetime) -> PendingEmail | None:
    """The change that waits, if one does."""
    row = session.execute(
        select(EmailChange.new_email, EmailChange.confirm_until)
        .where(EmailChange.person_id == actor.person_id, *_waiting(now))
        .order_by(EmailChange.id.desc())
        .limit(1)
    ).first()
    return PendingEmail(*row) if row else None


def ask_for_email(session: Session, actor: Actor, command: ChangeEmail, now: datetime) -> None:
    """Mail a link to the new address and tell the old one. A wish of before that still waits is forgotten.

    Raises WrongPassword and SameEmail. An address that somebody else has is taken like any other: only its holder hears
    of it, and nobody who asks.
    """
    stored = _password_hash(session, actor)
    if stored is not None and not passwords.matches(stored, command.password or ""):
        raise WrongPassword
    key = command.email.casefold()
    if key == actor.email.casefold():
        raise SameEmail
    begin_writing(session)
    person = session.get_one(Person, actor.person_id, with_for_update=True)
    if person.password_hash != stored:
        raise WrongPassword
    _forget_waiting(session, person.id, now)
    change = EmailChange(
        person_id=person.id,
        old_email=person.email,
        new_email=command.email,
        created_at=now,
        confirm_until=now + CONFIRM_WITHIN,
        stop_until=now + STOP_WITHIN,
    )
    session.add(change)
    session.flush()
    about = {"change": change.id, "origin": command.origin}
    holder = session.execute(select(Person.id).where(Person.email_key == key)).scalar()
    if holder is None:
        tell(session, now, person.id, CONFIRM, about, email=command.email)
    else:
        tell(session, now, holder, KNOWN, {"origin": command.origin})
    tell(session, now, person.id, LEAVING, about | {"email": command.email}, email=person.email)
    audit.record(session, now, person.id, "email.change_asked", subject="person", subject_id=person.id)
    session.flush()


def forget_pending_email(session: Session, actor: Actor, now: datetime) -> None:
    """Let the change that waits come to nothing: its links stop working."""
    begin_writing(session)
    if _forget_waiting(session, actor.person_id, now):
        audit.record(
            session,
            now,
            actor.person_id,
            "email.change_withdrawn",
            subject="person",
            subject_id=actor.person_id,
        )
    session.flush()


def make_email_token(session: Session, kind: str, change_id: int) -> str:
    """A token for a link of that mail, made when it is written, so that it is stored nowhere but hashed."""
    token = secrets.token_urlsafe(32)
    change = session.scalars(select(EmailChange).where(EmailChange.id == change_id)).one_or_none()
    if change is not None and kind == CONFIRM:
        change.confirm_hash = token_hash(token)
    elif change is not None:
        change.stop_hash = token_hash(token)
    # Of a wish that was forgotten meanwhile the mail still goes out, with a link that leads to nothing.
    return token


def confirmable(session: Session, token: str, now: datetime) -> EmailChange:
    """The change that a link at the new address is about. Raises LinkGone."""
    return _change(session, (EmailChange.confirm_hash == token_hash(token), *_waiting(now)))[0]


def confirm_email(session: Session, token: str, now: datetime) -> None:
    """Make the new address the person's. Sessions stay; links to a new password that the old address has stop working.

    Raises LinkGone, and EmailTakenSince when somebody else has the address by now.
    """
    begin_writing(session)
    change, person = _change(
        session, (EmailChange.confirm_hash == token_hash(token), *_waiting(now)), hold=True
    )
    change.confirmed_at = now
    _set_email(session, person, change.new_email)
    tell(session, now, person.id, CHANGED, {"email": change.new_email}, email=change.old_email)
    _record(session, now, person, change.old_email)


def stoppable(session: Session, token: str, now: datetime) -> EmailChange:
    """The change that a link at the old address is about, whether it waits or was made. Raises LinkGone."""
    return _change(session, _stops(token, now))[0]


def stop_email(session: Session, token: str, origin: str, now: datetime) -> None:
    """Stop a change from the old address. One that was made is taken back: every session ends, and a link to a new
    password goes to the old address, for whoever asked knew the password or had the device. Until it is used no
    password opens the account, nor does a way in that was added since the change was asked for.

    Raises LinkGone, and EmailTakenSince when somebody else has the old address by now.
    """
    begin_writing(session)
    change, person = _change(session, _stops(token, now), hold=True)
    change.stopped_at = now
    # What was asked for after it was asked for by the same hand; its links must not win the account back.
    session.execute(
        update(EmailChange)
        .where(EmailChange.person_id == person.id, EmailChange.id > change.id)
        .values(stopped_at=now)
    )
    if change.confirmed_at is None:
        audit.record(session, now, None, "email.change_stopped", subject="person", subject_id=person.id)
    else:
        before = person.email
        _set_email(session, person, change.old_email)
        _record(session, now, person, before)
    sessions.end_all(session, person.id)
    _shut_out(session, person, change.created_at)
    tell(session, now, person.id, FORGOTTEN, {"origin": origin})
    session.flush()


def forget_email_changes(session: Session, person_id: int, now: datetime) -> None:
    """Let no link work that is about an e-mail of this person: staff have given them another one."""
    session.execute(
        update(EmailChange)
        .where(EmailChange.person_id == person_id, EmailChange.stopped_at.is_(None))
        .values(stopped_at=now)
    )


def forget_old_changes(session: Session, now: datetime) -> None:
    """Delete what no link can be about any more."""
    session.execute(delete(EmailChange).where(EmailChange.stop_until <= now))


def _password_hash(session: Session, actor: Actor) -> str | None:
    return session.execute(select(Person.password_hash).where(Person.id == actor.person_id)).scalar_one()


def _waiting(now: datetime) -> tuple[ColumnElement[bool], ...]:
    return (
        EmailChange.confirmed_at.is_(None),
        EmailChange.stopped_at.is_(None),
        EmailChange.confirm_until > now,
    )


def _stops(token: str, now: datetime) -> tuple[ColumnElement[bool], ...]:
    return (
        EmailChange.stop_hash == token_hash(token),
        EmailChange.stopped_at.is_(None),
        EmailChange.stop_until > now,
    )


def _shut_out(session: Session, person: Person, since: datetime) -> None:
    """Leave nothing that whoever asked for the change knew, or has added since."""
    person.password_hash = None
    session.flush()
    forget_links(session, person.id)
    added = (
        (Passkey, Passkey.created_at),
        (Authenticator, Authenticator.created_at),
        (RecoveryCode, RecoveryCode.created_at),
        (SignOnIdentity, SignOnIdentity.linked_at),
    )
    for kind, at in added:
        session.execute(delete(kind).where(kind.person_id == person.id, at >= since))


def _forget_waiting(session: Session, person_id: int, now: datetime) -> bool:
    """Kept as stopped, not deleted: a mail that is still to be written must not find another wish under its id."""
    gone = session.scalars(
        update(EmailChange)
        .where(EmailChange.person_id == person_id, *_waiting(now))
        .values(stopped_at=now)
        .returning(EmailChange.id)
    ).all()
    return bool(gone)


def _change(
    session: Session, which: tuple[ColumnElement[bool], ...], *, hold: bool = False
) -> tuple[EmailChange, Person]:
    """The change and whose it is; nobody suspended. With `hold` a second use at the same moment waits."""
    query = (
        select(EmailChange, Person)
        .join(Person, Person.id == EmailChange.person_id)
        .where(*which, Person.suspended_at.is_(None))
    )
    row = session.execute(query.with_for_update() if hold else query).first()
    if row is None:
        raise LinkGone
    return row[0], row[1]


def _set_email(session: Session, person: Person, email: str) -> None:
    person.email, person.email_key = email, email.casefold()
    try:
        session.flush()
    except IntegrityError as error:
        session.rollback()
        raise EmailTakenSince from error
    forget_links(session, person.id)


def _record(session: Session, now: datetime, person: Person, before: str) -> None:
    audit.record(
        session,
        now,
        person.id,
        "email.changed",
        subject="person",
        subject_id=person.id,
        before={"email": before},
        after={"email": person.email},
    )
    session.flush()
