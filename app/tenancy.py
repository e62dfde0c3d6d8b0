"""THE tenant wall in the session: one session belongs to one tenant, and every statement is held to it.

The other layers are row-level security (PostgreSQL, made by the migration) and composite keys (both engines);
docs/decisions/0001-tenant-wall.md says what each of them catches that the others do not.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, TypeVar, cast

from sqlalchemy import Connection, CursorResult, event, false
from sqlalchemy.orm import ORMExecuteState, Session, SessionTransaction, with_loader_criteria
from sqlalchemy.sql.base import Executable

from app.models.base import TenantOwned
from app.models.engine import WRITES_FIRST, speak_for

Statement = TypeVar("Statement", bound=Executable)

_TENANT = "tenant_id"
REVIEWED = "portico_tenant_reviewed"
"""Execution option for Core and text statements: somebody checked that each names its tenant."""


class TenantWallError(RuntimeError):
    """A programming mistake that would have shown one tenant another's rows. Never caught, always a bug."""


class NoTenant(TenantWallError):
    """Tenant-owned rows were asked for before any tenant was entered."""


class OtherTenant(TenantWallError):
    """A session met a second tenant, or a row of one."""


class UnreviewedStatement(TenantWallError):
    """A statement that the wall cannot filter, and that nobody marked as reviewed."""


def reviewed(statement: Statement) -> Statement:
    """Mark a Core, text or INSERT statement as checked by hand: it names its tenant everywhere it must."""
    return statement.execution_options(**{REVIEWED: True})


def ask(session: Session, statement: Executable, values: Mapping[str, Any]) -> CursorResult[*tuple[Any, ...]]:
    """Run a reviewed Core statement on the session's own connection, without the ORM in between: for what every page
    asks, where the ORM takes as long as the database.

    Raises UnreviewedStatement and NoTenant, as the session would.
    """
    tenant_of(session)
    if not statement.get_execution_options().get(REVIEWED):
        raise UnreviewedStatement(str(statement))
    return session.connection().execute(statement, values)


def enter_tenant(session: Session, tenant_id: int) -> None:
    """Give a fresh session to one tenant for the rest of its life.

    Raises OtherTenant for a session that has a tenant already, or that has begun to work without one.
    """
    if _TENANT in session.info:
        raise OtherTenant(f"this session belongs to tenant {session.info[_TENANT]}; open another one")
    if session.in_transaction() or session.identity_map:
        raise OtherTenant("this session has been used before it entered its tenant")
    session.info[_TENANT] = tenant_id


def tenant_of(session: Session) -> int:
    """The tenant that the session belongs to. Raises NoTenant outside of one."""
    try:
        return int(session.info[_TENANT])
    except KeyError:
        raise NoTenant("no tenant was entered") from None


@contextmanager
def tenant_session(open_session: Callable[[], Session], tenant_id: int) -> Iterator[Session]:
    """A session of its own for one tenant, for jobs and the command line; committed unless an error passes."""
    with open_session() as session:
        enter_tenant(session, tenant_id)
        yield session
        session.commit()


def begin_writing(session: Session) -> None:
    """Start the transaction over as one that will write.

    What was read before may have changed by now: read again what the decision hangs on. On SQLite this waits for
    the one write lock; on PostgreSQL it only starts a new transaction. Raises RuntimeError when changes are pending.
    """
    if session.new or session.dirty or session.deleted:
        raise RuntimeError("there are unsaved changes: begin writing before making them")
    session.commit()
    session.expire_all()
    session.connection(execution_options={WRITES_FIRST: True})


def guard_sessions(factory: Any) -> None:
    """Attach the wall to a session factory (a sessionmaker or a Session class)."""
    event.listen(factory, "do_orm_execute", _hold_to_tenant)
    event.listen(factory, "before_flush", _stamp_rows)
    event.listen(factory, "after_begin", _tell_database)


def _hold_to_tenant(state: ORMExecuteState) -> None:
    tenant_id = state.session.info.get(_TENANT)
    if state.execution_options.get(REVIEWED):
        if tenant_id is None:
            raise NoTenant("a reviewed statement ran before any tenant was entered")
        return
    if not state.is_orm_statement:
        raise UnreviewedStatement(str(state.statement))
    if state.is_insert:
        raise UnreviewedStatement("add objects to the session; a bulk INSERT must be reviewed")
    if tenant_id is None:
        if any(issubclass(mapper.class_, TenantOwned) for mapper in state.all_mappers):
            raise NoTenant(f"no tenant was entered for: {state.statement}")
        criteria = with_loader_criteria(TenantOwned, lambda _: false(), include_aliases=True)
    else:
        criteria = with_loader_criteria(
            TenantOwned, lambda owned: owned.tenant_id == tenant_id, include_aliases=True
        )
    state.statement = state.statement.options(criteria)


def _stamp_rows(session: Session, _context: Any, _instances: Any) -> None:
    for row in (*session.new, *session.dirty, *session.deleted):
        if not isinstance(row, TenantOwned):
            continue
        tenant_id = tenant_of(session)
        owner = cast("int | None", row.tenant_id)
        if owner is None:
            row.tenant_id = tenant_id
        elif owner != tenant_id:
            raise OtherTenant(f"{type(row).__name__} of tenant {owner} in a session of tenant {tenant_id}")


def _tell_database(session: Session, _transaction: SessionTransaction, connection: Connection) -> None:
    if connection.dialect.name == "postgresql":
        speak_for(connection, session.info.get(_TENANT))
