"""Two rows that are one person: what would move, and moving it, in one transaction."""

from dataclasses import dataclass

from sqlalchemy import (
    Column,
    Index,
    Table,
    UniqueConstraint,
    delete,
    func,
    literal,
    or_,
    select,
    union_all,
    update,
)
from sqlalchemy.orm import Session

from app.domain import sessions
from app.domain.actor import Actor
from app.domain.audit import record_row
from app.domain.directory.check_in import stay_in_one_place
from app.domain.directory.index import index_people
from app.domain.factors.standing import standing_of as factors_of
from app.domain.invoicing.settling import note_first_due
from app.domain.lookup import one
from app.domain.new_email import forget_email_changes
from app.domain.new_password import forget_links
from app.domain.people.details import check_may_touch
from app.domain.people.owners import hold_owners, keep_an_owner
from app.domain.people.staff import Standing, standing_of, write_standing
from app.domain.people.terms import NotOneself
from app.domain.privacy.anonymise import Goner, empty
from app.domain.privacy.holding import Holding, Merging
from app.domain.privacy.holdings import HOLDINGS
from app.domain.privacy.reach import belongs_to_person, table_named
from app.domain.privacy.terms import Merge, SamePerson, WeakerProtection
from app.domain.sign_on.owners import check_owner_remains
from app.kernel.clock import Clock
from app.kernel.errors import NotFound
from app.models import Merger, Person, Role
from app.tenancy import begin_writing, reviewed, tenant_of

_RANK = {
    role: rank
    for rank, role in enumerate((Role.NONE, Role.CUSTOM, Role.FRONT_DESK, Role.MANAGER, Role.OWNER))
}
_STANDING = frozenset({"staff_role_holder", "staff_location"})
"""What somebody is of staff is one of both standings as a whole, and no row that moves by itself."""
_TOLD = ("email", "first_name", "last_name", "company", "location_id", "locale")
"""What the trail says of the one that stays; the rest is a secret or the same in other letters."""


@dataclass(frozen=True, slots=True)
class Moving:
    """How many rows of one kind move, or go; `export` is the kind's name in the register."""

    table: str
    rows: int
    moves: bool


def plan_merge(
    session: Session, actor: Actor, kept_id: int, gone_id: int
) -> tuple[Person, Person, list[Moving]]:
    """Both people, and what would become of the second one's rows: one statement, however many kinds there are.

    Raises as `merge_people`.
    """
    kept, gone = _both(session, actor, kept_id, gone_id, lock=False)
    _standing_after(session, kept, gone)
    tenant_id = tenant_of(session)
    shown = [
        each
        for each in HOLDINGS
        if each.export and each.whose and each.merging is not Merging.STAY and each.table not in _STANDING
    ]
    counts = []
    for holding in shown:
        mine = belongs_to_person(holding, tenant_id, gone_id)
        if mine is not None:
            table = table_named(holding.table)
            counts.append(
                select(literal(holding.table).label("kind"), func.count(table.c.id).label("rows")).where(mine)
            )
    found = {row.kind: row.rows for row in session.execute(reviewed(union_all(*counts)))}
    return (
        kept,
        gone,
        [
            Moving(each.table, found[each.table], each.merging is not Merging.DROP)
            for each in shown
            if found.get(each.table)
        ],
    )


def merge_people(session: Session, actor: Actor, command: Merge, clock: Clock) -> Goner:
    """Empty one person's row into another's. What was theirs moves; their mailed links and the browsers of both end, but for
    the one that asks; their row stays as a number, for the audit trail. Commits nothing but what `begin_writing` ends.

    Raises SamePerson, NotFound (also for who is nobody any more, so that of two mergers at once one is refused),
    NotOneself for the own account as the one that goes, StaffIsOwnersBusiness, WeakerProtection and LastOwner.
    """
    begin_writing(session)
    hold_owners(session)
    kept, gone = _both(session, actor, command.kept_id, command.gone_id, lock=True)
    now, words = clock(), _words(command, kept, gone)
    if gone.role is Role.OWNER and gone.suspended_at is None and kept.suspended_at is not None:
        keep_an_owner(session, gone)
    standing = _standing_after(session, kept, gone)
    session.flush()
    sessions.end_all(session, kept.id, but=actor.session_id)
    _move(session, kept.id, gone.id)
    # The one that goes lets go of its e-mail first: no two rows may have the same.
    goner = empty(session, gone.id, actor.person_id, "merged", {"into": kept.id}, now)
    before = {name: getattr(kept, name) for name in words if getattr(kept, name) != words[name]}
    for name, value in words.items():
        setattr(kept, name, value)
    write_standing(session, kept, standing_of(session, kept), standing)
    facts = {name: value for name, value in before.items() if name in _TOLD}
    record_row(
        session,
        actor,
        now,
        kept,
        "took_over",
        before=facts,
        after={"from": gone.id} | {name: words[name] for name in facts},
    )
    session.add(Merger(merged_id=gone.id, kept_id=kept.id, merged_at=now))
    if "email" in before:
        forget_links(session, kept.id)
        forget_email_changes(session, kept.id, now)
    if standing.role is Role.OWNER:
        check_owner_remains(session)
    session.flush()
    note_first_due(session, kept.id)
    stay_in_one_place(session, kept.id, now)
    index_people(session, [kept.id])
    return goner


def _both(session: Session, actor: Actor, kept_id: int, gone_id: int, *, lock: bool) -> tuple[Person, Person]:
    if kept_id == gone_id:
        raise SamePerson
    # In the order of their ids, so that two mergers of the same two wait for each other and not both for ever.
    people = {row_id: one(session, Person, row_id, lock=lock) for row_id in sorted((kept_id, gone_id))}
    kept, gone = people[kept_id], people[gone_id]
    if kept.anonymised_at is not None or gone.anonymised_at is not None:
        raise NotFound
    if gone.id == actor.person_id:
        raise NotOneself
    check_may_touch(actor, kept)
    check_may_touch(actor, gone)
    return kept, gone


def _standing_after(session: Session, kept: Person, gone: Person) -> Standing:
    """What the one that stays may do afterwards. Raises WeakerProtection for staff whose password would do where it took a
    second step to come in as the one that goes, unless they are made to set one up when they sign in.
    """
    standing = _higher(standing_of(session, kept), standing_of(session, gone))
    if standing.role is not Role.NONE and factors_of(session, gone.id, gone.role).asks_second_step:
        factors = factors_of(session, kept.id, standing.role)
        if not (factors.asks_second_step or factors.must_enrol):
            raise WeakerProtection
    return standing


def _higher(kept: Standing, gone: Standing) -> Standing:
    """One of the two as it is, never what both might do together: of the same role, the one that works everywhere."""
    return max(kept, gone, key=lambda each: (_RANK[each.role], each.limited_to is None))


def _words(command: Merge, kept: Person, gone: Person) -> dict[str, object]:
    """What the one that stays says of itself afterwards; empty words are filled from the other."""
    mail, name = (gone if command.take_email else kept), (gone if command.take_name else kept)
    return {
        "email": mail.email,
        "email_key": mail.email_key,
        "first_name": name.first_name,
        "last_name": name.last_name,
        "company": kept.company or gone.company,
        "location_id": kept.location_id or gone.location_id,
        "locale": kept.locale or gone.locale,
        "password_hash": kept.password_hash or gone.password_hash,
    }


def _move(session: Session, kept_id: int, gone_id: int) -> None:
    tenant_id = tenant_of(session)
    for holding in HOLDINGS:
        if holding.merging is Merging.STAY or holding.table == "person":
            continue
        table = table_named(holding.table)
        mine = belongs_to_person(holding, tenant_id, gone_id)
        if holding.merging is Merging.DROP and mine is not None:
            session.execute(reviewed(delete(table).where(mine)))
        for name in (holding.whose, *holding.mentions):
            if name:
                _move_column(session, holding, table.c[name], tenant_id, kept_id, gone_id)
        if holding.of_others and holding.whose:
            own = [table.c[name] == table.c[holding.whose] for name in holding.mentions]
            session.execute(reviewed(delete(table).where(table.c.tenant_id == tenant_id, or_(*own))))


def _move_column(
    session: Session, holding: Holding, column: Column[int], tenant_id: int, kept_id: int, gone_id: int
) -> None:
    table = column.table
    theirs = (table.c.tenant_id == tenant_id) & (column == gone_id)
    if holding.merging is Merging.ONE:
        for others in unique_beside(table, column.name):
            twin = table.alias("twin")
            like = [twin.c[each] == table.c[each] for each in others]
            exists = select(twin.c.id).where(
                twin.c.tenant_id == tenant_id, twin.c[column.name] == kept_id, *like
            )
            session.execute(reviewed(delete(table).where(theirs, exists.exists())))
    cleared = dict.fromkeys(holding.cleared) if column.name == holding.whose else {}
    session.execute(reviewed(update(table).where(theirs).values({column.name: kept_id, **cleared})))


def unique_beside(table: Table, column: str) -> list[list[str]]:
    """Of each unique rule that a column is part of: the other columns, without the tenant."""
    unique: list[UniqueConstraint | Index] = [
        *(rule for rule in table.constraints if isinstance(rule, UniqueConstraint)),
        *(rule for rule in table.indexes if rule.unique),
    ]
    rules = [[each.name for each in rule.columns] for rule in unique]
    return [[name for name in rule if name not in {column, "tenant_id"}] for rule in rules if column in rule]


def merged_into(session: Session, person_id: int) -> Person | None:
    """Who somebody turned out to be; None for who was not merged."""
    return session.scalars(
        select(Person).join(Merger, Merger.kept_id == Person.id).where(Merger.merged_id == person_id)
    ).one_or_none()
