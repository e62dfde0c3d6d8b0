"""Asking staff about a plan that only they put people on."""

import hashlib
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.actor import Actor
from app.domain.audit import record
from app.domain.lookup import hold_person
from app.domain.notices import tell_all
from app.domain.plans.previewing import seen_offer
from app.domain.plans.telling import ENQUIRED, about, desk_for
from app.domain.profile.checks import is_phone
from app.domain.profile.terms import BadProfile, Fault
from app.kernel.errors import NotFound
from app.models import Notice
from app.tenancy import begin_writing

LONGEST_ENQUIRY = 2000
ONCE_WITHIN = timedelta(days=1)
"""The same words are sent once in that time, however often the button is pressed."""


@dataclass(frozen=True, slots=True)
class Enquiry:
    """What somebody wants to know of a plan; `phone` is "" for who gives none."""

    plan_id: int
    text: str
    phone: str = ""


def enquire(session: Session, actor: Actor, enquiry: Enquiry, today: date, now: datetime) -> bool:
    """Have everybody who looks after people read what somebody asks; True when it is new.

    Raises NotFound for a plan that they may not see, or that they can join by themselves, and BadProfile for what is no telephone number.
    """
    if enquiry.phone and not is_phone(enquiry.phone):
        raise BadProfile({"phone": Fault.NO_PHONE})
    begin_writing(session)
    # Of two presses at once the second waits here, and finds what the first has written
    hold_person(session, actor.person_id)
    offer = seen_offer(session, actor, enquiry.plan_id, today)
    if not offer.only_by_enquiry:
        raise NotFound
    key = about(actor.person_id, _digest(enquiry))
    known = select(Notice.id).where(
        Notice.kind == ENQUIRED, Notice.about == key, Notice.created_at > now - ONCE_WITHIN
    )
    if session.scalars(known.limit(1)).first() is not None:
        return False
    facts = {
        "about": key,
        "person_id": actor.person_id,
        "name": actor.name,
        "plan": offer.plan.name,
        "text": enquiry.text,
        "phone": enquiry.phone,
    }
    tell_all(session, now, desk_for(session, actor.person_id), ENQUIRED, facts)
    # Without the words: the trail keeps what it has for good
    record(session, now, actor.person_id, "plan.enquired", subject="plan", subject_id=offer.plan.id)
    session.flush()
    return True


def _digest(enquiry: Enquiry) -> str:
    said = f"{enquiry.plan_id}\n{enquiry.phone}\n{enquiry.text}"
    return hashlib.sha256(said.encode()).hexdigest()[:16]
