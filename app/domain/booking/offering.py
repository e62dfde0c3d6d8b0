"""Offers from the waiting list: when something is free, it is held for the first in line, who has it with one tap."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import Row, Select, and_, exists, or_, select
from sqlalchemy.orm import Session, aliased

from app.domain.actor import Actor
from app.domain.booking.announce import announce_freed, announce_offer
from app.domain.booking.catalogue import load_catalogue
from app.domain.booking.claim import claim
from app.domain.booking.search import search
from app.domain.booking.terms import Alternative, BookRoom, NotBookable, OutOfReach, RoomQuery
from app.domain.booking.watched import waiting_changed
from app.domain.booking.when_paid import policy_for
from app.domain.house_day import house_day
from app.domain.portal import section_is_open_to
from app.kernel.clock import Clock
from app.kernel.errors import NotFound
from app.kernel.spans import Span
from app.kernel.walltime import local_date, zone
from app.models import Booking, BookingStatus, Contract, Location, Person, Role, WaitlistEntry
from app.models.plan import running_on
from app.tenancy import begin_writing, tenant_of

OFFER_FOR = timedelta(minutes=30)
"""How long an offer stands; never past the start of what is offered."""


def offer_rooms(session: Session, clock: Clock) -> int:
    """Offer what is free to who waits for it, first come first served; returns how many offers were made.

    Nobody is offered overlapping times of a location twice: who left such an offer unused is told of what is free once all
    others were asked, and books it as everybody does. Commits after each: an offer that cannot be made takes nobody else's.
    Safe to run twice, or beside itself: an entry has one request key, and that books once.
    """
    begin_writing(session)
    _end_what_is_over(session, clock())
    line = list(session.scalars(_line(clock())))
    session.commit()
    had_turn: list[int] = []
    made = sum(_offer(session, entry_id, clock, had_turn) for entry_id in line)
    for entry_id in had_turn:
        _tell_of_free(session, entry_id, clock)
    return made


def _end_what_is_over(session: Session, now: datetime) -> None:
    """End entries whose time has come, whose offer was taken or has passed, or who have a room by then anyway."""
    offer, own = aliased(Booking), aliased(Booking)
    gone = exists().where(
        offer.id == WaitlistEntry.booking_id,
        or_(offer.status != BookingStatus.HELD, offer.hold_expires_at <= now),
    )
    has_one = exists().where(
        own.person_id == WaitlistEntry.person_id,
        own.location_id == WaitlistEntry.location_id,
        own.status == BookingStatus.CONFIRMED,
        own.created_at > WaitlistEntry.joined_at,
        own.starts_at < WaitlistEntry.ends_at,
        own.ends_at > WaitlistEntry.starts_at,
    )
    over = session.scalars(
        select(WaitlistEntry).where(
            WaitlistEntry.ended_at.is_(None),
            # What is offered may begin later than what was asked for.
            or_(and_(WaitlistEntry.booking_id.is_(None), WaitlistEntry.starts_at <= now), gone, has_one),
        )
    ).all()
    for entry in over:
        entry.ended_at = now
        waiting_changed(session, entry)
    session.flush()


def _line(now: datetime) -> Select[int]:
    return (
        select(WaitlistEntry.id)
        .where(
            WaitlistEntry.ended_at.is_(None),
            WaitlistEntry.booking_id.is_(None),
            WaitlistEntry.starts_at > now,
        )
        .order_by(WaitlistEntry.id)
    )


def _offer(session: Session, entry_id: int, clock: Clock, had_turn: list[int]) -> bool:
    now = clock()
    entry = session.get_one(WaitlistEntry, entry_id)
    actor = _stand_in(session, entry, now)
    found = _found(session, actor, entry, now) if actor else None
    if actor is None or found is None:
        session.rollback()
        return False
    before = _offers_before(session, entry, found.span)
    if before:
        # While one of them stands there is nothing to tell yet
        if all(_is_over(status, expires, now) for status, expires in before):
            had_turn.append(entry_id)
        session.rollback()
        return False
    until = min(now + OFFER_FOR, found.span.start)
    command = BookRoom(
        found.room.id, found.span, entry.people, request_key=f"waitlist {entry_id}", offered=True
    )
    try:
        claimed = claim(session, actor, command, clock, hold_for=until - now)
    except (NotBookable, NotFound):
        return False  # somebody was quicker; the next minute looks again
    if claimed.fresh:
        entry = session.get_one(WaitlistEntry, entry_id, with_for_update=True, populate_existing=True)
        if entry.ended_at is not None:
            session.rollback()  # they left the line in between
            return False
        entry.booking_id = claimed.booking.id
        session.flush()
        waiting_changed(session, entry)
        pays = policy_for(session, entry.person_id, house_day(session, now)).when
        announce_offer(session, claimed.booking, until, pays, now)
    session.commit()
    return claimed.fresh


def _offers_before(
    session: Session, entry: WaitlistEntry, span: Span
) -> Sequence[Row[*tuple[BookingStatus, datetime | None]]]:
    """What overlapping of that location was held for them and not taken: the state of each, and until when it was held."""
    return session.execute(
        select(Booking.status, Booking.hold_expires_at).where(
            Booking.person_id == entry.person_id,
            Booking.location_id == entry.location_id,
            Booking.offered,
            Booking.status.in_((BookingStatus.HELD, BookingStatus.LAPSED)),
            Booking.starts_at < span.end,
            Booking.ends_at > span.start,
        )
    ).all()


def _is_over(status: BookingStatus, expires: datetime | None, now: datetime) -> bool:
    return status is BookingStatus.LAPSED or (expires is not None and expires <= now)


def _tell_of_free(session: Session, entry_id: int, clock: Clock) -> None:
    """Tell somebody of what is free still, hold nothing, and let that be the end of their waiting."""
    begin_writing(session)
    now = clock()
    entry = session.get_one(WaitlistEntry, entry_id, with_for_update=True, populate_existing=True)
    actor = _stand_in(session, entry, now) if entry.ended_at is None else None
    found = _found(session, actor, entry, now) if actor else None
    if found is None:
        session.rollback()
        return
    entry.ended_at = now
    session.flush()
    waiting_changed(session, entry)
    announce_freed(session, entry, found.room.name, found.span, now)
    session.commit()


def _found(session: Session, actor: Actor, entry: WaitlistEntry, now: datetime) -> Alternative | None:
    """What is free for them then, else what is within their tolerance, nearest first. None where nothing is."""
    span = Span(entry.starts_at, entry.ends_at)
    query = RoomQuery(entry.location_id, span, entry.people, type_id=entry.resource_type_id)
    try:
        catalogue = load_catalogue(session, entry.location_id, actor.person_id, now)
        found = search(session, actor, catalogue, query, now)
    except (NotFound, OutOfReach):
        return None
    if found.free:
        best = found.free[0]
        return Alternative(best.room, span, best.quote)
    within = timedelta(minutes=entry.tolerance_minutes)
    near = (
        each
        for each in found.alternatives
        # A shift may be longer than what is waited for: neither end of it is to be a surprise
        if abs(each.span.start - span.start) <= within and abs(each.span.end - span.end) <= within
    )
    return next((each for each in near if each.span.start > now), None)


def _stand_in(session: Session, entry: WaitlistEntry, now: datetime) -> Actor | None:
    """The person who waits, as the rules see them; None for who was suspended, whose location is gone, or who may not book now."""
    row = session.execute(
        select(Person.first_name, Person.last_name, Person.email, Location.zone)
        .join(Location, and_(Location.tenant_id == Person.tenant_id, Location.id == entry.location_id))
        .where(Person.id == entry.person_id, Person.suspended_at.is_(None), Location.retired_at.is_(None))
    ).one_or_none()
    if row is None or not section_is_open_to(session, "bookings", [entry.person_id], now):
        return None
    today = local_date(now, zone(row.zone))
    on_a_plan = exists().where(Contract.person_id == Person.id, running_on(today))
    is_member = session.scalar(select(on_a_plan).select_from(Person).where(Person.id == entry.person_id))
    return Actor(
        person_id=entry.person_id,
        tenant_id=tenant_of(session),
        role=Role.NONE,
        is_member=bool(is_member),
        first_name=row.first_name,
        last_name=row.last_name,
        email=row.email,
        location_id=entry.location_id,
        locale=None,
    )
