"""Many tenants with a long history each: one is founded as people found one, the others are copies of its rows."""

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    Integer,
    Select,
    Table,
    insert,
    literal,
    select,
    text,
    true,
)
from sqlalchemy.sql.expression import CTE

from app.models import Base, LoginSession
from tools.bench import world

_APART = 10_000
"""Between the ids of one copy and the next: more than a founded space has rows of any kind."""
_NOT_COPIED = {LoginSession.__tablename__}


def copy_space(connection: Connection, place: world.Place, count: int) -> list[world.Place]:
    """Write that many further tenants with the same rows; each refers to its own."""
    for table in Base.metadata.sorted_tables:
        if table.name not in _NOT_COPIED and (table.name == "tenant" or "tenant_id" in table.c):
            connection.execute(insert(table).from_select(table.columns.keys(), _copies(table, place, count)))
    return [_copy(place, number * _APART) for number in range(1, count + 1)]


def _copies(table: Table, place: world.Place, count: int) -> Select[Any]:
    number = _numbers(count)
    mine = table.c.id if table.name == "tenant" else table.c.tenant_id
    columns = [_copied(column, number) for column in table.columns]
    return select(*columns).select_from(table.join(number, true())).where(mine == place.tenant_id)


def _copied(column: Column[Any], number: CTE) -> Any:
    if isinstance(column.type, BigInteger | Integer) and (column.primary_key or column.foreign_keys):
        return column + number.c.at * _APART
    if column.table.name == "tenant" and column.name == "slug":
        return column.concat("-").concat(number.c.at)
    return column


def _numbers(count: int) -> CTE:
    first = select(literal(1).label("at")).cte("number", recursive=True)
    return first.union_all(select(first.c.at + 1).where(first.c.at < count))


def _copy(place: world.Place, more: int) -> world.Place:
    return world.Place(
        place.tenant_id + more,
        place.location_id + more,
        tuple(each + more for each in place.room_ids),
        tuple(each + more for each in place.person_ids),
    )


def write_history(connection: Connection, place: world.Place, count: int) -> None:
    """Bookings of 45 minutes with their occupancy rows, five a day in each room, backwards from a month ahead."""
    newest = datetime.now(UTC).replace(hour=7, minute=0, second=0, microsecond=0) + timedelta(
        days=world.DAYS_AHEAD
    )
    first = connection.execute(text("SELECT coalesce(max(id), 0) + 1 FROM booking")).scalar_one()
    values = {
        "tenant": place.tenant_id,
        "location": place.location_id,
        "room": place.room_ids[0],
        "person": place.person_ids[0],
        "newest": newest.strftime("%Y-%m-%d %H:%M:%S"),
        "first": first,
        "last": first + count - 1,
    }
    at = _AT[connection.dialect.name]
    starts, ends = at.format(minutes="slot * 120"), at.format(minutes="slot * 120 + 45")
    # Written as SQL because millions of rows through the ORM would take longer than all measurements.
    connection.execute(
        text(f"""
        {_NUMBERS} INSERT INTO booking (id, tenant_id, location_id, resource_id, person_id, booked_by_id, starts_at, ends_at,
            status, title, people, price_minor, currency, quote, overridden, cancel_reason, created_at)
        SELECT id, :tenant, :location, room, :person + room % {world.PEOPLE}, :person, {starts}, {ends},
            'confirmed', '', 1, 0, 'EUR', '{{}}', '[]', '', {starts} FROM placed"""),
        values,
    )
    connection.execute(
        text(f"""
        {_NUMBERS} INSERT INTO occupancy (id, tenant_id, location_id, resource_id, booking_id, unit, blocks_from, blocks_until)
        SELECT id, :tenant, :location, room, id, 0, {starts}, {ends} FROM placed"""),
        values,
    )


_NUMBERS = f"""
    WITH RECURSIVE number(id) AS (
        SELECT CAST(:first AS BIGINT) UNION ALL SELECT id + 1 FROM number WHERE id < CAST(:last AS BIGINT)),
    placed AS (
        SELECT id, CAST(:room AS BIGINT) + (id - :first) % {world.ROOMS} AS room,
            (id - :first) / {world.ROOMS} / {world.A_DAY} AS days,
            (id - :first) / {world.ROOMS} % {world.A_DAY} AS slot
        FROM number)"""
_AT = {
    "sqlite": "strftime('%Y-%m-%d %H:%M:%S.000000', :newest, '-' || days || ' days', '+' || ({minutes}) || ' minutes')",
    "postgresql": "CAST(:newest AS timestamp) AT TIME ZONE 'UTC' - days * interval '1 day' + ({minutes}) * interval '1 minute'",
}
