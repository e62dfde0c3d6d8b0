"""What lies ahead of somebody who leaves: cancelled in one go, however much it is."""

from datetime import datetime

from sqlalchemy import ColumnElement, and_, delete, func, select, update
from sqlalchemy.orm import Session

from app.domain.booking.asking import forget_asked_of
from app.domain.booking.unbilled import look_again
from app.domain.credits.spending import give_back
from app.domain.guests.telling import CANCELLED, tell_guests_of
from app.domain.guests.uninvited import forget_uninvited_of
from app.domain.live import changed
from app.models import BLOCKING, Booking, BookingStatus, Occupancy


def _ahead(person_id: int, now: datetime) -> ColumnElement[bool]:
    return and_(Booking.person_id == person_id, Booking.starts_at > now, Booking.status.in_(BLOCKING))


def count_upcoming(session: Session, person_id: int, now: datetime) -> int:
    """How many bookings would be cancelled. What has begun is left to end."""
    return session.execute(select(func.count(Booking.id)).where(_ahead(person_id, now))).scalar_one()


def cancel_upcoming(session: Session, person_id: int, by_id: int | None, now: datetime) -> int:
    """Cancel everything that has not begun, whatever its cut-off, and free the rooms; returns how many there were.

    Nobody is told of each: whoever leaves is told of all of them together.
    """
    session.flush()
    forget_uninvited_of(session, person_id)
    mine = select(Booking.id).where(_ahead(person_id, now))
    # In the order of their ids, as everybody who takes several
    session.scalars(mine.order_by(Booking.id).with_for_update()).all()
    session.execute(
        delete(Occupancy).where(Occupancy.booking_id.in_(mine)),
        execution_options={"synchronize_session": False},
    )
    cancelled = session.execute(
        update(Booking)
        .where(_ahead(person_id, now))
        .values(
            status=BookingStatus.CANCELLED,
            cancelled_at=now,
            cancelled_by_id=by_id,
            changed_at=now,
            sequence=Booking.sequence + 1,
        )
        .returning(Booking.id, Booking.location_id),
        execution_options={"synchronize_session": False},
    ).all()
    # What a team shares is still theirs.
    give_back(session, [row.id for row in cancelled], now)
    ids = [row.id for row in cancelled]
    look_again(session, session.scalars(select(Booking).where(Booking.id.in_(ids))).all())
    forget_asked_of(session, person_id)
    tell_guests_of(session, [row.id for row in cancelled], CANCELLED, now)
    places = [row.location_id for row in cancelled]
    changed(session, "bookings", places=places, people=[person_id] if cancelled else ())
    session.expire_all()
    return len(cancelled)
