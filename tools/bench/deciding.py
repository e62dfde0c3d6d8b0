"""What deciding about bookings takes: rules for every room of a location, the dates of a series, and a week on the wire."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from statistics import median, quantiles

from flask import Flask
from sqlalchemy.orm import Session

from app.domain.actor import Actor
from app.domain.booking.catalogue import load_catalogue
from app.domain.booking.house_rules.keeping import create_rule
from app.domain.booking.house_rules.terms import Rule, Sets, When, Whom
from app.domain.booking.repeating import Every, Pattern
from app.domain.booking.series_book import preview_series
from app.domain.booking.series_terms import BookSeries
from app.domain.booking.survey import survey
from app.domain.booking.terms import RoomQuery
from app.kernel.spans import Span
from app.models import Role
from app.tenancy import tenant_session
from app.web.database import db
from tools.bench.stage import Stage
from tools.bench.world import actor_of

RULES = 10
DATES = 104
WEEK = "/bookings/week"
_TIMES = 100


@dataclass(frozen=True)
class Took:
    """Milliseconds, the middle one and the slowest but one in a hundred."""

    p50: float
    p99: float


def rules(app: Flask, on: Stage) -> Took:
    """Ask all rules about all rooms, once what they decide on is read."""
    with app.app_context(), tenant_session(db.session.session_factory, on.world.tenant_id) as session:
        now = datetime.now(UTC)
        for number in range(RULES):
            create_rule(session, _owner(on), _rule(number), now)
        session.commit()
        span = _span(now)
        catalogue = load_catalogue(session, on.world.location_id, on.world.person_ids[1], now)
        asker = catalogue.asker(on.world.person_ids[1], is_member=True)
        surveyed = survey(session, catalogue, asker, RoomQuery(on.world.location_id, span), now)
        return _timed(lambda: [surveyed.against(room) for room in surveyed.rooms])


def series(app: Flask, on: Stage) -> Took:
    """Preview two years of Tuesdays, read from the database each time."""
    with app.app_context(), tenant_session(db.session.session_factory, on.world.tenant_id) as session:
        return _timed(lambda: _preview(session, on))


def week_bytes(app: Flask, on: Stage) -> int:
    """The week of twenty rooms as it travels, packed, without its headers."""
    headers = {"Cookie": on.cookies[0], "Accept-Encoding": "gzip, br"}
    answer = app.test_client(use_cookies=False).get(WEEK, headers=headers)
    if answer.status_code != 200 or "Content-Encoding" not in answer.headers:
        raise RuntimeError(f"the week answered {answer.status}, not packed")
    return len(answer.data)


def _preview(session: Session, on: Stage) -> None:
    now = datetime.now(UTC)
    first = now.date() + timedelta(days=7 - now.weekday() + 1)
    wish = BookSeries(
        on.world.room_ids[0], Pattern(first, Every.WEEK, until=first + timedelta(weeks=DATES - 1)), 600, 60
    )
    found = preview_series(session, _owner(on), wish, now)
    if len(found.occurrences) < DATES - 4:
        raise RuntimeError(f"{len(found.occurrences)} dates were previewed")


def _timed(work: Callable[[], object]) -> Took:
    times = []
    for number in range(_TIMES + 5):
        began = time.perf_counter()
        work()
        if number >= 5:
            times.append((time.perf_counter() - began) * 1000)
    return Took(median(times), quantiles(times, n=100)[98])


def _span(now: datetime) -> Span:
    start = now.replace(hour=11, minute=0, second=0, microsecond=0) + timedelta(days=3)
    return Span(start, start + timedelta(hours=1))


def _rule(number: int) -> Rule:
    """Of all shapes: for everybody and for members only, at some hours, on some days, from some date on."""
    return Rule(
        0,
        0,
        f"Rule {number}",
        Sets(max_minutes=60 + 15 * number) if number % 2 else Sets(notice_minutes=5 * number),
        "Not like this.",
        whom=Whom.MEMBERS if number % 3 else Whom.EVERYBODY,
        when=When(frozenset(range(number % 5, 7)), 8 * 60, 20 * 60, first=date(2020, 1, 1)),
    )


def _owner(on: Stage) -> Actor:
    return actor_of(on.world, on.world.person_ids[0], Role.OWNER)
