"""The visits that somebody paid for as they went."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from app.models import Location, PaidBy, PaidVisit, Team

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


def visits_of(session: Session, person_id: int) -> list[VisitShown]:
    """The last of somebody's visits, the latest first; one statement."""
    rows = session.execute(
        select(
            PaidVisit.day,
            Location.name,
            PaidVisit.paid_by,
            PaidVisit.price_minor,
            PaidVisit.minutes,
            PaidVisit.charged_minor,
            Team.name.label("team"),
        )
        .join(
            Location,
            and_(Location.tenant_id == PaidVisit.tenant_id, Location.id == PaidVisit.location_id),
        )
        .outerjoin(Team, and_(Team.tenant_id == PaidVisit.tenant_id, Team.id == PaidVisit.team_id))
        .where(PaidVisit.person_id == person_id)
        .order_by(PaidVisit.id.desc())
        .limit(_MOST)
    )
    return [VisitShown(*row) for row in rows]
