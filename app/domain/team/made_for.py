"""Which bookings are a team's: what somebody in it booked for a colleague. Its payer pays for them, and its administrators look
after them. What somebody books for themselves is theirs alone, whoever else is in the team (docs/decisions/0051-bookings-of-a-team.md).
"""

from collections.abc import Collection

from sqlalchemy import ColumnElement, and_, case, exists, func, null, select, union_all
from sqlalchemy.orm import Session, aliased

from app.models import Booking, PayWhen, Team, TeamMember, UnbilledBooking


def of_team(team_id: int) -> ColumnElement[bool]:
    """Of `Booking`: it is that team's. Found by what is noted for the team and by its people, whatever else was ever booked."""
    return and_(Booking.id.in_(_perhaps(team_id)), _team_of_it() == team_id)


def is_administrated(team_id: int, person_id: int) -> ColumnElement[bool]:
    """Of `Booking`'s tenant: the team is in use, and somebody administrates it."""
    team, seat = aliased(Team), aliased(TeamMember)
    return exists().where(
        team.tenant_id == Booking.tenant_id,
        team.id == team_id,
        team.retired_at.is_(None),
        seat.tenant_id == team.tenant_id,
        seat.team_id == team.id,
        seat.person_id == person_id,
        seat.administrator,
    )


def administers_booking(session: Session, administrator_id: int, booking_id: int) -> bool:
    """Whether somebody administrates the team in use that a booking is of. One statement."""
    found = (
        select(Team.id)
        .join(TeamMember, and_(TeamMember.tenant_id == Team.tenant_id, TeamMember.team_id == Team.id))
        .join(Booking, Booking.tenant_id == Team.tenant_id)
        .where(
            Booking.id == booking_id,
            TeamMember.person_id == administrator_id,
            TeamMember.administrator,
            Team.retired_at.is_(None),
            Team.id == _team_of_it(),
        )
    )
    return session.execute(found).first() is not None


def that_are_a_teams(session: Session, booking_ids: Collection[int]) -> set[int]:
    """Those of bookings of which what they cost, or would come to cost, is a team's to pay. One statement; none for none."""
    if not booking_ids:
        return set()
    mine = select(Booking.id).where(Booking.id.in_(booking_ids), _team_of_it().is_not(None))
    return set(session.scalars(mine))


def _team_of_it() -> ColumnElement[int | None]:
    """Of `Booking`: the team whose payer is billed, as it is noted; where nothing is noted, the one that would be, as
    `rights.team_to_book_for` says."""
    noted, noting = aliased(UnbilledBooking), aliased(UnbilledBooking)
    whose = select(noted.team_id).where(noted.tenant_id == Booking.tenant_id, noted.booking_id == Booking.id)
    is_noted = exists().where(noting.tenant_id == Booking.tenant_id, noting.booking_id == Booking.id)
    return case(
        # What is paid at once is no team's (docs/decisions/0052-when-bookings-are-paid.md), billed already or not
        (Booking.pays == PayWhen.NOW, null()),
        (is_noted, whose.correlate(Booking).scalar_subquery()),
        (Booking.booked_by_id != Booking.person_id, _shared()),
    )


def _shared() -> ColumnElement[int | None]:
    """The first team in use in which whoever made the booking may book for whose it is."""
    team, maker, colleague = aliased(Team), aliased(TeamMember), aliased(TeamMember)
    return (
        select(func.min(team.id))
        .join(maker, and_(maker.tenant_id == team.tenant_id, maker.team_id == team.id))
        .join(colleague, and_(colleague.tenant_id == team.tenant_id, colleague.team_id == team.id))
        .where(
            maker.person_id == Booking.booked_by_id,
            maker.may_book_for_team,
            colleague.person_id == Booking.person_id,
            team.retired_at.is_(None),
        )
        .correlate(Booking)
        .scalar_subquery()
    )


def _perhaps(team_id: int) -> ColumnElement[int]:
    """Ids of bookings among which the team's are, each kind found by its index."""
    noted, made, seat = aliased(UnbilledBooking), aliased(Booking), aliased(TeamMember)
    return union_all(
        select(noted.booking_id).where(noted.team_id == team_id),
        select(made.id)
        .join(seat, and_(seat.tenant_id == made.tenant_id, seat.person_id == made.person_id))
        .where(seat.team_id == team_id, made.booked_by_id != made.person_id),
    ).scalar_subquery()
