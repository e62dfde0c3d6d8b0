"""Signed-in browsers: started, listed, kept alive and ended on the server."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from app.domain import audit, live
from app.domain.actor import Actor
from app.domain.devices import note_device
from app.domain.lookup import require_location
from app.domain.visit import token_hash
from app.kernel.errors import NotFound
from app.models import LoginSession, Way
from app.tenancy import begin_writing

LIFETIME = timedelta(days=60)
"""How long a browser stays signed in after it was last seen."""
SEEN_EVERY = timedelta(minutes=10)
"""How exactly "last seen" is kept: each note of it is a write."""


@dataclass(frozen=True, slots=True)
class Browser:
    """What a browser says of itself, and the network address that it came from."""

    user_agent: str
    address: str


@dataclass(frozen=True, slots=True)
class OpenSession:
    """One signed-in browser of somebody."""

    id: int
    browser: Browser
    created_at: datetime
    last_seen_at: datetime
    way: str
    """How it was signed in: one of `Way`."""
    current: bool
    """The one that asks."""


def start(
    session: Session,
    person_id: int,
    browser: Browser,
    now: datetime,
    *,
    way: str = Way.PASSWORD,
    must_enrol: bool = False,
) -> str:
    """Sign the person in on that browser; returns the token that its cookie must show from now on.

    A combination of browser and system that is new to the person is told to them by mail.
    """
    note_device(session, person_id, browser.user_agent, browser.address, now)
    token = secrets.token_urlsafe(32)
    session.add(
        LoginSession(
            person_id=person_id,
            token_hash=token_hash(token),
            user_agent=browser.user_agent[:300],
            address=browser.address[:64],
            way=way,
            must_enrol=must_enrol,
            created_at=now,
            last_seen_at=now,
            expires_at=now + LIFETIME,
        )
    )
    return token


def list_sessions(session: Session, actor: Actor, now: datetime) -> list[OpenSession]:
    """The person's signed-in browsers: the one in hand first, then by when they were last seen."""
    rows = session.execute(
        select(
            LoginSession.id,
            LoginSession.user_agent,
            LoginSession.address,
            LoginSession.created_at,
            LoginSession.last_seen_at,
            LoginSession.way,
        )
        .where(LoginSession.person_id == actor.person_id, LoginSession.expires_at > now)
        .order_by(LoginSession.last_seen_at.desc(), LoginSession.id.desc())
    ).all()
    found = [
        OpenSession(
            row.id,
            Browser(row.user_agent, row.address),
            row.created_at,
            row.last_seen_at,
            row.way,
            row.id == actor.session_id,
        )
        for row in rows
    ]
    return sorted(found, key=lambda each: not each.current)


def show_location(session: Session, actor: Actor, location_id: int) -> None:
    """Show that location in the browser in hand from now on. Raises NotFound for one that is not open to choose."""
    begin_writing(session)
    require_location(session, location_id)
    session.execute(
        update(LoginSession).where(LoginSession.id == actor.session_id).values(location_id=location_id)
    )


def sign_out(session: Session, actor: Actor, now: datetime) -> None:
    """End the session in hand."""
    begin_writing(session)
    session.execute(delete(LoginSession).where(LoginSession.id == actor.session_id))
    live.ended(session, [actor.session_id] if actor.session_id else ())
    audit.record(
        session, now, actor.person_id, "person.signed_out", subject="person", subject_id=actor.person_id
    )


def end(session: Session, actor: Actor, session_id: int, now: datetime) -> None:
    """End one of the person's own sessions. Raises NotFound for anybody else's."""
    begin_writing(session)
    ended = session.scalars(
        delete(LoginSession)
        .where(LoginSession.id == session_id, LoginSession.person_id == actor.person_id)
        .returning(LoginSession.id)
    ).all()
    if not ended:
        raise NotFound
    live.ended(session, ended)
    _record_end(session, actor, now, len(ended))


def end_others(session: Session, actor: Actor, now: datetime) -> int:
    """End every session of the person but the one in hand; returns how many there were."""
    begin_writing(session)
    ended = end_all(session, actor.person_id, but=actor.session_id)
    _record_end(session, actor, now, ended)
    return ended


def end_all(session: Session, person_id: int, *, but: int | None = None) -> int:
    """End the person's sessions inside of the caller's transaction; returns how many there were."""
    statement = delete(LoginSession).where(LoginSession.person_id == person_id)
    if but is not None:
        statement = statement.where(LoginSession.id != but)
    ended = session.scalars(statement.returning(LoginSession.id)).all()
    live.ended(session, ended)
    return len(ended)


def keep_alive(session: Session, session_id: int, now: datetime) -> None:
    """Note that the browser was seen, and let its session live on from here."""
    session.execute(
        update(LoginSession)
        .where(LoginSession.id == session_id)
        .values(last_seen_at=now, expires_at=now + LIFETIME)
    )


def forget_expired(session: Session, now: datetime) -> None:
    """Delete the sessions that nobody can use any more."""
    session.execute(delete(LoginSession).where(LoginSession.expires_at <= now))


def _record_end(session: Session, actor: Actor, now: datetime, count: int) -> None:
    audit.record(
        session,
        now,
        actor.person_id,
        "session.ended",
        subject="person",
        subject_id=actor.person_id,
        after={"sessions": count},
    )
