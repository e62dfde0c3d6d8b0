"""The bookings of a team's people, as its administrator looks after them. What is booked privately belongs here, too: a
team's administrator answers for who sits where."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.actor import Actor
from app.domain.booking.view import STANDING, BookingView, MayCancel, bookings, view_of
from app.domain.team.listing import own_team
from app.kernel.errors import NotFound
from app.models import Booking, BookingStatus, TeamMember
from app.models.base import LARGEST_ID

MOST_SHOWN = 200


def coming(session: Session, actor: Actor, team_id: int, now: datetime) -> list[BookingView]:
    """What runs and what comes for the people of a team, soonest first. Raises NotFound for all but its administrators."""
    own_team(session, actor, team_id, administrator=True)
    people = select(TeamMember.person_id).where(TeamMember.team_id == team_id)
    rows = session.execute(
        bookings(
            Booking.person_id.in_(people),
            Booking.ends_at > now,
            Booking.status.in_((BookingStatus.CONFIRMED, BookingStatus.TENTATIVE)),
        )
        .order_by(Booking.starts_at, Booking.id)
        .limit(MOST_SHOWN)
    )
    return [view_of(row, _until_cutoff(now), now) for row in rows]


def team_booking(session: Session, actor: Actor, team_id: int, booking_id: int, now: datetime) -> BookingView:
    """One booking of the team's people. Raises NotFound for any other, and for all but the team's administrators."""
    own_team(session, actor, team_id, administrator=True)
    if booking_id > LARGEST_ID:
        raise NotFound
    people = select(TeamMember.person_id).where(TeamMember.team_id == team_id)
    row = session.execute(
        bookings(
            Booking.id == booking_id,
            Booking.person_id.in_(people),
            Booking.status.in_((BookingStatus.CONFIRMED, BookingStatus.TENTATIVE, BookingStatus.CANCELLED)),
        )
    ).one_or_none()
    if row is None:
        raise NotFound
    return view_of(row, _until_cutoff(now), now)


def _until_cutoff(now: datetime) -> MayCancel:
    # A team's administrator is held to the same as the person is; past it only the front desk can.
    return lambda status, _ends_at, latest: status in STANDING and now <= latest
