"""Invitations as the front desk's list shows them, with what became of each."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.orm import Session, aliased

from app.kernel.names import full_name
from app.kernel.paging import PAGE_SIZE, Paged, stretch
from app.models import Invitation, Location, Person, Plan


class State(StrEnum):
    """How far an invitation has come."""

    WAITING = "waiting"
    """The mail is not written yet."""
    SENT = "sent"
    OPENED = "opened"
    ACCEPTED = "accepted"
    REVOKED = "revoked"
    EXPIRED = "expired"


class InvitationFilter(StrEnum):
    OPEN = "open"
    ACCEPTED = "accepted"
    OVER = "over"
    """Revoked, or expired."""


@dataclass(frozen=True, slots=True)
class InvitationRow:
    """One invitation as a list shows it."""

    id: int
    email: str
    first_name: str
    last_name: str
    location: str | None
    plan: str | None
    inviter: str
    person_id: int | None
    sent_at: datetime | None
    expires_at: datetime
    state: State
    resendable: bool
    """Whether a new mail would help; staff may revoke it as long."""

    @property
    def name(self) -> str:
        return full_name(self.first_name, self.last_name)

    @property
    def open(self) -> bool:
        return self.state in {State.WAITING, State.SENT, State.OPENED}


def list_invitations(
    session: Session, which: InvitationFilter, page: int, now: datetime
) -> Paged[InvitationRow]:
    """One page, the newest first. A page beyond the last gives the last one."""
    where = _condition(which, now)
    total = session.execute(select(func.count(Invitation.id)).where(where)).scalar_one()
    at = stretch(page, total)
    inviter = aliased(Person)
    rows = session.execute(
        select(Invitation, Location.name, Plan.name, inviter.first_name, inviter.last_name)
        .outerjoin(Location, Location.id == Invitation.location_id)
        .outerjoin(Plan, Plan.id == Invitation.plan_id)
        .outerjoin(inviter, inviter.id == Invitation.invited_by_id)
        .where(where)
        .order_by(Invitation.created_at.desc(), Invitation.id.desc())
        .offset(at.start)
        .limit(PAGE_SIZE)
    ).all()
    return Paged(
        tuple(
            InvitationRow(
                each.id,
                each.email,
                each.first_name,
                each.last_name,
                location,
                plan,
                full_name(first or "", last or ""),
                each.person_id if each.accepted_at else None,
                each.sent_at,
                each.expires_at,
                state_of(each, now),
                each.accepted_at is None and each.revoked_at is None,
            )
            for each, location, plan, first, last in rows
        ),
        at,
    )


def state_of(invitation: Invitation, now: datetime) -> State:
    """How far it has come."""
    if invitation.accepted_at is not None:
        return State.ACCEPTED
    if min(now, invitation.revoked_at or now) >= invitation.expires_at:
        return State.EXPIRED
    if invitation.revoked_at is not None:
        return State.REVOKED
    if invitation.sent_at is None:
        return State.WAITING
    return State.SENT if invitation.opened_at is None else State.OPENED


def _condition(which: InvitationFilter, now: datetime) -> ColumnElement[bool]:
    unused = and_(Invitation.accepted_at.is_(None), Invitation.revoked_at.is_(None))
    match which:
        case InvitationFilter.OPEN:
            return and_(unused, Invitation.expires_at > now)
        case InvitationFilter.ACCEPTED:
            return Invitation.accepted_at.is_not(None)
        case InvitationFilter.OVER:
            return Invitation.accepted_at.is_(None) & (
                Invitation.revoked_at.is_not(None) | (Invitation.expires_at <= now)
            )
