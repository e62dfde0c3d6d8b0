"""How a connection to each database engine is set up: explicit transactions on SQLite, the walled role on PostgreSQL."""

from typing import Any, cast

from psycopg.pq import TransactionStatus
from sqlalchemy import Connection, Engine, event

WEB_ROLE = "portico_web"
"""The PostgreSQL role under which pages and jobs run: it owns nothing and row security binds it."""

WRITES_FIRST = "portico_writes_first"
"""Connection execution option: begin by taking SQLite's write lock instead of a read snapshot."""


def prepare_engine(engine: Engine, *, row_security: bool) -> None:
    """Attach the connection rules to an engine. Call once per engine, before its first connection."""
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        return
    event.listen(engine, "connect", _leave_beginning_to_us)
    event.listen(engine, "begin", _nobody_yet)
    event.listen(engine, "before_cursor_execute", _begin_late)
    if row_security:
        event.listen(engine, "connect", _take_web_role)


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    # The driver's own transaction handling opens transactions late and double-books; BEGIN is ours (see below).
    connection.isolation_level = None
    for pragma in (
        "journal_mode=WAL",
        "synchronous=NORMAL",
        "foreign_keys=ON",
        "busy_timeout=10000",
        "cache_size=-16000",
        "temp_store=MEMORY",
    ):
        connection.execute(f"PRAGMA {pragma}").close()


def _begin_sqlite(connection: Connection) -> None:
    # A transaction that reads first and writes later fails at once when another wrote in between, whatever the
    # busy timeout; so one that is going to write says so and waits its turn here.
    if connection.get_execution_options().get(WRITES_FIRST):
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    else:
        # Straight to the driver: this one opens no file and takes no lock, so no error of it needs a translation.
        cast("Any", connection.connection.driver_connection).execute("BEGIN")


# PostgreSQL. A page that only reads needs no transaction: at READ COMMITTED each statement sees what is committed when it
# starts, inside of one or not. So BEGIN is sent before the first statement that is more than a plain SELECT, and a page's
# five round trips become two or three.

_SPEAKS_FOR = "portico_speaks_for"
"""In a pooled connection's `info`: the tenant that its setting names, as text; nobody's is empty, as on a new one."""
_WAS_TOLD = "portico_was_told"
"""Since this transaction began, as SQLAlchemy counts transactions."""
_TELL = "SELECT set_config('app.tenant_id', %(tenant)s, false)"


def speak_for(connection: Connection, tenant_id: int | None) -> None:
    """Let row security show this tenant's rows, or nobody's, until the transaction ends; call it as it begins.

    The setting stays on the pooled connection and is compared when the next one begins, by whoever that is.
    """
    wanted = "" if tenant_id is None else str(tenant_id)
    connection.info[_WAS_TOLD] = True
    if connection.info.get(_SPEAKS_FOR, "") != wanted:
        # Unknown while it is under way. Nothing has begun yet, so no rollback can take it back afterwards.
        connection.info[_SPEAKS_FOR] = None
        connection.exec_driver_sql(_TELL, {"tenant": wanted})
        connection.info[_SPEAKS_FOR] = wanted


def _leave_beginning_to_us(connection: Any, _record: Any) -> None:
    connection.autocommit = True


def _nobody_yet(connection: Connection) -> None:
    connection.info[_WAS_TOLD] = False


def _begin_late(connection: Connection, _cursor: Any, statement: str, *_rest: Any) -> None:
    if statement in {_TELL, "BEGIN"}:
        return
    if not connection.info[_WAS_TOLD]:
        # Not a session's: it must not see what the connection's last user saw.
        speak_for(connection, None)
    driver = cast("Any", connection.connection.driver_connection)
    if driver.info.transaction_status == TransactionStatus.IDLE and not _only_reads(statement):
        connection.exec_driver_sql("BEGIN")


def _only_reads(statement: str) -> bool:
    # `FOR UPDATE` and its like hold locks, which live as long as a transaction.
    return statement.startswith("SELECT") and " FOR " not in statement


def _take_web_role(connection: Any, _record: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"SET ROLE {WEB_ROLE}")
    # SET ROLE is undone by a rollback of the transaction that it ran in.
    connection.commit()
