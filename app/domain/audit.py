"""The audit trail: written in the transaction that it tells of."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from app.domain.actor import Actor
from app.models import AuditEntry, TenantOwned
from app.tenancy import tenant_of


def record(
    session: Session,
    now: datetime,
    actor_id: int | None,
    action: str,
    *,
    subject: str = "",
    subject_id: int | None = None,
    for_id: int | None = None,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
) -> None:
    """Add one audit row. `action` is `noun.verb`; `before` and `after` hold plain JSON values, only what changed.

    `for_id` is the person on whose behalf it was done: theirs to read (`domain.activity`).
    """
    session.add(
        AuditEntry(
            at=now,
            actor_id=actor_id,
            action=action,
            subject=subject,
            subject_id=subject_id,
            for_id=for_id,
            before=before or {},
            after=after or {},
        )
    )


def record_row(
    session: Session,
    actor: Actor | None,
    now: datetime,
    row: TenantOwned,
    verb: str,
    *,
    for_id: int | None = None,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
) -> None:
    """Add the audit row of what somebody did to a row that has its id: `location.created`, about that location.

    `actor` None is the portal itself; `for_id` as in `record`.
    """
    noun = row.__tablename__
    record(
        session,
        now,
        None if actor is None else actor.person_id,
        f"{noun}.{verb}",
        subject=noun,
        subject_id=row.id,
        for_id=for_id,
        before=before,
        after=after,
    )


def record_for_person(
    session: Session,
    actor: Actor | None,
    now: datetime,
    action: str,
    person_id: int,
    *,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
) -> None:
    """Add the audit row of what was done about somebody, and in their name: theirs to read. `actor` None is the portal."""
    record(
        session,
        now,
        None if actor is None else actor.person_id,
        action,
        subject="person",
        subject_id=person_id,
        for_id=person_id,
        before=before,
        after=after,
    )


def record_tenant(
    session: Session,
    actor: Actor,
    now: datetime,
    action: str,
    before: dict[str, Any],
    after: dict[str, Any],
) -> None:
    """Add the audit row of what somebody changed about this tenant as a whole; nothing where nothing changed."""
    if before or after:
        record(
            session,
            now,
            actor.person_id,
            action,
            subject="tenant",
            subject_id=tenant_of(session),
            before=before,
            after=after,
        )


def changes(before: dict[str, Any], after: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Both dictionaries cut down to the keys whose values differ."""
    keys = [key for key in after if before.get(key) != after[key]]
    return {key: before.get(key) for key in keys}, {key: after[key] for key in keys}
