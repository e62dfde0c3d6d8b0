"""The transaction of a verb that writes: begun for writing, and undone when the rules say no."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.orm import Session

from app.kernel.errors import Refusal
from app.tenancy import begin_writing


@contextmanager
def writing(session: Session) -> Iterator[None]:
    """Begin writing; roll back on a refusal, so that nothing half done stays and SQLite's write lock is free again.

    Commits what the session had begun before (see `begin_writing`), and nothing that is written inside.
    """
    begin_writing(session)
    try:
        yield
    except Refusal:
        session.rollback()
        raise
