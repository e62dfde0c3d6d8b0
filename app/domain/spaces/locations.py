"""Locations: opened, edited, and retired once nobody is expected there."""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.domain.actor import Actor
from app.domain.audit import changes, record
from app.domain.lookup import one
from app.domain.spaces.saving import bookings_ahead, facts, finish, flush
from app.domain.spaces.terms import BookedAhead, LastLocation, LocationDetails, UnknownZone
from app.kernel.clock import Clock
from app.kernel.walltime import zone
from app.models import Location
from app.tenancy import begin_writing

_FIELDS = ("name", "address", "zone", "position")


def create_location(session: Session, actor: Actor, details: LocationDetails, clock: Clock) -> Location:
    """Open a location. Raises UnknownZone and NameTaken."""
    _check_zone(details.zone)
    begin_writing(session)
    location = Location(**{name: getattr(details, name) for name in _FIELDS})
    session.add(location)
    flush(session)
    record(
        session,
        clock(),
        actor.person_id,
        "location.created",
        subject="location",
        subject_id=location.id,
        after=facts(location, _FIELDS),
    )
    finish(session)
    return location


def edit_location(
    session: Session, actor: Actor, location_id: int, details: LocationDetails, clock: Clock
) -> Location:
    """Change a location. Raises NotFound, UnknownZone and NameTaken."""
    _check_zone(details.zone)
    begin_writing(session)
    location = one(session, Location, location_id, lock=True)
    before = facts(location, _FIELDS)
    for name in _FIELDS:
        setattr(location, name, getattr(details, name))
    old, new = changes(before, facts(location, _FIELDS))
    if new:
        flush(session)
        record(
            session,
            clock(),
            actor.person_id,
            "location.edited",
            subject="location",
            subject_id=location.id,
            before=old,
            after=new,
        )
    finish(session)
    return location


def retire_location(session: Session, actor: Actor, location_id: int, clock: Clock) -> None:
    """Take a location out of the portal. Raises NotFound, LastLocation and BookedAhead."""
    begin_writing(session)
    location = one(session, Location, location_id, lock=True)
    now = clock()
    if location.retired_at is None:
        # Locked together, so that the last two are not retired at the same moment.
        session.execute(select(Location.id).order_by(Location.id).with_for_update()).all()
        _refuse_last(session)
        count = bookings_ahead(session, now, location_id=location.id)
        if count:
            raise BookedAhead(count)
        location.retired_at = now
        record(
            session,
            now,
            actor.person_id,
            "location.retired",
            subject="location",
            subject_id=location.id,
            before={"retired": False},
            after={"retired": True},
        )
    finish(session)


def restore_location(session: Session, actor: Actor, location_id: int, clock: Clock) -> None:
    """Put a retired location back. Raises NotFound."""
    begin_writing(session)
    location = one(session, Location, location_id, lock=True)
    if location.retired_at is not None:
        location.retired_at = None
        record(
            session,
            clock(),
            actor.person_id,
            "location.restored",
            subject="location",
            subject_id=location.id,
            before={"retired": True},
            after={"retired": False},
        )
    finish(session)


def _refuse_last(session: Session) -> None:
    open_ones = select(func.count()).select_from(Location).where(Location.retired_at.is_(None))
    if session.execute(open_ones).scalar_one() <= 1:
        raise LastLocation


def _check_zone(name: str) -> None:
    try:
        zone(name)
    except ValueError as error:
        raise UnknownZone from error
