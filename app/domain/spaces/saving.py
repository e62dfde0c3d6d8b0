"""What every verb of spaces ends with."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.domain.portal import touch
from app.domain.spaces.terms import NameTaken
from app.models import BLOCKING, Booking


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
            Booking.status.in_(BLOCKING),
        )
    )
    return session.execute(query).scalar_one()
