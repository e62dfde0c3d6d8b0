"""PostgreSQL: one pooled connection serves one tenant after the other, and shows each only its own rows."""

from collections.abc import Iterator
from typing import Any, cast

import psycopg
import pytest
from sqlalchemy import Engine, event, func, make_url, select, text, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from app.models import Location, Person
from app.settings import Settings
from app.tenancy import begin_writing, reviewed
from tests.support.sessions import OpenSession, walled_sessions
from tests.support.world import World

pytestmark = pytest.mark.parametrize("engine", ["postgres"])

# Names no tenant: only row security can hold it.
EVERYBODY = reviewed(select(func.count()).select_from(cast("Any", Person.__table__)))
IN_TRUTH = "SELECT count(*) FROM person"


@pytest.fixture
def pool(settings: Settings, world: World) -> Iterator[tuple[Engine, OpenSession]]:
    with walled_sessions(settings.database_url, connections=1) as found:
        yield found


def _people(session: Session) -> set[int]:
    return set(session.scalars(select(Person.tenant_id)))


def _sent(engine: Engine) -> list[str]:
    sent: list[str] = []
    event.listen(engine, "before_cursor_execute", lambda *given: sent.append(given[2]))
    return sent


def test_a_connection_goes_from_tenant_to_tenant(pool: tuple[Engine, OpenSession], world: World) -> None:
    _engine, open_session = pool
    north, harbour = world.northlight.id, world.harbour.id
    for tenant_id in (north, harbour, north, north, harbour):
        with open_session(tenant_id) as session:
            assert 0 < cast("int", session.scalar(EVERYBODY)) == len(session.scalars(select(Person.id)).all())
            assert _people(session) == {tenant_id}


def test_nobody_sees_what_its_last_user_saw(pool: tuple[Engine, OpenSession], world: World) -> None:
    """The control: the driver's own connection still speaks for that tenant."""
    engine, open_session = pool
    with open_session(world.northlight.id) as session:
        theirs = session.scalar(EVERYBODY)
        driver = cast("Any", session.connection().connection.driver_connection)
    assert driver.execute(IN_TRUTH).fetchone() == (theirs,)
    with engine.connect() as connection:
        assert connection.connection.driver_connection is driver
        assert connection.scalar(text(IN_TRUTH)) == 0
    with open_session(world.harbour.id) as session:
        assert _people(session) == {world.harbour.id}


def test_an_error_on_the_way_leaves_no_tenant_behind(pool: tuple[Engine, OpenSession], world: World) -> None:
    _engine, open_session = pool
    with open_session(world.northlight.id) as session:
        begin_writing(session)
        session.execute(update(Location).values(address="half written"))
        with pytest.raises(DBAPIError):
            session.execute(reviewed(text("SELECT 1 / 0")))
    with open_session(world.harbour.id) as session:
        assert _people(session) == {world.harbour.id}
    with open_session(world.northlight.id) as session:
        assert _people(session) == {world.northlight.id}
        assert "half written" not in set(session.scalars(select(Location.address)))


def test_reading_needs_no_transaction_and_the_same_tenant_need_not_be_told_twice(
    pool: tuple[Engine, OpenSession], world: World
) -> None:
    engine, open_session = pool
    sent = _sent(engine)
    for _ in range(2):
        with open_session(world.northlight.id) as session:
            assert _people(session) == {world.northlight.id}
    assert [statement[:17] for statement in sent] == [
        "SELECT set_config",
        "SELECT person.ten",
        "SELECT person.ten",
    ]


@pytest.mark.parametrize(
    "change",
    [
        lambda session: session.execute(update(Location).values(address="changed")),
        lambda session: session.scalars(select(Location).with_for_update()).first(),
        lambda session: session.scalars(select(Location).with_for_update(read=True, key_share=True)).first(),
        lambda session: (session.begin_nested(), session.scalars(select(Location.id)).all()),
        lambda session: session.execute(
            reviewed(text("WITH it AS (UPDATE location SET address = 'x' RETURNING id) SELECT id FROM it"))
        ),
    ],
    ids=["update", "for update", "for key share", "savepoint", "with update"],
)
def test_whatever_writes_or_locks_begins_a_transaction_first(
    pool: tuple[Engine, OpenSession], world: World, change: Any
) -> None:
    engine, open_session = pool
    sent = _sent(engine)
    with open_session(world.northlight.id) as session:
        session.scalar(EVERYBODY)
        assert "BEGIN" not in sent
        change(session)
        assert sent.count("BEGIN") == 1
        session.rollback()
        assert "changed" not in set(session.scalars(select(Location.address)))


def test_a_lock_lives_as_long_as_the_transaction(settings: Settings, world: World) -> None:
    with walled_sessions(settings.database_url, connections=2) as (_engine, open_session):
        locked = select(Location.id).order_by(Location.id).limit(1).with_for_update(nowait=True)
        with open_session(world.northlight.id) as one, open_session(world.northlight.id) as two:
            assert one.scalar(locked)
            with pytest.raises(DBAPIError, match="could not obtain lock"):
                two.scalar(locked)
            two.rollback()
            one.commit()
            assert two.scalar(locked)


def test_a_connection_that_died_is_replaced_and_told_anew(settings: Settings, world: World) -> None:
    address = make_url(settings.database_url).set(drivername="postgresql")
    with (
        walled_sessions(settings.database_url, connections=1) as (_engine, open_session),
        psycopg.connect(address.render_as_string(hide_password=False)) as other,
    ):
        with open_session(world.northlight.id) as session:
            process = session.scalar(reviewed(select(func.pg_backend_pid())))
        other.execute("SELECT pg_terminate_backend(%s)", (process,))
        with open_session(world.northlight.id) as session, pytest.raises(DBAPIError) as raised:
            _people(session)
        assert raised.value.connection_invalidated
        with open_session(world.northlight.id) as session:
            assert _people(session) == {world.northlight.id}
