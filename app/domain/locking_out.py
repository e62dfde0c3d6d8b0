"""Whatever could let somebody in by itself stops working at once: at suspension, at the wish to leave, at the end."""

from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.domain import sessions
from app.domain.joining.invitations import revoke_open
from app.domain.new_email import forget_email_changes
from app.domain.new_password import FORGOTTEN, forget_links
from app.domain.sign_in_link import MAILED
from app.models import Delivery, Notice, PendingSignIn, Person, SignInLink, SignOnAttempt

_WAYS_IN = (FORGOTTEN, MAILED)
"""Mails whose link is made when they are written: one that still waits would make a new one."""


def lock_out(session: Session, person: Person, now: datetime) -> None:
    """End every session of a locked person and whatever was begun or mailed and would start another, in the transaction
    in hand. Nothing of it wakes up when they may come in again.

    What they know or hold stays: password, passkeys, authenticator, linked accounts. A passkey's challenge is nobody's, and
    is worth nothing without the passkey, a session or a half sign-in.
    """
    sessions.end_all(session, person.id)
    forget_links(session, person.id)
    forget_email_changes(session, person.id, now)
    revoke_open(session, person, now)
    for table in (SignInLink, PendingSignIn, SignOnAttempt):
        session.execute(delete(table).where(table.person_id == person.id))
    waiting = select(Notice.id).where(Notice.person_id == person.id, Notice.kind.in_(_WAYS_IN))
    session.execute(
        delete(Delivery).where(Delivery.notice_id.in_(waiting), Delivery.next_try_at.is_not(None))
    )
