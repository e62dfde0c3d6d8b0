"""Who is in the house, as the front desk sees it: whatever others may see, for somebody has to know in a fire."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from app.domain.actor import Actor
from app.domain.reach import people_in_reach
from app.kernel.names import full_name
from app.models import CheckIn, Person
from app.models.check_in import here_at


@dataclass(frozen=True, slots=True)
class Present:
    """Somebody who is at a location."""

    person_id: int
    name: str
    since: datetime
    until: datetime


def people_at(session: Session, actor: Actor, location_id: int, now: datetime) -> list[Present]:
    """Everybody in the actor's reach who checked in at a location and is still there, the newest first."""
    rows = session.execute(
        select(Person.id, Person.first_name, Person.last_name, CheckIn.starts_at, CheckIn.ends_at)
        .join(Person, and_(Person.tenant_id == CheckIn.tenant_id, Person.id == CheckIn.person_id))
        .where(
            CheckIn.location_id == location_id,
            here_at(now),
            Person.suspended_at.is_(None),
            *people_in_reach(actor),
        )
        .order_by(CheckIn.starts_at.desc(), CheckIn.id)
    )
    return [
        Present(row.id, full_name(row.first_name, row.last_name), row.starts_at, row.ends_at) for row in rows
    ]
