"""What waits for staff to say yes or no."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session, aliased

from app.domain.actor import Actor
from app.domain.booking.view import BookingView, bookings, view_of
from app.models import Booking, BookingStatus

MOST_SHOWN = 200


@dataclass(frozen=True, slots=True)
class Request:
    """Somebody's wish. `elsewhere` says that they have another booking at that time, or have asked for one."""

    booking: BookingView
    elsewhere: bool


def requests(session: Session, actor: Actor, now: datetime) -> list[Request]:
    """What waits where the actor works, soonest first. Two statements."""
    rows = session.execute(
        bookings(*_waiting(actor, now)).order_by(Booking.starts_at, Booking.id).limit(MOST_SHOWN)
    )
    views = [view_of(row, lambda _status, _ends_at, _cutoff: True, now) for row in rows]
    doubled = _doubled(session, [view.id for view in views])
    return [Request(view, view.id in doubled) for view in views]


def count_requests(session: Session, actor: Actor, now: datetime) -> int:
    """How many wait. One statement."""
    return session.execute(select(func.count(Booking.id)).where(*_waiting(actor, now))).scalar_one()


def _waiting(actor: Actor, now: datetime) -> list[ColumnElement[bool]]:
    where = [Booking.status == BookingStatus.TENTATIVE, Booking.starts_at > now]
    if actor.limited_to is not None:
        where.append(Booking.location_id.in_(sorted(actor.limited_to)))
    return where


def _doubled(session: Session, ids: Collection[int]) -> set[int]:
    """Those whose person is somewhere else then."""
    if not ids:
        return set()
    other = aliased(Booking)
    there = or_(other.status == BookingStatus.CONFIRMED, other.status == BookingStatus.TENTATIVE)
    rows = session.scalars(
        select(Booking.id)
        .join(
            other,
            and_(
                other.tenant_id == Booking.tenant_id,
                other.person_id == Booking.person_id,
                other.id != Booking.id,
                other.starts_at < Booking.ends_at,
                other.ends_at > Booking.starts_at,
                there,
            ),
        )
        .where(Booking.id.in_(ids))
    )
    return set(rows)
