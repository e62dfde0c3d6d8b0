"""Who is in the house in the demo: most of those who let others find them, from this morning until the evening."""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.demo.logins import PEOPLE
from app.domain.directory.check_in import closing_time
from app.models import CheckIn, DirectoryEntry, Location, Person
from app.models.check_in import here_at

_AWAY = 3
"""One of so many is somewhere else today."""


def check_people_in(session: Session, slug: str, now: datetime) -> None:
    """Check them in, unless somebody is here already. Not who is offered to sign in as: they do it themselves."""
    if session.scalars(select(CheckIn.id).where(here_at(now)).limit(1)).first() is not None:
        return
    visitors = [f"{who}@{slug}.test" for who in PEOPLE if who != "desk"]
    people = session.execute(
        select(Person.id, Person.location_id)
        .join(DirectoryEntry, DirectoryEntry.person_id == Person.id)
        .where(DirectoryEntry.for_members, DirectoryEntry.shows_here, Person.email_key.not_in(visitors))
        .order_by(Person.id)
    ).all()
    places = {place.id: place for place in session.scalars(select(Location))}
    for number, (person_id, location_id) in enumerate(people):
        place = places.get(location_id or 0)
        if place is None or number % _AWAY == _AWAY - 1:
            continue
        session.add(
            CheckIn(
                person_id=person_id,
                location_id=place.id,
                starts_at=now - timedelta(minutes=20 + 17 * number),
                ends_at=closing_time(session, place, now),
            )
        )
