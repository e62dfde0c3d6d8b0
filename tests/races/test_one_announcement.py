"""Many workers send the same announcement at the same moment: everybody is told once."""

from collections import Counter

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.domain.announcements import sending
from app.domain.announcements.sending import send_now, tell_next
from app.domain.announcements.terms import WriteAnnouncement
from app.domain.announcements.writing import create_announcement
from app.models import AnnouncementReader, Notice
from app.tenancy import begin_writing
from tests.races.conftest import NOW, race
from tests.support.sessions import OpenSession
from tests.support.world import CAST, TenantWorld, World

pytestmark = pytest.mark.race


def _sending(open_session: OpenSession, tenant: TenantWorld) -> None:
    with open_session(tenant.id) as session:
        desk = tenant.actor("desk")
        made = create_announcement(session, desk, WriteAnnouncement("The lift", "Stairs"), NOW).id
        session.commit()
        send_now(session, desk, made, NOW)
        session.commit()


def _work(session: Session, _racer: int) -> str:
    told = 0
    try:
        for _batch in range(2 * len(CAST)):
            begin_writing(session)
            if not tell_next(session, NOW):
                break
            session.commit()
            told += 1
    except IntegrityError:
        session.rollback()
        return "refused"
    return "told" if told else "nothing to do"


def _told(open_session: OpenSession, tenant: TenantWorld) -> tuple[Counter[int], Counter[int | None]]:
    with open_session(tenant.id) as session:
        readers = Counter(session.scalars(select(AnnouncementReader.person_id)))
        return readers, Counter(session.scalars(select(Notice.person_id)))


def test_each_is_told_once(
    racing: tuple[Engine, OpenSession], world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sending, "BATCH", 1)
    _, open_session = racing
    _sending(open_session, world.northlight)
    assert set(race(open_session, world.northlight.id, _work)) <= {"told", "nothing to do"}
    # Whoever found the row held has nothing to do; a sweep comes by again.
    with open_session(world.northlight.id) as session:
        _work(session, 0)
    people = dict.fromkeys(world.northlight.people.values(), 1)
    assert _told(open_session, world.northlight) == (people, people)


@pytest.mark.parametrize(
    "engine", ["postgres"]
)  # on SQLite the transaction that writes stands alone by itself
def test_without_holding_the_row_the_database_still_refuses_a_second_time(
    racing: tuple[Engine, OpenSession], world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The race is real: where nobody holds the row, many tell the same people, and all but one are undone whole."""

    class Unheld:
        def __init__(self, statement: object) -> None:
            self.statement = statement

        def with_for_update(self, **_how: object) -> object:
            return self.statement

    due = sending._due
    monkeypatch.setattr(sending, "_due", lambda now: Unheld(due(now)))
    _, open_session = racing
    _sending(open_session, world.northlight)
    assert "refused" in race(open_session, world.northlight.id, _work)
    people = dict.fromkeys(world.northlight.people.values(), 1)
    assert _told(open_session, world.northlight) == (people, people)
