"""The bookings of a team, as its administrators look after them. What its people book for themselves is not among them."""

from datetime import datetime

from sqlalchemy import ColumnElement, and_, or_, select, tuple_
from sqlalchemy.orm import Session, aliased

from app.domain.actor import Actor
from app.domain.booking.view import STANDING, BookingView, MayCancel, bookings, view_of
from app.domain.team.made_for import is_administrated, of_team
from app.kernel.errors import NotFound
from app.models import Booking, BookingStatus
from app.models.base import LARGEST_ID

MOST_SHOWN = 200


def coming(session: Session, team_id: int, now: datetime) -> list[BookingView]:
    """What runs and what comes of a team's, soonest first. One statement; whoever calls has checked whose team it is."""
    rows = session.execute(
        bookings(
            of_team(team_id),
            Booking.ends_at > now,
            Booking.status.in_((BookingStatus.CONFIRMED, BookingStatus.TENTATIVE)),
        )
        .order_by(Booking.starts_at, Booking.id)
        .limit(MOST_SHOWN)
    )
    return [view_of(row, _as_its_person(now), now) for row in rows]


def past(
    session: Session, team_id: int, now: datetime, *, before_id: int | None = None, limit: int = 20
) -> list[BookingView]:
    """What ended of a team's, and what was cancelled whenever it was for, latest first; called as `coming`.

    `before_id` is the last booking of the page before; one that is not the team's gives an empty page.
    """
    over = or_(
        Booking.status == BookingStatus.CANCELLED,
        and_(Booking.status == BookingStatus.CONFIRMED, Booking.ends_at <= now),
    )
    where = [of_team(team_id), over]
    if before_id is not None:
        where.append(_before(team_id, before_id))
    rows = session.execute(bookings(*where).order_by(Booking.ends_at.desc(), Booking.id.desc()).limit(limit))
    return [view_of(row, _as_its_person(now), now) for row in rows]


def team_booking(session: Session, actor: Actor, team_id: int, booking_id: int, now: datetime) -> BookingView:
    """One booking of a team's. Raises NotFound for any other, and for all but the team's administrators. One statement."""
    if max(team_id, booking_id) > LARGEST_ID:
        raise NotFound
    row = session.execute(
        bookings(
            Booking.id == booking_id,
            of_team(team_id),
            is_administrated(team_id, actor.person_id),
            Booking.status.in_((BookingStatus.CONFIRMED, BookingStatus.TENTATIVE, BookingStatus.CANCELLED)),
        )
    ).one_or_none()
    if row is None:
        raise NotFound
    return view_of(row, _as_its_person(now), now)


def _before(team_id: int, booking_id: int) -> ColumnElement[bool]:
    last = aliased(Booking)
    known = select(Booking.id).where(Booking.id == booking_id, of_team(team_id))
    mark = select(last.ends_at, last.id).where(last.id.in_(known))
    return tuple_(Booking.ends_at, Booking.id) < mark.scalar_subquery()


def _as_its_person(now: datetime) -> MayCancel:
    # A team's administrator is held to the same as the person is; past it only the front desk can.
    return lambda status, _ends_at, latest: (
        status in STANDING and (now <= latest or status is BookingStatus.TENTATIVE)
    )
