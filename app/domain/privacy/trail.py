"""What the audit trail says of somebody, blanked. That something happened, when, and by which id, stays written.

The database lets a value become `REMOVED` and nothing else (migrations/trail.py, docs/decisions/0016).
"""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import ColumnElement, and_, bindparam, or_, select, update
from sqlalchemy.orm import Session

from app.domain.privacy.holdings import HOLDINGS
from app.domain.privacy.reach import belongs_to_person, table_named
from app.models import AuditEntry, Merger
from app.models.base import table_of
from app.tenancy import ask, reviewed, tenant_of

REMOVED = "[removed]"
_PLAIN = frozenset(
    {"role", "status", "starts_on", "ends_on", "starts_at", "ends_at", "plan", "currency", "overridden"}
)
"""Values that say nothing of who it was, and without which the trail would tell nothing."""
_BATCH = 500
_ENTRY = table_of(AuditEntry)


def blank_trail(session: Session, person_id: int) -> None:
    """Blank what the trail says of this person, and of whoever was merged into them.

    Call it while their rows still stand: entries about a booking are found through the booking. Memory is bounded by
    a batch; statements grow with the entries, one for reading and one for writing five hundred.
    """
    tenant_id = tenant_of(session)
    about = _about(tenant_id, one_person(session, person_id))
    last = 0
    while True:
        rows = ask(
            session,
            reviewed(
                select(_ENTRY.c.id, _ENTRY.c.before, _ENTRY.c.after)
                .where(_ENTRY.c.tenant_id == tenant_id, _ENTRY.c.id > last, about)
                .order_by(_ENTRY.c.id)
                .limit(_BATCH)
            ),
            {},
        ).all()
        changed = [
            {"entry": row.id, "was": _blanked(row.before), "became": _blanked(row.after)}
            for row in rows
            if _blanked(row.before) != row.before or _blanked(row.after) != row.after
        ]
        if changed:
            session.connection().execute(_BLANK, [{"tenant": tenant_id, **each} for each in changed])
        if len(rows) < _BATCH:
            return
        last = rows[-1].id


_BLANK = reviewed(
    update(_ENTRY)
    .where(_ENTRY.c.tenant_id == bindparam("tenant"), _ENTRY.c.id == bindparam("entry"))
    .values(before=bindparam("was"), after=bindparam("became"))
)


def _blanked(values: dict[str, Any]) -> dict[str, Any]:
    return {
        key: value if key in _PLAIN or not isinstance(value, (str, list, dict)) else REMOVED
        for key, value in values.items()
    }


def one_person(session: Session, person_id: int) -> list[int]:
    """The ids that this person had: their own, and those of the rows that were emptied into it."""
    found, fresh = [person_id], [person_id]
    while fresh:
        fresh = list(session.scalars(select(Merger.merged_id).where(Merger.kept_id.in_(fresh))))
        found += fresh
    return found


def _about(tenant_id: int, people: Iterable[int]) -> ColumnElement[bool]:
    conditions: list[ColumnElement[bool]] = []
    for person_id in people:
        conditions.append(and_(_ENTRY.c.subject == "person", _ENTRY.c.subject_id == person_id))
        conditions.append(_ENTRY.c.for_id == person_id)
        for holding in HOLDINGS:
            mine = belongs_to_person(holding, tenant_id, person_id)
            if mine is not None and holding.table not in {"person", "audit_entry", "occupancy"}:
                table = table_named(holding.table)
                conditions.append(
                    and_(
                        _ENTRY.c.subject == holding.table,
                        _ENTRY.c.subject_id.in_(select(table.c.id).where(mine)),
                    )
                )
    return or_(*conditions)
