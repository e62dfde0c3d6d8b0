"""Everything that booking knows, done by several people in any order: after each step all of it adds up."""

from collections import Counter
from datetime import timedelta

from flask import Flask
from hypothesis import HealthCheck, given, settings
from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from app.domain.billing.stays import stays_before
from tests.support.busy import truths
from tests.support.busy.house import SATURDAY, RunningClock, fill_house
from tests.support.busy.paid import owed
from tests.support.busy.rows import Rows, read
from tests.support.busy.steps import House, Step
from tests.support.busy.tours import AFTER, BEFORE, DAYS, TOUR
from tests.support.busy.verbs import VERBS, take
from tests.support.busy.words import Voice
from tests.support.databases import EngineName, fresh_database
from tests.support.sessions import walled_sessions
from tests.support.world import TenantWorld


def test_it_all_adds_up(engine: EngineName, database: str, app: Flask, northlight: TenantWorld) -> None:
    """Each example in a house of its own, so that ids and what happens are the same each time."""
    seen: Counter[tuple[str, str]] = Counter()
    voice = Voice(app)

    @settings(
        max_examples=20,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        derandomize=True,
        database=None,
    )
    @given(DAYS)
    def live(steps: list[Step]) -> None:
        with fresh_database(engine, "busy", fill_house, base="world") as url:
            _live(url, northlight, steps, seen, voice)

    for tour in (TOUR, [*BEFORE, *AFTER]):
        with fresh_database(engine, "busy", fill_house, base="world") as url:
            _live(url, northlight, tour, seen, voice)
    idle = set(VERBS) - {verb for verb, word in seen if word == "done"}
    assert not idle, "on no tour it has anything to do"
    live()


def _live(
    url: str,
    tenant: TenantWorld,
    steps: list[Step],
    seen: Counter[tuple[str, str]],
    voice: Voice,
) -> None:
    clock, owner = RunningClock(), create_engine(url)
    with walled_sessions(url) as (_engine, open_session), open_session(tenant.id) as session:
        house = House(session, tenant, clock)
        before = read(owner, tenant.id, clock())
        for step in steps:
            done = take(house, step)
            seen[done.verb, done.word] += 1
            if done.refusal is not None:
                voice.check(done.refusal)
            rows = read(owner, tenant.id, clock(), before)
            truths.check(rows)
            truths.check_since(before, rows)
            truths.check_step(before, rows, step.verb)
            _check_billed(session, rows)
            before = rows
    owner.dispose()


def _check_billed(session: Session, rows: Rows) -> None:
    """What billing would charge of what waits for it is the price less the credit, and what came with it."""
    billed: Counter[int] = Counter()
    for _payer, stay in stays_before(session, SATURDAY + timedelta(days=400)):
        billed[stay.id] += stay.price_minor
    session.rollback()
    assert billed == Counter({each: owed(rows, each).total() for each in rows.unbilled})
