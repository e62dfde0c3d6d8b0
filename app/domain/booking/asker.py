"""Who a room is asked for, when that may be somebody else than whoever asks."""

from dataclasses import replace
from datetime import datetime

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from app.domain.actor import Actor
from app.domain.booking.catalogue import Catalogue
from app.domain.booking.rules import Asker
from app.domain.reach import people_in_reach
from app.kernel.errors import NotFound
from app.kernel.walltime import local_date
from app.models import Contract, Person
from app.models.plan import running_on


def asker_for(
    session: Session,
    actor: Actor,
    person_id: int,
    catalogue: Catalogue,
    now: datetime,
    *,
    colleague: bool = False,
) -> Asker:
    """The person a booking is for, as the rules see them; one statement when that is not the actor.

    `catalogue` was loaded for that person. Raises NotFound for one who is unknown, suspended or out of reach; a
    `colleague` of the actor's team may be at home anywhere.
    """
    by_staff = actor.acts_for_others(catalogue.id)
    if person_id == actor.person_id:
        return replace(catalogue.asker(person_id, is_member=actor.is_member), by_staff=by_staff)
    today = local_date(now, catalogue.calendar.zone)
    on_a_plan = exists().where(Contract.person_id == Person.id, running_on(today))
    within = [] if colleague else people_in_reach(actor)
    is_member = session.scalar(
        select(on_a_plan)
        .select_from(Person)
        .where(Person.id == person_id, Person.suspended_at.is_(None), *within)
    )
    if is_member is None:
        raise NotFound
    return replace(catalogue.asker(person_id, is_member=is_member), by_staff=by_staff)
