"""Whether a booking may become another one, and what is to be blocked and paid then: looked at, not written."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.actor import Actor, Permission
from app.domain.booking.alternatives import instead
from app.domain.booking.asker import asker_for
from app.domain.booking.asking import asks_first
from app.domain.booking.by_team import not_for_oneself
from app.domain.booking.catalogue import Bookable, Catalogue, load_catalogue
from app.domain.booking.cutoff import cutoff_at, cutoff_of
from app.domain.booking.late_fees import ladder_of, percent_at
from app.domain.booking.minutes import Stretch
from app.domain.booking.moving import ChangedMeanwhile, MoveBooking, OnlyItsEnd, TooLateToMove
from app.domain.booking.occupancy import Block, Blocks, UnitStretch, rows_for
from app.domain.booking.paying import Priced, by_credit, left_more
from app.domain.booking.pricing import agreed_price
from app.domain.booking.quotes import Quote
from app.domain.booking.rules import Asker, Limits
from app.domain.booking.survey import Survey, survey
from app.domain.booking.terms import (
    OVERRIDABLE,
    AlreadyOver,
    Alternative,
    NotPermitted,
    Obstacle,
    Reason,
    RoomQuery,
    stays_passed,
)
from app.domain.booking.units import free_all_along, unit_against, units_in
from app.domain.extras.following import Following, LateExtra, following
from app.domain.reach import check_within_reach
from app.domain.team.made_for import administers_booking
from app.kernel.errors import NotFound
from app.kernel.spans import Span
from app.models import Booking, BookingStatus, Resource

_OF_THE_START = frozenset({Reason.IN_THE_PAST, Reason.TOO_SOON, Reason.TOO_FAR_AHEAD, Reason.OFF_GRID})
"""Limits on when a booking starts: one that starts as before breaks none of them anew."""


@dataclass(frozen=True, slots=True)
class Move:
    """A booking as it is wished, as the rules see it."""

    catalogue: Catalogue
    bookable: Bookable
    limits: Limits
    """That hold for it."""
    rows: list[UnitStretch] | None
    """What is to be blocked instead of what is; None when somebody else has the room."""
    unit_numbers: list[int] | None
    """Of a resource with several units those that it has then."""
    takes: int | None
    """The unit that it changes to where room and time stay."""
    blocked: Stretch
    """From when until when it blocks, buffers included."""
    stays: bool
    """Room and time are the same: what is blocked stays, and so does the price."""
    passed: tuple[Obstacle, ...]
    """Limits that staff pass over, now or when it was made."""
    against: tuple[Obstacle, ...]
    """With TAKEN among them."""
    price: Quote | None
    """None where it stays as it was agreed."""
    surveyed: Survey
    follows: Following
    """What was ordered with it, as it would be; nothing where room and time stay."""
    left_out: frozenset[int]
    """Which of it is left out."""

    @property
    def late(self) -> tuple[LateExtra, ...]:
        """What was ordered with it and cannot come along."""
        return self.follows.late

    @property
    def free_units(self) -> list[int]:
        """Those that it could have all the time."""
        room = self.bookable.room
        return free_all_along(room.units, self.surveyed.blocks.get(room.id, ()), *self.blocked)

    def alternatives(self, session: Session) -> tuple[Alternative, ...]:
        """What is near to the wish, where something stands against it."""
        return instead(session, self.surveyed, self.bookable) if self.against else ()


def check_movable(
    session: Session, actor: Actor, booking: Booking | None, command: MoveBooking, now: datetime
) -> Booking:
    """The booking, if the actor may change it now and it is as they saw it.

    Raises NotFound for another person's, AlreadyOver when it ended, was cancelled or never confirmed, ChangedMeanwhile,
    OnlyItsEnd, NotPermitted.
    """
    if booking is None:
        raise NotFound
    staff = actor.acts_for_others(booking.location_id)
    own = booking.person_id == actor.person_id
    if not own and not staff and not administers_booking(session, actor.person_id, booking.id):
        raise NotFound
    if command.override and not (staff and actor.may(Permission.OVERRIDE)):
        raise NotPermitted
    if booking.status is not BookingStatus.CONFIRMED or booking.ends_at <= now:
        raise AlreadyOver
    if command.seen_sequence not in (None, booking.sequence):
        raise ChangedMeanwhile
    if booking.starts_at <= now and not _starts_alike(booking, command):
        raise OnlyItsEnd
    return booking


def decide_move(
    session: Session,
    actor: Actor,
    booking: Booking,
    command: MoveBooking,
    now: datetime,
    known: Catalogue | None = None,
) -> Move:
    """Look at the rules and at what is blocked by others, all at once, for a booking that `check_movable` let pass.

    Who only asks may have the location of the wish in hand, as `known`.
    Raises NotFound (room or person), TooLateToMove.
    """
    location_id = _location_of(session, booking, command)
    staff = actor.acts_for_others(booking.location_id)
    if staff:
        check_within_reach(actor, location_id)
    catalogue = (
        known
        if known is not None and known.id == location_id
        else load_catalogue(session, location_id, booking.person_id, now)
    )
    bookable = catalogue.room(command.resource_id)
    asker = asker_for(session, actor, booking.person_id, catalogue, now, colleague=not staff)
    surveyed, own = _without_itself(
        survey(session, catalogue, asker, RoomQuery(location_id, command.span, command.people), now), booking
    )
    limits = surveyed.limits(bookable)
    stays = _starts_alike(booking, command) and booking.ends_at == command.span.end
    today = None if stays else _today(catalogue, bookable, asker, booking, command, now, staff=staff)
    price = None if today is None else _agreed(today, booking, command.span, now)
    if not staff:
        _check_cutoff(session, booking, command, limits, price, now)
    found = list(surveyed.against(bookable))
    if asks_first(actor, location_id, limits):
        found += _beyond(booking, command, limits)
    if booking.person_id == actor.person_id:
        found += not_for_oneself(session, actor.person_id, holding=False)
    if not stays and today is None:
        found.append(Obstacle(Reason.NO_PRICE))
    found = [each for each in found if not _granted(each.reason, booking, command, now)]
    follows = Following() if stays else following(session, booking, command.span, now, staff=staff)
    left_out = command.without & {each.offer_id for each in follows.late if each.may_be_left}
    found += [each.obstacle for each in follows.late if each.offer_id not in left_out]
    if command.span.end <= now:
        found.append(Obstacle(Reason.IN_THE_PAST))
    start, end = _blocked(bookable, booking, command, surveyed, own)
    changes = command.unit is not None and booking.unit_numbers != [command.unit]
    rows = _rows(bookable, booking, command, surveyed, (start, end)) if changes or not stays else []
    found += unit_against(bookable, rows, command.unit)
    passed = tuple(each for each in found if _passed(each.reason, booking, command))
    taken = () if rows is not None else (Obstacle(Reason.TAKEN),)
    return Move(
        catalogue=catalogue,
        bookable=bookable,
        limits=limits,
        rows=rows,
        unit_numbers=booking.unit_numbers if stays and not changes else units_in(bookable, rows or ()),
        takes=command.unit if stays and changes else None,
        blocked=(start, end),
        stays=stays,
        passed=passed,
        against=(*taken, *(each for each in found if each not in passed)),
        price=price,
        surveyed=surveyed,
        follows=follows,
        left_out=left_out,
    )


def _without_itself(surveyed: Survey, booking: Booking) -> tuple[Survey, list[Block]]:
    """The survey as if the booking were not there, and what it blocks."""
    own = [block for blocks in surveyed.blocks.values() for block in blocks if block.mine == booking.id]
    stays = tuple(stay for stay in surveyed.stays if stay.booking_id != booking.id)
    return replace(surveyed, blocks=_without(surveyed.blocks, booking.id), stays=stays), own


def _today(
    catalogue: Catalogue,
    bookable: Bookable,
    asker: Asker,
    booking: Booking,
    command: MoveBooking,
    now: datetime,
    *,
    staff: bool,
) -> Quote | None:
    """What the wish costs by today's rates; where there are none for it, what staff agreed on."""
    price = catalogue.price(bookable, command.span, asker, _priced_at(booking, command, now))
    if price is None and staff and command.agreed_minor is not None:
        return agreed_price(command.span, command.agreed_minor, catalogue.currency)
    return price


def _rows(
    bookable: Bookable, booking: Booking, command: MoveBooking, surveyed: Survey, blocked: Stretch
) -> list[UnitStretch] | None:
    """What it blocks then, on the unit that was chosen, else on that which it has where that is free; None when somebody else has
    the room."""
    had = booking.unit_numbers if booking.resource_id == command.resource_id else None
    rather = command.unit if command.unit is not None else had[0] if had else None
    return rows_for(bookable, surveyed.blocks, *blocked, rather=rather)


def _location_of(session: Session, booking: Booking, command: MoveBooking) -> int:
    if command.resource_id == booking.resource_id:
        return booking.location_id
    location_id = session.scalar(select(Resource.location_id).where(Resource.id == command.resource_id))
    if location_id is None:
        raise NotFound
    return location_id


def _starts_alike(booking: Booking, command: MoveBooking) -> bool:
    return (booking.resource_id, booking.starts_at) == (command.resource_id, command.span.start)


def _beyond(booking: Booking, command: MoveBooking, limits: Limits) -> list[Obstacle]:
    """Nothing where it takes but what was approved, for no more people."""
    within = (
        booking.resource_id == command.resource_id
        and booking.starts_at <= command.span.start
        and command.span.end <= booking.ends_at
    )
    if not within:
        return [Obstacle(Reason.NEEDS_APPROVAL, limits.facts("needs_approval"))]
    if command.people > booking.people:
        return [Obstacle(Reason.NEEDS_APPROVAL, limits.facts("needs_approval", people=booking.people))]
    return []


def _without(blocks: Blocks, booking_id: int) -> Blocks:
    """What is blocked by others: a booking does not stand in its own way."""
    return {
        resource: [each for each in found if each.mine != booking_id] for resource, found in blocks.items()
    }


def _blocked(
    bookable: Bookable, booking: Booking, command: MoveBooking, surveyed: Survey, own: Iterable[Block]
) -> tuple[int, int]:
    """From when until when, with buffers; where an end of it stays, so does the buffer there, whatever it is by now."""
    start = surveyed.wanted[0] - bookable.buffer_before
    end = surveyed.wanted[1] + bookable.buffer_after
    if _starts_alike(booking, command):
        start = min((each.start for each in own), default=start)
    if booking.resource_id == command.resource_id and booking.ends_at == command.span.end:
        end = max((each.end for each in own), default=end)
    return start, end


def _priced_at(booking: Booking, command: MoveBooking, now: datetime) -> datetime:
    """As early as it was booked is how long before its start it is, as long as it starts as it did."""
    return booking.created_at if _starts_alike(booking, command) else now


def _agreed(today: Quote, booking: Booking, span: Span, now: datetime) -> Quote | None:
    """Today's price; None for what was agreed. What has begun never gets cheaper: its room was kept from others until now."""
    begun = booking.starts_at <= now
    if begun and (span.end <= booking.ends_at or today.total_minor < booking.price_minor):
        return None
    return today


def _check_cutoff(
    session: Session,
    booking: Booking,
    command: MoveBooking,
    limits: Limits,
    price: Quote | None,
    now: datetime,
) -> None:
    """After the cut-off nobody gets out of it by moving: neither into another week, nor to less, nor to where cancelling keeps
    less of it."""
    cutoff = cutoff_of(session, booking)
    if now <= cutoff or booking.starts_at <= now:
        return
    cheaper = price is not None and _gives_back(booking, price)
    then = cutoff_at(session, command.resource_id, command.span.start, limits.cancel_minutes)
    kept = _kept_late(session, booking.resource_id, booking.starts_at, now)
    if cheaper or now <= then or _kept_late(session, command.resource_id, command.span.start, now) < kept:
        raise TooLateToMove(cutoff)


def _gives_back(booking: Booking, price: Quote) -> bool:
    """Whether it costs less, in money or in minutes: of a price that does not grow with the length, fewer minutes give time
    credit back, or make what it paid the whole of it."""
    if price.total_minor < booking.price_minor:
        return True
    if price.minutes >= booking.quote["minutes"]:
        return False
    fewer = price.minutes < by_credit(booking.quote).minutes
    return fewer or left_more(Priced(booking.price_minor, booking.quote), price) < 0


def _kept_late(session: Session, resource_id: int, starts_at: datetime, now: datetime) -> int:
    """Of a hundred: all of it where only staff cancel late."""
    ladder = ladder_of(session, resource_id)
    return percent_at(ladder, starts_at, now) if ladder else 100


def _granted(reason: Reason, booking: Booking, command: MoveBooking, now: datetime) -> bool:
    """Whether the booking breaks a limit that it broke already, or that bound it when it was made."""
    if reason is Reason.STAFF_ONLY:
        return booking.resource_id == command.resource_id
    if reason is Reason.NEEDS_APPROVAL or not _starts_alike(booking, command):
        return False
    if reason is Reason.TOO_MANY_PEOPLE:
        return command.people <= booking.people
    if command.span.end == booking.ends_at:
        return True
    if reason is Reason.OUT_OF_SHIFT:
        # Who goes before the shift is over gives the rest to others
        return booking.starts_at <= now and command.span.end < booking.ends_at
    return reason in _OF_THE_START or (reason is Reason.TOO_SHORT and booking.starts_at <= now)


def _passed(reason: Reason, booking: Booking, command: MoveBooking) -> bool:
    if command.override:
        return reason in OVERRIDABLE
    return stays_passed(reason, booking.overridden)
