"""Making somebody nobody: what the tenant must keep stays as numbers, and the rest is gone."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, delete, exists, func, select, union, update
from sqlalchemy.orm import Session

from app.domain import audit
from app.domain.actor import Actor
from app.domain.billing.leaving import credit_cancelled_of
from app.domain.cards.forgetting import say_farewell
from app.domain.lookup import one
from app.domain.messaging.news import forget_quotes
from app.domain.messaging.report_news import take_back_settled
from app.domain.people.details import check_may_touch
from app.domain.people.owners import hold_owners, keep_an_owner
from app.domain.people.terms import NotOneself
from app.domain.plans.ending import end_for_nobody
from app.domain.privacy.bookings import cancel_upcoming
from app.domain.privacy.holding import Ending, Holding
from app.domain.privacy.holdings import BY_TABLE, HOLDINGS, PERSON
from app.domain.privacy.reach import belongs_to_person, cascades, references, table_named
from app.domain.privacy.terms import Reason
from app.domain.privacy.trail import blank_trail
from app.domain.sign_on.owners import check_owner_remains
from app.kernel.clock import Clock
from app.kernel.errors import NotFound
from app.kernel.walltime import local_date, zone
from app.models import Base, DataCopy, Person, Role, StoredFile, Tenant
from app.models.base import table_of
from app.tenancy import begin_writing, reviewed, tenant_of

_FILE, _PERSON = table_of(StoredFile), table_of(Person)


@dataclass(frozen=True, slots=True)
class Goner:
    """Somebody who is nobody now. The bytes under `digests` are nobody's either: remove them after the commit."""

    person_id: int
    digests: tuple[str, ...]


def anonymise(session: Session, actor: Actor, person_id: int, reason: Reason, clock: Clock) -> Goner:
    """Make somebody anonymous at once, for staff. Commits nothing but what `begin_writing` ends.

    Raises NotFound (also for who is anonymous already), NotOneself, StaffIsOwnersBusiness and LastOwner.
    """
    begin_writing(session)
    hold_owners(session)
    person = one(session, Person, person_id, lock=True)
    if person.anonymised_at is not None:
        raise NotFound
    if person.id == actor.person_id:
        raise NotOneself
    check_may_touch(actor, person)
    owned = person.role is Role.OWNER
    goner = make_nobody(session, person, actor.person_id, reason, clock())
    if owned:
        check_owner_remains(session)
    return goner


def make_nobody(
    session: Session, person: Person, actor_id: int | None, reason: Reason, now: datetime
) -> Goner:
    """Anonymise a locked person inside of the caller's transaction, which holds the owners. Raises LastOwner."""
    if person.role is Role.OWNER and person.suspended_at is None:
        keep_an_owner(session, person)
    person_id = person.id
    cancel_upcoming(session, person_id, actor_id, now)
    today = _today(session, now)
    # Before what they were not billed for is forgotten
    credit_cancelled_of(session, person_id, today, now)
    end_for_nobody(session, person_id, today)
    blank_trail(session, person_id)
    return empty(session, person_id, actor_id, "anonymised", {"reason": reason.value}, now)


def _today(session: Session, now: datetime) -> date:
    name = session.execute(select(Tenant.zone).where(Tenant.id == tenant_of(session))).scalar_one()
    return local_date(now, zone(name))


def empty(
    session: Session,
    person_id: int,
    actor_id: int | None,
    verb: str,
    facts: dict[str, object],
    now: datetime,
) -> Goner:
    """Delete and blank whatever the register says of a locked person, and note that it happened."""
    tenant_id = tenant_of(session)
    session.flush()
    files = _files_of(session, tenant_id, person_id)
    forget_quotes(session, person_id)
    say_farewell(session, person_id, now)
    copies = list(session.scalars(select(DataCopy.digest).where(DataCopy.person_id == person_id)))
    # What hangs on another row goes before it.
    places = {table.name: place for place, table in enumerate(Base.metadata.sorted_tables)}
    ending = _to_end(session, tenant_id, person_id)
    for holding, mine in sorted(ending, key=lambda each: places[each[0].table], reverse=True):
        table = table_named(holding.table)
        if holding.ending is Ending.DELETE:
            session.execute(reviewed(delete(table).where(mine)))
        else:
            blank = holding.blanked(person_id) | (_locked_out(now) if holding is PERSON else {})
            session.execute(reviewed(update(table).where(mine).values(blank)))
    session.expire_all()
    take_back_settled(session)
    audit.record(
        session, now, actor_id, f"person.{verb}", subject="person", subject_id=person_id, after=facts
    )
    session.flush()
    orphans = _forget_orphans(session, tenant_id, files)
    return Goner(person_id, (*orphans, *(digest for digest in copies if digest)))


def _to_end(session: Session, tenant_id: int, person_id: int) -> list[tuple[Holding, ColumnElement[bool]]]:
    """What of the register this person has rows in that end, and which rows: one question instead of one a table."""
    ending = [
        (holding, mine)
        for holding in HOLDINGS
        if holding.ending is not Ending.KEEP
        and not _falls_with_its_parent(holding)
        and (mine := belongs_to_person(holding, tenant_id, person_id)) is not None
    ]
    asked = [exists(select(table_named(holding.table).c.id).where(mine)) for holding, mine in ending]
    there = session.execute(reviewed(select(*asked))).one()
    return [each for each, some in zip(ending, there, strict=True) if some]


def _locked_out(now: datetime) -> dict[str, Any]:
    """What the row of somebody who is nobody says of that."""
    return {"suspended_at": func.coalesce(_PERSON.c.suspended_at, now), "anonymised_at": now}


def _falls_with_its_parent(holding: Holding) -> bool:
    """Whether the database deletes these rows with those on which they hang."""
    if not holding.through or BY_TABLE[holding.through].ending is not Ending.DELETE:
        return False
    return cascades(table_named(holding.table), holding.through)


def _files_of(session: Session, tenant_id: int, person_id: int) -> list[int]:
    """The stored files that this person's rows refer to."""
    asked = [
        select(table_named(holding.table).c[column].label("file"))
        .where(mine)
        .where(table_named(holding.table).c[column].is_not(None))
        for holding in HOLDINGS
        if (mine := belongs_to_person(holding, tenant_id, person_id)) is not None
        for column in references(table_named(holding.table), "stored_file")
    ]
    return list(session.scalars(reviewed(union(*asked)))) if asked else []


def _forget_orphans(session: Session, tenant_id: int, files: Collection[int]) -> list[str]:
    """Delete those of the files that no row of the tenant refers to any more; returns their digests."""
    if not files:
        return []
    users = [
        select(table.c[column]).where(table.c.tenant_id == tenant_id, table.c[column].in_(files))
        for table in Base.metadata.sorted_tables
        for column in references(table, "stored_file")
    ]
    used = set(session.scalars(reviewed(union(*users))))
    return list(
        session.scalars(
            reviewed(
                delete(_FILE)
                .where(_FILE.c.tenant_id == tenant_id, _FILE.c.id.in_(set(files) - used))
                .returning(_FILE.c.digest)
            )
        )
    )
