"""All owners ask to be deleted at the same moment: one of them stays."""

from collections import Counter

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from app.domain.people.terms import LastOwner
from app.domain.privacy.deletion import ask_deletion
from app.domain.privacy.terms import AskDeletion, DeletionAsked
from app.models import Deletion, Person, Role
from tests.races.conftest import NOW, RACERS, race
from tests.support.sessions import OpenSession
from tests.support.world import PASSWORD, World

pytestmark = pytest.mark.race


def test_one_owner_stays(racing: tuple[Engine, OpenSession], world: World) -> None:
    _, open_session = racing
    north = world.northlight
    owners = ("owner", "manager", "desk")
    with open_session(north.id) as session:
        for who in owners:
            session.get_one(Person, north.people[who]).role = Role.OWNER
        session.commit()

    def attempt(session: Session, racer: int) -> str:
        try:
            ask_deletion(session, north.actor(owners[racer % 3]), AskDeletion(PASSWORD), NOW)
            session.commit()
        except (LastOwner, DeletionAsked) as refused:
            session.rollback()
            return type(refused).__name__
        return "asked"

    said = Counter(race(open_session, north.id, attempt))
    assert said["asked"] == 2
    assert said["LastOwner"] + said["DeletionAsked"] == RACERS - 2
    assert said["LastOwner"] > 0
    with open_session(north.id) as session:
        assert len(session.scalars(select(Deletion.person_id)).all()) == 2
