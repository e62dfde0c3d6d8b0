"""What a rule of the house can name: places, rooms and their types, plans, teams, and people by their e-mail."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, and_, select
from sqlalchemy.orm import Session

from app.domain.booking.house_rules.terms import Rule, Whom
from app.kernel.errors import Refusal
from app.kernel.names import full_name
from app.models import Location, Person, Plan, Resource, ResourceType, Team

Names = dict[int, str]
"""Names by id, in the operator's order."""

_PLACES = select(Location.id, Location.name, Location.retired_at).order_by(Location.position, Location.name)
_PLANS = select(Plan.id, Plan.name, Plan.retired_at).order_by(Plan.position, Plan.name)
_TEAMS = select(Team.id, Team.name, Team.retired_at).order_by(Team.name)


@dataclass(frozen=True, slots=True)
class RuleChoices:
    """All that rules may name, and the people that they do name."""

    places: Names
    types: Names
    rooms: Names
    """With their place, where there are several."""
    plans: Names
    teams: Names
    people: Names
    emails: Names
    """Of the people, what a form names them by."""
    room_types: dict[int, int]
    """The type of each room."""


class UnknownEmails(Refusal):
    """Nobody here has these addresses."""

    def __init__(self, emails: tuple[str, ...]) -> None:
        super().__init__(", ".join(emails))
        self.emails = emails


def rule_choices(session: Session, rules: Iterable[Rule] = ()) -> RuleChoices:
    """Six statements at most. Retired places, rooms, plans and teams are left out but where a rule names them."""
    rules = list(rules)
    named = {whom: {each for rule in rules if rule.whom is whom for each in rule.whom_ids} for whom in Whom}
    places = _names(session, _PLACES, {rule.location_id for rule in rules if rule.location_id})
    rooms = session.execute(
        select(Resource.id, Resource.name, Resource.resource_type_id, Location.name, Resource.retired_at)
        .join(Location, and_(Location.tenant_id == Resource.tenant_id, Location.id == Resource.location_id))
        .order_by(Location.position, Location.name, Resource.position, Resource.name)
    ).all()
    kept = {each for rule in rules for each in rule.room_ids}
    people = _people(session, named[Whom.PEOPLE])
    return RuleChoices(
        places,
        {
            row.id: row.name
            for row in session.execute(
                select(ResourceType.id, ResourceType.name).order_by(ResourceType.position, ResourceType.name)
            )
        },
        {
            row[0]: f"{row[1]}, {row[3]}" if len(places) > 1 else row[1]
            for row in rooms
            if row.retired_at is None or row[0] in kept
        },
        _names(session, _PLANS, named[Whom.PLANS]),
        _names(session, _TEAMS, named[Whom.TEAMS]),
        {row.id: full_name(row.first_name, row.last_name) for row in people},
        {row.id: row.email for row in people},
        {row[0]: row[2] for row in rooms},
    )


def people_by_email(session: Session, emails: Iterable[str]) -> frozenset[int]:
    """Who has these addresses. Raises UnknownEmails for those that nobody has."""
    wanted = {each.casefold(): each for each in emails}
    if not wanted:
        return frozenset()
    rows = session.execute(select(Person.email_key, Person.id).where(Person.email_key.in_(wanted)))
    known = {row.email_key: row.id for row in rows}
    unknown = tuple(typed for key, typed in wanted.items() if key not in known)
    if unknown:
        raise UnknownEmails(unknown)
    return frozenset(known.values())


def _people(session: Session, ids: set[int]) -> list[Person]:
    if not ids:
        return []
    return list(session.scalars(select(Person).where(Person.id.in_(ids)).order_by(Person.last_name)))


def _names(session: Session, query: Select[int, str, datetime | None], kept: set[int]) -> Names:
    """Of rows of (id, name, when it was retired), those that are in use or kept."""
    rows = session.execute(query)
    return {row_id: name for row_id, name, retired_at in rows if retired_at is None or row_id in kept}
