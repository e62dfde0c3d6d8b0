"""Ordering with a booking: what can be had, and having so many of each."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from sqlalchemy import ColumnElement, and_, exists, or_, select
from sqlalchemy.orm import Session

from app.domain.actor import Actor
from app.domain.audit import record_row
from app.domain.booking.announce import facts_of
from app.domain.booking.begun import locked_at_checkout
from app.domain.booking.terms import AlreadyOver, Malformed
from app.domain.booking.unbilled import note_unbilled
from app.domain.booking.view import BookingView
from app.domain.booking.watched import booking_changed
from app.domain.booking.when_paid import nothing_unseen
from app.domain.booking.writing import writing
from app.domain.extras.owing import is_owed
from app.domain.extras.showing import ordered
from app.domain.extras.stock import offers_in_hand, taken_beside
from app.domain.extras.terms import (
    MOST_OF_ONE,
    ExtraGone,
    Orderable,
    Ordered,
    TooFewExtras,
    TooLateForExtra,
    cost_of,
    is_late,
)
from app.domain.lookup import hold_person, one
from app.domain.notices import tell
from app.kernel.clock import Clock
from app.kernel.spans import Span
from app.models import (
    BLOCKING,
    Booking,
    BookingExtra,
    BookingExtraOffer,
    BookingExtraRoom,
    BookingStatus,
    Resource,
)

Wanted = Mapping[int, int]
"""How many of each extra, by its id; 0 leaves one out, and what is not named stays."""


def orderable(session: Session, view: BookingView, now: datetime, *, staff: bool = False) -> list[Orderable]:
    """What can be had with a booking, in the operator's order, with what is; `staff` change it whenever it was prepared. Two statements, one where nothing is on offer."""
    had = and_(
        BookingExtra.tenant_id == BookingExtraOffer.tenant_id,
        BookingExtra.offer_id == BookingExtraOffer.id,
        BookingExtra.booking_id == view.id,
    )
    rows = session.execute(
        select(BookingExtraOffer, BookingExtra)
        .outerjoin(BookingExtra, had)
        .where(or_(BookingExtra.id.is_not(None), and_(BookingExtraOffer.retired_at.is_(None), _fits(view))))
        .order_by(BookingExtraOffer.position, BookingExtraOffer.name)
    ).all()
    offers = [row[0] for row in rows]
    left = _left(session, view, offers, now)
    return [
        Orderable(
            offer.id,
            offer.name,
            offer.description,
            offer.price_minor,
            offer.pricing,
            offer.lead_hours,
            offer.cancel_percent,
            left[offer.id],
            _line(line),
            settled=not staff and _is_settled(offer, line, view.starts_at, now),
        )
        for offer, line in rows
    ]


def _is_settled(
    offer: BookingExtraOffer, line: BookingExtra | None, starts_at: datetime, now: datetime
) -> bool:
    late = is_late(starts_at, offer.lead_hours, now) or (line is not None and is_owed(line, starts_at, now))
    return late or offer.retired_at is not None


def order(
    session: Session,
    actor: Actor,
    booking_id: int,
    wanted: Wanted,
    clock: Clock,
    *,
    only_later: bool = False,
) -> Booking:
    """Have so many of each with a booking: one's own or one that one makes for a colleague until it begins, and for staff on
    their behalf anybody's until it ends, audited, and told. Commits nothing but what `begin_writing` ends.

    With `only_later`, the page in hand had not said that anything is paid at once. Raises NotFound, AlreadyOver, Malformed,
    ExtraGone, TooLateForExtra, TooFewExtras and PaidAtOnce.
    """
    with writing(session):
        known = one(session, Booking, booking_id)
        hold_person(session, known.person_id)
        booking = locked_at_checkout(session, actor, known.id)
        with nothing_unseen(session, [booking], only_later=only_later):
            order_in_hand(session, actor, booking, wanted, clock())
    return booking


def order_in_hand(session: Session, actor: Actor, booking: Booking, wanted: Wanted, now: datetime) -> None:
    """The same within a transaction that holds the booking. Raises as `order`, but for NotFound."""
    staff = actor.acts_for_others(booking.location_id)
    _check(booking, wanted, now, staff=staff)
    had = {
        row.offer_id: row
        for row in session.scalars(select(BookingExtra).where(BookingExtra.booking_id == booking.id))
    }
    changed = {
        offer_id: count
        for offer_id, count in sorted(wanted.items())
        if count != (had[offer_id].quantity if offer_id in had else 0)
    }
    if not changed:
        return
    offers = offers_in_hand(session, changed)
    span = Span(booking.starts_at, booking.ends_at)
    taken = taken_beside(session, booking.id, booking.location_id, span, _counted(offers.values()), now)
    fitting = _fitting(session, booking, changed)
    for offer_id, count in changed.items():
        offer = offers.get(offer_id)
        if offer is None:
            raise ExtraGone(offer_id, "")
        line = had.get(offer_id)
        more = count > (line.quantity if line else 0)
        if line is not None and not (more or staff) and is_owed(line, booking.starts_at, now):
            raise TooLateForExtra(offer.id, offer.name, line.lead_hours)
        _check_one(offer, booking, count, taken.get(offer_id, 0), now, staff=staff, more=more)
        if more and offer_id not in fitting:
            raise ExtraGone(offer_id, offer.name)
    before = {row.name: row.quantity for row in had.values()}
    for offer_id, count in changed.items():
        _put(session, booking, offers[offer_id], had.get(offer_id), count)
    session.flush()
    _note(session, actor, booking, before, now)


def _line(row: BookingExtra | None) -> Ordered | None:
    if row is None:
        return None
    return Ordered(row.offer_id, row.name, row.quantity, row.pricing, row.total_minor, row.tax_rate_id)


def _check(booking: Booking, wanted: Wanted, now: datetime, *, staff: bool) -> None:
    if any(not 0 <= count <= MOST_OF_ONE for count in wanted.values()):
        raise Malformed
    ran_out = booking.hold_expires_at is not None and booking.hold_expires_at <= now
    over = booking.ends_at if staff else booking.starts_at
    if booking.status not in BLOCKING or ran_out or over <= now:
        raise AlreadyOver


def _check_one(
    offer: BookingExtraOffer,
    booking: Booking,
    count: int,
    taken: int,
    now: datetime,
    *,
    staff: bool,
    more: bool,
) -> None:
    if more and offer.retired_at is not None:
        raise ExtraGone(offer.id, offer.name)
    if not staff and is_late(booking.starts_at, offer.lead_hours, now):
        raise TooLateForExtra(offer.id, offer.name, offer.lead_hours)
    if more and offer.stock is not None and taken + count > offer.stock:
        raise TooFewExtras(offer.id, offer.name, max(offer.stock - taken, 0))


def _put(
    session: Session, booking: Booking, offer: BookingExtraOffer, line: BookingExtra | None, count: int
) -> None:
    if count == 0:
        if line is not None:
            session.delete(line)
        return
    if line is None:
        line = BookingExtra(booking_id=booking.id, offer_id=offer.id)
        session.add(line)
        line.name, line.price_minor, line.pricing = offer.name, offer.price_minor, offer.pricing
        line.tax_rate_id = offer.tax_rate_id
        line.lead_hours, line.cancel_percent = offer.lead_hours, offer.cancel_percent
    line.quantity = count
    minutes = Span(booking.starts_at, booking.ends_at).minutes
    line.total_minor = cost_of(line.price_minor, line.pricing, count, minutes)


def _note(session: Session, actor: Actor, booking: Booking, before: dict[str, int], now: datetime) -> None:
    if booking.status is BookingStatus.CONFIRMED:
        note_unbilled(session, actor, booking, now)
    if booking.person_id != actor.person_id and booking.status is not BookingStatus.HELD:
        rows = session.scalars(select(BookingExtra).where(BookingExtra.booking_id == booking.id))
        record_row(
            session,
            actor,
            now,
            booking,
            "extras_changed",
            for_id=booking.person_id,
            before={"extras": before},
            after={"extras": {row.name: row.quantity for row in rows}},
        )
        session.flush()
        if booking.status is BookingStatus.CONFIRMED:
            _tell(session, booking, now)
    booking_changed(session, booking)


def _tell(session: Session, booking: Booking, now: datetime) -> None:
    """Tell whose it is what comes with it by now, and what they pay for that: somebody else has changed it."""
    lines = ordered(session, booking.id)
    more = {
        "extras": [[line.name, line.quantity] for line in lines],
        "extras_minor": sum(line.total_minor for line in lines),
    }
    tell(session, now, booking.person_id, "booking.extras_changed", facts_of(session, booking) | more)


def _counted(offers: Iterable[BookingExtraOffer]) -> list[int]:
    return [offer.id for offer in offers if offer.stock is not None]


def _left(
    session: Session, view: BookingView, offers: list[BookingExtraOffer], now: datetime
) -> dict[int, int | None]:
    span = Span(view.starts_at, view.ends_at)
    taken = taken_beside(session, view.id, view.location_id, span, _counted(offers), now)
    return {
        offer.id: None if offer.stock is None else max(offer.stock - taken.get(offer.id, 0), 0)
        for offer in offers
    }


def _fits(booking: Booking | BookingView) -> ColumnElement[bool]:
    """Of an extra: whether it is had with the room of a booking."""
    links = and_(
        BookingExtraRoom.tenant_id == BookingExtraOffer.tenant_id,
        BookingExtraRoom.offer_id == BookingExtraOffer.id,
    )
    kind = select(Resource.resource_type_id).where(Resource.id == booking.resource_id).scalar_subquery()
    named = or_(
        BookingExtraRoom.resource_id == booking.resource_id, BookingExtraRoom.resource_type_id == kind
    )
    return or_(~exists().where(links), exists().where(links, named))


def _fitting(session: Session, booking: Booking, changed: Wanted) -> set[int]:
    query = select(BookingExtraOffer.id).where(BookingExtraOffer.id.in_(changed), _fits(booking))
    return set(session.scalars(query))
