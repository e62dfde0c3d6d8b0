"""Busy times of elsewhere as occupancy: what they find free they block, and what somebody has booked stays booked."""

from datetime import datetime, timedelta

from sqlalchemy import and_, delete, func, or_, select
from sqlalchemy.orm import Session

from app.domain.booking.blocking import Outrun, block_for_calendar, sweep
from app.domain.booking.minutes import DAY, Stretch, minute_in_sql, minute_of, moment_of
from app.domain.booking.occupancy import UnitStretch
from app.domain.live import changed
from app.kernel.clock import Clock
from app.models import Occupancy, OutsideCalendar, Resource, ResourcePart

TRIES = 20
"""How often it looks again after somebody was quicker; what is left free then is blocked with the next reading."""


MOST_ROWS = 20_000
"""Of one calendar, over all units that it blocks."""


def as_far_as_rows_go(
    session: Session, calendar: OutsideCalendar, busy: list[Stretch]
) -> tuple[list[Stretch], datetime | None]:
    """What of `busy` is blocked in all units of the resource and of its parts, and until when that is; None for all of it."""
    units = _units(session, session.get_one(Resource, calendar.resource_id))
    return within_rows(busy, MOST_ROWS // sum(units.values()))


def within_rows(busy: list[Stretch], most: int) -> tuple[list[Stretch], datetime | None]:
    """The first of `busy` that are `most` rows of a day or less, and until when that is; None for all of it."""
    left = most
    for number, (start, end) in enumerate(busy):
        rows = -(-(end - start) // DAY)
        if rows > left:
            until = start + left * DAY
            return busy[:number] + ([(start, until)] if left else []), moment_of(until)
        left -= rows
    return busy, None


def all_is_blocked(session: Session, calendar: OutsideCalendar) -> bool:
    """Whether it has every minute of its busy times in every unit, so that nothing here can have made room for more of it.

    One statement that counts: a calendar that says nothing new is asked for every quarter of an hour, and may have very many rows.
    """
    units = _units(session, session.get_one(Resource, calendar.resource_id))
    minutes = sum(end - start for start, end in calendar.busy)
    length = minute_in_sql(Occupancy.blocks_until) - minute_in_sql(Occupancy.blocks_from)
    there = session.execute(
        select(Occupancy.resource_id, Occupancy.unit, func.sum(length).label("minutes"))
        .where(Occupancy.calendar_id == calendar.id)
        .group_by(Occupancy.resource_id, Occupancy.unit)
    )
    wanted = {(each, unit): minutes for each, count in units.items() for unit in range(count) if minutes}
    return {(row.resource_id, row.unit): int(row.minutes) for row in there} == wanted


def apply_busy(session: Session, calendar: OutsideCalendar, clock: Clock) -> bool:
    """Have its rows be what its busy times leave to be blocked, for all units of the resource and of its parts. False where others
    were quicker each time, and it blocks what it did.

    Within a transaction that writes, with the calendar locked.
    """
    resource = session.get_one(Resource, calendar.resource_id)
    units = _units(session, resource)
    for _ in range(TRIES):
        try:
            with session.begin_nested():
                differs = _fit(session, calendar, resource, units, clock)
        except Outrun:
            continue
        if differs:
            changed(session, "bookings", places=[resource.location_id])
        return True
    return False


def _fit(
    session: Session, calendar: OutsideCalendar, resource: Resource, units: dict[int, int], clock: Clock
) -> bool:
    busy: list[Stretch] = [(start, end) for start, end in calendar.busy]
    if busy:
        span = [UnitStretch(each, 0, busy[0][0], busy[-1][1]) for each in units]
        sweep(session, resource.location_id, span, 0, clock())
    wanted = _wanted(units, busy, _taken(session, calendar, units, busy))
    there = {
        UnitStretch(
            row.resource_id, row.unit, minute_of(row.blocks_from), minute_of(row.blocks_until)
        ): row.id
        for row in session.execute(
            select(
                Occupancy.id,
                Occupancy.resource_id,
                Occupancy.unit,
                Occupancy.blocks_from,
                Occupancy.blocks_until,
            ).where(Occupancy.calendar_id == calendar.id)
        )
    }
    gone = sorted(there[each] for each in there.keys() - wanted)
    for at in range(0, len(gone), 500):
        session.execute(
            delete(Occupancy).where(Occupancy.id.in_(gone[at : at + 500])),
            execution_options={"synchronize_session": False},
        )
    fresh = sorted(wanted - there.keys())
    if fresh:
        block_for_calendar(session, calendar, resource.location_id, fresh)
    return bool(gone or fresh)


def _units(session: Session, resource: Resource) -> dict[int, int]:
    """How many units there are of the resource, and of each that it is made of."""
    parts = session.execute(
        select(Resource.id, Resource.units)
        .join(
            ResourcePart,
            and_(ResourcePart.tenant_id == Resource.tenant_id, ResourcePart.part_id == Resource.id),
        )
        .where(ResourcePart.whole_id == resource.id)
    )
    return {resource.id: resource.units, **{row.id: row.units for row in parts}}


def _taken(
    session: Session, calendar: OutsideCalendar, units: dict[int, int], busy: list[Stretch]
) -> dict[tuple[int, int], list[Stretch]]:
    """What others block there, by resource and unit."""
    found: dict[tuple[int, int], list[Stretch]] = {}
    if not busy:
        return found
    start, end = moment_of(busy[0][0]), moment_of(busy[-1][1])
    rows = session.execute(
        select(Occupancy.resource_id, Occupancy.unit, Occupancy.blocks_from, Occupancy.blocks_until)
        .where(
            Occupancy.resource_id.in_(units),
            Occupancy.blocks_from > start - timedelta(days=1),
            Occupancy.blocks_from < end,
            Occupancy.blocks_until > start,
            or_(Occupancy.calendar_id.is_(None), Occupancy.calendar_id != calendar.id),
        )
        .order_by(Occupancy.blocks_from)
    )
    for row in rows:
        stretch = minute_of(row.blocks_from), minute_of(row.blocks_until)
        found.setdefault((row.resource_id, row.unit), []).append(stretch)
    return found


def _wanted(
    units: dict[int, int], busy: list[Stretch], taken: dict[tuple[int, int], list[Stretch]]
) -> set[UnitStretch]:
    return {
        UnitStretch(resource_id, unit, at, min(at + DAY, end))
        for resource_id, count in units.items()
        for unit in range(count)
        for start, end in free_of(busy, taken.get((resource_id, unit), []))
        for at in range(start, end, DAY)
    }


def free_of(busy: list[Stretch], taken: list[Stretch]) -> list[Stretch]:
    """What of `busy` lies in none of `taken`; both ordered by their start, each disjoint."""
    left: list[Stretch] = []
    first = 0
    for start, end in busy:
        while first < len(taken) and taken[first][1] <= start:
            first += 1
        at = start
        for begins, ends in taken[first:]:
            if begins >= end:
                break
            if begins > at:
                left.append((at, begins))
            at = max(at, ends)
        if at < end:
            left.append((at, end))
    return left
