"""Every request's first question, in one statement: how old may my memory of this tenant be, and who is this?"""

import hashlib
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    ScalarSelect,
    String,
    and_,
    bindparam,
    case,
    cast,
    exists,
    func,
    literal_column,
    select,
    true,
)
from sqlalchemy.orm import Session

from app.domain.actor import Actor, permissions_of
from app.domain.messaging import counting as messages
from app.domain.notices import counting as notices
from app.models import (
    Contract,
    Deletion,
    LoginSession,
    Person,
    PersonProfile,
    Role,
    StaffLocation,
    StaffRole,
    StaffRoleHolder,
    Tenant,
)
from app.models.base import table_of
from app.models.plan import running_on
from app.tenancy import ask, reviewed, tenant_of

# Tables, not classes: this statement runs on every request and names its tenant in every join by hand.
_TENANT, _LOGIN, _PERSON, _PROFILE, _CONTRACT, _DELETION = map(
    table_of, (Tenant, LoginSession, Person, PersonProfile, Contract, Deletion)
)
_ROLE, _HOLDER, _PLACE = map(table_of, (StaffRole, StaffRoleHolder, StaffLocation))


@dataclass(frozen=True, slots=True)
class Visit:
    """`revision` is the tenant's settings revision; `actor` is None for a visitor who is not signed in."""

    revision: int
    actor: Actor | None
    last_seen_at: datetime | None = None
    unread: int = 0
    """How many notices of theirs are unread; at most `notices.MOST_COUNTED`."""
    mail_bounces: bool = False
    """Mail to the actor's address came back."""
    unread_messages: int = 0
    """How many conversations hold something that the actor has yet to read (`messaging.counting.count_unread`)."""
    card_token: str = ""
    """What the code on their card says."""


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
    row = ask(
        session, _VISIT, {"tenant": tenant_id, "token": token_hash(token), "now": now, "today": today}
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
        zone=row.zone,
        session_id=row.session_id,
        face_digest=row.face_digest,
        leaving=row.leaving,
        first_due_on=row.first_due_on,
        must_enrol=row.must_enrol,
        granted=permissions_of(row.role, row.granted) if row.role is Role.CUSTOM else frozenset(),
        limited_to=limits_in(row.limited_to),
    )
    return Visit(
        row.revision,
        actor,
        row.last_seen_at,
        row.unread,
        row.mail_bounces,
        row.unread_messages,
        row.card_token,
    )


def limits_in(ids: str | None) -> frozenset[int] | None:
    """The location ids that `limits_of` gathers; None for no limit."""
    return frozenset(map(int, ids.split(","))) if ids else None


def granted_to(person_id: Any, tenant_id: Any) -> ScalarSelect[Any]:
    """What a person's role of the tenant's own lists."""
    return (
        select(_ROLE.c.permissions)
        .join(
            _HOLDER,
            and_(_HOLDER.c.tenant_id == _ROLE.c.tenant_id, _HOLDER.c.staff_role_id == _ROLE.c.id),
        )
        .where(_HOLDER.c.tenant_id == tenant_id, _HOLDER.c.person_id == person_id)
        .scalar_subquery()
    )


def limits_of(person_id: Any, tenant_id: Any) -> ScalarSelect[Any]:
    """The ids of the locations that a person is limited to, in one text; none gives NULL."""
    return (
        select(
            # Written into the statement once; as text it would be with each request.
            func.aggregate_strings(cast(_PLACE.c.location_id, String), literal_column("','"))  # type: ignore[arg-type]
        )
        .where(_PLACE.c.tenant_id == tenant_id, _PLACE.c.person_id == person_id)
        .scalar_subquery()
    )


_WHO = _PERSON.c.id, _PERSON.c.tenant_id
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
        _PERSON.c.face_digest,
        select(_PROFILE.c.zone)
        .where(_PROFILE.c.tenant_id == _PERSON.c.tenant_id, _PROFILE.c.person_id == _PERSON.c.id)
        .scalar_subquery()
        .label("zone"),
        _LOGIN.c.id.label("session_id"),
        _LOGIN.c.location_id.label("chosen_id"),
        _LOGIN.c.last_seen_at,
        _LOGIN.c.must_enrol,
        exists()
        .where(
            _CONTRACT.c.tenant_id == _PERSON.c.tenant_id,
            _CONTRACT.c.person_id == _PERSON.c.id,
            running_on(bindparam("today"), _CONTRACT.c),
        )
        .label("is_member"),
        exists()
        .where(_DELETION.c.tenant_id == _PERSON.c.tenant_id, _DELETION.c.person_id == _PERSON.c.id)
        .label("leaving"),
        _PERSON.c.card_token,
        _PERSON.c.first_due_on,
        (_PERSON.c.bounced_email == _PERSON.c.email).is_(true()).label("mail_bounces"),
        notices.count_unread(*_WHO).label("unread"),
        # Neither is looked for when it cannot be there: a member's page does not pay for staff's roles.
        case((_PERSON.c.role == Role.CUSTOM, granted_to(*_WHO))).label("granted"),
        case((_PERSON.c.role != Role.NONE, limits_of(*_WHO))).label("limited_to"),
        messages.count_unread(*_WHO).label("unread_messages"),
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
