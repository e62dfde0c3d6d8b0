"""Lists of people: searched, filtered, in pages, or all of them for a spreadsheet."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, exists, func, not_, select
from sqlalchemy.orm import Session

from app.domain.actor import Actor
from app.domain.folded import holds_all
from app.domain.reach import people_in_reach
from app.kernel.names import full_name
from app.kernel.paging import PAGE_SIZE, Paged, stretch
from app.models import Contract, Location, Person, Plan, Role
from app.models.plan import running_on


class PeopleFilter(StrEnum):
    ALL = "all"
    MEMBERS = "members"
    CONTACTS = "contacts"
    STAFF = "staff"
    SUSPENDED = "suspended"


@dataclass(frozen=True, slots=True)
class PersonRow:
    """Somebody as a list shows them."""

    id: int
    first_name: str
    last_name: str
    email: str
    company: str
    role: Role
    suspended: bool
    face_digest: str | None
    location_id: int | None
    created_at: datetime
    plans: tuple[str, ...]
    """Names of the plans of today; empty for a contact."""

    @property
    def name(self) -> str:
        return full_name(self.first_name, self.last_name)


def list_people(
    session: Session,
    actor: Actor,
    today: date,
    words: str = "",
    which: PeopleFilter = PeopleFilter.ALL,
    page: int = 1,
) -> Paged[PersonRow]:
    """One page of the people in reach who match, by last name. A page beyond the last gives the last one."""
    conditions = _conditions(actor, today, which, words)
    at = stretch(page, session.scalar(select(func.count()).select_from(Person).where(*conditions)) or 0)
    rows = session.execute(_query(conditions).offset(at.start).limit(PAGE_SIZE)).all()
    return Paged(_with_plans(session, today, rows), at)


def every_person(
    session: Session, actor: Actor, today: date, words: str, which: PeopleFilter
) -> tuple[PersonRow, ...]:
    """All the people in reach who match, for a spreadsheet."""
    rows = session.execute(_query(_conditions(actor, today, which, words))).all()
    return _with_plans(session, today, rows)


def find_people(
    session: Session, actor: Actor, today: date, words: str, most: int = 8
) -> tuple[PersonRow, ...]:
    """The first few people in reach who match and may be booked for: nobody suspended."""
    query = _query(_conditions(actor, today, PeopleFilter.ALL, words))
    rows = session.execute(query.where(Person.suspended_at.is_(None)).limit(most)).all()
    return _with_plans(session, today, rows)


def home_names(session: Session) -> dict[int, str]:
    """Names of all locations, retired ones too: somebody may still call one home."""
    return {row.id: row.name for row in session.execute(select(Location.id, Location.name))}


def _query(conditions: Collection[ColumnElement[bool]]) -> Select[*tuple[Any, ...]]:
    query: Select[*tuple[Any, ...]] = (
        select(
            Person.id,
            Person.first_name,
            Person.last_name,
            Person.email,
            Person.company,
            Person.role,
            Person.suspended_at.is_not(None).label("suspended"),
            Person.face_digest,
            Person.location_id,
            Person.created_at,
        )
        .where(*conditions)
        .order_by(Person.last_name, Person.first_name, Person.id)
    )
    return query


def _conditions(actor: Actor, today: date, which: PeopleFilter, words: str) -> list[ColumnElement[bool]]:
    return [*people_in_reach(actor), *_filtered(today, which), *holds_all(Person.folded, words)]


def _filtered(today: date, which: PeopleFilter) -> list[ColumnElement[bool]]:
    member = exists().where(
        Contract.tenant_id == Person.tenant_id, Contract.person_id == Person.id, running_on(today)
    )
    somebody = Person.anonymised_at.is_(None)
    match which:
        case PeopleFilter.ALL:
            return [somebody]
        case PeopleFilter.MEMBERS:
            return [somebody, member]
        case PeopleFilter.CONTACTS:
            return [somebody, not_(member), Person.role == Role.NONE]
        case PeopleFilter.STAFF:
            return [somebody, Person.role != Role.NONE]
        case PeopleFilter.SUSPENDED:
            return [somebody, Person.suspended_at.is_not(None)]


def plans_of(
    session: Session, today: date, person_ids: Collection[int] | None = None
) -> dict[int, list[str]]:
    """Names of today's plans by person; of everybody without `person_ids`. Contacts have no entry."""
    plans: dict[int, list[str]] = {}
    active = (
        select(Contract.person_id, Plan.name).join(Plan, Contract.plan_id == Plan.id).where(running_on(today))
    )
    if person_ids is not None:
        active = active.where(Contract.person_id.in_(person_ids))
    for person_id, name in session.execute(active.order_by(Plan.position, Plan.name)):
        plans.setdefault(person_id, []).append(name)
    return plans


def _with_plans(
    session: Session, today: date, rows: Sequence[Row[*tuple[Any, ...]]]
) -> tuple[PersonRow, ...]:
    plans = plans_of(session, today, [row.id for row in rows] if len(rows) <= PAGE_SIZE else None)
    return tuple(PersonRow(**row._mapping, plans=tuple(plans.get(row.id, ()))) for row in rows)  # noqa: SLF001
