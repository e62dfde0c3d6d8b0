"""What every verb of spaces ends with."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.domain.actor import Actor
from app.domain.audit import record_row
from app.domain.portal import touch
from app.domain.spaces.terms import NameTaken
from app.models import Booking, BookingStatus, Location, Resource


def flush(session: Session) -> None:
    """Write what is pending. The only unique key that people choose themselves is the name: raises NameTaken."""
    try:
        session.flush()
    except IntegrityError as error:
        session.rollback()
        raise NameTaken from error


def finish(session: Session) -> None:
    """Write what is pending; the caller commits. Pages that remember a tenant's spaces do so under its revision."""
    touch(session)
    session.flush()


def facts(row: object, fields: Iterable[str]) -> dict[str, Any]:
    """Plain JSON values of some columns, for the audit trail."""
    return {name: getattr(row, name) for name in fields}


def bookings_ahead(session: Session, now: datetime, location_id: int) -> int:
    """How many bookings are running or to come at a location."""
    query = (
        select(func.count())
        .select_from(Booking)
        .where(
            Booking.location_id == location_id,
            Booking.ends_at > now,
            Booking.status.in_((BookingStatus.HELD, BookingStatus.CONFIRMED)),
        )
    )
    return session.execute(query).scalar_one()


def set_retired(
    session: Session, actor: Actor, row: Location | Resource, now: datetime, *, retired: bool
) -> None:
    """Retire a locked row or bring it back, audited; nothing when that is how it is."""
    if (row.retired_at is not None) is not retired:
        row.retired_at = now if retired else None
        verb = "retired" if retired else "restored"
        record_row(
            session, actor, now, row, verb, before={"retired": not retired}, after={"retired": retired}
        )
