"""Who a room is asked for, when that may be somebody else than whoever asks."""

from datetime import datetime

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from app.domain.actor import Actor
from app.domain.booking.catalogue import Catalogue
from app.domain.booking.rules import Asker
from app.kernel.errors import NotFound
from app.kernel.walltime import local_date
from app.models import Contract, Person
from app.models.plan import running_on


def asker_for(session: Session, actor: Actor, person_id: int, catalogue: Catalogue, now: datetime) -> Asker:
    """The person a booking is for, as the rules see them; one statement when that is not the actor.

    `catalogue` was loaded for that person. Raises NotFound for one who is unknown or suspended.
    """
    if person_id == actor.person_id:
        return Asker(person_id, actor.is_member, catalogue.plan_ids)
    today = local_date(now, catalogue.calendar.zone)
    on_a_plan = exists().where(Contract.person_id == Person.id, running_on(today))
    is_member = session.scalar(
        select(on_a_plan).select_from(Person).where(Person.id == person_id, Person.suspended_at.is_(None))
    )
    if is_member is None:
        raise NotFound
    return Asker(person_id, is_member, catalogue.plan_ids)
