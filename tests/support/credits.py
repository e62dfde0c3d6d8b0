"""Somebody's credit in a test: given, used and counted."""

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.domain.credits.granting import put_grant
from app.domain.credits.terms import Holder, NewGrant
from app.models import CreditGrant, CreditKind, CreditLine, CreditSource
from app.tenancy import begin_writing

LONG_AGO = datetime.fromisoformat("2026-01-01T00:00:00+00:00")


def granted(
    session: Session,
    holder: Holder,
    amount: int,
    *types: int,
    until: datetime | None = None,
    key: str = "test:1",
    now: datetime = LONG_AGO,
    kind: CreditKind | None = None,
) -> int:
    """Minutes for rooms of those types, or money without any, unless it is of another kind; committed."""
    begin_writing(session)
    kind = kind or (CreditKind.TIME if types else CreditKind.MONEY)
    grant = NewGrant(holder, kind, amount, LONG_AGO, until, CreditSource.STAFF, key, types)
    grant_id = put_grant(session, grant, now)
    session.commit()
    assert grant_id is not None
    return grant_id


def sums(session: Session) -> dict[int, int]:
    """The sum of the lines of each grant."""
    rows = session.execute(
        select(CreditLine.grant_id, func.sum(CreditLine.amount)).group_by(CreditLine.grant_id)
    )
    return {grant_id: int(left) for grant_id, left in rows}


def amounts(session: Session) -> list[tuple[CreditKind, int, datetime, datetime | None]]:
    """What was given, oldest first: kind, amount, from when, until when."""
    rows = session.execute(
        select(CreditGrant.kind, CreditGrant.amount, CreditGrant.starts_at, CreditGrant.expires_at).order_by(
            CreditGrant.id
        )
    )
    return [(kind, amount, starts, until) for kind, amount, starts, until in rows]
