"""Finding one row by an id that came from outside."""

from collections.abc import Collection
from typing import TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.kernel.errors import NotFound
from app.models import Location, Person, TenantOwned
from app.models.base import LARGEST_ID

Row = TypeVar("Row", bound=TenantOwned)


def one(
    session: Session, model: type[Row], row_id: int, *, lock: bool = False, key_share: bool = False
) -> Row:
    """The tenant's row of that id, read anew; with `lock` it stays as it is until the transaction ends. With `key_share` others may
    still refer to it meanwhile.

    Raises NotFound for an id that is unknown, another tenant's, or larger than any id can be.
    """
    if not 0 < row_id <= LARGEST_ID:
        raise NotFound
    query = select(model).where(model.id == row_id)
    if lock:
        query = query.with_for_update(key_share=key_share)
    row = session.execute(query.execution_options(populate_existing=True)).scalar_one_or_none()
    if row is None:
        raise NotFound
    return row


def hold_person(session: Session, person_id: int) -> None:
    """Let nobody else decide about this person's bookings or money until the transaction ends.

    Two at the same moment would each count without the other's. On SQLite the write lock does it; on PostgreSQL the
    person's row is locked, in the way that lets others still refer to it. With money it is taken before the chain.
    """
    hold_people(session, [person_id])


def hold_people(session: Session, person_ids: Collection[int]) -> None:
    """The same for several, in the order of their ids: two who want some of the same wait for each other, not both for ever."""
    query = select(Person.id).where(Person.id.in_(person_ids)).order_by(Person.id)
    session.execute(query.with_for_update(key_share=True))


def require_location(session: Session, location_id: int) -> None:
    """Raises NotFound for a location that is unknown, retired or another tenant's."""
    if one(session, Location, location_id).retired_at is not None:
        raise NotFound


def all_of(session: Session, model: type[Row], ids: frozenset[int]) -> list[Row]:
    """The tenant's rows of those ids. Raises NotFound when one of them is missing."""
    rows = list(session.execute(select(model).where(model.id.in_(ids))).scalars())
    if len(rows) != len(ids):
        raise NotFound
    return rows
