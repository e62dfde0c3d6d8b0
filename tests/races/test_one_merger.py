"""Many merge the same two people at the same moment, some one way and some the other: it happens once."""

from collections import Counter

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from app.domain.privacy.merge import merge_people
from app.domain.privacy.terms import Merge
from app.kernel.errors import NotFound
from app.models import Merger, Person
from tests.races.conftest import NOW, RACERS, race
from tests.support.sessions import OpenSession
from tests.support.world import World

pytestmark = pytest.mark.race


def test_two_people_become_one_once(racing: tuple[Engine, OpenSession], world: World) -> None:
    _, open_session = racing
    north = world.northlight
    both = (north.people["member"], north.people["colleague"])

    def attempt(session: Session, racer: int) -> str:
        kept, gone = both if racer % 2 else both[::-1]
        try:
            merge_people(session, north.actor("desk"), Merge(kept, gone, take_email=True), lambda: NOW)
            session.commit()
        except NotFound:
            session.rollback()
            return "refused"
        return "merged"

    said = Counter(race(open_session, north.id, attempt))
    assert said == {"merged": 1, "refused": RACERS - 1}
    with open_session(north.id) as session:
        merger = session.scalars(select(Merger)).one()
        people = {each.id: each for each in session.scalars(select(Person).where(Person.id.in_(both)))}
    assert people[merger.kept_id].anonymised_at is None
    assert people[merger.merged_id].anonymised_at == NOW
