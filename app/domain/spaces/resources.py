"""Resources: made, edited, retired and restored, and given a photograph."""

from dataclasses import fields
from typing import Any

from sqlalchemy import delete, or_, select
from sqlalchemy.orm import Session

from app.domain.actor import Actor
from app.domain.audit import changes, record_row
from app.domain.booking.units import note_units
from app.domain.lookup import all_of, one
from app.domain.reach import location_in_reach, resource_in_reach
from app.domain.retiring import set_retired
from app.domain.spaces.choices import ResourceChoices
from app.domain.spaces.saving import facts, finish, flush
from app.domain.spaces.terms import (
    BadPart,
    LengthsBackwards,
    NameTaken,
    NameTwice,
    PlanNeeded,
    ResourceDetails,
    TeamNeeded,
    TooManyNames,
)
from app.domain.stored_file import Photo, digest_of, keep_photo
from app.kernel.clock import Clock
from app.kernel.errors import NotFound
from app.models import (
    Amenity,
    Plan,
    Resource,
    ResourceAmenity,
    ResourcePart,
    ResourcePlan,
    ResourceTeam,
    ResourceType,
    Team,
)
from app.tenancy import begin_writing

_SETS = ("amenity_ids", "plan_ids", "team_ids", "part_ids")
_COLUMNS = tuple(field.name for field in fields(ResourceDetails) if field.name not in _SETS)


def details_of(session: Session, resource: Resource) -> ResourceDetails:
    """What staff decided about a resource, its links to amenities, plans and parts included."""
    return ResourceDetails(**_decided(resource), **_links(session, resource.id))


def chosen_details(resource: Resource, choices: ResourceChoices) -> ResourceDetails:
    """The same from choices that were asked for this resource: no statement more."""
    return ResourceDetails(**_decided(resource), **{name: getattr(choices, name) for name in _SETS})


def _decided(resource: Resource) -> dict[str, Any]:
    return facts(resource, _COLUMNS) | {"unit_names": tuple(resource.unit_names or ())}


def create_resource(
    session: Session, actor: Actor, location_id: int, details: ResourceDetails, clock: Clock
) -> Resource:
    """Add a resource to a location.

    Raises NotFound for ids that are not the tenant's, NameTaken, BadPart, PlanNeeded, TeamNeeded, TooManyNames,
    NameTwice and LengthsBackwards.
    """
    begin_writing(session)
    location = location_in_reach(session, actor, location_id)
    if location.retired_at is not None:
        raise NotFound
    _check(session, details, location_id, None)
    resource = Resource(location_id=location_id, **_columns(details))
    session.add(resource)
    flush(session)
    _link(session, resource.id, details)
    record_row(session, actor, clock(), resource, "created", after=_told(details))
    finish(session)
    return resource


def edit_resource(
    session: Session, actor: Actor, resource_id: int, details: ResourceDetails, clock: Clock
) -> Resource:
    """Change a resource; bookings made before stay as they are. Raises as `create_resource`."""
    begin_writing(session)
    resource = resource_in_reach(session, actor, resource_id, lock=True)
    _check(session, details, resource.location_id, resource.id)
    before = details_of(session, resource)
    for name, value in _columns(details).items():
        setattr(resource, name, value)
    old, new = changes(_told(before), _told(details))
    if new:
        flush(session)
        _link(session, resource.id, details)
        if resource.units > 1 and resource.units != before.units:
            note_units(session, resource.id)
        record_row(session, actor, clock(), resource, "edited", before=old, after=new)
    finish(session)
    return resource


def retire_resource(session: Session, actor: Actor, resource_id: int, clock: Clock) -> None:
    """Let nobody book a resource any more; bookings to come stay for staff to decide. Raises NotFound."""
    _set_retired(session, actor, resource_id, clock, retired=True)


def restore_resource(session: Session, actor: Actor, resource_id: int, clock: Clock) -> None:
    """Let a retired resource be booked again. Raises NotFound."""
    _set_retired(session, actor, resource_id, clock, retired=False)


def set_photo(session: Session, actor: Actor, resource_id: int, photo: Photo | None, clock: Clock) -> None:
    """Give a resource a photograph, or take it away. Raises NotFound."""
    begin_writing(session)
    resource = resource_in_reach(session, actor, resource_id, lock=True)
    before = digest_of(session, resource.photo_id)
    if before != (photo.digest if photo else None):
        resource.photo_id = keep_photo(session, photo) if photo else None
        record_row(
            session,
            actor,
            clock(),
            resource,
            "photo_changed",
            before={"photo": before},
            after={"photo": photo.digest if photo else None},
        )
    finish(session)


def _set_retired(session: Session, actor: Actor, resource_id: int, clock: Clock, *, retired: bool) -> None:
    begin_writing(session)
    set_retired(
        session, actor, resource_in_reach(session, actor, resource_id, lock=True), clock(), retired=retired
    )
    finish(session)


def _check(session: Session, details: ResourceDetails, location_id: int, resource_id: int | None) -> None:
    if details.max_minutes < details.min_minutes:
        raise LengthsBackwards
    if details.for_plans_only and not details.plan_ids:
        raise PlanNeeded
    if details.for_teams_only and not details.team_ids:
        raise TeamNeeded
    _check_unit_names(details)
    one(session, ResourceType, details.resource_type_id)
    all_of(session, Amenity, details.amenity_ids)
    all_of(session, Plan, details.plan_ids)
    all_of(session, Team, details.team_ids)
    _check_name(session, details.name, location_id, resource_id)
    if details.part_ids:
        _check_parts(session, details.part_ids, location_id, resource_id)


def _check_name(session: Session, name: str, location_id: int, resource_id: int | None) -> None:
    holder = session.execute(
        select(Resource.id).where(Resource.location_id == location_id, Resource.name == name)
    ).scalar_one_or_none()
    if holder is not None and holder != resource_id:
        raise NameTaken


def _check_parts(
    session: Session, part_ids: frozenset[int], location_id: int, resource_id: int | None
) -> None:
    """One storey only: a part has no parts, and a whole is nobody's part. So a booking takes what it says."""
    parts = all_of(session, Resource, part_ids)
    if any(part.id == resource_id or part.location_id != location_id or part.retired_at for part in parts):
        raise BadPart
    nested = (
        select(ResourcePart.id)
        .where(or_(ResourcePart.whole_id.in_(part_ids), ResourcePart.part_id == resource_id))
        .limit(1)
    )
    if session.execute(nested).first():
        raise BadPart


def _check_unit_names(details: ResourceDetails) -> None:
    if len(details.unit_names) > details.units:
        raise TooManyNames
    for at, name in enumerate(details.unit_names):
        if name in details.unit_names[:at]:
            raise NameTwice(name)


def _columns(details: ResourceDetails) -> dict[str, Any]:
    return facts(details, _COLUMNS) | {"unit_names": list(details.unit_names) or None}


def _links(session: Session, resource_id: int) -> dict[str, Any]:
    amenities = select(ResourceAmenity.amenity_id).where(ResourceAmenity.resource_id == resource_id)
    plans = select(ResourcePlan.plan_id).where(ResourcePlan.resource_id == resource_id)
    teams = select(ResourceTeam.team_id).where(ResourceTeam.resource_id == resource_id)
    parts = select(ResourcePart.part_id).where(ResourcePart.whole_id == resource_id)
    return {
        name: frozenset(session.execute(query).scalars())
        for name, query in zip(_SETS, (amenities, plans, teams, parts), strict=True)
    }


def _link(session: Session, resource_id: int, details: ResourceDetails) -> None:
    session.execute(delete(ResourceAmenity).where(ResourceAmenity.resource_id == resource_id))
    session.execute(delete(ResourcePlan).where(ResourcePlan.resource_id == resource_id))
    session.execute(delete(ResourceTeam).where(ResourceTeam.resource_id == resource_id))
    session.execute(delete(ResourcePart).where(ResourcePart.whole_id == resource_id))
    session.add_all(ResourceAmenity(resource_id=resource_id, amenity_id=id_) for id_ in details.amenity_ids)
    session.add_all(ResourcePlan(resource_id=resource_id, plan_id=id_) for id_ in details.plan_ids)
    session.add_all(ResourceTeam(resource_id=resource_id, team_id=id_) for id_ in details.team_ids)
    session.add_all(ResourcePart(whole_id=resource_id, part_id=id_) for id_ in details.part_ids)
    session.flush()


def _told(details: ResourceDetails) -> dict[str, Any]:
    return facts(details, _COLUMNS) | {name: sorted(getattr(details, name)) for name in _SETS}
