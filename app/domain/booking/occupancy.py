"""What is blocked: read from the occupancy rows of a location, whose search index looks back exactly one day."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, NamedTuple, cast

from sqlalchemy import String, and_, bindparam, case, func, literal_column, or_, select
from sqlalchemy import cast as sql_cast
from sqlalchemy.orm import Session

from app.domain.booking.catalogue import Bookable
from app.domain.booking.minutes import DAY, Stretch, minute_in_sql, moment_of
from app.domain.booking.terms import Room
from app.models import Booking, Occupancy
from app.models.base import table_of
from app.tenancy import ask, reviewed, tenant_of

_BLOCKS, _BOOKING = map(table_of, (Occupancy, Booking))


class Block(NamedTuple):
    """One unit of a resource is blocked, in minutes since 1970. `mine` is the asking person's booking id."""

    start: int
    end: int
    unit: int
    mine: int | None


class Busy(NamedTuple):
    """No unit is free. `mine` is the asking person's booking when nobody else stands in the way."""

    start: int
    end: int
    mine: int | None


Blocks = dict[int, list[Block]]
"""By resource id, ordered by start."""


def load_blocks(session: Session, location_id: int, window: Stretch, person_id: int, now: datetime) -> Blocks:
    """Read what is blocked in a window; one statement.

    Holds that ran out block nobody, and a person's own hold does not block them: a new booking replaces it.
    """
    return _blocks(ask(session, SEARCH, {**_around(session, location_id, window, now), "person": person_id}))


def load_blocks_of(
    session: Session,
    location_id: int,
    resource_ids: Iterable[int],
    window: Stretch,
    person_id: int,
    now: datetime,
) -> Blocks:
    """The same of some resources alone, for windows that are longer than a page looks at."""
    values = {**_around(session, location_id, window, now), "person": person_id}
    return _blocks(ask(session, _SEARCH_SOME, {**values, "resources": list(resource_ids)}))


def _blocks(rows: Iterable[Any]) -> Blocks:
    found: defaultdict[int, list[Block]] = defaultdict(list)
    for resource_id, unit, begins, ends, held, mine in rows:
        if not (held and mine):
            found[resource_id].append(Block(begins, ends, unit, mine))
    return dict(found)


def fingerprint(session: Session, location_id: int, window: Stretch, now: datetime) -> str:
    """Everything that blocks in a window as one text; one statement, at a fifth of what reading it as rows costs.

    Equal texts mean equal blocks, for each person: an id is never given twice, and of a row that stays nothing
    changes but its end and whether it is a hold.
    """
    found = ask(session, _FINGERPRINT, _around(session, location_id, window, now)).scalar_one()
    return cast("str", found or "")


def _around(session: Session, location_id: int, window: Stretch, now: datetime) -> dict[str, object]:
    """The values that `_IN_WINDOW` is asked with."""
    start, end = moment_of(window[0]), moment_of(window[1])
    return {
        "tenant": tenant_of(session),
        "location": location_id,
        "now": now,
        "start": start,
        "end": end,
        "earliest": start - timedelta(minutes=DAY),
    }


# `earliest` is the window's start less 24 hours: no row is longer (docs/decisions/0002-overlap-rule.md), so the
# index is read from there and not from the beginning of the tenant's history.
_MINE = select(_BOOKING.c.id).where(
    _BOOKING.c.tenant_id == bindparam("tenant"),
    _BOOKING.c.person_id == bindparam("person"),
    _BOOKING.c.ends_at > bindparam("earliest"),
)

_IN_WINDOW = and_(
    _BLOCKS.c.tenant_id == bindparam("tenant"),
    _BLOCKS.c.location_id == bindparam("location"),
    _BLOCKS.c.blocks_from > bindparam("earliest"),
    _BLOCKS.c.blocks_from < bindparam("end"),
    _BLOCKS.c.blocks_until > bindparam("start"),
    or_(_BLOCKS.c.expires_at.is_(None), _BLOCKS.c.expires_at > bindparam("now")),
)

_IN_ORDER = (
    select(
        _BLOCKS.c.resource_id,
        _BLOCKS.c.unit,
        minute_in_sql(_BLOCKS.c.blocks_from),
        minute_in_sql(_BLOCKS.c.blocks_until),
        _BLOCKS.c.expires_at.is_not(None),
        case((_BLOCKS.c.booking_id.in_(_MINE), _BLOCKS.c.booking_id)),
    )
    .where(_IN_WINDOW)
    .order_by(_BLOCKS.c.blocks_from)
)
SEARCH = reviewed(_IN_ORDER)
_SEARCH_SOME = reviewed(_IN_ORDER.where(_BLOCKS.c.resource_id.in_(bindparam("resources", expanding=True))))


_FINGERPRINT = reviewed(
    select(
        func.aggregate_strings(
            sql_cast(_BLOCKS.c.id, String)
            + case((_BLOCKS.c.expires_at.is_(None), literal_column("' '")), else_=literal_column("'?'"))
            + sql_cast(_BLOCKS.c.blocks_until, String),
            # As a plain value it would be written into the statement anew each time.
            cast("str", literal_column("';'")),
        )
    ).where(_IN_WINDOW)
)


def busy_of(bookable: Bookable, blocks: Blocks) -> list[Busy]:
    """When a room cannot be had: all units blocked, or any of its parts blocked. Ordered and disjoint."""
    own = blocks.get(bookable.room.id, [])
    found = (
        [Busy(block.start, block.end, block.mine) for block in own]
        if bookable.room.units == 1
        else _all_units(own, bookable.room.units)
    )
    if not bookable.parts:
        return found
    for part_id, _ in bookable.parts:
        found.extend(Busy(block.start, block.end, block.mine) for block in blocks.get(part_id, ()))
    return _merged(found)


def overlaps(busy: list[Busy], start: int, end: int) -> list[Busy]:
    """Those that a stretch runs into."""
    return [each for each in busy if each.start < end and each.end > start]


def _all_units(blocks: list[Block], units: int) -> list[Busy]:
    """When every unit is blocked at once; a stretch is mine when one of my bookings is among them."""
    marks = sorted([(block.start, 1) for block in blocks] + [(block.end, -1) for block in blocks])
    found: list[Busy] = []
    count, since = 0, 0
    for minute, step in marks:
        # Ends sort before starts of the same minute, so a change of guests does not show as a gap in between.
        if count + step >= units > count:
            since = minute
        elif count >= units > count + step and minute > since:
            mine = next((b.mine for b in blocks if b.mine and b.start < minute and b.end > since), None)
            found.append(Busy(since, minute, mine))
        count += step
    return found


def _merged(busy: list[Busy]) -> list[Busy]:
    merged: list[Busy] = []
    for each in sorted(busy, key=lambda one: one[:2]):
        if merged and each.start < merged[-1].end:
            last = merged[-1]
            merged[-1] = Busy(
                last.start, max(last.end, each.end), last.mine if last.mine == each.mine else None
            )
        else:
            merged.append(each)
    return merged


class UnitStretch(NamedTuple):
    """One occupancy row to be: a unit of a resource, blocked for at most a day."""

    resource_id: int
    unit: int
    start: int
    end: int


def rows_for(
    bookable: Bookable, blocks: Blocks, start: int, end: int, *, rather: int | None = None
) -> list[UnitStretch] | None:
    """The occupancy rows that a booking of `[start, end)` writes, buffers included; None when it does not fit.

    One unit of the room itself, that which it would `rather` have where that is free as long as any, and every unit of its parts.
    Ordered, so that two bookings that want the same rows wait for each other in the same order and never in a circle.
    """
    own = _unit(bookable.room, blocks.get(bookable.room.id, []), start, end, rather)
    if own is None:
        return None
    for part_id, units in bookable.parts:
        if overlaps([Busy(b.start, b.end, b.mine) for b in blocks.get(part_id, [])], start, end):
            return None
        own += [
            UnitStretch(part_id, unit, at, min(at + DAY, end))
            for unit in range(units)
            for at in range(start, end, DAY)
        ]
    return sorted(own)


def _unit(
    room: Room, blocks: list[Block], start: int, end: int, rather: int | None
) -> list[UnitStretch] | None:
    """Seat a booking on the unit that stays free longest, and move on to another where that one ends; of those that stay free
    as long on the one that it would rather have.

    So it fits whenever fewer than all units are blocked at each moment, which is what a search promises.
    """
    rows = []
    at = start
    while at < end:
        unit, free_until = max(
            ((unit, _free_until(blocks, unit, at, end)) for unit in range(room.units)),
            key=lambda each: (each[1], each[0] == rather, -each[0]),
        )
        if free_until <= at:
            return None
        until = min(free_until, at + DAY)
        rows.append(UnitStretch(room.id, unit, at, until))
        at = until
    return rows


def _free_until(blocks: list[Block], unit: int, at: int, end: int) -> int:
    """Until when, at most to the end, a unit stays free from a minute on; that minute itself when it is not free."""
    ahead = (max(block.start, at) for block in blocks if block.unit == unit and block.end > at)
    return min(min(ahead, default=end), end)
