"""Signing in by mail: a link for the browser that asked for it, and a code to type there when the mail is read elsewhere."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Select, delete, select, update
from sqlalchemy.orm import Session

from app.domain.factors.entering import Entry, enter
from app.domain.notices import tell
from app.domain.sessions import Browser
from app.domain.sign_on.password_rule import password_rule
from app.domain.visit import token_hash
from app.kernel.errors import Refusal
from app.models import Person, SignInLink, Way
from app.tenancy import begin_writing

MAILED = "sign_in.link"
LIFETIME = timedelta(minutes=15)
DIGITS = 8
TRIES = 5
"""Wrong codes after which a link is void: a hundred million codes, and a few links an hour."""


class SignInLinkGone(Refusal):
    """The link was used, has expired, was replaced by a newer one, or never was."""


class OtherBrowser(Refusal):
    """The link works, but in the browser that asked for it."""


class WrongCode(Refusal):
    """No open link of this browser has that code."""


@dataclass(frozen=True, slots=True)
class LinkKeys:
    """What a mail holds: `token` for its link, `code` to type. Neither is stored."""

    token: str
    code: str


@dataclass(frozen=True, slots=True)
class AskForLink:
    """Who wants to come in, from where. `browser_key` is the random value in the asking cookie, `origin` the portal's
    address (`https://host`), `next_path` the path of ours that they were going to.
    """

    email: str
    browser_key: str
    origin: str
    next_path: str = ""


def ask_for_sign_in_link(session: Session, command: AskForLink, now: datetime) -> None:
    """Mail a link to whoever has this e-mail, if anybody has. It is made when the mail is written (`make_keys`)."""
    begin_writing(session)
    person = session.execute(
        select(Person.id, Person.role).where(
            Person.email_key == command.email.casefold(), Person.suspended_at.is_(None)
        )
    ).first()
    # Where somebody may not have a password, a mail must not stand in for one.
    if person is not None and not password_rule(session).binds(person.role):
        data = {
            "origin": command.origin,
            "browser": token_hash(command.browser_key),
            "next": command.next_path,
        }
        tell(session, now, person.id, MAILED, data)


def make_keys(session: Session, person_id: int, browser_hash: str, next_path: str, now: datetime) -> LinkKeys:
    """A new link and code for that browser; the person's links before stop working."""
    session.execute(delete(SignInLink).where(SignInLink.person_id == person_id))
    keys = LinkKeys(secrets.token_urlsafe(32), "".join(secrets.choice("0123456789") for _ in range(DIGITS)))
    session.add(
        SignInLink(
            person_id=person_id,
            token_hash=token_hash(keys.token),
            code_hash=_code_hash(browser_hash, keys.code),
            browser_hash=browser_hash,
            tries_left=TRIES,
            next_path=next_path,
            created_at=now,
            expires_at=now + LIFETIME,
        )
    )
    return keys


def check_link(session: Session, token: str, browser_key: str, now: datetime) -> str:
    """Where this browser was going, if a link would sign it in. Raises SignInLinkGone and OtherBrowser."""
    link, _person = _open_link(session, token, browser_key, now)
    return link.next_path


def sign_in_with_link(
    session: Session, token: str, browser_key: str, browser: Browser, now: datetime
) -> Entry:
    """Use a link in the browser that asked for it. Raises SignInLinkGone and OtherBrowser."""
    begin_writing(session)
    link, person = _open_link(session, token, browser_key, now, hold=True)
    return _use(session, link, person, browser, now)


def sign_in_with_code(
    session: Session, code: str, browser_key: str, browser: Browser, now: datetime
) -> Entry:
    """Use the code of a mail that was asked for in this browser.

    Raises WrongCode, whoever the mail went to and whether there was one; the caller commits either way, for the try is
    counted.
    """
    begin_writing(session)
    browser_hash = token_hash(browser_key)
    typed = "".join(code.split())
    query = _open_links(now).where(SignInLink.browser_hash == browser_hash)
    rows = session.execute(query.with_for_update(of=SignInLink)).all()
    right = next((row for row in rows if row[0].code_hash == _code_hash(browser_hash, typed)), None)
    if right is None or password_rule(session).binds(right[1].role):
        session.execute(
            update(SignInLink)
            .where(SignInLink.browser_hash == browser_hash)
            .values(tries_left=SignInLink.tries_left - 1)
        )
        raise WrongCode
    return _use(session, right[0], right[1], browser, now)


def forget_expired_sign_in_links(session: Session, now: datetime) -> None:
    """Delete the links that nobody can use any more."""
    session.execute(delete(SignInLink).where(SignInLink.expires_at <= now))


def _open_link(
    session: Session, token: str, browser_key: str, now: datetime, *, hold: bool = False
) -> tuple[SignInLink, Person]:
    query = _open_links(now).where(SignInLink.token_hash == token_hash(token))
    row = session.execute(query.with_for_update(of=SignInLink) if hold else query).first()
    if row is None:
        raise SignInLinkGone
    if row[0].browser_hash != token_hash(browser_key):
        raise OtherBrowser
    if password_rule(session).binds(row[1].role):
        raise SignInLinkGone
    return row[0], row[1]


def _open_links(now: datetime) -> Select[SignInLink, Person]:
    return (
        select(SignInLink, Person)
        .join(Person, Person.id == SignInLink.person_id)
        .where(SignInLink.expires_at > now, SignInLink.tries_left > 0, Person.suspended_at.is_(None))
    )


def _use(session: Session, link: SignInLink, person: Person, browser: Browser, now: datetime) -> Entry:
    session.delete(link)
    session.flush()
    return enter(session, person, browser, Way.MAIL, now)


def _code_hash(browser_hash: str, code: str) -> str:
    return token_hash(f"{browser_hash} {code}")
