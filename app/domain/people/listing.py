"""Lists of people: searched, filtered, in pages, or all of them for a spreadsheet."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, exists, func, not_, select
from sqlalchemy.orm import Session

from app.domain.people.names import fold
from app.kernel.names import full_name
from app.models import Contract, Location, Person, Plan, Role
from app.models.plan import running_on

PAGE_SIZE = 50


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
    location_id: int | None
    created_at: datetime
    plans: tuple[str, ...]
    """Names of the plans of today; empty for a contact."""

    @property
    def name(self) -> str:
        return full_name(self.first_name, self.last_name)


@dataclass(frozen=True, slots=True)
class PeoplePage:
    people: tuple[PersonRow, ...]
    total: int
    page: int
    pages: int


def list_people(
    session: Session, today: date, words: str = "", which: PeopleFilter = PeopleFilter.ALL, page: int = 1
) -> PeoplePage:
    """One page of the people who match, by last name. A page beyond the last gives the last one."""
    query = _query(today, which)
    if words:
        ids = _matching(session, query, words)
        query = query.where(Person.id.in_(ids[_slice(page, len(ids))]))
        total = len(ids)
    else:
        total = session.execute(
            select(func.count()).select_from(Person).where(*_conditions(today, which))
        ).scalar_one()
        start = _slice(page, total)
        query = query.offset(start.start).limit(PAGE_SIZE)
    pages = max(1, -(-total // PAGE_SIZE))
    return PeoplePage(
        _with_plans(session, today, session.execute(query).all()), total, _clamp(page, pages), pages
    )


def every_person(session: Session, today: date, words: str, which: PeopleFilter) -> tuple[PersonRow, ...]:
    """All the people who match, for a spreadsheet."""
    query = _query(today, which)
    rows = session.execute(query).all()
    return _with_plans(session, today, [row for row in rows if _matches(row, words)])


def find_people(session: Session, today: date, words: str, most: int = 8) -> tuple[PersonRow, ...]:
    """The first few people who match and may be booked for: nobody suspended."""
    query = _query(today, PeopleFilter.ALL).where(Person.suspended_at.is_(None))
    ids = _matching(session, query, words)[:most]
    return _with_plans(session, today, session.execute(query.where(Person.id.in_(ids))).all())


def home_names(session: Session) -> dict[int, str]:
    """Names of all locations, retired ones too: somebody may still call one home."""
    return {row.id: row.name for row in session.execute(select(Location.id, Location.name))}


def _clamp(page: int, pages: int) -> int:
    return min(max(page, 1), pages)


def _slice(page: int, total: int) -> slice:
    start = (_clamp(page, max(1, -(-total // PAGE_SIZE))) - 1) * PAGE_SIZE
    return slice(start, start + PAGE_SIZE)


def _query(today: date, which: PeopleFilter) -> Select[*tuple[Any, ...]]:
    query: Select[*tuple[Any, ...]] = (
        select(
            Person.id,
            Person.first_name,
            Person.last_name,
            Person.email,
            Person.company,
            Person.role,
            Person.suspended_at.is_not(None).label("suspended"),
            Person.location_id,
            Person.created_at,
        )
        .where(*_conditions(today, which))
        .order_by(Person.last_name, Person.first_name, Person.id)
    )
    return query


def _conditions(today: date, which: PeopleFilter) -> list[ColumnElement[bool]]:
    member = exists().where(
        Contract.tenant_id == Person.tenant_id, Contract.person_id == Person.id, running_on(today)
    )
    match which:
        case PeopleFilter.ALL:
            return []
        case PeopleFilter.MEMBERS:
            return [member]
        case PeopleFilter.CONTACTS:
            return [not_(member), Person.role == Role.NONE]
        case PeopleFilter.STAFF:
            return [Person.role != Role.NONE]
        case PeopleFilter.SUSPENDED:
            return [Person.suspended_at.is_not(None)]


def _matching(session: Session, query: Select[*tuple[Any, ...]], words: str) -> list[int]:
    """Ids in order. Compared here, because SQLite folds ASCII only and PostgreSQL folds as its locale says; a space
    knows some thousands of people, and reading five columns of them takes milliseconds."""
    return [row.id for row in session.execute(query) if _matches(row, words)]


def _matches(row: Row[*tuple[Any, ...]], words: str) -> bool:
    text = fold(f"{row.first_name} {row.last_name} {row.email} {row.company}")
    return all(word in text for word in fold(words).split())


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
