"""A location's day as a grid, and as the table that says the same."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.actor import Actor
from app.domain.booking.calendar import Calendar, LocalDay
from app.domain.booking.catalogue import Bookable, Catalogue, load_catalogue
from app.domain.booking.day_cells import DayCell, cells_of, ruled_apart, with_room_around
from app.domain.booking.house_rules.greying import RuledDay, ruled_day
from app.domain.booking.house_rules.quotas import stays_of
from app.domain.booking.house_rules.starts import Looker
from app.domain.booking.minutes import Stretch, minute_of, span_of, stretch_of
from app.domain.booking.occupancy import Busy, busy_of, load_blocks
from app.domain.booking.rules import FARTHEST
from app.domain.booking.terms import OutOfReach, Room
from app.kernel.spans import Span
from app.models import Booking


@dataclass(frozen=True, slots=True)
class DayRow:
    """A room and its day: cells in order, without gaps, from the grid's start to its end."""

    room: Room
    cells: tuple[DayCell, ...]
    min_minutes: int
    max_minutes: int
    grid_minutes: int
    """As rules of the house have them for who looks; where these differ through the day, the loosest."""


@dataclass(frozen=True, slots=True)
class DayGrid:
    """All rooms of a location on one local day. `span` is what the grid shows: from first opening to last closing,
    or further where something is booked outside."""

    location_id: int
    location: str
    zone: str
    day: date
    span: Span
    rows: tuple[DayRow, ...]


def day_grid(
    session: Session, actor: Actor, location_id: int, day: date, now: datetime, *, with_hidden: bool = False
) -> DayGrid:
    """The day of every listed room, in the operator's order: what of it the actor can have. Raises NotFound and OutOfReach.

    `with_hidden` it is for staff: of those rooms, too, that nobody else sees, and only what is open and what is taken, since
    whatever keeps it from them keeps it from nobody whom they book for.

    Three statements; one more when something there is the actor's own, and one where a rule counts what they have.
    """
    if abs(day - now.date()) > FARTHEST:
        raise OutOfReach
    catalogue = load_catalogue(session, location_id, actor.person_id, now)
    return day_grid_in(session, actor, catalogue, day, now, with_hidden=with_hidden)


def day_grid_in(
    session: Session,
    actor: Actor,
    catalogue: Catalogue,
    day: date,
    now: datetime,
    *,
    with_hidden: bool = False,
) -> DayGrid:
    """The same for a location that the caller has loaded for the actor, in two statements less."""
    if abs(day - now.date()) > FARTHEST:
        raise OutOfReach
    local = catalogue.calendar.day(day)
    shown_rooms = catalogue.rooms if with_hidden else catalogue.listed
    whole = local.start, local.end
    taken = taken_in(session, actor, catalogue, shown_rooms, whole, now)
    shown = _bounds(
        catalogue.calendar, local, {room_id: clipped(each, whole) for room_id, each in taken.items()}
    )
    looker = looker_of(session, actor, catalogue, whole, now)
    rows = []
    for each in shown_rooms:
        busy = taken[each.room.id]
        around = busy if with_hidden else with_room_around(busy, each.buffer_before, each.buffer_after)
        cells = cells_of(catalogue.calendar.open(each.room.id, day), clipped(around, shown), shown)
        rows.append(_row(each, cells, ruled_day(looker, each.limits, local, judged=not with_hidden)))
    return DayGrid(catalogue.id, catalogue.name, catalogue.zone, day, span_of(shown), tuple(rows))


def looker_of(session: Session, actor: Actor, catalogue: Catalogue, window: Stretch, now: datetime) -> Looker:
    """Who looks at a window of a location that was loaded for them. A statement only where a rule counts what they have."""
    asker = catalogue.asker(actor.person_id, is_member=actor.is_member)
    rules = catalogue.rules_for(asker)
    stays = stays_of(session, rules, actor.person_id, window, minute_of(now))
    return Looker(rules, asker, stays, minute_of(now))


def _row(bookable: Bookable, cells: tuple[DayCell, ...], ruled: RuledDay) -> DayRow:
    return DayRow(
        bookable.room,
        ruled_apart(cells, ruled),
        ruled.min_minutes,
        ruled.max_minutes,
        ruled.grid_minutes,
    )


def taken_in(
    session: Session,
    actor: Actor,
    catalogue: Catalogue,
    rooms: Iterable[Bookable],
    window: Stretch,
    now: datetime,
) -> dict[int, list[Busy]]:
    """When each of these rooms cannot be had in a window, and around it as far as their buffers reach, by room id; what is the
    actor's own at its own times.

    One statement; two when something there is the actor's.
    """
    known = tuple(rooms)
    around = (
        window[0] - max((each.buffer_before for each in known), default=0),
        window[1] + max((each.buffer_after for each in known), default=0),
    )
    blocks = load_blocks(session, catalogue.id, around, actor.person_id, now)
    blocked = {each.room.id: clipped(busy_of(each, blocks), around) for each in known}
    own = _own_times(session, {each.mine for spans in blocked.values() for each in spans if each.mine})
    return {room_id: list(_without_buffers(spans, own)) for room_id, spans in blocked.items()}


def clipped(busy: list[Busy], window: Stretch) -> list[Busy]:
    """What of it lies in a window, cut to it."""
    start, end = window
    return [
        Busy(max(each.start, start), min(each.end, end), each.mine)
        for each in busy
        if each.start < end and each.end > start
    ]


def _own_times(session: Session, booking_ids: set[int]) -> dict[int, Stretch]:
    """From when to when these bookings were made, buffers apart."""
    if not booking_ids:
        return {}
    rows = session.execute(
        select(Booking.id, Booking.starts_at, Booking.ends_at).where(Booking.id.in_(booking_ids))
    )
    return {row.id: stretch_of(Span(row.starts_at, row.ends_at)) for row in rows}


def _without_buffers(busy: list[Busy], own: dict[int, Stretch]) -> Iterator[Busy]:
    """What is mine cut to the booking's own times; the buffers around it are taken, but nobody's visit."""
    mine: Busy | None = None
    for each in (piece for one in busy for piece in _pieces(one, own)):
        if mine and each.mine == mine.mine and each.start == mine.end:
            # A booking that was extended, or that is longer than a day, has several rows.
            mine = mine._replace(end=each.end)
            continue
        if mine:
            yield mine
        mine = each if each.mine else None
        if not mine:
            yield each
    if mine:
        yield mine


def _pieces(one: Busy, own: dict[int, Stretch]) -> list[Busy]:
    if one.mine is None:
        return [one]
    start, end = (min(max(at, one.start), one.end) for at in own[one.mine])
    pieces = (Busy(one.start, start, None), Busy(start, end, one.mine), Busy(end, one.end, None))
    return [piece for piece in pieces if piece.start < piece.end]


def _bounds(calendar: Calendar, local: LocalDay, busy: dict[int, list[Busy]]) -> Stretch:
    shown = [(each.start, each.end) for spans in busy.values() for each in spans]
    for room_id in busy:
        shown.extend(calendar.open(room_id, local.day))
    if not shown:
        return local.start, local.end
    return min(start for start, _ in shown), max(end for _, end in shown)
