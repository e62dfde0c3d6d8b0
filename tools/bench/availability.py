"""What booking reads as history grows, the SQL alone and whole pages: one busy tenant holds a tenth of all rows."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from statistics import median, quantiles
from urllib.parse import urlencode

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import create_engine
from sqlalchemy.orm import Session, sessionmaker

from app.domain.booking.minutes import minute_of
from app.domain.booking.occupancy import load_blocks
from app.factory import create_app
from app.models.engine import prepare_engine
from app.tenancy import enter_tenant, guard_sessions, tenant_session
from app.web.database import db
from tools.bench import crowd, stage, world

Sizes = dict[str, tuple[int, ...]]
USUAL: Sizes = {"SQLite": (20_000, 200_000), "PostgreSQL": (20_000, 200_000)}
MILLIONS: Sizes = {"SQLite": (20_000, 200_000), "PostgreSQL": (20_000, 200_000, 2_000_000)}
EACH = 1_000
"""Rows to each tenant beside the busy one, about: at two million there are two thousand of them."""
WHAT = ("SQL", "search", "day grid")
QUERIES = {"SQL": 600, "search": 200, "day grid": 200}
_WARM = 20
"""The first ones prepare statements and fill what a process remembers; they are not counted."""
_DAY = 24 * 60
_DAYS = 5
"""Which are asked for: the last ones that have bookings, because every tenant's history reaches there."""


@dataclass(frozen=True)
class Grown:
    """One question to one tenant in one database; times in milliseconds."""

    engine: str
    who: str
    what: str
    rows: int
    p50: float
    p99: float


@dataclass(frozen=True, eq=False)
class _Asked:
    """One tenant in one database, and how to ask it each of `WHAT`; the answer is the time that it took."""

    engine: str
    rows: int
    who: str
    ask: dict[str, Callable[[int, Random], float]]
    close: Callable[[], None]


def measure(folder: Path, sizes: Sizes) -> list[Grown]:
    """Ask all databases at all sizes in turn, so that what disturbs one question disturbs its neighbours too."""
    asked = [
        each
        for name, wanted in sizes.items()
        for size in wanted
        for each in _fill(name, size, folder / f"{name}{size}")
    ]
    random = Random(2)  # noqa: S311 - which days are asked for
    found = [grown for what in WHAT for grown in _in_turn(what, asked, random)]
    for each in asked:
        each.close()
    return found


def _in_turn(what: str, asked: list[_Asked], random: Random) -> Iterator[Grown]:
    times: dict[_Asked, list[float]] = {each: [] for each in asked}
    order = list(asked)
    for number in range(QUERIES[what] + _WARM):
        random.shuffle(order)
        ahead = world.DAYS_AHEAD - random.randrange(_DAYS)
        for each in order:
            took = each.ask[what](ahead, random)
            if number >= _WARM:
                times[each].append(took)
    for each, taken in times.items():
        yield Grown(each.engine, each.who, what, each.rows, median(taken), quantiles(taken, n=100)[98])


def _fill(name: str, size: int, folder: Path) -> list[_Asked]:
    folder.mkdir(parents=True)
    url = stage.sqlite_url(folder, "grown") if name == "SQLite" else stage.postgres_url(f"grown{size}")
    app = create_app(stage.settings_on(url, folder))
    now = datetime.now(UTC)
    busy, another = stage.fill(
        app,
        lambda open_session: [
            world.found_space(open_session, slug, now, is_default=slug == "busy")
            for slug in ("busy", "another")
        ],
    )
    with create_engine(url).begin() as connection:
        copies = crowd.copy_space(connection, another, size // EACH - 1)
        crowd.write_history(connection, busy, size // 10)
        for place in (another, *copies):
            crowd.write_history(connection, place, (size - size // 10) * EACH // size)
    stage.settle(url)
    return [
        _asked(name, size, who, app, url, place, origin)
        for who, place, origin in (
            ("the busy tenant", busy, "http://localhost"),
            ("another", another, "http://another.localhost"),
        )
    ]


def _asked(name: str, size: int, who: str, app: Flask, url: str, place: world.Place, origin: str) -> _Asked:
    with app.app_context():
        with tenant_session(db.session.session_factory, place.tenant_id) as session:
            token = world.sign_in(session, place.person_ids[0], datetime.now(UTC))
        db.session.remove()
    headers = {"Cookie": stage.cookie(app, token, origin)}
    client = app.test_client(use_cookies=False)
    engine = create_engine(url)
    prepare_engine(engine, row_security=True)
    factory = sessionmaker(engine, autoflush=False)
    guard_sessions(factory)
    session = factory()
    enter_tenant(session, place.tenant_id)

    def page(address: str) -> float:
        return _timed_page(client, origin, headers, address)

    def close() -> None:
        session.close()
        engine.dispose()
        with app.app_context():
            db.engine.dispose()

    return _Asked(
        name,
        size,
        who,
        {
            "SQL": lambda ahead, _random: _timed_sql(session, place, ahead),
            "search": lambda ahead, random: page(_search(ahead, random)),
            "day grid": lambda ahead, _random: page(f"/bookings/day?date={_day(ahead)}"),
        },
        close,
    )


def _search(ahead: int, random: Random) -> str:
    """Hardly ever the same question twice: nothing of the answer is remembered."""
    asked = {
        "date": _day(ahead),
        "start": f"{random.randrange(8, 18):02}:{random.choice((0, 15, 30, 45)):02}",
        "minutes": random.choice((30, 45, 60, 75, 90)),
        "people": random.randrange(1, 9),
    }
    return f"{stage.SEARCH}?{urlencode(asked)}"


def _day(ahead: int) -> str:
    return (datetime.now(UTC) + timedelta(days=ahead)).date().isoformat()


def _timed_page(client: FlaskClient, origin: str, headers: dict[str, str], address: str) -> float:
    began = time.perf_counter()
    answer = client.get(address, base_url=origin, headers=headers)
    took = (time.perf_counter() - began) * 1000
    if answer.status_code != 200 or "Room 01" not in answer.text:
        raise RuntimeError(f"{address} answered {answer.status}")
    return took


def _timed_sql(session: Session, place: world.Place, ahead: int) -> float:
    now = datetime.now(UTC)
    start = (minute_of(now) // _DAY + ahead) * _DAY
    began = time.perf_counter()
    found = load_blocks(session, place.location_id, (start, start + _DAY), place.person_ids[0], now)
    took = (time.perf_counter() - began) * 1000
    if (rows := sum(map(len, found.values()))) != world.ROOMS * world.A_DAY:
        raise RuntimeError(f"a day holds {rows} rows: the sizes cannot be compared")
    return took
