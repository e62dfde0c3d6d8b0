"""Floor plans: a picture of a location, and where on it each of its resources is."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, delete, select
from sqlalchemy.orm import Session

from app.domain.actor import Actor
from app.domain.audit import record
from app.domain.reach import location_in_reach
from app.domain.spaces.saving import finish
from app.domain.stored_file import Photo, keep_photo
from app.kernel.clock import Clock
from app.kernel.errors import NotFound
from app.models import FloorMark, FloorPlan, Resource, StoredFile
from app.tenancy import begin_writing

WHOLE = 1000
"""The picture's width and its height, in the steps that marks are placed by."""
Spot = tuple[int, int]
"""From the left and from the top, each 0 to `WHOLE`."""


@dataclass(frozen=True, slots=True)
class FloorPicture:
    """The picture: digest of its file, and its size in pixels, which for a drawing are its own units."""

    digest: str
    width: int
    height: int


def floor_picture(session: Session, location_id: int) -> FloorPicture | None:
    """The picture of a location's floor; None where there is none. One statement."""
    row = session.execute(
        select(StoredFile.digest, StoredFile.width, StoredFile.height)
        .join(
            FloorPlan, and_(FloorPlan.tenant_id == StoredFile.tenant_id, FloorPlan.file_id == StoredFile.id)
        )
        .where(FloorPlan.location_id == location_id)
    ).one_or_none()
    return FloorPicture(row.digest, row.width, row.height) if row else None


def spots(session: Session, location_id: int) -> dict[int, Spot]:
    """Where the resources in use of a location are, by their ids; those without a mark are missing. One statement."""
    rows = session.execute(
        select(FloorMark.resource_id, FloorMark.x, FloorMark.y)
        .join(Resource, and_(Resource.tenant_id == FloorMark.tenant_id, Resource.id == FloorMark.resource_id))
        .where(Resource.location_id == location_id, Resource.retired_at.is_(None))
    )
    return {row.resource_id: (row.x, row.y) for row in rows}


def placeable(session: Session, actor: Actor, location_id: int) -> list[tuple[int, str]]:
    """(id, name) of what can be placed on a location's plan, in the operator's order. Raises NotFound out of reach."""
    location_in_reach(session, actor, location_id)
    rows = session.execute(
        select(Resource.id, Resource.name)
        .where(Resource.location_id == location_id, Resource.retired_at.is_(None))
        .order_by(Resource.position, Resource.id)
    )
    return [(row.id, row.name) for row in rows]


def set_floor_plan(session: Session, actor: Actor, location_id: int, photo: Photo, clock: Clock) -> None:
    """Give a location this picture; marks stay where they are on the one before. Audited. Raises NotFound out of reach."""
    begin_writing(session)
    location_in_reach(session, actor, location_id, lock=True)
    now, file_id = clock(), keep_photo(session, photo)
    plan = _plan(session, location_id)
    if plan is None:
        session.add(FloorPlan(location_id=location_id, file_id=file_id, changed_at=now))
    else:
        plan.file_id, plan.changed_at = file_id, now
    _record(session, actor, location_id, "floor_plan.changed", now)
    finish(session)


def remove_floor_plan(session: Session, actor: Actor, location_id: int, clock: Clock) -> None:
    """Take a location's picture away; nothing without one. The marks stay for the next. Raises NotFound out of reach."""
    begin_writing(session)
    location_in_reach(session, actor, location_id, lock=True)
    plan = _plan(session, location_id)
    if plan is None:
        return
    session.delete(plan)
    _record(session, actor, location_id, "floor_plan.removed", clock())
    finish(session)


def place_marks(
    session: Session, actor: Actor, location_id: int, wanted: Mapping[int, Spot | None], clock: Clock
) -> None:
    """Put resources of a location where they belong, or with None nowhere; what is not named stays. Audited.

    Raises NotFound out of reach, and for a resource of another location.
    """
    begin_writing(session)
    location_in_reach(session, actor, location_id, lock=True)
    known = {resource_id for resource_id, _name in placeable(session, actor, location_id)}
    if not known.issuperset(wanted):
        raise NotFound
    before = spots(session, location_id)
    moved = {each: spot for each, spot in wanted.items() if before.get(each) != spot}
    if not moved:
        return
    session.execute(
        delete(FloorMark).where(FloorMark.resource_id.in_(moved)),
        execution_options={"synchronize_session": False},
    )
    session.add_all(FloorMark(resource_id=each, x=spot[0], y=spot[1]) for each, spot in moved.items() if spot)
    _record(session, actor, location_id, "floor_plan.placed", clock())
    finish(session)


def _plan(session: Session, location_id: int) -> FloorPlan | None:
    return session.scalars(select(FloorPlan).where(FloorPlan.location_id == location_id)).one_or_none()


def _record(session: Session, actor: Actor, location_id: int, action: str, now: datetime) -> None:
    record(session, now, actor.person_id, action, subject="location", subject_id=location_id)
