"""Extending a booking that runs: what can be offered next, and doing it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import cast

from sqlalchemy.orm import Session

from app.domain.actor import Actor
from app.domain.booking.announce import Was, announce_change
from app.domain.booking.asker import asker_for
from app.domain.booking.asking import decides
from app.domain.booking.begun import begun, record_change
from app.domain.booking.blocking import Outrun, block, sweep
from app.domain.booking.catalogue import Bookable, Catalogue, load_catalogue
from app.domain.booking.claim import TRIES
from app.domain.booking.house_rules.judging import judge
from app.domain.booking.house_rules.matching import Rules
from app.domain.booking.house_rules.quotas import Stay, stays_of
from app.domain.booking.minutes import Stretch, minute_of, stretch_of
from app.domain.booking.occupancy import Blocks, UnitStretch, load_blocks, rows_for
from app.domain.booking.paying import Priced, left_more, pay_more
from app.domain.booking.quotes import Quote
from app.domain.booking.rules import LONGEST, Asker
from app.domain.booking.shifts import following
from app.domain.booking.terms import (
    PERSONAL,
    Malformed,
    NotBookable,
    Obstacle,
    OutOfReach,
    Reason,
    RoomTaken,
    passed_before,
)
from app.domain.booking.unbilled import note_unbilled
from app.domain.booking.units import units_in
from app.domain.booking.view import BookingView
from app.domain.booking.watched import booking_changed
from app.domain.booking.when_paid import nothing_unseen
from app.domain.booking.writing import writing
from app.domain.extras.following import follow
from app.domain.extras.terms import hours_cost
from app.domain.team.made_for import that_are_a_teams
from app.domain.unit_names import UnitName, unit_names
from app.kernel.clock import Clock
from app.kernel.errors import NotFound
from app.kernel.money import Money
from app.kernel.spans import Span
from app.models import Booking

STEP = 30
"""Minutes that are offered where the room's grid allows it: a grid of 60 makes it 60, one of 20 makes it 40."""

_GRANTED = frozenset(
    {
        Reason.IN_THE_PAST,
        Reason.TOO_SOON,
        Reason.TOO_FAR_AHEAD,
        Reason.OFF_GRID,
        Reason.TOO_SHORT,
        Reason.TOO_MANY_AHEAD,
        Reason.STAFF_ONLY,
    }
)
"""Limits on when a booking starts, on how short it is, how many there are and who makes it: no later end can break them."""

_STAYS_PASSED = PERSONAL | {Reason.RULED_OUT, Reason.COOLING_DOWN}
"""What staff passed over once, and is the same while it starts as it did; longer, or outside of hours, is a new question."""


@dataclass(frozen=True, slots=True)
class Extension:
    """The next step that a running booking can be extended by."""

    booking_id: int
    minutes: int
    until: datetime
    difference: Money
    """What it costs more than now, with what was ordered by the hour; never less than nothing. Before further credit pays of it:
    minutes that credit paid already are but their share of a price that does not grow."""
    moves_to: tuple[UnitName, ...] = ()
    """The units that it changes to for the time that is added, where its own is not free."""
    for_team: bool = False
    """What it costs more is a team's to pay; said of what nothing was agreed of yet."""


@dataclass(frozen=True, slots=True)
class _Place:
    """What a later end is judged by: a place, who has the bookings, and what blocks rooms there."""

    catalogue: Catalogue
    asker: Asker
    rules: Rules
    stays: tuple[Stay, ...]
    blocks: Blocks
    asks: bool
    """Whether what staff approve first waits for them; not for whoever could say yes to it."""


@dataclass(frozen=True, slots=True)
class _Longer:
    """A booking with a later end, as the rules see it."""

    end: datetime
    rows: list[UnitStretch] | None
    """What is to be blocked in addition; None when somebody else has the room."""
    unit_numbers: list[int] | None
    """Of a resource with several units those that it has then."""
    against: tuple[Obstacle, ...]
    quote: Quote | None
    """None where the whole has no price, which stands against it too."""

    @property
    def price(self) -> Quote:
        """Of what nothing stands against."""
        return cast("Quote", self.quote)


def extend(
    session: Session,
    actor: Actor,
    booking_id: int,
    minutes: int,
    clock: Clock,
    *,
    seen_end: datetime | None = None,
    only_later: bool = False,
) -> Booking:
    """Move the end of a running booking by so many minutes, when the room is free and the limits allow the whole.

    The whole span is priced anew and its cap heeded; the price never falls by that, so that ending early and extending
    again gives nothing back. The stored quote lists each extension with what it added, and credit pays for
    that as far as it goes. With `seen_end`, a booking that
    ends at another time by now is returned unchanged: a form that is sent twice extends once. With `only_later`, the page in hand
    had not said that anything is paid at once. A team's administrators
    extend what is the team's, and staff with Permission.BOOKINGS anybody's, audited. Commits nothing but what `begin_writing` ends.
    Raises NotFound, NotBegun, AlreadyOver, Malformed, OutOfReach, RoomTaken, PaidAtOnce, or NotBookable with every reason.
    """
    if minutes < 1:
        raise Malformed
    if timedelta(minutes=min(minutes, 10**9)) > LONGEST:
        raise OutOfReach
    with writing(session):
        for _ in range(TRIES):
            booking, now = begun(session, actor, booking_id, clock)
            if seen_end is not None and booking.ends_at != seen_end:
                return booking
            longer = _decide(session, actor, booking, minutes, now)
            if _block(session, booking, longer, now):
                with nothing_unseen(session, [booking], only_later=only_later):
                    _write(session, actor, booking, longer, now)
                return booking
        raise RoomTaken


def offers(
    session: Session, actor: Actor, catalogue: Catalogue, views: Sequence[BookingView], now: datetime
) -> dict[int, Extension]:
    """The next extension of the actor's running bookings at a location that was loaded for them, by booking id.

    None where nothing longer can be had. One statement, none when nothing runs there.
    """
    asker = catalogue.asker(actor.person_id, is_member=actor.is_member)
    running = [view for view in views if view.person_id == actor.person_id and view.runs(now)]
    return _offers(session, actor, catalogue, asker, running, now)


def offer_for(
    session: Session, actor: Actor, catalogue: Catalogue, view: BookingView, now: datetime
) -> Extension | None:
    """The next extension of somebody's running booking, by the rules and the price of whose it is, at a location that was loaded
    for them; None as above. For staff, and for administrators of the team that it is of: whoever calls has checked that.

    Two statements, another where a rule counts what they have; none when it does not run."""
    if not view.runs(now):
        return None
    try:
        asker = _asker(session, actor, view, catalogue, now)
    except NotFound:
        return None
    return _offers(session, actor, catalogue, asker, [view], now).get(view.id)


def _asker(
    session: Session, actor: Actor, booking: Booking | BookingView, catalogue: Catalogue, now: datetime
) -> Asker:
    """Whose booking it is; of who looks after a team, whoever that is, wherever they are at home."""
    colleague = not actor.acts_for_others(booking.location_id)
    return asker_for(session, actor, booking.person_id, catalogue, now, colleague=colleague)


def _offers(
    session: Session,
    actor: Actor,
    catalogue: Catalogue,
    asker: Asker,
    running: Sequence[BookingView],
    now: datetime,
) -> dict[int, Extension]:
    known = {bookable.room.id: bookable for bookable in catalogue.rooms}
    running = [view for view in running if view.resource_id in known]
    if not running:
        return {}
    window = (
        min(minute_of(view.ends_at) for view in running),
        max(_reach(catalogue, known[view.resource_id], view) for view in running),
    )
    place = _look(session, actor, catalogue, asker, window, now)
    found = (_offer(place, known[view.resource_id], view, now) for view in running)
    offered = {offer.booking_id: offer for offer in found if offer}
    # What is agreed with the first note is not to be asked
    made = [view.id for view in running if view.booked_by and view.pays is None and view.id in offered]
    for booking_id in that_are_a_teams(session, made):
        offered[booking_id] = replace(offered[booking_id], for_team=True)
    return offered


def _look(
    session: Session, actor: Actor, catalogue: Catalogue, asker: Asker, window: Stretch, now: datetime
) -> _Place:
    """One statement; another where a rule counts what the person has already."""
    rules = catalogue.rules_for(asker)
    stays = stays_of(session, rules, asker.person_id, window, minute_of(now))
    blocks = load_blocks(session, catalogue.id, window, asker.person_id, now)
    return _Place(catalogue, asker, rules, stays, blocks, not decides(actor, catalogue.id))


def _step(bookable: Bookable) -> int:
    grid = bookable.limits.grid_minutes
    return -(-STEP // grid) * grid


def _reach(catalogue: Catalogue, bookable: Bookable, view: BookingView) -> int:
    """The last minute that an offer may block: a shift is over by midnight."""
    end = minute_of(view.ends_at)
    midnight = catalogue.calendar.day_of(end - 1).end if catalogue.any_shifts else end
    return max(end + _step(bookable), midnight) + bookable.buffer_after


def _offer(place: _Place, bookable: Bookable, view: BookingView, now: datetime) -> Extension | None:
    """The whole step, or the longest shorter one on the room's grid that can be had; of shifts the one that touches."""
    for minutes in _steps(place, bookable, view):
        longer = _longer(place, bookable, view, minutes, now)
        if longer.rows is not None and not longer.against:
            more = _costs_more(view, longer.price)
            length = Span(view.starts_at, longer.end).minutes
            more += sum(max(hours_cost(hour, length) - had, 0) for hour, had in view.hourly)
            price = Money(more, view.price.currency)
            return Extension(view.id, minutes, longer.end, price, _moves_to(bookable, longer, view))
    return None


def _costs_more(view: BookingView, price: Quote) -> int:
    """As the price never falls, neither does what is left to pay of it."""
    lasting = replace(price, total_minor=max(price.total_minor, view.price.minor))
    return max(left_more(Priced(view.price.minor, view.quote), lasting), 0)


def _moves_to(bookable: Bookable, longer: _Longer, view: BookingView) -> tuple[UnitName, ...]:
    more = (longer.unit_numbers or [])[len(view.unit_numbers or ()) :]
    return unit_names(bookable.room.units, bookable.room.unit_names, more) if view.unit_numbers else ()


def _steps(place: _Place, bookable: Bookable, view: BookingView) -> Iterable[int]:
    start, end = stretch_of(Span(view.starts_at, view.ends_at))
    shifts = place.rules.limits(bookable.limits, (start, end)).shifts
    if shifts:
        until = following(shifts, place.catalogue.calendar.day_of(start), end)
        return () if until is None else (until - end,)
    return range(_step(bookable), 0, -bookable.limits.grid_minutes)


def _decide(session: Session, actor: Actor, booking: Booking, minutes: int, now: datetime) -> _Longer:
    catalogue = load_catalogue(session, booking.location_id, booking.person_id, now)
    bookable = catalogue.room(booking.resource_id)
    asker = _asker(session, actor, booking, catalogue, now)
    end = minute_of(booking.ends_at)
    window = end, end + minutes + bookable.buffer_after
    place = _look(session, actor, catalogue, asker, window, now)
    longer = _longer(place, bookable, booking, minutes, now)
    if longer.against:
        taken = () if longer.rows is not None else (Obstacle(Reason.TAKEN),)
        raise NotBookable((*taken, *longer.against))
    if longer.rows is None:
        raise RoomTaken
    return longer


def _longer(
    place: _Place, bookable: Bookable, booking: Booking | BookingView, minutes: int, now: datetime
) -> _Longer:
    span = Span(booking.starts_at, booking.ends_at + timedelta(minutes=minutes))
    others = (stay for stay in place.stays if stay.booking_id != booking.id)
    limits, found = judge(
        place.rules, bookable.limits, place.asker, others, span, people=booking.people, now=now
    )
    if place.asks and limits.needs_approval and not _was_approved(place, bookable, booking):
        found = [*found, Obstacle(Reason.NEEDS_APPROVAL, limits.facts("needs_approval"))]
    # As early as it was booked is how long before its start the whole is.
    price = place.catalogue.price(bookable, span, place.asker, booking.created_at)
    against = [each for each in found if not _passed(each.reason, booking)]
    rows = _rows(bookable, place.blocks, booking, minute_of(span.end) + bookable.buffer_after)
    return _Longer(
        span.end,
        rows,
        units_in(bookable, rows or (), booking.unit_numbers),
        (*against, *([Obstacle(Reason.NO_PRICE)] if price is None else [])),
        price,
    )


def _was_approved(place: _Place, bookable: Bookable, booking: Booking | BookingView) -> bool:
    """Whether staff were asked for it as it is: who has what they approve may stay longer, but not into hours of which they were
    never asked."""
    had = stretch_of(Span(booking.starts_at, booking.ends_at))
    return place.rules.limits(bookable.limits, had).needs_approval


def _rows(
    bookable: Bookable, blocks: Blocks, booking: Booking | BookingView, until: int
) -> list[UnitStretch] | None:
    """What a later end blocks beyond what the booking blocks already, whatever the buffers were when it was made."""
    own = (each.end for each in blocks.get(bookable.room.id, ()) if each.mine == booking.id)
    blocked = max(own, default=minute_of(booking.ends_at))
    sits = booking.unit_numbers[-1] if booking.unit_numbers else None
    return rows_for(bookable, blocks, blocked, until, rather=sits) if blocked < until else []


def _passed(reason: Reason, booking: Booking | BookingView) -> bool:
    return reason in _GRANTED or (reason in _STAYS_PASSED and passed_before(reason, booking.overridden))


def _block(session: Session, booking: Booking, longer: _Longer, now: datetime) -> bool:
    """Whether the database gave us the room; False when somebody was quicker."""
    if not longer.rows:
        return True
    try:
        with session.begin_nested():
            sweep(session, booking.location_id, longer.rows, booking.person_id, now)
            block(session, booking, longer.rows)
    except Outrun:
        return False
    return True


def _write(session: Session, actor: Actor, booking: Booking, longer: _Longer, now: datetime) -> None:
    was = Was.of(booking)
    before, booking.ends_at = booking.ends_at, longer.end
    booking.unit_numbers = longer.unit_numbers
    more, had = longer.price.total_minor - booking.price_minor, booking.quote
    cost = Priced(booking.price_minor, had)
    agreed = longer.price.as_json() if more >= 0 else booking.quote
    step = {"until": longer.end.isoformat(), "difference_minor": max(more, 0)}
    booking.quote = {**had, **agreed, "extensions": [*had.get("extensions", ()), step]}
    # Where the price stays although it would be lower, credit still pays for every minute
    booking.quote["minutes"] = max(longer.price.minutes, had["minutes"])
    booking.price_minor = max(longer.price.total_minor, booking.price_minor)
    session.flush()
    short = follow(session, booking, now)
    if short:
        raise NotBookable(short)
    pay_more(session, booking, cost, now)
    # What was free until now may cost something when it is longer
    note_unbilled(session, actor, booking, now)
    record_change(session, actor, booking, "booking.extended", before, now)
    booking_changed(session, booking)
    announce_change(session, booking, was, now)
