"""The audit trail to read: searched, in pages, newest first, with the names that its ids stand for."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, or_, select, tuple_
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased

from app.kernel.folding import fold
from app.kernel.names import full_name
from app.models import AuditEntry, Booking, Location, Person, Resource, StaffRole

PAGE_SIZE = 50
_BATCH = 500
_PERSON, _BOOKING, _RESOURCE = "person", "booking", "resource"


@dataclass(frozen=True, slots=True)
class Sought:
    """What is looked for; everything empty means all. `who` and `about` are words of somebody's name or e-mail."""

    who: str = ""
    about: str = ""
    actions: tuple[str, ...] = ()
    since: datetime | None = None
    until: datetime | None = None
    """Not included."""


@dataclass(frozen=True, slots=True)
class NamedEntry:
    """An entry with the names of those it tells of, as far as they are known; empty for nobody and for the tenant."""

    id: int
    at: datetime
    actor_id: int | None
    action: str
    subject: str
    subject_id: int | None
    for_id: int | None
    before: dict[str, Any]
    after: dict[str, Any]
    actor: str = ""
    about: str = ""
    """The person whom it concerns: the subject, or whose thing it was."""
    thing: str = ""
    """The room, the location or the role that it concerns."""
    places: dict[int, str] = field(default_factory=dict)
    """Names of the locations whose ids `before` and `after` hold."""
    zone: str = ""
    """Where the room of a booking is: its times are told by the clock there."""

    @property
    def about_id(self) -> int | None:
        return self.subject_id if self.subject == _PERSON else self.for_id


@dataclass(frozen=True, slots=True)
class AuditPage:
    """`newer` and `older` are the ids after and before which there is more; None where there is not."""

    entries: tuple[NamedEntry, ...]
    newer: int | None
    older: int | None


def audit_page(
    session: Session, sought: Sought, *, before_id: int | None = None, after_id: int | None = None
) -> AuditPage:
    """Entries older than one, or newer than one, or the newest. At most six statements, however many there are."""
    query = _query(session, sought)
    if query is None:
        return AuditPage((), None, None)
    if after_id is not None:
        rows = entries(session, _ascending(query.where(_order() > _mark(after_id))).limit(PAGE_SIZE + 1))
        more, rows = len(rows) > PAGE_SIZE, rows[:PAGE_SIZE][::-1]
        newer, older = more, bool(rows)
    else:
        if before_id is not None:
            query = query.where(_order() < _mark(before_id))
        rows = entries(session, _descending(query).limit(PAGE_SIZE + 1))
        newer, older, rows = before_id is not None and bool(rows), len(rows) > PAGE_SIZE, rows[:PAGE_SIZE]
    return AuditPage(
        tuple(with_names(session, rows)),
        rows[0].id if newer else None,
        rows[-1].id if older else None,
    )


def every_entry(session: Session, sought: Sought) -> Iterator[NamedEntry]:
    """All that match, newest first, read in batches: for a spreadsheet."""
    query = _query(session, sought)
    last: int | None = None
    while query is not None:
        batch = query if last is None else query.where(_order() < _mark(last))
        rows = entries(session, _descending(batch).limit(_BATCH))
        yield from with_names(session, rows)
        if len(rows) < _BATCH:
            return
        last = rows[-1].id


def with_names(session: Session, rows: Sequence[NamedEntry]) -> list[NamedEntry]:
    """The same with names: a statement for each sort of thing that they tell of."""
    people = _names(session, Person, {id_ for row in rows for id_ in (row.actor_id, row.about_id)})
    zones, rooms = _rooms(session, rows)
    places = _places(session, rows)
    roles = _names(session, StaffRole, {row.subject_id for row in rows if row.subject == "staff_role"})
    return [
        replace(
            row,
            actor=people.get(row.actor_id or 0, ""),
            about=people.get(row.about_id or 0, ""),
            thing=_thing(row, rooms, places, roles),
            places=places,
            zone=zones.get(row.subject_id or 0, "") if row.subject == _BOOKING else "",
        )
        for row in rows
    ]


def entries(session: Session, query: Select[Any]) -> list[NamedEntry]:
    """What a query of COLUMNS finds, without names yet."""
    return [NamedEntry(*row) for row in session.execute(query)]


COLUMNS = (
    AuditEntry.id,
    AuditEntry.at,
    AuditEntry.actor_id,
    AuditEntry.action,
    AuditEntry.subject,
    AuditEntry.subject_id,
    AuditEntry.for_id,
    AuditEntry.before,
    AuditEntry.after,
)


def about_person(ids: Iterable[int]) -> ColumnElement[bool]:
    """Whether an entry concerns one of these people."""
    wanted = sorted(ids)
    return or_(
        AuditEntry.for_id.in_(wanted), and_(AuditEntry.subject == _PERSON, AuditEntry.subject_id.in_(wanted))
    )


def _query(session: Session, sought: Sought) -> Select[Any] | None:
    """None when the words name nobody."""
    query: Select[Any] = select(*COLUMNS)
    if sought.who or sought.about:
        everybody = session.execute(
            select(Person.id, Person.first_name, Person.last_name, Person.email)
        ).all()
        for words, condition in ((sought.who, AuditEntry.actor_id.in_), (sought.about, about_person)):
            found = [row.id for row in everybody if _matches(row, words)]
            if words and not found:
                return None
            if words:
                query = query.where(condition(found))
    if sought.actions:
        query = query.where(AuditEntry.action.in_(sought.actions))
    if sought.since is not None:
        query = query.where(AuditEntry.at >= sought.since)
    if sought.until is not None:
        query = query.where(AuditEntry.at < sought.until)
    return query


def _matches(row: Any, words: str) -> bool:
    text = fold(f"{row.first_name} {row.last_name} {row.email}")
    return all(word in text for word in fold(words).split())


def _order() -> Any:
    return tuple_(AuditEntry.at, AuditEntry.id)


def _mark(entry_id: int) -> Any:
    mark = aliased(AuditEntry)
    return select(mark.at, mark.id).where(mark.id == entry_id).scalar_subquery()


def _ascending(query: Select[Any]) -> Select[Any]:
    return query.order_by(AuditEntry.at, AuditEntry.id)


def _descending(query: Select[Any]) -> Select[Any]:
    return query.order_by(AuditEntry.at.desc(), AuditEntry.id.desc())


def _names(session: Session, model: type[Any], ids: set[int | None]) -> dict[int, str]:
    wanted = sorted(id_ for id_ in ids if id_ is not None)
    if not wanted:
        return {}
    if model is Person:
        rows = session.execute(
            select(Person.id, Person.first_name, Person.last_name).where(Person.id.in_(wanted))
        )
        return {id_: full_name(first, last) for id_, first, last in rows}
    column: InstrumentedAttribute[int] = model.id
    rows = session.execute(select(column, model.name).where(column.in_(wanted)))
    return {row[0]: row[1] for row in rows}


def _rooms(session: Session, rows: Sequence[NamedEntry]) -> tuple[dict[int, str], dict[tuple[str, int], str]]:
    """The zones of bookings by their ids; names of rooms by ("booking", its id) and ("resource", its id)."""
    bookings = sorted({row.subject_id for row in rows if row.subject == _BOOKING and row.subject_id})
    zones: dict[int, str] = {}
    found: dict[tuple[str, int], str] = {}
    if bookings:
        query = (
            select(Booking.id, Resource.name, Location.zone)
            .join(Resource, Resource.id == Booking.resource_id)
            .join(Location, Location.id == Resource.location_id)
            .where(Booking.id.in_(bookings))
        )
        for id_, name, zone in session.execute(query):
            zones[id_], found[_BOOKING, id_] = zone, name
    resources = _names(session, Resource, {row.subject_id for row in rows if row.subject == _RESOURCE})
    return zones, found | {(_RESOURCE, id_): name for id_, name in resources.items()}


def _places(session: Session, rows: Sequence[NamedEntry]) -> dict[int, str]:
    ids = {row.subject_id for row in rows if row.subject == "location"}
    for row in rows:
        ids |= {facts.get("location_id") for facts in (row.before, row.after)}
    return _names(session, Location, ids)


def _thing(
    row: NamedEntry, rooms: dict[tuple[str, int], str], places: dict[int, str], roles: dict[int, str]
) -> str:
    id_ = row.subject_id or 0
    known = {"location": places, "staff_role": roles}.get(row.subject, {}).get(id_)
    # What has been removed since is known by the name it had then.
    named = row.after.get("name") or row.before.get("name") or ""
    return rooms.get((row.subject, id_)) or known or str(named)
