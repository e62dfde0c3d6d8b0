"""Writing and removing occupancy rows: where the database decides who gets the room."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Insert, and_, delete, or_, select, update
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.domain.booking.minutes import moment_of
from app.domain.booking.occupancy import UnitStretch
from app.domain.guests.uninvited import forget_uninvited
from app.domain.live import changed
from app.models import Booking, BookingStatus, Occupancy, OutsideCalendar
from app.models.base import table_of
from app.tenancy import reviewed

_BLOCKS = table_of(Occupancy)


class Outrun(Exception):
    """Somebody else got a row first. Never leaves the domain: the caller looks again, or says RoomTaken."""


def block(
    session: Session, booking: Booking, rows: Sequence[UnitStretch], location_id: int | None = None
) -> None:
    """Write the rows of a booking, within a savepoint of the caller's. `location_id` is where it goes, if that is
    elsewhere than it was. Raises Outrun when one is refused."""
    place = location_id or booking.location_id
    _insert(session, [_row_of(booking, row, place) for row in rows])


def block_each(
    session: Session,
    blocked: Iterable[tuple[Booking, Sequence[UnitStretch]]],
    location_id: int | None = None,
) -> None:
    """The same for several bookings at once: all of their rows, in the order in which everybody writes them."""
    rows = sorted(((row, booking) for booking, rows in blocked for row in rows), key=lambda each: each[0])
    _insert(session, [_row_of(booking, row, location_id or booking.location_id) for row, booking in rows])


def _row_of(booking: Booking, row: UnitStretch, location_id: int) -> dict[str, Any]:
    cause = {"booking_id": booking.id, "calendar_id": None, "expires_at": booking.hold_expires_at}
    return _row({"tenant_id": booking.tenant_id, "location_id": location_id, **cause}, row)


def block_for_calendar(
    session: Session, calendar: OutsideCalendar, location_id: int, rows: Sequence[UnitStretch]
) -> None:
    """Write rows of a calendar of elsewhere; the same way, and the same refusal."""
    cause = {"booking_id": None, "calendar_id": calendar.id, "expires_at": None}
    alike = {"tenant_id": calendar.tenant_id, "location_id": location_id, **cause}
    _insert(session, [_row(alike, row) for row in rows])


def _row(alike: dict[str, Any], row: UnitStretch) -> dict[str, Any]:
    return {
        **alike,
        "resource_id": row.resource_id,
        "unit": row.unit,
        "blocks_from": moment_of(row.start),
        "blocks_until": moment_of(row.end),
    }


def _insert(session: Session, values: list[dict[str, Any]]) -> None:
    if session.get_bind().dialect.name == "postgresql":
        _insert_unless_refused(session, values)
    else:
        _insert_under_lock(session, values)


def _insert_unless_refused(session: Session, values: list[dict[str, Any]]) -> None:
    # Not an error but a missing row tells of a conflict: twice as fast as catching it, and without deadlocks.
    written = session.execute(_INSERT_OR_NOTHING, values).all()
    if len(written) < len(values):
        raise Outrun


def _insert_under_lock(session: Session, values: list[dict[str, Any]]) -> None:
    # The write lock is held and the rows were found free under it, so the trigger is the last wall, not the way.
    try:
        session.execute(_INSERT, values)
    except IntegrityError as error:
        if "occupancy: overlap" in str(error.orig):
            raise Outrun from error
        raise


_INSERT = reviewed(Insert(_BLOCKS))
_INSERT_OR_NOTHING = reviewed(postgresql_insert(_BLOCKS).on_conflict_do_nothing().returning(_BLOCKS.c.id))


def sweep(
    session: Session,
    location_id: int,
    rows: Sequence[UnitStretch],
    person_id: int,
    now: datetime,
    *,
    giving_up: int | None = None,
) -> None:
    """Let go of holds that stand where `rows` want to be: those that ran out, and the person's own. Within a savepoint of the
    caller's, so that whoever is outrun keeps nobody waiting.

    With `giving_up` also of everything that this person holds, for whomever: who could hold many rooms could keep all of them from
    everybody. What the house offers them stays: they did not take it. The caller has locked them (`hold_person`), so that two
    holds at the same moment cannot miss each other.

    On PostgreSQL it waits for whoever confirms or sweeps one of them this moment. All are locked by one statement in the order of
    their ids: two who let go of holds one after the other, and then want each other's room, would wait for each other for ever.
    """
    held = select(Occupancy.booking_id).where(_holds_around(location_id, rows))
    _sweep(session, held, person_id, now, giving_up=giving_up)


def sweep_each(
    session: Session, location_id: int, rows: Collection[UnitStretch], person_id: int, now: datetime
) -> None:
    """The same for rows that lie far apart: what is held between them stays."""
    held = session.execute(
        select(
            Occupancy.booking_id, Occupancy.resource_id, Occupancy.blocks_from, Occupancy.blocks_until
        ).where(_holds_around(location_id, rows))
    ).all()
    in_the_way = {
        each.booking_id
        for each in held
        for row in rows
        if row.resource_id == each.resource_id
        and moment_of(row.start) < each.blocks_until
        and each.blocks_from < moment_of(row.end)
    }
    if in_the_way:
        _sweep(session, in_the_way, person_id, now)


def _holds_around(location_id: int, rows: Collection[UnitStretch]) -> ColumnElement[bool]:
    start, end = moment_of(min(row.start for row in rows)), moment_of(max(row.end for row in rows))
    return and_(
        Occupancy.location_id == location_id,
        Occupancy.blocks_from > start - timedelta(days=1),
        Occupancy.blocks_from < end,
        Occupancy.blocks_until > start,
        Occupancy.resource_id.in_({row.resource_id for row in rows}),
        Occupancy.expires_at.is_not(None),
    )


def _sweep(
    session: Session, held: Any, person_id: int, now: datetime, *, giving_up: int | None = None
) -> None:
    going = and_(Booking.id.in_(held), or_(Booking.hold_expires_at <= now, Booking.person_id == person_id))
    if giving_up is not None:
        going = or_(going, and_(Booking.booked_by_id == giving_up, Booking.offered.is_(False)))
    gone = session.scalars(
        select(Booking.id)
        .where(Booking.status == BookingStatus.HELD, going)
        .order_by(Booking.id)
        .with_for_update()
    ).all()
    if gone:
        let_go(session, gone)


def let_go(session: Session, held: Sequence[int]) -> None:
    """End what is held or asked for: its rows go, its guests are forgotten, and it says that it lapsed."""
    session.execute(
        delete(Occupancy).where(Occupancy.booking_id.in_(held)),
        execution_options={"synchronize_session": False},
    )
    lapsed = session.execute(
        update(Booking)
        .where(Booking.id.in_(held))
        .values(status=BookingStatus.LAPSED)
        .returning(Booking.location_id, Booking.person_id),
        execution_options={"synchronize_session": "fetch"},
    ).all()
    forget_uninvited(session, held)
    changed(
        session,
        "bookings",
        places={row.location_id for row in lapsed},
        people={row.person_id for row in lapsed},
    )


def unblock(session: Session, *booking_ids: int) -> None:
    """Free what bookings block."""
    session.execute(
        delete(Occupancy).where(Occupancy.booking_id.in_(booking_ids)),
        execution_options={"synchronize_session": False},
    )


def cut(session: Session, booking_id: int, until: datetime) -> None:
    """Free what a booking blocks after a moment. Shorter rows cannot overlap anything, so nobody is outrun."""
    rows = Occupancy.booking_id == booking_id
    session.execute(
        delete(Occupancy).where(rows, Occupancy.blocks_from >= until),
        execution_options={"synchronize_session": False},
    )
    session.execute(
        update(Occupancy).where(rows, Occupancy.blocks_until > until).values(blocks_until=until),
        execution_options={"synchronize_session": False},
    )


def keep(session: Session, booking_id: int) -> None:
    """Make a hold's rows block for good."""
    session.execute(
        update(Occupancy).where(Occupancy.booking_id == booking_id).values(expires_at=None),
        execution_options={"synchronize_session": False},
    )
