"""Every request's first question, in one statement: how old may my memory of this tenant be, and who is this?"""

import hashlib
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import and_, bindparam, exists, select
from sqlalchemy.orm import Session

from app.domain.actor import Actor
from app.models import Contract, LoginSession, Person, Tenant
from app.models.base import table_of
from app.models.plan import running_on
from app.tenancy import reviewed, tenant_of

# Tables, not classes: this statement runs on every request and names its tenant in every join by hand.
_TENANT, _LOGIN, _PERSON, _CONTRACT = map(table_of, (Tenant, LoginSession, Person, Contract))


@dataclass(frozen=True, slots=True)
class Visit:
    """`revision` is the tenant's settings revision; `actor` is None for a visitor who is not signed in."""

    revision: int
    actor: Actor | None
    last_seen_at: datetime | None = None


def token_hash(token: str) -> str:
    """How a random token is stored: a fast hash is enough, for it cannot be guessed."""
    return hashlib.sha256(token.encode()).hexdigest()


def load_visit(session: Session, token: str | None, now: datetime, today: date) -> Visit:
    """Load the tenant's revision and the person behind a session token.

    `today` is the date where the tenant is; contracts are counted in local days.
    A token that is unknown, expired or belongs to a suspended person gives a visitor.
    """
    tenant_id = tenant_of(session)
    if token is None:
        revision = session.execute(select(Tenant.revision).where(Tenant.id == tenant_id)).scalar_one()
        return Visit(revision, None)
    row = session.execute(
        _VISIT, {"tenant": tenant_id, "token": token_hash(token), "now": now, "today": today}
    ).one()
    if row.person_id is None:
        return Visit(row.revision, None)
    actor = Actor(
        person_id=row.person_id,
        tenant_id=tenant_id,
        role=row.role,
        is_member=row.is_member,
        first_name=row.first_name,
        last_name=row.last_name,
        email=row.email,
        location_id=row.chosen_id or row.home_id,
        locale=row.locale,
        session_id=row.session_id,
    )
    return Visit(row.revision, actor, row.last_seen_at)


_VISIT = reviewed(
    select(
        _TENANT.c.revision,
        _PERSON.c.id.label("person_id"),
        _PERSON.c.role,
        _PERSON.c.first_name,
        _PERSON.c.last_name,
        _PERSON.c.email,
        _PERSON.c.location_id.label("home_id"),
        _PERSON.c.locale,
        _LOGIN.c.id.label("session_id"),
        _LOGIN.c.location_id.label("chosen_id"),
        _LOGIN.c.last_seen_at,
        exists()
        .where(
            _CONTRACT.c.tenant_id == _PERSON.c.tenant_id,
            _CONTRACT.c.person_id == _PERSON.c.id,
            running_on(bindparam("today"), _CONTRACT.c),
        )
        .label("is_member"),
    )
    .select_from(
        _TENANT.outerjoin(
            _LOGIN,
            and_(
                _LOGIN.c.tenant_id == _TENANT.c.id,
                _LOGIN.c.token_hash == bindparam("token"),
                _LOGIN.c.expires_at > bindparam("now"),
            ),
        ).outerjoin(
            _PERSON,
            and_(
                _PERSON.c.tenant_id == _LOGIN.c.tenant_id,
                _PERSON.c.id == _LOGIN.c.person_id,
                _PERSON.c.suspended_at.is_(None),
            ),
        )
    )
    .where(_TENANT.c.id == bindparam("tenant"))
)
