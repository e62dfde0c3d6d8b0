"""A session of the tenant's, and people who may write to each other."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from app.domain.actor import Actor
from app.domain.messaging.send import send
from app.domain.messaging.start import start_direct, start_group
from app.domain.messaging.terms import NewGroup, SendMessage, Sent
from app.models import PersonProfile
from tests.support.world import CAST, TenantWorld, World


class Board:
    """People of the cast who talk, on a clock that moves a second with each verb; every verb commits."""

    def __init__(self, session: Session, tenant: TenantWorld) -> None:
        self.session, self.tenant = session, tenant
        self.now = datetime(2026, 11, 24, 9, tzinfo=UTC)

    def tick(self) -> datetime:
        self.now += timedelta(seconds=1)
        return self.now

    def who(self, name: str) -> Actor:
        return self.tenant.actor(name)

    def limited(self, name: str, location_id: int) -> Actor:
        """The same, if they worked at one location only."""
        return replace(self.who(name), limited_to=frozenset({location_id}))

    def direct(self, one: str, other: str) -> int:
        made = start_direct(self.session, self.who(one), self.tenant.people[other], self.tick())
        self.session.commit()
        return made

    def group(self, one: str, *others: str) -> int:
        people = frozenset(self.tenant.people[name] for name in others)
        made = start_group(self.session, self.who(one), NewGroup(people), self.tick())
        self.session.commit()
        return made

    def say(self, who: str, where: int, words: str = "Hello", client_id: str | None = None) -> Sent:
        sent = send(self.session, self.who(who), where, SendMessage(words, client_id), self.tick())
        self.session.commit()
        return sent


@pytest.fixture
def board(session: Session, world: World) -> Board:
    """Everybody of the cast has agreed to be listed, but the contact."""
    north = world.northlight
    session.add_all(
        PersonProfile(person_id=north.people[name], listed=True) for name in CAST if name != "contact"
    )
    session.commit()
    return Board(session, north)
