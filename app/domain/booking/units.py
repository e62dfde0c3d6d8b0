"""The units of a resource that has several: which of them a booking has, what they are called, and which are free
(docs/decisions/0054-units-and-teams.md)."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta

from sqlalchemy import delete, or_, select
from sqlalchemy.orm import Session

from app.domain.booking.blocking import Outrun, block, sweep
from app.domain.booking.catalogue import Bookable
from app.domain.booking.minutes import minute_of
from app.domain.booking.occupancy import Block, UnitStretch
from app.domain.booking.terms import NotBookable, Obstacle, Reason
from app.domain.booking.view import BookingView
from app.domain.unit_names import unit_name
from app.models import Booking, Occupancy, Resource

_AROUND = timedelta(days=2)
"""No row is longer than a day, and no buffer either."""


def units_in(
    bookable: Bookable, rows: Sequence[UnitStretch], before: Sequence[int] | None = None
) -> list[int] | None:
    """The units that rows are of, each as it changes, after those that it had `before`; None of a resource that has but one."""
    if bookable.room.units == 1:
        return None
    unit_numbers = list(before or ())
    for row in sorted(rows, key=lambda row: row.start):
        if row.resource_id == bookable.room.id and unit_numbers[-1:] != [row.unit]:
            unit_numbers.append(row.unit)
    return unit_numbers


def note_units(session: Session, resource_id: int) -> None:
    """Write with the bookings that block a resource which of its units they have, once it has several. Whoever changes one just
    then writes it themselves."""
    blocking = select(Occupancy.booking_id).where(
        Occupancy.resource_id == resource_id, Occupancy.booking_id.is_not(None)
    )
    bookings = select(Booking).where(Booking.id.in_(blocking), Booking.resource_id == resource_id)
    held = session.scalars(
        bookings.order_by(Booking.id)
        .with_for_update(skip_locked=True)
        .execution_options(populate_existing=True)
    ).all()
    # Asked once they are held: what was asked before, somebody may have changed by then
    found = _blocked(session, resource_id, [each.id for each in held])
    for booking in held:
        booking.unit_numbers = found.get(booking.id, booking.unit_numbers)


def forget_later_units(session: Session, booking: Booking) -> None:
    """Of a booking that changes units and was cut short before it did, forget those that it never had. No statement for one that
    has but one."""
    if booking.unit_numbers is not None and len(booking.unit_numbers) > 1:
        found = _blocked(session, booking.resource_id, [booking.id])
        booking.unit_numbers = found.get(booking.id, booking.unit_numbers)


def _blocked(session: Session, resource_id: int, booking_ids: Collection[int]) -> dict[int | None, list[int]]:
    """The units of a resource that bookings block, each as it changes, by their ids; one statement."""
    rows = session.execute(
        select(Occupancy.booking_id, Occupancy.unit)
        .where(Occupancy.resource_id == resource_id, Occupancy.booking_id.in_(booking_ids))
        .order_by(Occupancy.booking_id, Occupancy.blocks_from)
    )
    found: dict[int | None, list[int]] = {}
    for booking_id, unit in rows:
        had = found.setdefault(booking_id, [])
        if had[-1:] != [unit]:
            had.append(unit)
    return found


def free_units(session: Session, view: BookingView, now: datetime) -> list[int]:
    """Those on which a booking may sit all the time, its own among them; one statement."""
    rows = session.execute(
        select(Occupancy.unit, Occupancy.blocks_from, Occupancy.blocks_until, Occupancy.booking_id).where(
            Occupancy.location_id == view.location_id,
            Occupancy.resource_id == view.resource_id,
            Occupancy.blocks_from > view.starts_at - _AROUND,
            Occupancy.blocks_from < view.ends_at + _AROUND,
            or_(Occupancy.expires_at.is_(None), Occupancy.expires_at > now),
        )
    ).all()
    own = [row for row in rows if row.booking_id == view.id]
    taken = {
        row.unit
        for row in rows
        for mine in own
        if row.booking_id != view.id
        and row.blocks_from < mine.blocks_until
        and mine.blocks_from < row.blocks_until
    }
    return [unit for unit in range(view.units) if unit not in taken]


def free_all_along(units: int, blocks: Iterable[Block], start: int, end: int) -> list[int]:
    """Of so many units those that nothing of it blocks from one minute until another."""
    taken = {each.unit for each in blocks if each.start < end and start < each.end}
    return [unit for unit in range(units) if unit not in taken]


def unit_against(bookable: Bookable, rows: Iterable[UnitStretch] | None, unit: int | None) -> list[Obstacle]:
    """UNIT_TAKEN where rows are on another unit than the one that was chosen; nothing where none was, or nothing fits anyway."""
    room = bookable.room
    if unit is None or rows is None or all(row.unit == unit for row in rows if row.resource_id == room.id):
        return []
    return [Obstacle(Reason.UNIT_TAKEN, {"unit": unit_name(room.unit_names, unit)})]


def take_unit(session: Session, booking: Booking, unit: int, now: datetime) -> None:
    """Have a booking that blocks already sit on that unit all the time. Within the transaction of whoever locked it.

    Raises NotBookable where somebody else has it, or there is none: UNIT_TAKEN {unit}, what it is called.
    """
    resource = session.get_one(Resource, booking.resource_id)
    taken = NotBookable((Obstacle(Reason.UNIT_TAKEN, {"unit": unit_name(resource.unit_names, unit)}),))
    if not 0 <= unit < resource.units:
        raise taken
    leaving = session.execute(
        select(Occupancy.id, Occupancy.blocks_from, Occupancy.blocks_until).where(
            Occupancy.booking_id == booking.id,
            Occupancy.resource_id == booking.resource_id,
            Occupancy.unit != unit,
        )
    ).all()
    if not leaving:
        return
    rows = [
        UnitStretch(resource.id, unit, minute_of(each.blocks_from), minute_of(each.blocks_until))
        for each in leaving
    ]
    try:
        with session.begin_nested():
            # Nobody's own: what the person holds is this
            sweep(session, booking.location_id, rows, 0, now)
            # Before the other is free: of two who want each other's, neither waits for the other
            block(session, booking, rows)
            session.execute(
                delete(Occupancy).where(Occupancy.id.in_([each.id for each in leaving])),
                execution_options={"synchronize_session": False},
            )
    except Outrun as outrun:
        raise taken from outrun
    booking.unit_numbers = [unit]
