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
    event.listen(engine, "begin", _read_so_far)
    event.listen(engine, "before_cursor_execute", _note_writing)
    event.listen(engine, "rollback", _keep_prepared)
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


_WROTE = "portico_wrote"


def _read_so_far(connection: Connection) -> None:
    connection.info[_WROTE] = False


def _note_writing(connection: Connection, _cursor: Any, statement: str, *_rest: Any) -> None:
    if not statement.startswith("SELECT"):
        connection.info[_WROTE] = True


def _keep_prepared(connection: Connection) -> None:
    """End a transaction that has only read by a commit, which comes to the same.

    psycopg forgets every prepared statement at a rollback, and pages end with one: each page would plan its statements
    anew, which took longer than running them.
    """
    driver: Any = connection.connection.driver_connection
    if not connection.info[_WROTE] and driver.info.transaction_status == TransactionStatus.INTRANS:
        driver.commit()


def _take_web_role(connection: Any, _record: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"SET ROLE {WEB_ROLE}")
    # SET ROLE is undone by a rollback of the transaction that it ran in.
    connection.commit()
