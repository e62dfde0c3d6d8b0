"""What staff did for a person, for that person to read."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.actor import Actor
from app.domain.audit_log import COLUMNS, NamedEntry, about_person, entries, with_names
from app.domain.privacy.trail import one_person
from app.models import AuditEntry


def done_for(session: Session, actor: Actor, most: int = 50) -> list[NamedEntry]:
    """What others did to the person's account and bookings, newest first. Not what they did themselves, also as who was
    merged with them, nor what nobody known did: a refused sign-in is for the devices' page.
    """
    oneself = one_person(session, actor.person_id)
    query = (
        select(*COLUMNS)
        .where(
            about_person([actor.person_id]),
            AuditEntry.actor_id.is_not(None),
            AuditEntry.actor_id.not_in(oneself),
        )
        .order_by(AuditEntry.at.desc(), AuditEntry.id.desc())
        .limit(most)
    )
    return with_names(session, entries(session, query))
