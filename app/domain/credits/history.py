"""How somebody came to what they have: the lines of their grants, the latest first."""

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session

from app.domain.credits.terms import Holder, Step
from app.models import (
    Booking,
    Contract,
    CreditGrant,
    CreditLine,
    Location,
    Plan,
    Product,
    Resource,
    TeamMember,
)


def history(session: Session, holder: Holder, limit: int = 30) -> list[Step]:
    """The last steps of somebody's own grants, and of their teams' but for what others booked; or of a team's. One
    statement."""
    rows = session.execute(
        select(
            CreditLine.id,
            CreditGrant.kind,
            CreditLine.amount,
            CreditLine.cause,
            CreditGrant.source,
            CreditLine.created_at,
            CreditLine.note,
            Plan.name.label("plan"),
            Product.name.label("product"),
            Resource.name.label("room"),
            Booking.starts_at,
            Location.name.label("place"),
            Location.zone,
            CreditGrant.team_id,
            CreditLine.starts_at.label("stayed_from"),
            CreditLine.ends_at.label("stayed_until"),
        )
        .select_from(CreditLine)
        .join(
            CreditGrant,
            and_(CreditGrant.tenant_id == CreditLine.tenant_id, CreditGrant.id == CreditLine.grant_id),
        )
        .outerjoin(
            Contract,
            and_(Contract.tenant_id == CreditGrant.tenant_id, Contract.id == CreditGrant.contract_id),
        )
        .outerjoin(Plan, and_(Plan.tenant_id == Contract.tenant_id, Plan.id == Contract.plan_id))
        .outerjoin(
            Product, and_(Product.tenant_id == CreditGrant.tenant_id, Product.id == CreditGrant.product_id)
        )
        .outerjoin(
            Booking, and_(Booking.tenant_id == CreditLine.tenant_id, Booking.id == CreditLine.booking_id)
        )
        .outerjoin(
            Resource, and_(Resource.tenant_id == Booking.tenant_id, Resource.id == Booking.resource_id)
        )
        .outerjoin(
            Location,
            and_(
                Location.tenant_id == CreditLine.tenant_id,
                Location.id == func.coalesce(Booking.location_id, CreditLine.location_id),
            ),
        )
        .where(_whose(holder))
        .order_by(CreditLine.id.desc())
        .limit(limit)
    ).all()
    return [
        Step(
            row.id,
            row.kind,
            row.amount,
            row.cause,
            row.source,
            row.created_at,
            row.note,
            row.plan,
            row.room,
            row.starts_at,
            row.place,
            row.zone,
            shared=row.team_id is not None,
            product=row.product,
            stayed_from=row.stayed_from,
            stayed_until=row.stayed_until,
        )
        for row in rows
    ]


def _whose(holder: Holder) -> ColumnElement[bool]:
    if holder.person_id is None:
        return CreditGrant.team_id == holder.team_id
    teams = select(TeamMember.team_id).where(TeamMember.person_id == holder.person_id)
    return or_(
        CreditGrant.person_id == holder.person_id,
        and_(
            CreditGrant.team_id.in_(teams),
            or_(CreditLine.booking_id.is_(None), Booking.person_id == holder.person_id),
        ),
    )
