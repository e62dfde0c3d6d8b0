"""The demo's teams: the member to look through looks after one of them, and has invited somebody."""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.team.terms import INVITATION_LIFETIME
from app.models import Person, Role, Team, TeamInvitation, TeamMember

_SIZE = 4
_ABOUT = {
    "northlight.test": "A print workshop for small editions, with room for a visitor at the press.",
    "harbour.test": "Tejidos con dibujos del puerto, hechos aquí mismo.",
}


def add_teams(session: Session, company: str, domain: str, now: datetime) -> None:
    """Put the demo's member and a few more into a team with the name of the member's company."""
    member = session.scalars(select(Person).where(Person.email_key == f"member@{domain}")).one()
    others = session.scalars(
        select(Person)
        .where(Person.role == Role.NONE, Person.id.not_in([member.id]))
        .order_by(Person.company != company, Person.id.desc())
        .limit(_SIZE - 1)
    ).all()
    team = Team(
        name=company,
        seat_limit=6,
        location_id=member.location_id,
        listed=True,
        about=_ABOUT[domain],
        created_at=now,
    )
    session.add(team)
    session.flush()
    for index, person in enumerate([member, *others]):
        session.add(
            TeamMember(
                team_id=team.id,
                person_id=person.id,
                administrator=index == 0,
                pays=index == 0,
                may_book_for_team=index < 2,
                may_buy=index < 2,
                may_see_invoices=index == 0,
                joined_at=now - timedelta(days=index),
            )
        )
    session.add(
        TeamInvitation(
            team_id=team.id,
            email=f"ines@{domain}",
            email_key=f"ines@{domain}",
            invited_by_id=member.id,
            created_at=now,
            expires_at=now + INVITATION_LIFETIME,
        )
    )
