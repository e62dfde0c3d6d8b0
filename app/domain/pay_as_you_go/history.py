"""The visits that somebody paid for as they went."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import and_, func, select, true
from sqlalchemy.orm import Session

from app.models import InvoiceSetting, Location, PaidBy, PaidVisit, Team, Tenant
from app.tenancy import tenant_of

_MOST = 30


@dataclass(frozen=True, slots=True)
class VisitShown:
    """One of them; `price_minor` and `charged_minor` as the tenant enters prices."""

    day: date
    place: str
    paid_by: PaidBy
    price_minor: int
    minutes: int | None
    charged_minor: int | None
    """None while its hours run."""
    team: str | None
    """Which paid for it."""


def visits_and_tax(session: Session, person_id: int) -> tuple[list[VisitShown], bool]:
    """The last of somebody's visits, the latest first, and whether prices are with tax: one statement for a page that says
    both."""
    with_tax = func.coalesce(InvoiceSetting.prices_include_tax, true()).label("with_tax")
    rows = session.execute(
        select(
            PaidVisit.day,
            Location.name,
            PaidVisit.paid_by,
            PaidVisit.price_minor,
            PaidVisit.minutes,
            PaidVisit.charged_minor,
            Team.name.label("team"),
            with_tax,
        )
        .select_from(Tenant)
        .outerjoin(InvoiceSetting, InvoiceSetting.tenant_id == Tenant.id)
        .outerjoin(PaidVisit, and_(PaidVisit.tenant_id == Tenant.id, PaidVisit.person_id == person_id))
        .outerjoin(
            Location,
            and_(Location.tenant_id == PaidVisit.tenant_id, Location.id == PaidVisit.location_id),
        )
        .outerjoin(Team, and_(Team.tenant_id == PaidVisit.tenant_id, Team.id == PaidVisit.team_id))
        .where(Tenant.id == tenant_of(session))
        .order_by(PaidVisit.id.desc())
        .limit(_MOST)
    ).all()
    return [VisitShown(*row[:-1]) for row in rows if row.day is not None], bool(rows[0].with_tax)
