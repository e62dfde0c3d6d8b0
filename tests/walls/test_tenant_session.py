"""The wall in the session: what one tenant's session can reach, and that nothing passes it by mistake."""

from collections.abc import Callable
from typing import cast

import pytest
from sqlalchemy import Table, delete, func, insert, select, text, update
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.orm import Session, aliased

from app.models import Base, Location, Resource, Tenant, TenantOwned
from app.tenancy import (
    NoTenant,
    OtherTenant,
    UnreviewedStatement,
    begin_writing,
    enter_tenant,
    reviewed,
    tenant_session,
)
from tests.support.world import World

OpenSession = Callable[[], Session]


def test_each_tenant_has_rooms_of_the_same_names(open_session: OpenSession, world: World) -> None:
    names = []
    for tenant in (world.northlight, world.harbour):
        with tenant_session(open_session, tenant.id) as session:
            names.append(sorted(session.scalars(select(Resource.name))))
    assert names[0] == names[1] == ["Alder", "Cedar", "Fern", "Lark", "Rowan", "Tejo"]


def test_it_filters_entities_columns_aliases_and_counts(open_session: OpenSession, world: World) -> None:
    other = aliased(Resource)
    with tenant_session(open_session, world.harbour.id) as session:
        assert {room.tenant_id for room in session.scalars(select(Resource))} == {world.harbour.id}
        assert set(session.scalars(select(Resource.tenant_id))) == {world.harbour.id}
        assert set(session.scalars(select(other.tenant_id))) == {world.harbour.id}
        assert session.scalar(select(func.count(Resource.id))) == 6
        inside = (
            select(Location.id).where(Location.id.in_(select(Resource.location_id))).order_by(Location.id)
        )
        assert list(session.scalars(inside)) == sorted(world.harbour.locations.values())


def test_it_does_not_find_the_other_tenants_row_by_id(open_session: OpenSession, world: World) -> None:
    theirs = world.harbour.rooms["Fern"]
    with tenant_session(open_session, world.harbour.id) as session:
        assert session.get(Resource, theirs) is not None
    with tenant_session(open_session, world.northlight.id) as session:
        assert session.get(Resource, theirs) is None


def test_it_changes_and_deletes_only_its_own_rows(open_session: OpenSession, world: World) -> None:
    with tenant_session(open_session, world.northlight.id) as session:
        session.execute(update(Location).values(address="changed"))
        session.execute(delete(Resource).where(Resource.name == "Lark"))
    with tenant_session(open_session, world.harbour.id) as session:
        assert set(session.scalars(select(Location.address))) == {""}
        assert "Lark" in set(session.scalars(select(Resource.name)))


def test_it_refuses_to_work_without_a_tenant(open_session: OpenSession, world: World) -> None:
    with open_session() as session:
        assert session.scalar(select(func.count(Tenant.id))) == 2
        with pytest.raises(NoTenant):
            session.execute(select(Resource.id))
        with pytest.raises(NoTenant):
            session.execute(reviewed(text("SELECT id FROM resource")))


def test_it_refuses_statements_that_it_cannot_filter(open_session: OpenSession, world: World) -> None:
    table = Base.metadata.tables["resource"]
    with tenant_session(open_session, world.northlight.id) as session:
        for statement in (text("SELECT id FROM resource"), select(table.c.id), insert(Location)):
            with pytest.raises(UnreviewedStatement):
                session.execute(statement)


def test_it_refuses_a_second_tenant(open_session: OpenSession, world: World) -> None:
    with tenant_session(open_session, world.northlight.id) as session:
        with pytest.raises(OtherTenant):
            enter_tenant(session, world.harbour.id)
        with pytest.raises(OtherTenant):
            enter_tenant(session, world.northlight.id)


def test_it_refuses_a_session_that_was_used_before(open_session: OpenSession, world: World) -> None:
    with open_session() as session:
        session.execute(select(Tenant.id)).all()
        with pytest.raises(OtherTenant):
            enter_tenant(session, world.northlight.id)


def test_it_stamps_new_rows_and_refuses_foreign_ones(open_session: OpenSession, world: World) -> None:
    with tenant_session(open_session, world.northlight.id) as session:
        mine = Location(name="Annexe", zone="Europe/London")
        session.add(mine)
        session.flush()
        assert mine.tenant_id == world.northlight.id
        session.add(Location(name="Smuggled", zone="Europe/London", tenant_id=world.harbour.id))
        with pytest.raises(OtherTenant):
            session.flush()
        session.rollback()


def test_no_row_can_point_across_the_wall(open_session: OpenSession, world: World) -> None:
    here, there = world.northlight, world.harbour
    with tenant_session(open_session, here.id) as session:
        room = session.get_one(Resource, here.rooms["Fern"])
        room.location_id = here.locations["Porto"]
        session.flush()
        room.location_id = there.locations["Porto"]
        with pytest.raises(IntegrityError):
            session.flush()
        session.rollback()


def test_beginning_to_write_refuses_unsaved_changes(open_session: OpenSession, world: World) -> None:
    with tenant_session(open_session, world.northlight.id) as session:
        begin_writing(session)
        session.add(Location(name="Annexe", zone="Europe/London"))
        with pytest.raises(RuntimeError):
            begin_writing(session)


@pytest.mark.parametrize("engine", ["postgres"])
def test_row_security_hides_what_a_reviewed_statement_forgot(open_session: OpenSession, world: World) -> None:
    with tenant_session(open_session, world.northlight.id) as session:
        assert session.scalar(reviewed(text("SELECT count(*) FROM resource"))) == 6


@pytest.mark.parametrize("engine", ["sqlite"])
def test_without_row_security_such_a_statement_sees_everything(
    open_session: OpenSession, world: World
) -> None:
    """The control for the test above: it is row security that hides the rows, nothing else."""
    with tenant_session(open_session, world.northlight.id) as session:
        assert session.scalar(reviewed(text("SELECT count(*) FROM resource"))) == 12


@pytest.mark.parametrize("engine", ["postgres"])
def test_row_security_refuses_to_write_for_another_tenant(open_session: OpenSession, world: World) -> None:
    smuggle = reviewed(text("INSERT INTO plan (tenant_id, name, position) VALUES (:tenant, 'Smuggled', 0)"))
    with tenant_session(open_session, world.northlight.id) as session:
        session.execute(smuggle, {"tenant": world.northlight.id})
        with pytest.raises(DBAPIError, match="row-level security"):
            session.execute(smuggle, {"tenant": world.harbour.id})
        session.rollback()


def _tenant_owned() -> list[Table]:
    tables = [
        cast("Table", mapper.local_table)
        for mapper in Base.registry.mappers
        if issubclass(mapper.class_, TenantOwned)
    ]
    return sorted(tables, key=lambda table: table.name)


PLATFORM = {"tenant", "tenant_host"}


def test_every_table_is_the_platforms_or_behind_the_wall() -> None:
    assert set(Base.metadata.tables) - PLATFORM == {table.name for table in _tenant_owned()}


@pytest.mark.parametrize("table", _tenant_owned(), ids=lambda table: table.name)
def test_every_walled_table_has_composite_keys(table: Table) -> None:
    unique = [
        {column.name for column in index.columns} for index in table.constraints if hasattr(index, "columns")
    ]
    assert {"tenant_id", "id"} in unique
    for key in table.foreign_key_constraints:
        if key.referred_table.name not in PLATFORM:
            assert next(element.parent.name for element in key.elements) == "tenant_id", key.name
            assert [element.column.name for element in key.elements] == ["tenant_id", "id"], key.name
    for index in table.indexes:
        assert next(iter(index.columns)).name == "tenant_id", f"{index.name} does not start from the tenant"


@pytest.mark.parametrize("engine", ["postgres"])
def test_every_walled_table_has_forced_row_security(open_session: OpenSession, world: World) -> None:
    walled = reviewed(
        text(
            "SELECT c.relname FROM pg_class c JOIN pg_policy p ON p.polrelid = c.oid "
            "WHERE c.relrowsecurity AND c.relforcerowsecurity AND p.polname = 'tenant_wall'"
        )
    )
    owners = reviewed(text("SELECT count(*) FROM pg_class WHERE relowner = current_user::regrole"))
    role = reviewed(text("SELECT rolbypassrls OR rolsuper FROM pg_roles WHERE rolname = current_user"))
    with tenant_session(open_session, world.northlight.id) as session:
        assert set(session.scalars(walled)) == {table.name for table in _tenant_owned()}
        assert session.scalar(owners) == 0, "the web role owns something"
        assert session.scalar(role) is False, "the web role passes the wall"
