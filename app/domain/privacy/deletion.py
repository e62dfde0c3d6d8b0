"""Deleting one's account: asked for, taken back within the grace, or carried out when that is over."""

import logging
from datetime import datetime, timedelta

from sqlalchemy import and_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.domain import audit
from app.domain.actor import Actor
from app.domain.locking_out import lock_out
from app.domain.notices import tell
from app.domain.people.owners import hold_owners, keep_an_owner
from app.domain.people.terms import LastOwner
from app.domain.privacy.anonymise import Goner, make_nobody
from app.domain.privacy.bookings import cancel_upcoming, count_upcoming
from app.domain.privacy.proof import prove, signed_in_freshly
from app.domain.privacy.settings import days_kept
from app.domain.privacy.terms import AskDeletion, DeletionAsked, Leaving, Reason
from app.domain.sign_on.owners import check_owner_remains, owner_can_sign_in
from app.kernel.errors import NotFound, Refusal
from app.models import Deletion, Person, Role
from app.tenancy import begin_writing

_log = logging.getLogger(__name__)
ASKED = "deletion.asked"
NEAR = "deletion.near"
KEPT = "deletion.taken_back"
REMINDED_BEFORE = timedelta(days=3)
_REMINDED_AFTER = timedelta(days=1)
"""A reminder on the day of the asking would only repeat it."""
_BATCH = 20
"""People a job ends in one transaction: a minute later it takes the next."""


def leaving(session: Session, actor: Actor, now: datetime) -> Leaving:
    """What would happen, or is going to."""
    due = session.scalars(select(Deletion.due_at).where(Deletion.person_id == actor.person_id)).first()
    has_password = session.scalars(
        select(Person.password_hash.is_not(None)).where(Person.id == actor.person_id)
    ).one()
    return Leaving(
        due_at=due,
        grace_days=days_kept(session).grace_days,
        upcoming=count_upcoming(session, actor.person_id, now),
        fresh=signed_in_freshly(session, actor, now),
        has_password=has_password,
        last_owner=actor.role is Role.OWNER and not owner_can_sign_in(session, but=actor.person_id),
    )


def ask_deletion(session: Session, actor: Actor, command: AskDeletion, now: datetime) -> datetime:
    """Ask for one's account to be deleted; returns when it will be. Every session of the person ends at once, and what
    they had booked is cancelled: they cannot see it any more, and others need the rooms.

    Raises ProofNeeded, WrongPassword, LastOwner and DeletionAsked.
    """
    prove(session, actor, command.password, now)
    begin_writing(session)
    hold_owners(session)
    person = session.get_one(Person, actor.person_id, with_for_update=True, populate_existing=True)
    if _pending(session, person.id) is not None:
        raise DeletionAsked
    if person.role is Role.OWNER:
        keep_an_owner(session, person)
    due = now + timedelta(days=days_kept(session).grace_days)
    session.add(Deletion(person_id=person.id, asked_at=now, due_at=due))
    try:
        session.flush()
    except IntegrityError as error:
        # Asked twice at the same moment: the unique key let one through.
        session.rollback()
        raise DeletionAsked from error
    if person.role is Role.OWNER:
        check_owner_remains(session)
    cancelled = cancel_upcoming(session, person.id, person.id, now)
    lock_out(session, person, now)
    audit.record(
        session,
        now,
        person.id,
        "deletion.asked",
        subject="person",
        subject_id=person.id,
        after={"cancelled": cancelled},
    )
    tell(session, now, person.id, ASKED, {"due_at": due.isoformat(), "cancelled": cancelled})
    session.flush()
    return due


def keep_account(session: Session, actor: Actor, now: datetime) -> None:
    """Take the wish back. Raises NotFound when there is none."""
    begin_writing(session)
    wish = _pending(session, actor.person_id)
    if wish is None:
        raise NotFound
    session.delete(wish)
    audit.record(
        session, now, actor.person_id, "deletion.taken_back", subject="person", subject_id=actor.person_id
    )
    tell(session, now, actor.person_id, KEPT, {})
    session.flush()


def remind_leaving(session: Session, now: datetime) -> None:
    """Tell those whose account ends within days, once."""
    near = session.scalars(
        select(Deletion)
        .where(
            Deletion.reminded_at.is_(None),
            Deletion.due_at <= now + REMINDED_BEFORE,
            Deletion.due_at > now,
            Deletion.asked_at <= now - _REMINDED_AFTER,
        )
        .order_by(Deletion.due_at)
        .limit(_BATCH)
        .with_for_update(skip_locked=True)
    )
    for wish in near.all():
        wish.reminded_at = now
        tell(session, now, wish.person_id, NEAR, {"due_at": wish.due_at.isoformat()})


def end_due(session: Session, now: datetime, refused: set[int] | None = None) -> list[Goner]:
    """Make anonymous whose grace is over, so many at once; the caller commits, and removes the files of those who are gone.

    Somebody who became the last owner meanwhile stays one: their wish goes, as if they had taken it back. Whose end is refused stands
    back for those behind: they are added to `refused`, and those who are in it already are passed over.
    """
    refused = set() if refused is None else refused
    is_due = and_(Deletion.due_at <= now, Deletion.person_id.not_in(list(refused)))
    if session.scalars(select(Deletion.id).where(is_due).limit(1)).first() is None:
        return []
    hold_owners(session)
    due = session.execute(
        select(Deletion, Person)
        .join(Person, Person.id == Deletion.person_id)
        .where(is_due)
        .order_by(Deletion.due_at)
        .limit(_BATCH)
        .with_for_update(skip_locked=True)
    ).all()
    gone = []
    for wish, person in due:
        person_id = person.id
        try:
            with session.begin_nested():
                gone.append(make_nobody(session, person, person_id, Reason.ASKED, now))
        except LastOwner:
            session.delete(wish)
            session.flush()
        except Refusal as refusal:
            # Of one: the others do not wait for it, and it is tried again. What this session knows of it was taken back
            session.expire_all()
            refused.add(person_id)
            _log.warning("Person %s cannot be made anonymous yet: %r", person_id, refusal)
    return gone


def _pending(session: Session, person_id: int) -> Deletion | None:
    return session.scalars(
        select(Deletion).where(Deletion.person_id == person_id).with_for_update()
    ).one_or_none()
