"""What statements about contracts ask in several places."""

from datetime import date

from sqlalchemy import ColumnElement, and_, exists
from sqlalchemy.orm import aliased

from app.models import Contract, ProductSubscription


def followed(begun_by: date | None = None, *, agreed: bool = False) -> ColumnElement[bool]:
    """Whether another contract follows the one that the statement is about: one that has begun by a day, and one that
    staff have said yes to, if that is asked."""
    follower = aliased(Contract)
    asked = [follower.tenant_id == Contract.tenant_id, follower.follows_id == Contract.id]
    if begun_by is not None:
        asked.append(follower.starts_on <= begun_by)
    if agreed:
        asked.append(follower.pending.is_(False))
    return exists().where(*asked)


def their_contract() -> ColumnElement[bool]:
    """To join the contract that something which recurs came with."""
    return and_(
        Contract.tenant_id == ProductSubscription.tenant_id, Contract.id == ProductSubscription.contract_id
    )
