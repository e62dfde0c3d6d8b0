"""A person's own bookings: what comes, what runs, what was. One statement each."""

from datetime import datetime

from sqlalchemy import ColumnElement, and_, exists, or_, select, tuple_
from sqlalchemy.orm import Session, aliased

from app.domain.actor import Actor
from app.domain.booking.view import STANDING, BookingView, MayCancel, bookings, view_of
from app.kernel.errors import NotFound
from app.kernel.spans import Span
from app.models import Booking, BookingStatus


def current(session: Session, actor: Actor, now: datetime, limit: int = 50) -> list[BookingView]:
    """What runs and what comes in one statement, soonest first: for a page that shows both. Of a series its next date alone."""
    rows = session.execute(
        bookings(Booking.person_id == actor.person_id, Booking.ends_at > now, _alive(now), _next_of_its(now))
        .order_by(Booking.starts_at, Booking.id)
        .limit(limit)
    )
    return [view_of(row, _own_until(now), now) for row in rows]


def past(
    session: Session, actor: Actor, now: datetime, *, before_id: int | None = None, limit: int = 20
) -> list[BookingView]:
    """Bookings that ended, and cancelled ones whenever they were for, latest first.

    `before_id` is the last booking of the page before; one that is not the person's gives an empty page.
    """
    over = or_(
        Booking.status == BookingStatus.CANCELLED,
        and_(Booking.status == BookingStatus.CONFIRMED, Booking.ends_at <= now),
    )
    where = [Booking.person_id == actor.person_id, over]
    if before_id is not None:
        where.append(_before(actor, before_id))
    rows = session.execute(bookings(*where).order_by(Booking.ends_at.desc(), Booking.id.desc()).limit(limit))
    return [view_of(row, _own_until(now), now) for row in rows]


def within(session: Session, actor: Actor, span: Span, now: datetime, limit: int = 500) -> list[BookingView]:
    """What stands, or stood, in a span of at most a few weeks, by start: for a page that shows a month."""
    rows = session.execute(
        bookings(
            Booking.person_id == actor.person_id,
            Booking.starts_at < span.end,
            Booking.ends_at > span.start,
            _alive(now),
        )
        .order_by(Booking.starts_at, Booking.id)
        .limit(limit)
    )
    return [view_of(row, _own_until(now), now) for row in rows]


def show(session: Session, actor: Actor, booking_id: int, now: datetime) -> BookingView:
    """One booking. Raises NotFound for another person's, unless staff acts on their behalf (`Actor.acts_for_others`)."""
    row = session.execute(bookings(Booking.id == booking_id)).one_or_none()
    staff = row is not None and actor.acts_for_others(row.location_id)
    if row is None or (row.person_id != actor.person_id and not staff):
        raise NotFound
    return view_of(row, _staff_until(now) if staff else _own_until(now), now)


def at_checkout(session: Session, actor: Actor, booking_id: int, now: datetime) -> BookingView:
    """A booking that the actor is making, for themselves or for a colleague. Raises NotFound for any other."""
    own = or_(Booking.person_id == actor.person_id, Booking.booked_by_id == actor.person_id)
    row = session.execute(bookings(Booking.id == booking_id, own)).one_or_none()
    if row is None:
        raise NotFound
    return view_of(row, _own_until(now), now)


def _alive(now: datetime) -> ColumnElement[bool]:
    return or_(
        Booking.status == BookingStatus.CONFIRMED,
        and_(Booking.status == BookingStatus.TENTATIVE, Booking.starts_at > now),
        # What is offered to who waits stands where they wait.
        and_(Booking.status == BookingStatus.HELD, Booking.hold_expires_at > now, Booking.offered.is_(False)),
    )


def _next_of_its(now: datetime) -> ColumnElement[bool]:
    """What runs, what is of no series, and of each series what comes next."""
    sooner = aliased(Booking)
    return or_(
        Booking.series_id.is_(None),
        Booking.starts_at <= now,
        ~exists().where(
            sooner.tenant_id == Booking.tenant_id,
            sooner.series_id == Booking.series_id,
            sooner.status == BookingStatus.CONFIRMED,
            sooner.starts_at > now,
            sooner.starts_at < Booking.starts_at,
        ),
    )


def _before(actor: Actor, booking_id: int) -> ColumnElement[bool]:
    last = aliased(Booking)
    mark = select(last.ends_at, last.id).where(last.id == booking_id, last.person_id == actor.person_id)
    return tuple_(Booking.ends_at, Booking.id) < mark.scalar_subquery()


def _own_until(now: datetime) -> MayCancel:
    # What is only asked for is taken back at any time: nobody has counted on it yet.
    return lambda status, _ends_at, latest: (
        status in STANDING and (now <= latest or status is BookingStatus.TENTATIVE)
    )


def _staff_until(now: datetime) -> MayCancel:
    return lambda status, ends_at, _latest: status in STANDING and now < ends_at
