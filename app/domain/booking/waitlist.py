"""The waiting list: who wants to be told when a room is free after all. What is offered from it is in `offering`."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from app.domain.actor import Actor
from app.domain.booking.catalogue import load_catalogue
from app.domain.booking.claim import check_shape
from app.domain.booking.minutes import stretch_of
from app.domain.booking.rules import check_reach, no_shift_near, standing
from app.domain.booking.terms import BookRoom, Malformed, NotBookable, Obstacle, Reason, RoomQuery
from app.domain.booking.watched import waiting_changed
from app.domain.booking.writing import writing
from app.domain.lookup import hold_person
from app.kernel.clock import Clock
from app.kernel.errors import NotFound, Refusal
from app.kernel.spans import Span
from app.models import Booking, BookingStatus, Location, Resource, ResourceType, WaitlistEntry

MOST_WAITED_FOR = 5
TOLERANCES = (0, 30, 60, 120)
"""Minutes by which a room may be free earlier or later than asked."""


class WaitsForTooMuch(Refusal):
    """The person waits for as many rooms as one may."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """Something that a person waits for, as their bookings show it. `offer_id` is the booking that is held for them."""

    id: int
    type_name: str | None
    location: str
    zone: str
    span: Span
    people: int
    tolerance_minutes: int
    ahead: int
    """How many came before them for the same time and place."""
    held: bool
    """What frees is held for them; else they left an offer for that time unused, and are only told."""
    offer_id: int | None
    offered_room: str | None
    offered_span: Span | None
    offered_until: datetime | None


def wait_for(
    session: Session, actor: Actor, query: RoomQuery, tolerance_minutes: int, clock: Clock
) -> WaitlistEntry:
    """Join the line for a room; joining twice for the same is joining once. Commits nothing itself.

    Amenities are not waited for. Raises Malformed, OutOfReach, NotFound for a place that is none, NotBookable where no room
    of that kind is for them at all or the time has passed, WaitsForTooMuch.
    """
    check_shape(BookRoom(0, query.span, query.people))
    check_reach(query.span, clock())
    if tolerance_minutes not in TOLERANCES:
        raise Malformed
    with writing(session):
        hold_person(session, actor.person_id)
        now = clock()
        _check_hope(session, actor, query, tolerance_minutes, now)
        earlier = [each for each in _in_line(session, actor.person_id) if _same(each, query)]
        entry = earlier[0] if earlier else _join(session, actor, query, now)
        entry.tolerance_minutes = tolerance_minutes
        session.flush()
        waiting_changed(session, entry)
    return entry


def stop_waiting(session: Session, actor: Actor, entry_id: int, clock: Clock) -> None:
    """Leave the line; what is on offer is for who leaves it to let go, by itself. Commits nothing itself.

    Leaving twice is leaving once. Raises NotFound for another person's.
    """
    with writing(session):
        entry = session.scalars(
            select(WaitlistEntry).where(WaitlistEntry.id == entry_id).with_for_update()
        ).one_or_none()
        if entry is None or entry.person_id != actor.person_id:
            raise NotFound
        entry.ended_at = entry.ended_at or clock()
        session.flush()
        waiting_changed(session, entry)


def waits(session: Session, person_id: int, now: datetime) -> list[Waiting]:
    """What a person waits for, soonest first; one statement."""
    before = WaitlistEntry.__table__.alias("before")
    ahead = (
        select(func.count(before.c.id))
        .where(
            before.c.tenant_id == WaitlistEntry.tenant_id,
            before.c.location_id == WaitlistEntry.location_id,
            before.c.ended_at.is_(None),
            before.c.booking_id.is_(None),
            before.c.id < WaitlistEntry.id,
            before.c.starts_at < WaitlistEntry.ends_at,
            before.c.ends_at > WaitlistEntry.starts_at,
        )
        .scalar_subquery()
    )
    held = and_(
        Booking.tenant_id == WaitlistEntry.tenant_id,
        Booking.id == WaitlistEntry.booking_id,
        Booking.status == BookingStatus.HELD,
        Booking.hold_expires_at > now,
    )
    rows = session.execute(
        select(
            WaitlistEntry,
            Location.name.label("location"),
            Location.zone,
            ResourceType.name.label("type_name"),
            ahead.label("ahead"),
            left_unused(WaitlistEntry, now).label("had_turn"),
            Booking.id.label("offer_id"),
            Booking.starts_at.label("offer_starts_at"),
            Booking.ends_at.label("offer_ends_at"),
            Booking.hold_expires_at,
            Resource.name.label("room"),
        )
        .select_from(WaitlistEntry)
        .join(
            Location,
            and_(Location.tenant_id == WaitlistEntry.tenant_id, Location.id == WaitlistEntry.location_id),
        )
        .outerjoin(
            ResourceType,
            and_(
                ResourceType.tenant_id == WaitlistEntry.tenant_id,
                ResourceType.id == WaitlistEntry.resource_type_id,
            ),
        )
        .outerjoin(Booking, held)
        .outerjoin(
            Resource, and_(Resource.tenant_id == Booking.tenant_id, Resource.id == Booking.resource_id)
        )
        .where(
            WaitlistEntry.person_id == person_id,
            WaitlistEntry.ended_at.is_(None),
            or_(WaitlistEntry.starts_at > now, Booking.id.is_not(None)),
        )
        .order_by(WaitlistEntry.starts_at, WaitlistEntry.id)
    ).all()
    # An offer that passed ends the entry; until the worker has noted that, it is shown no more.
    return [
        Waiting(
            id=row.WaitlistEntry.id,
            type_name=row.type_name,
            location=row.location,
            zone=row.zone,
            span=Span(row.WaitlistEntry.starts_at, row.WaitlistEntry.ends_at),
            people=row.WaitlistEntry.people,
            tolerance_minutes=row.WaitlistEntry.tolerance_minutes,
            ahead=row.ahead,
            held=not row.had_turn,
            offer_id=row.offer_id,
            offered_room=row.room,
            offered_span=Span(row.offer_starts_at, row.offer_ends_at) if row.offer_id else None,
            offered_until=row.hold_expires_at,
        )
        for row in rows
        if row.offer_id or row.WaitlistEntry.booking_id is None
    ]


def is_held_for(session: Session, entry: WaitlistEntry, now: datetime) -> bool:
    """Whether what frees is held for who waits; they had their turn where they left an offer for that time unused."""
    found = select(WaitlistEntry.id).where(WaitlistEntry.id == entry.id, left_unused(WaitlistEntry, now))
    return session.scalar(found) is None


def left_unused(entry: type[WaitlistEntry], now: datetime) -> ColumnElement[bool]:
    """Whether who waits let an offer pass that overlaps what they wait for, at that location: of a statement about entries."""
    offer = aliased(Booking)
    return exists().where(
        offer.tenant_id == entry.tenant_id,
        offer.person_id == entry.person_id,
        offer.location_id == entry.location_id,
        offer.offered,
        or_(
            offer.status == BookingStatus.LAPSED,
            and_(offer.status == BookingStatus.HELD, offer.hold_expires_at <= now),
        ),
        offer.starts_at < entry.ends_at,
        offer.ends_at > entry.starts_at,
    )


def _check_hope(
    session: Session, actor: Actor, query: RoomQuery, tolerance_minutes: int, now: datetime
) -> None:
    """Nobody waits for what they could not have if it were free."""
    if query.span.start <= now:
        raise NotBookable((Obstacle(Reason.IN_THE_PAST),))
    catalogue = load_catalogue(session, query.location_id, actor.person_id, now)
    asker = catalogue.asker(actor.person_id, is_member=actor.is_member)
    rules, wanted = catalogue.rules_for(asker), stretch_of(query.span)
    rooms = [room for room in catalogue.listed if query.type_id in (None, room.type_id)]
    if not rooms:
        raise NotFound
    day = catalogue.calendar.day_of(wanted[0])
    against = []
    for room in rooms:
        limits = rules.limits(room.limits, wanted)
        against.append(
            [
                *standing(limits, asker, query.span.minutes, query.people),
                *no_shift_near(limits, day, wanted, tolerance_minutes),
            ]
        )
    least: list[Obstacle] = min(against, key=len)
    if least:
        raise NotBookable(tuple(least))


def _in_line(session: Session, person_id: int) -> list[WaitlistEntry]:
    return list(
        session.scalars(
            select(WaitlistEntry).where(
                WaitlistEntry.person_id == person_id, WaitlistEntry.ended_at.is_(None)
            )
        )
    )


def _same(entry: WaitlistEntry, query: RoomQuery) -> bool:
    asked = (query.location_id, query.type_id, query.span.start, query.span.end, query.people)
    has = (entry.location_id, entry.resource_type_id, entry.starts_at, entry.ends_at, entry.people)
    return has == asked and entry.booking_id is None


def _join(session: Session, actor: Actor, query: RoomQuery, now: datetime) -> WaitlistEntry:
    if len(_in_line(session, actor.person_id)) >= MOST_WAITED_FOR:
        raise WaitsForTooMuch
    entry = WaitlistEntry(
        person_id=actor.person_id,
        location_id=query.location_id,
        resource_type_id=query.type_id,
        starts_at=query.span.start,
        ends_at=query.span.end,
        people=query.people,
        tolerance_minutes=0,
        joined_at=now,
    )
    session.add(entry)
    return entry
