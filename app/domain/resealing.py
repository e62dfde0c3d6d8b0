"""Sealing what is kept secret anew, under the newest key."""

from sqlalchemy import select
from sqlalchemy.orm import InstrumentedAttribute, Session

from app.ports import SecretBox, SecretUnreadable
from app.tenancy import begin_writing


def reseal_column(
    session: Session, column: InstrumentedAttribute[str] | InstrumentedAttribute[str | None], box: SecretBox
) -> tuple[int, int]:
    """Seal what a column of the tenant's rows holds; returns how many were, and how many no key opens. Flushes."""
    begin_writing(session)
    done = lost = 0
    for row in session.scalars(select(column.class_).where(column.is_not(None))):
        try:
            setattr(row, column.key, box.reseal(getattr(row, column.key)))
            done += 1
        except SecretUnreadable:
            lost += 1
    session.flush()
    return done, lost
