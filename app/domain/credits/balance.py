"""What somebody has: the sum of the lines of each grant that can be used."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, exists, func, or_, select
from sqlalchemy.orm import Session

from app.domain.credits.terms import Fund, Holder
from app.models import (
    CheckIn,
    CreditCause,
    CreditGrant,
    CreditGrantType,
    CreditKind,
    CreditLine,
    CreditSource,
    PassType,
    Resource,
    ResourceType,
    Team,
    TeamMember,
)


def funds_for(
    session: Session, person_id: int, resource_id: int, now: datetime, *, without: Collection[int] = ()
) -> list[Fund]:
    """What somebody can use for a resource: their own credit and that of their teams; as if the bookings `without` had used
    nothing. One statement."""
    where = [_usable(now), _of(person_id), _for(resource_id)]
    if without:
        where.append(or_(CreditLine.booking_id.is_(None), CreditLine.booking_id.not_in(without)))
    return _funds(session, *where)


def lock_funds(session: Session, person_id: int, resource_id: int, now: datetime) -> list[Fund]:
    """The same, of which nobody else uses anything until the transaction ends; it is one that writes.

    On PostgreSQL the grants are locked, and only then is counted what is left; on SQLite the write lock does it. Grants come
    after the person and the contract in the order of locks, by their ids.
    """
    where = (_usable(now), _of(person_id), _for(resource_id))
    _lock(session, *where)
    return _funds(session, *where)


def lock_held(
    session: Session, holder: Holder, kind: CreditKind, type_id: int | None, now: datetime
) -> list[Fund]:
    """What a holder has of a kind, and of time for a type, locked in the same way."""
    where = [_usable(now), _is(holder), CreditGrant.kind == kind]
    if kind is CreditKind.TIME:
        where.append(_names(CreditGrantType.resource_type_id == type_id))
    _lock(session, *where)
    return _funds(session, *where)


@dataclass(frozen=True, slots=True)
class Pass:
    """What is left of a grant that lets somebody in: days, or minutes in the house."""

    grant_id: int
    kind: CreditKind
    left: int
    pass_type_id: int | None
    name: str | None


def lock_passes(session: Session, person_id: int, now: datetime) -> list[Pass]:
    """The passes of somebody and of their teams, locked in the same way: by priority, those of no kind last, then the
    soonest to expire, and of those one's own first."""
    where = (_usable(now), _of(person_id), CreditGrant.kind.in_((CreditKind.DAYS, CreditKind.MINUTES)))
    _lock(session, *where)
    rows = session.execute(
        _sums(*where)
        .add_columns(CreditGrant.pass_type_id)
        .group_by(CreditGrant.pass_type_id, PassType.priority)
        .having(_LEFT > 0)
        .order_by(None)
        .order_by(
            PassType.priority.is_(None),
            PassType.priority,
            CreditGrant.expires_at.is_(None),
            CreditGrant.expires_at,
            CreditGrant.team_id.is_not(None),
            CreditGrant.id,
        )
    )
    return [Pass(row.id, row.kind, int(row.left), row.pass_type_id, row.pass_name) for row in rows]


def funds_of(session: Session, holder: Holder, now: datetime) -> list[Fund]:
    """All that a holder can use, the soonest to expire first; of a person that of their teams too. One statement."""
    return [fund for fund in allowances_of(session, holder, now) if fund.left > 0]


def allowances_of(session: Session, holder: Holder, now: datetime) -> list[Fund]:
    """The same with what is used up before it ends. One statement."""
    whose = _is(holder) if holder.person_id is None else _of(holder.person_id)
    return _read(session, _sums(_usable(now), whose))


def types_of(session: Session, grant_ids: list[int]) -> dict[int, list[str]]:
    """The names of the types that grants of time and of money may be used for, in the operator's order."""
    rows = session.execute(
        select(CreditGrantType.grant_id, ResourceType.name)
        .join(
            ResourceType,
            and_(
                ResourceType.tenant_id == CreditGrantType.tenant_id,
                ResourceType.id == CreditGrantType.resource_type_id,
            ),
        )
        .where(CreditGrantType.grant_id.in_(grant_ids))
        .order_by(ResourceType.position, ResourceType.name)
    )
    found: dict[int, list[str]] = {}
    for grant_id, name in rows:
        found.setdefault(grant_id, []).append(name)
    return found


def _lock(session: Session, *where: ColumnElement[bool]) -> None:
    session.execute(
        select(CreditGrant.id).where(*where).order_by(CreditGrant.id).with_for_update(key_share=True)
    ).all()


def _funds(session: Session, *where: ColumnElement[bool]) -> list[Fund]:
    return _read(session, _sums(*where).having(_LEFT > 0))


def _read(session: Session, query: Select[*tuple[Any, ...]]) -> list[Fund]:
    return [
        Fund(
            row.id,
            row.kind,
            int(row.left),
            row.expires_at,
            shared=row.team_id is not None,
            pass_name=row.pass_name,
            allowed=int(row.allowed),
            of_cycle=row.source is CreditSource.CONTRACT,
        )
        for row in session.execute(query)
    ]


_HELD = (
    select(func.sum(CheckIn.held_minutes))
    .where(CheckIn.tenant_id == CreditGrant.tenant_id, CheckIn.grant_id == CreditGrant.id)
    .correlate(CreditGrant)
    .scalar_subquery()
)
"""What stays hold that are not settled yet."""
_LEFT = func.sum(CreditLine.amount) - func.coalesce(_HELD, 0)
_ALLOWED = func.sum(
    case((CreditLine.cause.in_((CreditCause.GRANTED, CreditCause.TAKEN)), CreditLine.amount), else_=0)
)


def _sums(*where: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    return (
        select(
            CreditGrant.id,
            CreditGrant.kind,
            CreditGrant.expires_at,
            CreditGrant.team_id,
            CreditGrant.source,
            PassType.name.label("pass_name"),
            _LEFT.label("left"),
            _ALLOWED.label("allowed"),
        )
        .join(
            CreditLine,
            and_(CreditLine.tenant_id == CreditGrant.tenant_id, CreditLine.grant_id == CreditGrant.id),
        )
        .outerjoin(
            PassType,
            and_(PassType.tenant_id == CreditGrant.tenant_id, PassType.id == CreditGrant.pass_type_id),
        )
        .where(*where)
        .group_by(
            CreditGrant.tenant_id,
            CreditGrant.id,
            CreditGrant.kind,
            CreditGrant.expires_at,
            CreditGrant.team_id,
            CreditGrant.source,
            PassType.name,
        )
        .order_by(CreditGrant.expires_at.is_(None), CreditGrant.expires_at, CreditGrant.id)
    )


def _usable(now: datetime) -> ColumnElement[bool]:
    return and_(
        CreditGrant.starts_at <= now, or_(CreditGrant.expires_at.is_(None), CreditGrant.expires_at > now)
    )


def _is(holder: Holder) -> ColumnElement[bool]:
    if holder.person_id is not None:
        return CreditGrant.person_id == holder.person_id
    return CreditGrant.team_id == holder.team_id


def _of(person_id: int) -> ColumnElement[bool]:
    """Somebody's own, and what they share: a retired team gives nothing."""
    teams = (
        select(TeamMember.team_id)
        .join(Team, and_(Team.tenant_id == TeamMember.tenant_id, Team.id == TeamMember.team_id))
        .where(TeamMember.person_id == person_id, Team.retired_at.is_(None))
    )
    return or_(CreditGrant.person_id == person_id, CreditGrant.team_id.in_(teams))


def _for(resource_id: int) -> ColumnElement[bool]:
    type_id = select(Resource.resource_type_id).where(Resource.id == resource_id).scalar_subquery()
    # Money that names no type is for every room
    anywhere = and_(CreditGrant.kind == CreditKind.MONEY, ~_names())
    return or_(anywhere, _names(CreditGrantType.resource_type_id == type_id))


def _names(*type_is: ColumnElement[bool]) -> ColumnElement[bool]:
    """Whether a grant names a type of room, or such a one."""
    return exists().where(
        CreditGrantType.tenant_id == CreditGrant.tenant_id,
        CreditGrantType.grant_id == CreditGrant.id,
        *type_is,
    )
