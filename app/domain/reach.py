"""What staff reach who are limited to locations: the rest of the house is not there for them."""

from datetime import date, datetime

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from app.domain.actor import Actor
from app.domain.lookup import one
from app.kernel.errors import NotFound
from app.kernel.walltime import day_bounds, zone
from app.models import Location, Person, Resource


def check_within_reach(actor: Actor, location_id: int | None) -> None:
    """Raises NotFound where the actor does not work; None is the whole house, which needs all locations."""
    if not actor.reaches(location_id):
        raise NotFound


def location_in_reach(session: Session, actor: Actor, location_id: int, *, lock: bool = False) -> Location:
    """A location by its id, as `lookup.one`. Raises NotFound, out of reach too."""
    check_within_reach(actor, location_id)
    return one(session, Location, location_id, lock=lock)


def day_in_reach(session: Session, actor: Actor, location_id: int, day: date) -> tuple[datetime, datetime]:
    """The UTC moments at which a local day of a location begins and ends. One statement. Raises NotFound, out of reach too."""
    return day_bounds(day, zone(location_in_reach(session, actor, location_id).zone))


def resource_in_reach(
    session: Session, actor: Actor, resource_id: int, *, lock: bool = False, key_share: bool = False
) -> Resource:
    """A resource by its id, as `lookup.one`. Raises NotFound, also where its location is out of reach."""
    resource = one(session, Resource, resource_id, lock=lock, key_share=key_share)
    check_within_reach(actor, resource.location_id)
    return resource


def person_in_reach(session: Session, actor: Actor, person_id: int, *, lock: bool = False) -> Person:
    """Somebody by their id, as `lookup.one`. Raises NotFound, also for who calls another location home."""
    person = one(session, Person, person_id, lock=lock)
    check_person_within_reach(actor, person)
    return person


def check_person_within_reach(actor: Actor, person: Person) -> None:
    """Raises NotFound for somebody whose home the actor does not reach; who calls no place home is everybody's."""
    if person.id != actor.person_id and person.location_id is not None:
        check_within_reach(actor, person.location_id)


def reaches_person(session: Session, actor: Actor, person_id: int) -> bool:
    """Whether somebody's page is there for the actor; no statement for who works everywhere."""
    if actor.limited_to is None:
        return True
    found = select(Person.id).where(Person.id == person_id, *people_in_reach(actor))
    return session.execute(found).first() is not None


def people_in_reach(actor: Actor) -> list[ColumnElement[bool]]:
    """The same as conditions of a list."""
    if actor.limited_to is None:
        return []
    return [
        or_(
            Person.location_id.is_(None),
            Person.location_id.in_(sorted(actor.limited_to)),
            Person.id == actor.person_id,
        )
    ]
