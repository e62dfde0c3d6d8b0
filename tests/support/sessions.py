"""Walled sessions on a test database without Flask: what a job or the command line would open."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from sqlalchemy import Engine, create_engine
from sqlalchemy.orm import Session, sessionmaker

from app.models.engine import prepare_engine
from app.tenancy import enter_tenant, guard_sessions

OpenSession = Callable[[int], Session]
"""Opens a session of its own that has entered the tenant of that id."""


@contextmanager
def walled_sessions(url: str, *, connections: int = 5) -> Iterator[tuple[Engine, OpenSession]]:
    """Yield the engine and what opens sessions on it; both set up as the application sets up its own."""
    engine = create_engine(url, pool_size=connections, max_overflow=0)
    prepare_engine(engine, row_security=True)
    factory = sessionmaker(engine, expire_on_commit=False, autoflush=False)
    guard_sessions(factory)

    def open_session(tenant_id: int) -> Session:
        session = factory()
        enter_tenant(session, tenant_id)
        return session

    try:
        yield engine, open_session
    finally:
        engine.dispose()
