"""A session of the tenant's, and staff who write announcements and send them."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from app.domain.actor import Actor
from app.domain.announcements.sending import send_now, tell_next
from app.domain.announcements.terms import Aim, WriteAnnouncement
from app.domain.announcements.writing import create_announcement
from app.models import AnnouncementReader, Person
from app.tenancy import begin_writing, tenant_session
from tests.support.world import CAST, TenantWorld, World

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
OpenSession = Callable[[], Session]


class Office:
    """The front desk on a clock that stands still unless the test moves it; every verb commits."""

    def __init__(self, open_session: OpenSession, session: Session, tenant: TenantWorld) -> None:
        self.open_session, self.session, self.tenant, self.now = open_session, session, tenant, NOW

    def staff(self, who: str = "desk", *places: str) -> Actor:
        """Somebody of staff, who works in these places only where some are named."""
        limited = frozenset(self.tenant.locations[place] for place in places) if places else None
        return replace(self.tenant.actor(who), limited_to=limited)

    def write(self, actor: Actor | None = None, *, title: str = "The lift", **aim: Any) -> int:
        command = WriteAnnouncement(title, "Take the stairs.\n\nUntil Friday.", Aim(**aim))
        made = create_announcement(self.session, actor or self.staff(), command, self.now)
        self.session.commit()
        return made.id

    def send(self, announcement_id: int) -> None:
        send_now(self.session, self.staff(), announcement_id, self.now)
        self.session.commit()

    def work(self) -> int:
        """Let the worker tell everybody who waits; how many batches it was."""
        batches = 0
        while True:
            begin_writing(self.session)
            found = tell_next(self.session, self.now)
            self.session.commit()
            if not found:
                return batches
            batches += 1

    def told(self, announcement_id: int) -> set[str]:
        """Who of the cast was told, by name; everybody else by e-mail."""
        rows = self.session.execute(
            select(Person.id, Person.email)
            .join(AnnouncementReader, AnnouncementReader.person_id == Person.id)
            .where(AnnouncementReader.announcement_id == announcement_id)
        )
        names = {id_: name for name, id_ in self.tenant.people.items()}
        return {names.get(row.id, row.email) for row in rows}

    def sent_to(self, **aim: Any) -> set[str]:
        """Whom an announcement with this audience reaches."""
        made = self.write(**aim)
        self.send(made)
        self.work()
        return self.told(made)

    def move(self, who: str, place: str | None) -> None:
        """Let somebody call another place home."""
        home = self.tenant.locations[place] if place else None
        self.session.get_one(Person, self.tenant.people[who]).location_id = home
        self.session.commit()

    @contextmanager
    def asked(self) -> Iterator[list[str]]:
        """The statements that are sent to the database meanwhile."""
        found: list[str] = []

        def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
            found.append(statement)

        engine = self.session.get_bind()
        event.listen(engine, "before_cursor_execute", note)
        yield found
        event.remove(engine, "before_cursor_execute", note)

    def later(self, **span: int) -> None:
        self.now += timedelta(**span)


EVERYBODY = set(CAST)


@pytest.fixture
def session(open_session: OpenSession, world: World) -> Iterator[Session]:
    with tenant_session(open_session, world.northlight.id) as session:
        yield session


@pytest.fixture
def office(open_session: OpenSession, session: Session, world: World) -> Office:
    return Office(open_session, session, world.northlight)
