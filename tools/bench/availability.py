"""The search's own SQL as a tenant's history grows: one busy tenant holds a tenth of 20 thousand and 200 thousand rows."""

import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from statistics import median, quantiles

from sqlalchemy import Connection, Engine, create_engine, text
from sqlalchemy.orm import Session, sessionmaker

from app.domain.booking.minutes import minute_of
from app.domain.booking.occupancy import load_blocks
from app.factory import create_app
from app.models.engine import prepare_engine
from app.tenancy import enter_tenant, guard_sessions
from tools.bench import stage, world

SIZES = (20_000, 200_000)
OTHERS = 30
"""Further tenants, who share the other nine tenths."""
QUERIES = 600
_DAY = 24 * 60
_DAYS = 5
"""Which are asked for: the last ones that have bookings, because every tenant's history reaches there."""


@dataclass(frozen=True)
class Grown:
    """One tenant in one database; times in milliseconds."""

    engine: str
    who: str
    rows: int
    p50: float
    p99: float


@dataclass(frozen=True, eq=False)
class _Asked:
    engine: Engine
    name: str
    rows: int
    places: dict[str, world.Place]


def measure(folder: Path) -> list[Grown]:
    """Ask both databases at both sizes in turn, so that what disturbs one query disturbs its neighbours too."""
    asked = [
        _fill(name, url, size, folder)
        for size in SIZES
        for name, url in (
            ("SQLite", stage.sqlite_url(folder, f"grown{size}")),
            ("PostgreSQL", stage.postgres_url(f"grown{size}")),
        )
    ]
    random, now = Random(2), datetime.now(UTC)  # noqa: S311 - which days are asked for
    sessions = {(each, who): _session(each, place) for each in asked for who, place in each.places.items()}
    times: dict[tuple[_Asked, str], list[float]] = {key: [] for key in sessions}
    order = list(sessions)
    for number in range(QUERIES + 20):
        random.shuffle(order)
        start = (minute_of(now) // _DAY + world.DAYS_AHEAD - random.randrange(_DAYS)) * _DAY
        for key in order:
            took = _ask(sessions[key], key[0].places[key[1]], start, now)
            if number >= 20:  # the first ones prepare the statement
                times[key].append(took)
    for session in sessions.values():
        session.close()
    for each in asked:
        each.engine.dispose()
    return [
        Grown(each.name, who, each.rows, median(taken), quantiles(taken, n=100)[98])
        for (each, who), taken in times.items()
    ]


def _ask(session: Session, place: world.Place, start: int, now: datetime) -> float:
    began = time.perf_counter()
    found = load_blocks(session, place.location_id, (start, start + _DAY), place.person_ids[0], now)
    took = (time.perf_counter() - began) * 1000
    if (rows := sum(map(len, found.values()))) != world.ROOMS * world.A_DAY:
        raise RuntimeError(f"a day holds {rows} rows: the sizes cannot be compared")
    return took


def _session(asked: _Asked, place: world.Place) -> Session:
    factory = sessionmaker(asked.engine, autoflush=False)
    guard_sessions(factory)
    session = factory()
    enter_tenant(session, place.tenant_id)
    return session


def _fill(name: str, url: str, size: int, folder: Path) -> _Asked:
    app = create_app(stage.settings_on(url, folder))
    now = datetime.now(UTC)
    places = stage.fill(
        app,
        lambda open_session: [
            world.found_space(open_session, f"space{number}", now, is_default=number == 0)
            for number in range(OTHERS + 1)
        ],
    )
    with create_engine(url).begin() as connection:
        for number, place in enumerate(places):
            share = size // 10 if number == 0 else (size - size // 10) // OTHERS
            _write_history(connection, place, share)
        connection.execute(text("ANALYZE"))
    engine = create_engine(url)
    prepare_engine(engine, row_security=True)
    return _Asked(engine, name, size, {"the busy tenant": places[0], "another": places[1]})


def _write_history(connection: Connection, place: world.Place, count: int) -> None:
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
    # Written as SQL because 400,000 rows through the ORM would take longer than all measurements.
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
