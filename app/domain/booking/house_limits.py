"""Numbers that a house sets for all of its bookings, or leaves out."""

from sqlalchemy import select
from sqlalchemy.orm import InstrumentedAttribute, Session

from app.domain.actor import Actor
from app.domain.audit import record
from app.domain.booking.terms import Malformed
from app.domain.levels import hold_level
from app.domain.reach import check_within_reach
from app.kernel.clock import Clock
from app.models import Tenant
from app.tenancy import begin_writing, tenant_of

Limit = InstrumentedAttribute[int | None]


def house_limit(session: Session, limit: Limit) -> int | None:
    """What the house has set; None where it has set nothing."""
    return session.scalars(select(limit).where(Tenant.id == tenant_of(session))).one()


def set_house_limit(
    session: Session,
    actor: Actor,
    limit: Limit,
    value: int | None,
    most: int,
    clock: Clock,
    *,
    name: str,
    least: int = 1,
) -> None:
    """Set it, or with None leave it out. Audited under its name. Raises Malformed for less than `least` or more than `most`."""
    if value is not None and not least <= value <= most:
        raise Malformed
    check_within_reach(actor, None)
    begin_writing(session)
    tenant = hold_level(session, None).tenant
    before = getattr(tenant, limit.key)
    setattr(tenant, limit.key, value)
    if before != value:
        record(
            session,
            clock(),
            actor.person_id,
            "limits.changed",
            subject="tenant",
            subject_id=tenant.id,
            before={name: before},
            after={name: value},
        )
    session.flush()
