"""Who comes too late learns it from a first look, which waits for nobody and reads no rules anew; staff's last word counts in it."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

import pytest
from sqlalchemy import Engine, event, select
from sqlalchemy.orm import Session

from app.domain.actor import Actor
from app.domain.booking import claim
from app.domain.booking.terms import NotBookable, Reason, RoomTaken
from app.domain.booking.writing import writing
from app.domain.spaces.hours import add_closure, remove_closure
from app.domain.spaces.terms import ClosureDetails, Whose
from app.models import Closure
from tests.domain.booking.conftest import Desk, span
from tests.support.sessions import OpenSession

TEN, TWELVE = span("10:00", "11:00"), span("12:00", "13:00")


@pytest.fixture
def asked(sessions: tuple[Engine, OpenSession]) -> Iterator[list[str]]:
    """The statements that are sent to the database."""
    found: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        found.append(statement)

    event.listen(sessions[0], "before_cursor_execute", note)
    yield found
    event.remove(sessions[0], "before_cursor_execute", note)


def _reads_rules(statements: list[str]) -> bool:
    return any("FROM opening_hours" in each for each in statements)


def test_the_late_read_no_rules_and_wait_for_no_lock(
    front: Desk, member: Actor, colleague: Actor, asked: list[str]
) -> None:
    front.book(member, "Fern", TEN)
    assert _reads_rules(asked)  # whoever writes decides by what stands in that transaction
    asked.clear()
    with pytest.raises(RoomTaken):
        front.book(colleague, "Fern", TEN)
    assert asked
    assert not _reads_rules(asked)
    assert not any(each.startswith(("BEGIN", "INSERT", "UPDATE")) or " FOR " in each for each in asked)


def test_who_is_outrun_just_before_the_lock_decides_nothing_in_it(
    front: Desk,
    member: Actor,
    colleague: Actor,
    asked: list[str],
    open_session: OpenSession,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """They look again without it, and are told."""
    other = Desk(open_session(front.world.id), front.world, front.clock)

    @contextmanager
    def after_another(session: Session) -> Iterator[None]:
        monkeypatch.undo()
        other.book(member, "Fern", TEN)
        asked.clear()
        with writing(session):
            yield

    monkeypatch.setattr(claim, "writing", after_another)
    with pytest.raises(RoomTaken):
        front.book(colleague, "Fern", TEN)
    assert not _reads_rules(asked)
    other.session.close()


def test_what_staff_changed_since_counts_in_it(
    front: Desk, session: Session, member: Actor, manager: Actor
) -> None:
    front.book(member, "Fern", TEN)
    whose = Whose(front.world.locations["Leith Walk"], None)
    day = date(2026, 3, 2)
    closing = ClosureDetails(day, day, yearly=False, message="Painters")
    add_closure(session, manager, whose, closing, front.clock)
    session.commit()
    with pytest.raises(NotBookable) as refused:
        front.book(member, "Fern", TWELVE)
    assert [each.reason for each in refused.value.obstacles] == [Reason.CLOSED]
    closure_id = session.scalars(select(Closure.id)).one()
    remove_closure(session, manager, whose, closure_id, front.clock)
    session.commit()
    assert front.book(member, "Fern", TWELVE).id


@pytest.fixture
def manager(front: Desk) -> Actor:
    return front.world.actor("manager")
