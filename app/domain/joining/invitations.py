"""Invitations by staff: one by one or many at once, sent again, revoked."""

import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.domain.actor import Actor
from app.domain.audit import record, record_row
from app.domain.joining.newcomer import person_with
from app.domain.joining.settings import read_joining
from app.domain.joining.words import (
    INVITATION_LIFETIME,
    INVITED,
    AlreadyInvited,
    AlreadyKnown,
    Invite,
    JoiningClosed,
)
from app.domain.lookup import one, require_location
from app.domain.notices import post
from app.domain.visit import token_hash
from app.kernel.clock import Clock
from app.kernel.errors import LinkGone, NotFound
from app.models import Invitation, JoiningMode, Notice, Person, Plan
from app.tenancy import begin_writing


def invite(session: Session, actor: Actor, command: Invite, origin: str, clock: Clock) -> Invitation:
    """Ask somebody in who is no person yet. `origin` is the portal's address: `https://host`.

    Raises JoiningClosed, AlreadyKnown, AlreadyInvited, and NotFound for a location or plan that is not on offer.
    """
    begin_writing(session)
    if read_joining(session).mode is JoiningMode.OFF:
        raise JoiningClosed
    if command.location_id is not None:
        require_location(session, command.location_id)
    if command.plan_id is not None and one(session, Plan, command.plan_id).retired_at is not None:
        raise NotFound
    if person_with(session, command.email) is not None:
        raise AlreadyKnown
    now = clock()
    invitation = _add(session, command, now, invited_by_id=actor.person_id)
    send(session, invitation, origin, now)
    record_row(session, actor, now, invitation, "created", after=_facts(invitation))
    session.flush()
    return invitation


def invite_person(
    session: Session, person: Person, origin: str | None, now: datetime, *, invited_by_id: int | None
) -> Invitation:
    """Ask somebody to choose a password whom staff have added already: a first invitation, or a newer one that takes
    the place of the last. Into the transaction in hand.
    """
    revoke_open(session, person, now)
    command = Invite(person.email, person.first_name, person.last_name)
    invitation = _add(session, command, now, invited_by_id=invited_by_id, person_id=person.id)
    send(session, invitation, origin, now)
    return invitation


def resend(session: Session, actor: Actor, invitation_id: int, origin: str, clock: Clock) -> Invitation:
    """Mail it once more with a new link, for seven days from then; links before it stop working.

    Raises NotFound, and LinkGone for one that was accepted or revoked.
    """
    begin_writing(session)
    invitation = _open(session, invitation_id)
    now = clock()
    invitation.expires_at = now + INVITATION_LIFETIME
    send(session, invitation, origin, now)
    record_row(session, actor, now, invitation, "resent", after={"email": invitation.email})
    session.flush()
    return invitation


def revoke(session: Session, actor: Actor, invitation_id: int, clock: Clock) -> Invitation:
    """Let its link lead nowhere. Raises NotFound, and LinkGone for one that was accepted or revoked."""
    begin_writing(session)
    invitation = _open(session, invitation_id)
    invitation.revoked_at = clock()
    record_row(
        session, actor, invitation.revoked_at, invitation, "revoked", after={"email": invitation.email}
    )
    session.flush()
    return invitation


def make_invitation_token(session: Session, invitation_id: int, now: datetime) -> str | None:
    """A new token for the mail that is being written; its seven days begin. None for one that is over."""
    invitation = session.scalars(
        select(Invitation).where(Invitation.id == invitation_id).with_for_update()
    ).one_or_none()
    if invitation is None or invitation.accepted_at is not None or invitation.revoked_at is not None:
        return None
    token = secrets.token_urlsafe(32)
    invitation.token_hash = token_hash(token)
    invitation.sent_at = now
    invitation.expires_at = now + INVITATION_LIFETIME
    return token


def send(session: Session, invitation: Invitation, origin: str | None, now: datetime) -> None:
    """Have the invitation mailed, with whatever link the mail will be given."""
    post(session, notice_of(invitation, origin, now), now)


def notice_of(invitation: Invitation, origin: str | None, now: datetime) -> Notice:
    """What tells the invited; the mail has a link of its own each time that it is written."""
    data: dict[str, Any] = {
        "invitation": invitation.id,
        "message": invitation.message,
        "first_name": invitation.first_name,
    }
    if origin:
        data["origin"] = origin
    email = invitation.email if invitation.person_id is None else None
    return Notice(person_id=invitation.person_id, email=email, kind=INVITED, data=data, created_at=now)


def already_invited(session: Session, email_keys: Sequence[str], now: datetime) -> set[str]:
    """Which of these addresses have an invitation that can still be accepted."""
    rows = session.execute(
        select(Invitation.email_key).where(
            Invitation.email_key.in_(email_keys),
            Invitation.accepted_at.is_(None),
            Invitation.revoked_at.is_(None),
            Invitation.expires_at > now,
        )
    )
    return set(rows.scalars())


def _add(
    session: Session,
    command: Invite,
    now: datetime,
    *,
    invited_by_id: int | None,
    person_id: int | None = None,
) -> Invitation:
    key = command.email.casefold()
    if already_invited(session, [key], now):
        raise AlreadyInvited
    let_expired_go(session, [key], now)
    invitation = new_invitation(command, now, invited_by_id=invited_by_id, person_id=person_id)
    session.add(invitation)
    try:
        session.flush()
    except IntegrityError as error:
        # Two at once passed the check; the unique key let one through.
        session.rollback()
        raise AlreadyInvited from error
    return invitation


def new_invitation(
    command: Invite, now: datetime, *, invited_by_id: int | None, person_id: int | None = None
) -> Invitation:
    """The row of an invitation, in no session yet."""
    return Invitation(
        email=command.email,
        email_key=command.email.casefold(),
        first_name=command.first_name,
        last_name=command.last_name,
        location_id=command.location_id,
        plan_id=command.plan_id,
        message=command.message,
        invited_by_id=invited_by_id,
        person_id=person_id,
        created_at=now,
        expires_at=now + INVITATION_LIFETIME,
    )


def revoke_open(session: Session, person: Person, now: datetime) -> None:
    """Take back whatever invitation could still be taken up as this person."""
    session.execute(
        update(Invitation)
        .where(
            or_(Invitation.email_key == person.email_key, Invitation.person_id == person.id),
            Invitation.accepted_at.is_(None),
            Invitation.revoked_at.is_(None),
        )
        .values(revoked_at=now)
    )


def let_expired_go(session: Session, email_keys: Sequence[str], now: datetime) -> None:
    """An address has one open invitation; those that ran out make room for the next."""
    session.execute(
        update(Invitation)
        .where(
            Invitation.email_key.in_(email_keys),
            Invitation.accepted_at.is_(None),
            Invitation.revoked_at.is_(None),
            Invitation.expires_at <= now,
        )
        .values(revoked_at=now)
    )


def _open(session: Session, invitation_id: int) -> Invitation:
    invitation = one(session, Invitation, invitation_id, lock=True)
    if invitation.accepted_at is not None or invitation.revoked_at is not None:
        raise LinkGone
    return invitation


def _facts(invitation: Invitation) -> dict[str, Any]:
    return {
        "email": invitation.email,
        "first_name": invitation.first_name,
        "last_name": invitation.last_name,
        "location_id": invitation.location_id,
        "plan_id": invitation.plan_id,
    }


def record_accepted(session: Session, invitation: Invitation, person_id: int, now: datetime) -> None:
    """The audit row of an invitation that somebody took up."""
    record(
        session,
        now,
        person_id,
        "invitation.accepted",
        subject="invitation",
        subject_id=invitation.id,
        after={"email": invitation.email},
    )
