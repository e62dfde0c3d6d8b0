"""Joining by oneself: an e-mail asks, its mailed link is opened, the form is sent in."""

import secrets
from datetime import datetime

from sqlalchemy import delete, or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.domain import audit, passwords, sessions
from app.domain.actor import Permission
from app.domain.joining.accept import check_password_way, known
from app.domain.joining.newcomer import make_person, person_with
from app.domain.joining.settings import read_joining
from app.domain.joining.terms import note_acceptance, require_current
from app.domain.joining.words import (
    ASKED,
    DECIDED_LIFETIME,
    KNOWN,
    SIGN_UP_LIFETIME,
    WAITING,
    JoiningClosed,
    Newcomer,
    StillWaiting,
    WasDeclined,
)
from app.domain.notices import tell, tell_address, tell_all
from app.domain.people.names import check_names
from app.domain.people.staff import staff_of_the_house
from app.domain.sessions import Browser
from app.domain.visit import token_hash
from app.kernel.errors import LinkGone
from app.kernel.names import full_name
from app.models import Person, SignUp
from app.tenancy import begin_writing


def ask_to_join(session: Session, email: str, origin: str, locale: str, now: datetime) -> None:
    """Mail a link to an e-mail that wants to join; whoever has an account is told so, in the mail and nowhere else.

    `origin` is the portal's address: `https://host`.
    """
    begin_writing(session)
    person = person_with(session, email)
    if person is not None:
        if person.suspended_at is None:
            tell(session, now, person.id, KNOWN, {"origin": origin})
        return
    if not read_joining(session).open:
        return
    asked = _held(session, email)
    if asked is None:
        asked = SignUp(email=email, email_key=email.casefold())
        session.add(asked)
    # Whoever waits stays in the queue; who was declined, or was somebody here once, may ask again.
    if asked.completed_at is None or asked.decided_at is not None:
        _start_over(asked, email, locale, now)
    try:
        session.flush()
    except IntegrityError:
        session.rollback()
        return  # asked twice at the same moment: the other one mails
    tell_address(session, now, asked.email, ASKED, {"origin": origin, "locale": locale})
    audit.record(session, now, None, "sign_up.asked", subject="sign_up", subject_id=asked.id)


def make_sign_up_token(session: Session, email: str, now: datetime) -> str | None:
    """A new token for the link that is being mailed to this address; None when there is nothing to join any more."""
    asked = _held(session, email)
    if asked is None:
        return None
    token = secrets.token_urlsafe(32)
    asked.token_hash = token_hash(token)
    if asked.completed_at is None:
        asked.expires_at = now + SIGN_UP_LIFETIME
    return token


def open_sign_up(session: Session, token: str, now: datetime, *, hold: bool = False) -> SignUp:
    """The sign-up whose form a link opens.

    Raises LinkGone, what `known` says once they are a person, StillWaiting, WasDeclined and JoiningClosed.
    """
    query = select(SignUp).where(SignUp.token_hash == token_hash(token), SignUp.expires_at > now)
    if hold:
        query = query.with_for_update().execution_options(populate_existing=True)
    asked = session.execute(query).scalar_one_or_none()
    if asked is None:
        raise LinkGone
    if asked.person_id is not None:
        raise known(session, session.get_one(Person, asked.person_id))
    if _declined(asked):
        raise WasDeclined
    person = person_with(session, asked.email)
    if person is not None:
        raise known(session, person)
    if asked.completed_at is not None:
        raise StillWaiting
    if not read_joining(session).open:
        raise JoiningClosed
    return asked


def complete_sign_up(
    session: Session, token: str, newcomer: Newcomer, browser: Browser, now: datetime
) -> str | None:
    """Send the form in: returns the token of a new session, or None where staff have to look at it first.

    Raises as `open_sign_up`, and SignsInElsewhere, BadName, PasswordRefused and TermsNotAccepted, which leave the link
    usable.
    """
    email = open_sign_up(session, token, now).email
    check_password_way(session)
    check_names(newcomer.first_name, newcomer.last_name)
    passwords.check_new(newcomer.password, email)
    password_hash = passwords.hashed(newcomer.password)

    begin_writing(session)
    asked = open_sign_up(session, token, now, hold=True)
    check_password_way(session)
    require_current(session, newcomer.terms_id)
    asked.completed_at, asked.expires_at = now, now + DECIDED_LIFETIME
    asked.terms_id = newcomer.terms_id
    if read_joining(session).needs_approval:
        asked.first_name, asked.last_name = newcomer.first_name, newcomer.last_name
        asked.details, asked.password_hash = dict(newcomer.details), password_hash
        audit.record(session, now, None, "sign_up.completed", subject="sign_up", subject_id=asked.id)
        _tell_staff(session, asked, now)
        session.flush()
        return None
    person = make_person(
        session,
        now,
        asked.email,
        (newcomer.first_name, newcomer.last_name),
        newcomer.details,
        password_hash=password_hash,
        locale=newcomer.locale,
        how="sign_up",
    )
    asked.decided_at, asked.person_id = now, person.id
    note_acceptance(session, person.id, newcomer.terms_id, now)
    return sessions.start(session, person.id, browser, now)


def forget_old_sign_ups(session: Session, now: datetime) -> None:
    """Delete what nobody finished, and what was decided long ago; who waits stays until staff decide."""
    over = or_(SignUp.completed_at.is_(None), SignUp.decided_at.is_not(None))
    session.execute(delete(SignUp).where(SignUp.expires_at <= now, over))


def _held(session: Session, email: str) -> SignUp | None:
    return session.execute(
        select(SignUp).where(SignUp.email_key == email.casefold()).with_for_update()
    ).scalar_one_or_none()


def _tell_staff(session: Session, asked: SignUp, now: datetime) -> None:
    """Tell everybody who may let them in. What it says of them goes when that is decided."""
    data = {"sign_up_id": asked.id, "name": full_name(asked.first_name, asked.last_name)}
    tell_all(session, now, staff_of_the_house(session, Permission.PEOPLE), WAITING, data)


def _declined(asked: SignUp) -> bool:
    return asked.decided_at is not None and asked.person_id is None


def _start_over(asked: SignUp, email: str, locale: str, now: datetime) -> None:
    asked.email, asked.locale, asked.asked_at = email, locale, now
    asked.expires_at = now + SIGN_UP_LIFETIME
    asked.completed_at = asked.decided_at = asked.decided_by_id = asked.person_id = None
