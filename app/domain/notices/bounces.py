"""Mail that came back: the address is marked, its person is told in the inbox, and only what must be is mailed there."""

from datetime import datetime

from sqlalchemy.orm import Session

from app.domain.notices.telling import tell
from app.kernel.clock import Clock
from app.models import Delivery, Notice, Person
from app.tenancy import begin_writing

BOUNCED = "email.bounced"
CHECK = "email.check"
_LONGEST_REASON = 300


def note_bounce(session: Session, delivery: Delivery, reason: str, now: datetime) -> bool:
    """Mark the address of the person whose mail came back, in the transaction in hand; whether there was one to mark.

    Nobody is marked for an address that they do not have any more, or never had.
    """
    person_id = session.get_one(Notice, delivery.notice_id).person_id
    person = session.get(Person, person_id) if person_id is not None else None
    if person is None or person.email != delivery.sent_to:
        return False
    if not person.mail_bounces:
        person.bounced_email, person.bounced_at = person.email, now
        tell(session, now, person.id, BOUNCED, {"email": person.email})
    person.bounce_reason = reason[:_LONGEST_REASON]
    session.flush()
    return True


def note_returned(session: Session, delivery_id: int, reason: str, clock: Clock) -> bool:
    """A mail that had left came back: give its delivery up and mark the address. Whether there was one to mark."""
    begin_writing(session)
    delivery = session.get(Delivery, delivery_id)
    if delivery is None:
        return False
    now = clock()
    delivery.delivered_at, delivery.next_try_at = None, None
    delivery.gave_up_at, delivery.error = now, reason[:_LONGEST_REASON]
    return note_bounce(session, delivery, reason, now)


def ask_to_check(session: Session, person_id: int, now: datetime) -> None:
    """Mail a link to the person's address: whoever opens it shows that mail arrives."""
    begin_writing(session)
    person = session.get_one(Person, person_id)
    tell(session, now, person_id, CHECK, {"email": person.email})


def note_arrival(session: Session, person_id: int, email: str) -> bool:
    """Mail to this address arrives after all. False when the person has another one by now."""
    begin_writing(session)
    person = session.get(Person, person_id)
    if person is None or person.email != email:
        return False
    person.bounced_email, person.bounced_at, person.bounce_reason = None, None, ""
    session.flush()
    return True
