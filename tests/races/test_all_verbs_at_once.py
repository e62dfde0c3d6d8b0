"""Several people do anything that booking knows at the same moment: all of it adds up afterwards, and nothing but the rules
ever says no. Without the rule of the database the same run books a unit twice."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import create_engine, text

from tests.races.conftest import check_only_once
from tests.support.busy import truths
from tests.support.busy.around import PASSING
from tests.support.busy.booked import crowded
from tests.support.busy.house import RunningClock, fill_house
from tests.support.busy.rows import Rows, read
from tests.support.busy.steps import House, Step
from tests.support.busy.tours import AFTER, BEFORE, MOMENTS, TOUR
from tests.support.busy.verbs import VERBS, take
from tests.support.databases import EngineName, fresh_database
from tests.support.sessions import OpenSession, walled_sessions
from tests.support.world import TenantWorld, World

pytestmark = pytest.mark.race

CROWD = 4
ROUNDS = 20
_RUN = settings(
    max_examples=6,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    derandomize=True,
    database=None,
    # Threads do not come in the same order twice: there is nothing to make smaller
    phases=[Phase.generate],
)
_CROWDS = st.tuples(MOMENTS, st.lists(MOMENTS, min_size=CROWD, max_size=CROWD))


def test_it_all_adds_up_at_once(engine: EngineName, database: str, world: World) -> None:
    seen: Counter[tuple[str, str]] = Counter()

    def come(before: list[Step], at_once: list[list[Step]]) -> None:
        with fresh_database(engine, "busy", fill_house, base="world") as url:
            was, rows = _meet(url, world.northlight, before, at_once, seen)
        truths.check(rows)
        truths.check_since(was, rows)

    for before, at_once in _TOURS:
        come(before, [_as(each, at_once) for each in range(CROWD)])

    @_RUN
    @given(_CROWDS)
    def meet(crowd: tuple[list[Step], list[list[Step]]]) -> None:
        come(*crowd)

    meet()
    idle = set(VERBS) - {verb for verb, word in seen if word == "done"}
    assert not idle


_RUNS = [Step("book", which=each, who=who, at=0) for each, who in ((0, 0), (1, 1), (3, 2))]
_TOURS = (
    (
        [*_RUNS, Step("one begins")],
        [
            Step("check in"),
            Step("extend", long=1),
            Step("end early"),
            *(step for step in TOUR if step.verb not in PASSING),
        ],
    ),
    (
        [
            *_RUNS,
            Step("book", which=4, at=0),
            *[Step("hold", who=who, which=who, at=8) for who in range(3)],
            Step("one begins"),
            Step("time passes", more=1),
            Step("release no-shows"),
        ],
        [
            Step("let requests lapse"),
            Step("release no-shows"),
            Step("let holds lapse"),
            Step("book", which=0, at=8),
        ],
    ),
    (BEFORE, AFTER),
)
"""What one did before, and what all do at once: each verb has something to do for the first who comes."""


def _as(number: int, steps: list[Step]) -> list[Step]:
    """The same steps as another member would take them."""
    begun = {"book", "hold", "repeat", "wait"}
    return [step._replace(who=number % 3) if step.verb in begun else step for step in steps]


def _meet(
    url: str,
    tenant: TenantWorld,
    before: list[Step],
    at_once: list[list[Step]],
    seen: Counter[tuple[str, str]],
) -> tuple[Rows, Rows]:
    """The rows before and after all of them meet. First what one does alone, and time passes, so that there are holds that ran out; then all of the others at the same moment."""
    clock, owner = RunningClock(), create_engine(url)
    with walled_sessions(url, connections=CROWD) as (_engine, open_session):
        _take_each(open_session, tenant, clock, before, seen)
        clock.advance(minutes=11)
        start = Barrier(len(at_once))
        was = read(owner, tenant.id, clock())

        def one(steps: list[Step]) -> None:
            with open_session(tenant.id) as session:
                session.connection()
                session.rollback()
                start.wait()
                _go(House(session, tenant, clock), steps, seen)

        with ThreadPoolExecutor(len(at_once)) as pool:
            list(pool.map(one, at_once))
    rows = read(owner, tenant.id, clock(), was)
    owner.dispose()
    return was, rows


def _take_each(
    open_session: OpenSession,
    tenant: TenantWorld,
    clock: RunningClock,
    steps: list[Step],
    seen: Counter[tuple[str, str]],
) -> None:
    with open_session(tenant.id) as session:
        _go(House(session, tenant, clock), steps, seen)


def _go(house: House, steps: list[Step], seen: Counter[tuple[str, str]]) -> None:
    for step in steps:
        done = take(house, step)
        seen[done.verb, done.word] += 1


def test_without_the_rule_a_unit_is_booked_twice(
    engine: EngineName, database: str, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: the rule is dropped, and what was found free once is not looked at again."""
    check_only_once(monkeypatch)
    crowd = [[Step("book", who=who, which=1, at=at) for at in range(3, 24, 2)] for who in range(CROWD)]
    for _ in range(ROUNDS):
        with fresh_database(engine, "busy", fill_house, base="world") as url:
            _drop_the_rule(url)
            _was, rows = _meet(url, world.northlight, [], crowd, Counter())
        if crowded(rows):
            break
    else:
        pytest.fail("nobody met anybody")


def _drop_the_rule(database: str) -> None:
    owner = create_engine(database)
    rule = {
        "postgresql": "ALTER TABLE occupancy DROP CONSTRAINT ex_occupancy_overlap",
        "sqlite": "DROP TRIGGER occupancy_overlap_insert",
    }
    with owner.begin() as connection:
        connection.execute(text(rule[owner.dialect.name]))
    owner.dispose()
