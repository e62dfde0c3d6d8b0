"""How somebody came to what they have: the lines of their grants, the latest first."""

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from app.domain.credits.terms import Step
from app.models import (
    Booking,
    Contract,
    CreditGrant,
    CreditLine,
    Location,
    Plan,
    Resource,
    TeamMember,
)


def history(session: Session, person_id: int, limit: int = 30) -> list[Step]:
    """The last steps of somebody's own grants, and of their teams' as far as it was for their bookings. One statement."""
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
            Resource.name.label("room"),
            Booking.starts_at,
            Location.zone,
            CreditGrant.team_id,
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
            Booking, and_(Booking.tenant_id == CreditLine.tenant_id, Booking.id == CreditLine.booking_id)
        )
        .outerjoin(
            Resource, and_(Resource.tenant_id == Booking.tenant_id, Resource.id == Booking.resource_id)
        )
        .outerjoin(
            Location, and_(Location.tenant_id == Booking.tenant_id, Location.id == Booking.location_id)
        )
        .where(
            or_(
                CreditGrant.person_id == person_id,
                and_(
                    CreditGrant.team_id.in_(
                        select(TeamMember.team_id).where(TeamMember.person_id == person_id)
                    ),
                    or_(CreditLine.booking_id.is_(None), Booking.person_id == person_id),
                ),
            )
        )
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
            row.zone,
            shared=row.team_id is not None,
        )
        for row in rows
    ]
