"""Many send the same message, and many begin the same conversation, at the same moment: one message, one conversation."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import Engine, create_engine, func, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from app.domain.actor import Actor
from app.domain.messaging import send as sending
from app.domain.messaging import start as starting
from app.domain.messaging.send import send
from app.domain.messaging.start import start_direct
from app.domain.messaging.terms import SendMessage
from app.models import Conversation, ConversationKind, Message, PersonProfile, TenantOwned
from tests.races.conftest import NOW, RACERS, race
from tests.support.sessions import OpenSession
from tests.support.world import TenantWorld, World

pytestmark = pytest.mark.race
HELLO = SendMessage("Hello", "the-same-client-id")


@pytest.fixture
def north(racing: tuple[Engine, OpenSession], world: World) -> TenantWorld:
    """Two people who may write to each other."""
    tenant = world.northlight
    with racing[1](tenant.id) as session:
        session.add_all(
            PersonProfile(person_id=tenant.people[name], listed=True) for name in ("member", "colleague")
        )
        session.commit()
    return tenant


def _count(open_session: OpenSession, tenant: TenantWorld, model: type[TenantOwned]) -> int:
    with open_session(tenant.id) as session:
        return session.scalars(select(func.count(model.id))).one()


def _start(tenant: TenantWorld) -> Callable[[Session, int], str]:
    """Half of them are the one, half the other."""

    def attempt(session: Session, racer: int) -> str:
        one, other = ("member", "colleague") if racer % 2 else ("colleague", "member")
        try:
            made = start_direct(session, tenant.actor(one), tenant.people[other], NOW)
            session.commit()
        except DBAPIError:
            session.rollback()
            return "failed"
        return str(made)

    return attempt


def _send(tenant: TenantWorld, where: int) -> Callable[[Session, int], str]:
    def attempt(session: Session, _racer: int) -> str:
        try:
            sent = send(session, tenant.actor("member"), where, HELLO, NOW)
            session.commit()
        except DBAPIError:
            session.rollback()
            return "failed"
        return "again" if sent.again else "sent"

    return attempt


def _begun(open_session: OpenSession, tenant: TenantWorld) -> int:
    with open_session(tenant.id) as session:
        made = start_direct(session, tenant.actor("member"), tenant.people["colleague"], NOW)
        session.commit()
        return made


def test_two_people_begin_one_conversation(racing: tuple[Engine, OpenSession], north: TenantWorld) -> None:
    answers = race(racing[1], north.id, _start(north))
    assert len(set(answers)) == 1, answers
    assert answers[0].isdigit()
    assert _count(racing[1], north, Conversation) == 1


def test_one_client_id_is_one_message(racing: tuple[Engine, OpenSession], north: TenantWorld) -> None:
    where = _begun(racing[1], north)
    answers = race(racing[1], north.id, _send(north, where))
    assert (answers.count("sent"), answers.count("again")) == (1, RACERS - 1)
    assert _count(racing[1], north, Message) == 1


def _looking_before_the_lock(monkeypatch: pytest.MonkeyPatch, module: Any, look: str) -> None:
    """Let what is looked for behind the lock be what was found before it: the check is as old as it can be."""
    # Before the first of them is there, all of them find nothing.
    monkeypatch.setattr(module, look, lambda *_asked: None)


def _claimed_the_plain_way(session: Session, actor: Actor, person_id: int, now: datetime) -> int:
    """An INSERT that nothing catches."""
    conversation = Conversation(
        kind=ConversationKind.DIRECT,
        direct_key=starting.direct_key(actor.person_id, person_id),
        title="",
        created_by_id=actor.person_id,
        created_at=now,
    )
    session.add(conversation)
    session.flush()
    return conversation.id


def test_the_rule_has_to_step_in_where_the_check_comes_too_early(
    racing: tuple[Engine, OpenSession], north: TenantWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control on both engines: the race is real, and what is left is the database's own rule."""
    _looking_before_the_lock(monkeypatch, starting, "find_direct")
    monkeypatch.setattr(starting, "_claim", _claimed_the_plain_way)
    answers = race(racing[1], north.id, _start(north))
    assert answers.count("failed") == RACERS - 1
    assert _count(racing[1], north, Conversation) == 1


def test_a_message_that_is_looked_for_too_early_meets_the_rule(
    racing: tuple[Engine, OpenSession], north: TenantWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    where = _begun(racing[1], north)
    _looking_before_the_lock(monkeypatch, sending, "sent_before")
    answers = race(racing[1], north.id, _send(north, where))
    assert (answers.count("sent"), answers.count("failed")) == (1, RACERS - 1)
    assert _count(racing[1], north, Message) == 1


@pytest.mark.parametrize("engine", ["postgres"])
@pytest.mark.usefixtures("engine")
def test_without_the_rules_there_are_many(
    racing: tuple[Engine, OpenSession], north: TenantWorld, database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same without the rules, which SQLite cannot drop: as many messages and conversations as racers."""
    where = _begun(racing[1], north)
    _looking_before_the_lock(monkeypatch, sending, "sent_before")
    _looking_before_the_lock(monkeypatch, starting, "find_direct")
    monkeypatch.setattr(starting, "_claim", _claimed_the_plain_way)
    owner = create_engine(database)
    with owner.begin() as connection:
        for table, rule in (
            ("message", "uq_message_tenant_id_sender_id_client_id"),
            ("conversation", "uq_conversation_tenant_id_direct_key"),
        ):
            connection.execute(text(f"ALTER TABLE {table} DROP CONSTRAINT {rule}"))
    owner.dispose()
    race(racing[1], north.id, _send(north, where))
    race(racing[1], north.id, _start(north))
    assert _count(racing[1], north, Message) == RACERS
    assert _count(racing[1], north, Conversation) == RACERS + 1
