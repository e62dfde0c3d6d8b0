"""What was ordered follows its booking: to another time, room or length."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from app.domain.booking.terms import Obstacle, Reason
from app.domain.extras.owing import is_owed
from app.domain.extras.stock import offers_in_hand, taken_beside
from app.domain.extras.terms import cost_of, is_late
from app.kernel.spans import Span
from app.models import Booking, BookingExtra, BookingExtraOffer


@dataclass(frozen=True, slots=True)
class LateExtra:
    """Something that was ordered with a booking and cannot come along to another start."""

    offer_id: int
    name: str
    obstacle: Obstacle
    """EXTRA_TOO_LATE {name, hours} or EXTRA_PREPARED {name}."""
    may_be_left: bool
    """Whether whoever asks may leave it out: what is prepared by now only staff do, as where it is ordered."""


@dataclass(frozen=True, slots=True)
class OrderedCost:
    """What something that was ordered costs, and what it would, in minor units."""

    offer_id: int
    before_minor: int
    after_minor: int


@dataclass(frozen=True, slots=True)
class Following:
    """What was ordered with a booking, as it would be at another time."""

    lines: tuple[OrderedCost, ...] = ()
    late: tuple[LateExtra, ...] = ()

    @property
    def before_minor(self) -> int:
        """What all of it costs."""
        return sum(each.before_minor for each in self.lines)

    def after_minor(self, left_out: Collection[int] = ()) -> int:
        """What it would, without the offers that are left out."""
        return sum(each.after_minor for each in self.lines if each.offer_id not in left_out)


def following(session: Session, booking: Booking, span: Span, now: datetime, *, staff: bool) -> Following:
    """What was ordered with a booking, as it would be then, and what cannot come along. One statement.

    Nothing comes to where it is too late to order it. And of what is owed by now nobody gets out by moving to where it is not.
    """
    found = following_of_each(session, [booking], {booking.id: span}, now, staff=staff)
    return found.get(booking.id, Following())


def following_of_each(
    session: Session, bookings: Collection[Booking], spans: Mapping[int, Span], now: datetime, *, staff: bool
) -> dict[int, Following]:
    """The same for several, by their ids; `spans` says when each is to be."""
    known = {each.id: each for each in bookings}
    rows = session.execute(
        select(BookingExtra, BookingExtraOffer.lead_hours)
        .join(
            BookingExtraOffer,
            and_(
                BookingExtraOffer.tenant_id == BookingExtra.tenant_id,
                BookingExtraOffer.id == BookingExtra.offer_id,
            ),
        )
        .where(BookingExtra.booking_id.in_(known))
        .order_by(BookingExtra.id)
    ).all()
    found: dict[int, Following] = {}
    for line, lead_hours in rows:
        booking, had = known[line.booking_id], found.get(line.booking_id, Following())
        span = spans[booking.id]
        is_so = span == Span(booking.starts_at, booking.ends_at)
        costs = OrderedCost(
            line.offer_id, line.total_minor, line.total_minor if is_so else costs_then(line, span, now)
        )
        late = _late_extra(line, booking.starts_at, span.start, lead_hours, now, staff=staff)
        found[booking.id] = Following((*had.lines, costs), (*had.late, *late))
    return found


def costs_then(line: BookingExtra, span: Span, now: datetime) -> int:
    """What a line costs with a booking at that time: of what is owed by now nobody gets out by making it shorter, and what has
    begun never gets cheaper."""
    costs = cost_of(line.price_minor, line.pricing, line.quantity, span.minutes)
    keeps = span.start <= now or is_owed(line, span.start, now)
    return max(costs, line.total_minor) if keeps else costs


def _late_extra(
    line: BookingExtra, before: datetime, after: datetime, lead_hours: int, now: datetime, *, staff: bool
) -> tuple[LateExtra, ...]:
    obstacle = None if after == before else _late(line, before, after, lead_hours, now)
    if obstacle is None:
        return ()
    may = staff or not (is_late(before, lead_hours, now) or is_owed(line, before, now))
    return (LateExtra(line.offer_id, line.name, obstacle, may),)


def _late(
    line: BookingExtra, before: datetime, after: datetime, lead_hours: int, now: datetime
) -> Obstacle | None:
    if is_late(after, lead_hours, now):
        return Obstacle(Reason.EXTRA_TOO_LATE, {"name": line.name, "hours": lead_hours})
    if is_owed(line, before, now):
        return Obstacle(Reason.EXTRA_PREPARED, {"name": line.name})
    return None


def leave_out(session: Session, booking_id: int, offer_ids: Collection[int]) -> list[str]:
    """Order some of it no more, within the transaction that holds the booking; returns their names. No statement for none."""
    if not offer_ids:
        return []
    lines = session.scalars(
        select(BookingExtra).where(
            BookingExtra.booking_id == booking_id, BookingExtra.offer_id.in_(offer_ids)
        )
    ).all()
    for line in lines:
        session.delete(line)
    session.flush()
    return [line.name for line in lines]


def follow(session: Session, booking: Booking, now: datetime) -> tuple[Obstacle, ...]:
    """After its time, place or length has changed, within the transaction that holds the booking: what is priced by the hour
    costs by the new length. What others have too much of then is EXTRA_TAKEN {name, left}. One statement where nothing was
    ordered."""
    lines = session.scalars(select(BookingExtra).where(BookingExtra.booking_id == booking.id)).all()
    if not lines:
        return ()
    span = Span(booking.starts_at, booking.ends_at)
    offers = offers_in_hand(session, [line.offer_id for line in lines])
    counted = {offer.id: offer.stock for offer in offers.values() if offer.stock is not None}
    taken = taken_beside(session, booking.id, booking.location_id, span, counted, now)
    found = []
    for line in lines:
        line.total_minor = costs_then(line, span, now)
        left = counted.get(line.offer_id, line.quantity + taken.get(line.offer_id, 0)) - taken.get(
            line.offer_id, 0
        )
        if line.quantity > left:
            found.append(Obstacle(Reason.EXTRA_TAKEN, {"name": line.name, "left": max(left, 0)}))
    session.flush()
    return tuple(found)


def follow_each(session: Session, bookings: Sequence[Booking], now: datetime) -> tuple[Obstacle, ...]:
    """The same for several; one statement where nothing was ordered with any of them."""
    of_them = BookingExtra.booking_id.in_([booking.id for booking in bookings])
    rows = session.execute(select(BookingExtra.booking_id, BookingExtra.offer_id).where(of_them)).all()
    ordered = {row.booking_id for row in rows}
    # All at once, in the order of their ids, as everybody does
    offers_in_hand(session, {row.offer_id for row in rows})
    found = (follow(session, booking, now) for booking in bookings if booking.id in ordered)
    return tuple(obstacle for each in found for obstacle in each)
