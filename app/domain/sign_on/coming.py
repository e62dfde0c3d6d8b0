"""A browser comes back from a provider: claim its attempt, hear what the provider says, find whose account it opens."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hmac import compare_digest
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.domain.factors.entering import let_in
from app.domain.sign_on.arrival import keep_until_arrival
from app.domain.sign_on.finding import bring_in
from app.domain.sign_on.providers import client_of, find_provider
from app.domain.sign_on.terms import Complete, Completed, Kit, Reason, SignOnRefused
from app.domain.visit import token_hash
from app.models import (
    LoginSession,
    Person,
    SignOnAttempt,
    SignOnProvider,
    SignOnPurpose,
    SignOnSession,
    SignOnUsed,
    Way,
)
from app.ports import Asserted, SecretBox, SignOnFailed
from app.tenancy import begin_writing


@dataclass(frozen=True, slots=True)
class _Claimed:
    """An attempt that was taken out of the table; nobody else can come back to it."""

    purpose: SignOnPurpose
    person_id: int | None
    memory: Mapping[str, Any]
    next_path: str


_UNASKED = _Claimed(SignOnPurpose.SIGN_IN, None, {}, "")


def complete(session: Session, kit: Kit, command: Complete, now: datetime) -> Completed:
    """Sign in whoever the provider vouches for, or link the account to who asked for that.

    Raises NoSuchProvider and SignOnRefused; the attempt is used up either way. Only what is new is left to commit.
    """
    provider = find_provider(session, command.provider_id)
    claimed = _claim(session, command, now)
    trial = claimed.purpose is SignOnPurpose.TRIAL
    try:
        asserted = _heard(session, kit, provider, command, claimed.memory, now)
    except SignOnFailed as failed:
        raise SignOnRefused(failed.fault, failed.detail, trial=trial) from failed
    if trial:
        return _note_trial(session, claimed, command, asserted)
    return _welcome(session, kit.box, claimed, command, asserted, now)


def accept_unasked(session: Session, kit: Kit, command: Complete, now: datetime) -> Completed:
    """Sign in whoever a provider vouches for although nobody here asked it, where it may begin by itself.

    Raises NoSuchProvider and SignOnRefused. Whoever brings an answer is signed in as who it names: what makes that
    somebody's own is that it counts once. It is why a provider may not do so unless the tenant says it may.
    """
    provider = find_provider(session, command.provider_id, enabled=True)
    try:
        asserted = _heard(session, kit, provider, command, {}, now)
    except SignOnFailed as failed:
        raise SignOnRefused(failed.fault, failed.detail) from failed
    return _welcome(session, kit.box, _UNASKED, command, asserted, now)


def _heard(
    session: Session,
    kit: Kit,
    provider: SignOnProvider,
    command: Complete,
    memory: Mapping[str, Any],
    now: datetime,
) -> Asserted:
    """What the provider says. No connection to the database waits for somebody else's server."""
    client, protocol = client_of(provider, kit.box, command.answer_to), provider.protocol
    session.commit()
    return kit.clients[protocol].complete(client, memory, command.answer, now)


def _note_trial(session: Session, claimed: _Claimed, command: Complete, asserted: Asserted) -> Completed:
    """Keep the names of what was sent, for whoever says which of them means what."""
    begin_writing(session)
    provider = find_provider(session, command.provider_id)
    provider.settings = {**provider.settings, "seen": list(asserted.attributes)}
    session.flush()
    return Completed(claimed.purpose, claimed.person_id or 0, None, claimed.next_path, asserted=asserted)


def _welcome(
    session: Session,
    box: SecretBox,
    claimed: _Claimed,
    command: Complete,
    asserted: Asserted,
    now: datetime,
) -> Completed:
    begin_writing(session)
    # It may have been switched off while we asked.
    provider = find_provider(session, command.provider_id, enabled=True)
    use_once(session, provider.id, asserted.once)
    if claimed.person_id is not None and command.cross_site:
        kept = keep_until_arrival(session, provider.id, claimed.person_id, asserted, now)
        return Completed(claimed.purpose, claimed.person_id, None, claimed.next_path, link_token=kept)
    person, created = bring_in(session, provider, asserted, claimed.person_id, now)
    if claimed.purpose is SignOnPurpose.LINK:
        return Completed(claimed.purpose, person.id, None, claimed.next_path)
    token = _start(session, box, provider, person, asserted, command, now)
    return Completed(claimed.purpose, person.id, token, claimed.next_path, created)


def use_once(session: Session, provider_id: int, once: tuple[str, datetime] | None) -> None:
    """Note that a message was used. Raises SignOnRefused when it was used before."""
    if once is None:
        return
    key, until = once
    try:
        with session.begin_nested():
            session.add(SignOnUsed(provider_id=provider_id, key_hash=token_hash(key), expires_at=until))
    except IntegrityError as error:
        raise SignOnRefused(Reason.USED_BEFORE) from error


def _claim(session: Session, command: Complete, now: datetime) -> _Claimed:
    """Take the attempt out of the table, for good. Raises SignOnRefused."""
    begin_writing(session)
    found = session.execute(
        select(SignOnAttempt).where(
            SignOnAttempt.token_hash == token_hash(command.token),
            SignOnAttempt.provider_id == command.provider_id,
            SignOnAttempt.purpose != SignOnPurpose.LEAVE,
            SignOnAttempt.expires_at > now,
        )
    ).scalar_one_or_none()
    if found is None:
        raise SignOnRefused(Reason.ATTEMPT_GONE)
    claimed = _Claimed(found.purpose, found.person_id, dict(found.memory), found.next_path)
    ours = compare_digest(found.browser_hash, token_hash(command.browser_token))
    gone = session.scalars(
        delete(SignOnAttempt).where(SignOnAttempt.id == found.id).returning(SignOnAttempt.id)
    ).all()
    session.commit()
    if not gone:
        raise SignOnRefused(Reason.ATTEMPT_GONE)
    if not ours:
        raise SignOnRefused(Reason.OTHER_BROWSER)
    if not command.cross_site and found.person_id not in {None, command.person_id}:
        raise SignOnRefused(Reason.OTHER_PERSON)
    return claimed


def _start(
    session: Session,
    box: SecretBox,
    provider: SignOnProvider,
    person: Person,
    asserted: Asserted,
    command: Complete,
    now: datetime,
) -> str:
    token = let_in(session, person, command.browser, Way.SIGN_ON, now, provider=provider.id)
    session.flush()
    started = session.execute(
        select(LoginSession.id).where(LoginSession.token_hash == token_hash(token))
    ).scalar_one()
    session.add(
        SignOnSession(
            session_id=started,
            provider_id=provider.id,
            subject=asserted.subject,
            provider_session=asserted.provider_session[:255]
            if asserted.provider_session.isprintable()
            else "",
            hint=box.seal(asserted.hint) if asserted.hint else "",
        )
    )
    return token
