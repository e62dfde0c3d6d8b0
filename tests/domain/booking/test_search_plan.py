"""The availability statement is led by its tenant on both engines, however long the tenant's history is."""

from datetime import UTC, datetime, timedelta
from typing import Any, cast

import pytest
from sqlalchemy import Connection, Table, create_engine, insert, text

from app.domain.booking.occupancy import SEARCH
from app.models import Booking, Occupancy
from app.models.engine import prepare_engine
from tests.support.world import TenantWorld, World

_BOOKING, _BLOCKS = (cast("Table", model.__table__) for model in (Booking, Occupancy))
START = datetime(2026, 3, 2, tzinfo=UTC)
HISTORY = 4000
"""Past bookings of each tenant: enough that reading them all is the dearer plan."""


def _fill(connection: Connection, tenant: TenantWorld) -> None:
    """A history of one-hour bookings up to the end of the asked day, in five rooms of two locations in turn."""
    rooms = [
        (tenant.rooms[name], tenant.locations["Leith Walk"]) for name in ("Fern", "Cedar", "Alder", "Rowan")
    ]
    rooms.append((tenant.rooms["Tejo"], tenant.locations["Porto"]))
    person = tenant.people["member"]
    held = [rooms[n % len(rooms)] for n in range(HISTORY)]
    first = tenant.id * 10**6
    starts = [START + timedelta(hours=23 - number) for number in range(HISTORY)]
    ends = [start + timedelta(hours=1) for start in starts]
    connection.execute(insert(_BOOKING), [
        {"id": first + n, "tenant_id": tenant.id, "resource_id": held[n][0], "location_id": held[n][1], "person_id": person,
         "booked_by_id": person, "starts_at": starts[n], "ends_at": ends[n], "status": "confirmed", "title": "",
         "people": 1, "price_minor": 0, "currency": "GBP", "quote": {}, "overridden": [], "cancel_reason": "",
         "created_at": START} for n in range(HISTORY)
    ])  # fmt: skip
    connection.execute(insert(_BLOCKS), [
        {"tenant_id": tenant.id, "booking_id": first + n, "resource_id": held[n][0], "location_id": held[n][1], "unit": 0,
         "blocks_from": starts[n], "blocks_until": ends[n]} for n in range(HISTORY)
    ])  # fmt: skip


@pytest.fixture
def connection(database: str, world: World) -> Any:
    owner = create_engine(database)
    prepare_engine(owner, row_security=False)
    with owner.begin() as connection:
        for tenant in (world.northlight, world.harbour):
            _fill(connection, tenant)
    with owner.begin() as connection:
        connection.execute(text("ANALYZE"))
    with owner.connect() as connection:
        yield connection
    owner.dispose()


def _plan(connection: Connection, tenant: TenantWorld) -> list[str]:
    """The engine's plan of the very statement that the search runs, a line each."""
    asked = {
        "tenant": tenant.id, "location": tenant.locations["Leith Walk"], "person": tenant.people["member"],
        "now": START, "start": START, "end": START + timedelta(days=1), "earliest": START - timedelta(days=1),
    }  # fmt: skip
    compiled = SEARCH.compile(dialect=connection.dialect)
    word = "EXPLAIN QUERY PLAN" if connection.dialect.name == "sqlite" else "EXPLAIN"
    values = compiled.construct_params(asked)
    bound = {name: compiled._bind_processors.get(name, _same)(value) for name, value in values.items()}
    given = tuple(bound[name] for name in compiled.positiontup or ()) or bound
    rows = connection.exec_driver_sql(f"{word} {compiled}", given).all()
    return [str(row[-1]) for row in rows]


def _same(value: Any) -> Any:
    return value


def _led_by_tenant(lines: list[str]) -> bool:
    """Whether nothing is scanned whole, and occupancy is read by tenant and by a bounded stretch of time."""
    if any(line.startswith("SCAN") or "Seq Scan" in line for line in lines):
        return False
    conditions = [line for line in lines if "occupancy" in line or "Index Cond" in line]
    return any(
        "tenant_id" in line and "blocks_from>" in line.replace(" ", "") for line in conditions
    ) and all("tenant_id" in line for line in conditions if "Index Cond" in line or line.startswith("SEARCH"))


def test_the_search_is_led_by_the_tenant(connection: Connection, world: World) -> None:
    lines = _plan(connection, world.northlight)
    assert _led_by_tenant(lines), "\n".join(lines)


def test_without_its_indexes_it_would_not_be(connection: Connection, world: World) -> None:
    """The opposite case: this file can tell."""
    for index in ("ix_occupancy_search", "ix_occupancy_resource"):
        connection.execute(text(f"DROP INDEX {index}"))
    assert not _led_by_tenant(_plan(connection, world.northlight))
