"""After the first step: who has shown who they are is let in, or asked for the second factor."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.domain import audit, sessions
from app.domain.factors.authenticator import use_app_code
from app.domain.factors.codes import DIGITS
from app.domain.factors.recovery import use_recovery_code
from app.domain.factors.standing import Standing, standing_of
from app.domain.factors.terms import CodeRefused, PendingGone
from app.domain.sessions import Browser
from app.domain.visit import token_hash
from app.models import PendingSignIn, Person, Way
from app.ports import SecretBox
from app.tenancy import begin_writing

PENDING_LIFETIME = timedelta(minutes=10)
TRIES = 6
"""Wrong codes after which the first step has to be made again."""


@dataclass(frozen=True, slots=True)
class Entry:
    """The token of a session when `complete`, else that of a sign-in that waits for its second step."""

    token: str
    complete: bool


@dataclass(frozen=True, slots=True)
class Half:
    """Somebody half signed in. `token` is what their browser's cookie holds."""

    token: str
    person: Person
    pending: PendingSignIn


def enter(session: Session, person: Person, browser: Browser, way: str, now: datetime) -> Entry:
    """Let the person in, or ask for the second factor first, inside of the caller's writing transaction.

    A passkey has shown both already: the device had to know its owner.
    """
    standing = standing_of(session, person.id, person.role)
    if way != Way.PASSKEY and standing.asks_second_step:
        return Entry(_begin_second_step(session, person, way, now), complete=False)
    return Entry(let_in(session, person, browser, way, now, must_enrol=standing.must_enrol), complete=True)


def let_in(
    session: Session,
    person: Person,
    browser: Browser,
    way: str,
    now: datetime,
    *,
    must_enrol: bool = False,
    **facts: object,
) -> str:
    """Start the session of somebody who has shown all that is asked; returns its token. `facts` go into the trail."""
    audit.record(
        session,
        now,
        person.id,
        "person.signed_in",
        subject="person",
        subject_id=person.id,
        after={"address": browser.address, "way": way} | facts,
    )
    return sessions.start(session, person.id, browser, now, way=way, must_enrol=must_enrol)


def show_half(session: Session, token: str, now: datetime) -> tuple[Half, Standing]:
    """Who is half signed in with that token, and what they may show. Raises PendingGone."""
    half = open_half(session, token, now)
    return half, standing_of(session, half.person.id, half.person.role)


def finish_with_code(
    session: Session, token: str, code: str, browser: Browser, box: SecretBox, now: datetime
) -> str:
    """The second step by a code of the app, or a recovery code; returns the token of a session.

    Raises PendingGone and CodeRefused: the caller commits either way, for the try is counted.
    """
    begin_writing(session)
    half = open_half(session, token, now, hold=True)
    try:
        _use_code(session, half.person.id, code, box, now)
    except CodeRefused:
        _count_try(session, half, browser, now)
        raise
    return finish(session, half, browser, now)


def finish(session: Session, half: Half, browser: Browser, now: datetime) -> str:
    """Let in who has shown the second factor."""
    session.delete(half.pending)
    return let_in(session, half.person, browser, half.pending.way, now)


def open_half(session: Session, token: str, now: datetime, *, hold: bool = False) -> Half:
    """The half sign-in of that token; with `hold` a second answer at the same moment waits. Raises PendingGone."""
    query = (
        select(PendingSignIn, Person)
        .join(Person, Person.id == PendingSignIn.person_id)
        .where(
            PendingSignIn.token_hash == token_hash(token),
            PendingSignIn.expires_at > now,
            PendingSignIn.tries_left > 0,
            Person.suspended_at.is_(None),
        )
    )
    row = session.execute(query.with_for_update(of=PendingSignIn) if hold else query).first()
    if row is None:
        raise PendingGone
    return Half(token, row[1], row[0])


def forget_pending(session: Session, now: datetime) -> None:
    """Delete the half sign-ins that nobody can finish any more."""
    session.execute(delete(PendingSignIn).where(PendingSignIn.expires_at <= now))


def _begin_second_step(session: Session, person: Person, way: str, now: datetime) -> str:
    token = secrets.token_urlsafe(32)
    session.add(
        PendingSignIn(
            person_id=person.id,
            token_hash=token_hash(token),
            way=way,
            tries_left=TRIES,
            created_at=now,
            expires_at=now + PENDING_LIFETIME,
        )
    )
    return token


def _use_code(session: Session, person_id: int, typed: str, box: SecretBox, now: datetime) -> None:
    code = "".join(typed.split())
    if len(code) == DIGITS and code.isascii() and code.isdigit():
        use_app_code(session, person_id, code, box, now)
    elif not use_recovery_code(session, person_id, code, now):
        raise CodeRefused


def _count_try(session: Session, half: Half, browser: Browser, now: datetime) -> None:
    half.pending.tries_left -= 1
    audit.record(
        session,
        now,
        None,
        "person.second_step_refused",
        subject="person",
        subject_id=half.person.id,
        after={"address": browser.address},
    )
