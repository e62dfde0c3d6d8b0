"""The house's limit on how many bookings one person may have ahead: set by staff, heeded by whoever books."""

from datetime import datetime

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from app.domain.actor import Actor
from app.domain.booking.house_limits import house_limit, set_house_limit
from app.domain.booking.terms import Obstacle, Reason
from app.kernel.clock import Clock
from app.models import Booking, BookingStatus, Tenant
from app.models.base import table_of
from app.tenancy import ask, reviewed, tenant_of

MOST_UPCOMING = 1000


def upcoming_limit(session: Session) -> int | None:
    """How many bookings one person may have ahead; None for any number."""
    return house_limit(session, Tenant.upcoming_limit)


def limit_upcoming(session: Session, actor: Actor, most: int | None, clock: Clock) -> None:
    """Set the limit, or lift it with None; bookings made before stay. Raises as `set_house_limit`."""
    set_house_limit(session, actor, Tenant.upcoming_limit, most, MOST_UPCOMING, clock, name="upcoming")


def too_many_ahead(
    session: Session, person_id: int, now: datetime, *, beside: int | None = None
) -> tuple[Obstacle, ...]:
    """TOO_MANY_AHEAD {most} for who has as many bookings that are not over, asked for ones among them, as the house allows.

    `beside` is a booking that is not counted. Holds do not count: nobody has two, and confirming counts again. Only after `hold_person` does the answer stay true.
    """
    most, has = bookings_ahead(session, person_id, now, beside=beside)
    if most is None or has < most:
        return ()
    return (Obstacle(Reason.TOO_MANY_AHEAD, {"most": most}),)


def bookings_ahead(
    session: Session, person_id: int, now: datetime, *, beside: int | None = None
) -> tuple[int | None, int]:
    """How many bookings ahead the house allows one person, None for any number, and how many they have; one statement."""
    asked = {"tenant": tenant_of(session), "person": person_id, "now": now, "beside": beside or _NONE}
    most, has = ask(session, _AHEAD, asked).one()
    return most, has


_NONE = 0
"""No booking's id."""
_BOOKING, _TENANT = table_of(Booking), table_of(Tenant)
_AHEAD = reviewed(
    select(
        _TENANT.c.upcoming_limit,
        select(func.count())
        .where(
            _BOOKING.c.tenant_id == _TENANT.c.id,
            _BOOKING.c.person_id == bindparam("person"),
            _BOOKING.c.ends_at > bindparam("now"),
            _BOOKING.c.id != bindparam("beside"),
            _BOOKING.c.status.in_((BookingStatus.CONFIRMED, BookingStatus.TENTATIVE)),
        )
        .scalar_subquery(),
    ).where(_TENANT.c.id == bindparam("tenant"))
)
