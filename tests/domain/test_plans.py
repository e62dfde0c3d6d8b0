"""However much there is, a page's statements are led by its tenant and read no table from end to end, on both engines."""

import re
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.orm import Session, sessionmaker

from app.domain.directory.find import Question, count_here, find_listed, industries
from app.domain.dunning.reminding import remind
from app.domain.messaging.listing import mailbox
from app.domain.messaging.people import find_people
from app.domain.messaging.search import search
from app.domain.messaging.thread import thread
from app.domain.notices.digest import make_digests
from app.domain.notices.reading import count_unread, forget_about, inbox_page
from app.domain.people import listing
from app.domain.people.listing import PeopleFilter
from app.domain.profile.visible import visible_people
from app.domain.visit import load_visit
from app.jobs.claiming import claim_next
from app.models import DunningAction, DunningStep
from app.models.engine import prepare_engine
from app.notice_kinds import Channel
from app.tenancy import guard_sessions, tenant_session
from tests.support.crowd import crowd, first_id
from tests.support.plans import not_led_by_tenant, plans_of, scanned
from tests.support.world import TenantWorld, World

NOW = datetime(2026, 11, 24, 9, 7, tzinfo=UTC)
TODAY = date(2026, 11, 24)
_WATCHED = re.compile("notice|message|person")
LARGE = {
    "person",
    "person_profile",
    "directory_entry",
    "check_in",
    "message",
    "conversation_member",
    "notice",
    "delivery",
}


@pytest.fixture
def owner(database: str, world: World) -> Iterator[Engine]:
    engine = create_engine(database)
    prepare_engine(engine, row_security=False)
    with engine.begin() as connection:
        # One of many: who has half of a table may well have all of it read.
        crowd(connection, world.northlight, 1)
        crowd(connection, world.harbour, 9)
    with engine.begin() as connection:
        connection.execute(text("ANALYZE"))
    yield engine
    engine.dispose()


def _questions(north: TenantWorld, engine: Engine) -> dict[str, Callable[[Session], Any]]:
    member, owner = north.actor("member"), north.actor("owner")
    some = Question("mia many", skill_ids=(north.skills["Welding"],), industry="glass", here=True)
    return {
        "visit": lambda session: load_visit(session, "unknown", NOW, TODAY),
        "inbox": lambda session: inbox_page(session, member.person_id, 1),
        "further inbox": lambda session: inbox_page(session, member.person_id, 9),
        "bell": lambda session: count_unread(session, member.person_id),
        "conversations": lambda session: mailbox(session, member),
        "thread": lambda session: thread(session, member, first_id(north) + 20, NOW),
        "message search": lambda session: search(session, member, "word nowhere"),
        "picker": lambda session: find_people(session, member, "mia7"),
        "picker of staff": lambda session: find_people(session, owner, "mia7"),
        "staff's list": lambda session: listing.list_people(
            session, owner, TODAY, "mia7", PeopleFilter.MEMBERS
        ),
        "desk's search": lambda session: listing.find_people(session, owner, TODAY, "mia7"),
        "directory": lambda session: find_listed(session, member, Question(), NOW),
        "directory, words": lambda session: find_listed(session, member, Question("mia weav"), NOW),
        "directory, filters": lambda session: find_listed(session, member, some, NOW),
        "directory, far": lambda session: find_listed(session, member, Question("mia", page=40), NOW),
        "here": lambda session: count_here(session, member, NOW),
        "industries": lambda session: industries(session, member),
        "faces": lambda session: visible_people(session, member, [first_id(north) + n for n in range(30)]),
        "delivery sweep": lambda _session: claim_next(
            _sessions(engine), north.id, Channel.MAIL, NOW, lambda *_: None
        ),
        "taking back": lambda session: forget_about(session, "message.received", 5),
        "digests": lambda session: make_digests(session, NOW),
        "overdue": _overdue,
    }


def _overdue(session: Session) -> None:
    session.add(DunningStep(days=3, action=DunningAction.REMIND))
    session.flush()
    remind(session, NOW)


def _sessions(engine: Engine) -> Callable[[], Session]:
    factory = sessionmaker(engine, class_=Session, autoflush=False)
    guard_sessions(factory)
    return factory


def _plans(engine: Engine, north: TenantWorld, ask: Callable[[Session], Any]) -> list[tuple[str, list[str]]]:
    def work() -> None:
        with tenant_session(_sessions(engine), north.id) as session:
            ask(session)
            session.rollback()

    return plans_of(engine, work)


def _wrong(engine: Engine, north: TenantWorld) -> dict[str, list[str]]:
    """The plans that are bad, by what was asked."""
    found = {}
    for name, ask in _questions(north, engine).items():
        plans = _plans(engine, north, ask)
        assert plans, name
        for statement, lines in plans:
            if scanned(lines, LARGE) or not_led_by_tenant(lines):
                found[name] = [statement, *lines]
    return found


def test_every_plan_is_led_by_the_tenant_and_reads_no_table_whole(owner: Engine, world: World) -> None:
    wrong = _wrong(owner, world.northlight)
    assert wrong == {}, "\n".join(line for lines in wrong.values() for line in lines)


def test_what_is_asked_most_reads_what_it_needs_and_no_more(owner: Engine, world: World) -> None:
    """SQLite takes an index of some rows only for the very condition it was made with, and one bound of a range of two."""
    questions = _questions(world.northlight, owner)

    def ways(name: str) -> list[str]:
        plans = _plans(owner, world.northlight, questions[name])
        return [line for _sent, plan in plans for line in plan if _WATCHED.search(line)]

    assert any("ix_notice_about" in line for line in ways("taking back")), ways("taking back")
    lines = ways("visit")
    assert any("ix_notice_unread" in line for line in lines), lines
    assert not any("ix_notice_person" in line for line in lines), lines
    assert any("ix_message_conversation" in line for line in lines), lines
    assert any("ix_person_first_due" in line for line in ways("overdue")), ways("overdue")


def test_a_statement_that_reads_everything_is_found(database: str, world: World) -> None:
    """The opposite case: this file can tell."""
    engine = create_engine(database)

    def read(statement: str) -> list[str]:
        def work() -> None:
            with engine.connect() as connection:
                connection.execute(text(statement), {"name": "x", "tenant": world.northlight.id})

        ((_sent, lines),) = plans_of(engine, work)
        return lines

    assert scanned(read("SELECT body FROM message WHERE folded = :name"), LARGE) == {"message"}
    if engine.dialect.name == "sqlite":
        by_host = read("SELECT tenant_id FROM tenant_host WHERE host = :name")
        assert not_led_by_tenant(by_host), by_host
        assert not not_led_by_tenant(
            read("SELECT id FROM person WHERE tenant_id = :tenant AND email_key = :name")
        )
    engine.dispose()
