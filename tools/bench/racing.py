"""Sixty-four at once for one slot, a hundred slots after each other, ten times: in the domain alone, and over HTTP."""

import http.client
import re
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from multiprocessing import get_context
from multiprocessing.queues import Queue
from multiprocessing.synchronize import Barrier as SharedBarrier
from statistics import quantiles
from threading import Barrier
from urllib.parse import urlencode, urlsplit

from flask import Flask
from sqlalchemy import create_engine
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session, sessionmaker

from app.domain.actor import Actor
from app.domain.booking.book import book
from app.domain.booking.terms import BookRoom, RoomTaken
from app.domain.people.details import add_person
from app.domain.people.terms import PersonDetails
from app.kernel.errors import Refusal
from app.kernel.spans import Span
from app.models.engine import prepare_engine
from app.tenancy import guard_sessions, tenant_session
from app.web.database import db
from app.web.slots import slot_value
from tools.bench import stage, world
from tools.bench.load import ROUNDS
from tools.bench.processes import Program
from tools.bench.stage import SEARCH, Stage

RACERS = 64
SLOTS = 100
RUNS = 2 * ROUNDS
_PROCESSES = 2
_EACH_DAY = 5
"""Slots of one room on one day: a hundred are twenty rooms' on a day that nothing else is booked on."""
_FIRST_DAY = world.DAYS_AHEAD + 10
_PATIENCE_S = 60
_HOUR_S = 3600
_TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')
WON, LOST = "won", "lost"


@dataclass(frozen=True)
class Attempt:
    """One racer's wish for one slot, in seconds of the machine's clock; `answer` is `won`, `lost` or what went wrong."""

    slot: int
    answer: str
    began: float
    ended: float


@dataclass(frozen=True)
class Race:
    """All runs of one way of booking. Times in milliseconds."""

    per_second: float
    losers_p99: float
    twice: int
    """Slots that more than one had."""
    never: int
    """Slots that nobody had."""
    wrong: tuple[str, ...]
    """Answers that were neither yes nor taken: a deadlock would be one."""


@dataclass(frozen=True)
class Runners:
    """Those who race, and the cookies that they hold."""

    person_ids: list[int]
    cookies: list[str]


def enter(app: Flask, on: Stage) -> Runners:
    """Let 64 people come to a stage and sign in."""
    now = datetime.now(UTC)
    with app.app_context(), tenant_session(db.session.session_factory, on.world.tenant_id) as session:
        ids = [
            add_person(session, now, PersonDetails(f"racer{number}@bench.test", "Rae", "Racer")).id
            for number in range(RACERS)
        ]
        tokens = [world.sign_in(session, each, now) for each in ids]
    return Runners(ids, [stage.cookie(app, token) for token in tokens])


def in_domain(on: Stage, people: list[int]) -> Race:
    """Two processes with a session for each racer, as two web workers are."""
    context = get_context("spawn")
    start, told = context.Barrier(RACERS), context.Queue()
    share = RACERS // _PROCESSES
    racing = [
        context.Process(target=_race_in_process, args=(on, people[at : at + share], start, told))
        for at in range(0, RACERS, share)
    ]
    for each in racing:
        each.start()
    try:
        attempts = [attempt for _ in racing for attempt in told.get(timeout=_HOUR_S)]
    finally:
        for each in racing:
            each.join(_PATIENCE_S)
            each.kill()
    return _judge(attempts)


def over_http(server: Program, on: Stage, cookies: list[str]) -> Race:
    """Each racer presses the button of the same slot on the page of rooms."""
    host = urlsplit(server.address).netloc
    tokens = [_form_token(host, each) for each in cookies]
    start = Barrier(RACERS)
    racers = [partial(_press, host, *each) for each in zip(cookies, tokens, strict=True)]
    with ThreadPoolExecutor(RACERS) as pool:
        runs = [pool.submit(_run, racer, on.world, 0, start.wait) for racer in racers]
        return _judge(attempt for run in runs for attempt in run.result())


def _race_in_process(
    on: Stage, people: list[int], start: SharedBarrier, told: "Queue[list[Attempt]]"
) -> None:
    engine = create_engine(on.settings.database_url, pool_size=len(people))
    prepare_engine(engine, row_security=True)
    factory = sessionmaker(engine, expire_on_commit=False, autoflush=False)
    guard_sessions(factory)
    with ThreadPoolExecutor(len(people)) as pool:
        runs = [pool.submit(_race_alone, factory, on, each, start) for each in people]
        told.put([attempt for run in runs for attempt in run.result()])
    engine.dispose()


def _race_alone(
    factory: sessionmaker[Session], on: Stage, person_id: int, start: SharedBarrier
) -> list[Attempt]:
    with tenant_session(factory, on.world.tenant_id) as session:
        # Days of their own: what is won here is there when the same slots are asked for over HTTP.
        return _run(partial(_book, session, world.actor_of(on.world, person_id)), on.world, RUNS, start.wait)


def _run(
    wish: Callable[[int, Span], str],
    place: world.BenchWorld,
    first_run: int,
    start: Callable[[float], object],
) -> list[Attempt]:
    attempts = []
    for number, (room_id, span) in enumerate(_slots(place, first_run)):
        start(_PATIENCE_S)
        began = time.monotonic()
        answer = wish(room_id, span)
        attempts.append(Attempt(number, answer, began, time.monotonic()))
    return attempts


def _slots(place: world.BenchWorld, first_run: int) -> Iterator[tuple[int, Span]]:
    for run in range(first_run, first_run + RUNS):
        day = datetime.now(UTC).replace(hour=8, minute=0, second=0, microsecond=0)
        day += timedelta(days=_FIRST_DAY + run)
        for number in range(SLOTS):
            start = day + timedelta(hours=2 * (number % _EACH_DAY))
            yield place.room_ids[number // _EACH_DAY], Span(start, start + timedelta(hours=1))


def _book(session: Session, actor: Actor, room_id: int, span: Span) -> str:
    try:
        book(session, actor, BookRoom(room_id, span), lambda: datetime.now(UTC))
        session.commit()
    except RoomTaken:
        session.rollback()
        return LOST
    except (Refusal, SQLAlchemyError) as error:
        session.rollback()
        return type(error).__name__
    return WON


def _press(host: str, cookie: str, token: str, room_id: int, span: Span) -> str:
    body = urlencode({"csrf_token": token, "slot": slot_value(room_id, span), "people": 1})
    headers = {"Cookie": cookie, "Content-Type": "application/x-www-form-urlencoded"}
    connection = http.client.HTTPConnection(host, timeout=_PATIENCE_S)
    try:
        connection.request("POST", "/bookings/holds", body, headers)
        answer = connection.getresponse()
        answer.read()
    except OSError as error:
        return type(error).__name__
    finally:
        connection.close()
    return {303: WON, 422: LOST}.get(answer.status, str(answer.status))


def _form_token(host: str, cookie: str) -> str:
    connection = http.client.HTTPConnection(host, timeout=_PATIENCE_S)
    connection.request("GET", SEARCH, headers={"Cookie": cookie})
    found = _TOKEN.search(connection.getresponse().read().decode())
    connection.close()
    if found is None:
        raise RuntimeError("the rooms page has no form")
    return found[1]


def _judge(attempts: Iterable[Attempt]) -> Race:
    by_slot: dict[int, list[Attempt]] = {}
    for each in attempts:
        by_slot.setdefault(each.slot, []).append(each)
    taken = [sum(each.answer == WON for each in tried) for tried in by_slot.values()]
    everything = [each for tried in by_slot.values() for each in tried]
    lost = [(each.ended - each.began) * 1000 for each in everything if each.answer == LOST]
    raced = sum(
        max(each.ended for each in tried) - min(each.began for each in tried) for tried in by_slot.values()
    )
    return Race(
        len(everything) / raced,
        quantiles(lost, n=100)[98],
        sum(count > 1 for count in taken),
        taken.count(0),
        tuple(sorted({each.answer for each in everything} - {WON, LOST})),
    )
