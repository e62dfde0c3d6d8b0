"""Who belongs to an announcement's audience: one condition, by which people are counted beforehand and told afterwards."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, exists, func, not_, select
from sqlalchemy.orm import Session

from app.domain.announcements.terms import SECTION, Aim
from app.domain.portal import for_whom_open, load_portal
from app.kernel.walltime import local_date, zone
from app.models import Announcement, AnnouncementTarget, CheckIn, Contract, Person, Team, TeamMember, Tenant
from app.models.check_in import here_at
from app.models.plan import running_on
from app.sections import Audience
from app.tenancy import tenant_of

_NAMED = 6
"""How many of those who are reached are named."""


@dataclass(frozen=True, slots=True)
class Reach:
    """How many people an announcement reaches, and some of their first names."""

    count: int
    names: list[str]


def aim_of(session: Session, announcement: Announcement) -> Aim:
    """Whom an announcement is for. One statement."""
    rows = session.execute(
        select(AnnouncementTarget.location_id, AnnouncementTarget.plan_id, AnnouncementTarget.team_id).where(
            AnnouncementTarget.announcement_id == announcement.id
        )
    ).all()
    return Aim(
        announcement.audience,
        announcement.here_now,
        frozenset(row.location_id for row in rows if row.location_id is not None),
        frozenset(row.plan_id for row in rows if row.plan_id is not None),
        frozenset(row.team_id for row in rows if row.team_id is not None),
    )


def belonging(session: Session, aim: Aim, at: datetime) -> list[ColumnElement[bool]]:
    """The conditions on people that make them the audience at a moment. One statement, while the settings are remembered.

    Nobody who may not sign in is among them, so neither is who was anonymised or merged into somebody else; nor is who
    could not read it, because the section is off for them.
    """
    revision = session.scalars(select(Tenant.revision).where(Tenant.id == tenant_of(session))).one()
    portal = load_portal(session, revision)
    today = local_date(at, zone(portal.zone))
    runs = and_(Contract.tenant_id == Person.tenant_id, Contract.person_id == Person.id, running_on(today))
    member = exists().where(runs)
    found = [
        Person.suspended_at.is_(None),
        Person.anonymised_at.is_(None),
        for_whom_open(portal, SECTION, member),
    ]
    match aim.audience:
        case Audience.MEMBERS:
            found.append(member)
        case Audience.CONTACTS:
            found.append(not_(member))
    if aim.location_ids:
        found.append(Person.location_id.in_(aim.location_ids))
    if aim.plan_ids:
        found.append(exists().where(runs, Contract.plan_id.in_(aim.plan_ids)))
    if aim.team_ids:
        found.append(_in_team(aim))
    if aim.here_now:
        found.append(_is_here(aim, at))
    return found


def _in_team(aim: Aim) -> ColumnElement[bool]:
    """In one of the teams that is not retired."""
    return exists().where(
        TeamMember.tenant_id == Person.tenant_id,
        TeamMember.person_id == Person.id,
        TeamMember.team_id.in_(aim.team_ids),
        Team.tenant_id == TeamMember.tenant_id,
        Team.id == TeamMember.team_id,
        Team.retired_at.is_(None),
    )


def _is_here(aim: Aim, at: datetime) -> ColumnElement[bool]:
    wanted = [CheckIn.location_id.in_(aim.location_ids)] if aim.location_ids else []
    return exists().where(
        CheckIn.tenant_id == Person.tenant_id, CheckIn.person_id == Person.id, here_at(at), *wanted
    )


def reach_of(session: Session, aim: Aim, at: datetime) -> Reach:
    """How many would be told at that moment, and some of their names. One statement beside the condition's."""
    rows = session.execute(
        select(Person.first_name, func.count().over().label("many"))
        .where(*belonging(session, aim, at))
        .order_by(Person.first_name, Person.last_name, Person.id)
        .limit(_NAMED)
    ).all()
    return Reach(rows[0].many if rows else 0, [row.first_name for row in rows if row.first_name])
