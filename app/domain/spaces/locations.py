"""Locations: opened, edited, and retired once nobody is expected there."""

from collections.abc import Iterable

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.domain.actor import Actor
from app.domain.audit import changes, record_row
from app.domain.booking.zone_change import change_zone
from app.domain.reach import check_within_reach, location_in_reach
from app.domain.retiring import set_retired
from app.domain.spaces.hours import write_hours
from app.domain.spaces.saving import bookings_ahead, facts, finish, flush
from app.domain.spaces.terms import BookedAhead, LastLocation, LocationDetails, Opening, UnknownZone, Whose
from app.kernel.clock import Clock
from app.kernel.walltime import zone
from app.models import Location
from app.tenancy import begin_writing

_FIELDS = ("name", "address", "zone", "position", "day_ends")


def create_location(session: Session, actor: Actor, details: LocationDetails, clock: Clock) -> Location:
    """Open a location. Raises UnknownZone and NameTaken, and NotFound for who is limited to others."""
    check_within_reach(actor, None)
    begin_writing(session)
    location = add_location(session, details)
    record_row(session, actor, clock(), location, "created", after=facts(location, _FIELDS))
    finish(session)
    return location


def add_location(session: Session, details: LocationDetails, openings: Iterable[Opening] = ()) -> Location:
    """Write a location and its weekly hours into the transaction in hand, told to nobody: for a tenant that is being
    founded. Raises UnknownZone, NameTaken, HoursBackwards and HoursOverlap.
    """
    _check_zone(details.zone)
    location = Location(**facts(details, _FIELDS))
    session.add(location)
    flush(session)
    write_hours(session, Whose(location.id), openings)
    return location


def edit_location(
    session: Session,
    actor: Actor,
    location_id: int,
    details: LocationDetails,
    clock: Clock,
    *,
    agreed: bool = False,
) -> Location:
    """Change a location. With another zone, what is booked there stays at its time on the wall (`booking.zone_change`).

    Raises NotFound, UnknownZone and NameTaken; with another zone MovesBookings unless that was `agreed` to, and BookingsInTheWay.
    """
    _check_zone(details.zone)
    begin_writing(session)
    location = _hold(session, actor, location_id)
    before = facts(location, _FIELDS)
    moved = 0
    if details.zone != location.zone:
        moved = change_zone(session, location, details.zone, clock, agreed=agreed)
    for name in _FIELDS:
        setattr(location, name, getattr(details, name))
    old, new = changes(before, facts(location, _FIELDS))
    if new:
        flush(session)
        more = {"bookings_moved": moved} if moved else {}
        record_row(session, actor, clock(), location, "edited", before=old, after=new | more)
    finish(session)
    return location


def retire_location(session: Session, actor: Actor, location_id: int, clock: Clock) -> None:
    """Take a location out of the portal. Raises NotFound, LastLocation and BookedAhead."""
    begin_writing(session)
    location = location_in_reach(session, actor, location_id, lock=True)
    now = clock()
    if location.retired_at is None:
        # Locked together, so that the last two are not retired at the same moment.
        session.execute(select(Location.id).order_by(Location.id).with_for_update()).all()
        _refuse_last(session)
        count = bookings_ahead(session, now, location.id)
        if count:
            raise BookedAhead(count)
        set_retired(session, actor, location, now, retired=True)
    finish(session)


def restore_location(session: Session, actor: Actor, location_id: int, clock: Clock) -> None:
    """Put a retired location back. Raises NotFound."""
    begin_writing(session)
    location = location_in_reach(session, actor, location_id, lock=True)
    set_retired(session, actor, location, clock(), retired=False)
    finish(session)


def _hold(session: Session, actor: Actor, location_id: int) -> Location:
    """Lock a location so that others may still refer to it: whoever books there meanwhile holds a person that its bookings need."""
    location_in_reach(session, actor, location_id)
    session.execute(select(Location.id).where(Location.id == location_id).with_for_update(key_share=True))
    return location_in_reach(session, actor, location_id)


def _refuse_last(session: Session) -> None:
    open_ones = select(func.count()).select_from(Location).where(Location.retired_at.is_(None))
    if session.execute(open_ones).scalar_one() <= 1:
        raise LastLocation


def _check_zone(name: str) -> None:
    try:
        zone(name)
    except ValueError as error:
        raise UnknownZone from error
