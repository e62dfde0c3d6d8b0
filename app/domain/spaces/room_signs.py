"""Signs beside rooms: a code to print for everybody, and a panel that opens with a secret address (docs/decisions/0038)."""

import secrets

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.orm import Session

from app.domain.actor import Actor
from app.domain.audit import record_row
from app.domain.live import panel_ended
from app.domain.reach import resource_in_reach
from app.domain.visit import token_hash
from app.kernel.clock import Clock
from app.kernel.errors import NotFound
from app.models import Location, Resource, RoomSign
from app.tenancy import begin_writing

_CODE_BYTES, _TOKEN_BYTES = 12, 32
_LONGEST = 100
"""Characters; nothing longer is a code or token of ours."""


def sign_of(session: Session, actor: Actor, resource_id: int) -> RoomSign | None:
    """A room's sign; None while it has none. Raises NotFound out of reach."""
    resource_in_reach(session, actor, resource_id)
    return session.scalars(select(RoomSign).where(RoomSign.resource_id == resource_id)).one_or_none()


def make_sign(session: Session, actor: Actor, resource_id: int, clock: Clock) -> RoomSign:
    """Give a room a code to print; one that it has stays, or what hangs there would be waste paper. Raises NotFound."""
    begin_writing(session)
    return _sign(session, actor, resource_id, clock)


def make_panel(session: Session, actor: Actor, resource_id: int, clock: Clock) -> str:
    """Open a panel for a room and close the one before; returns its token, which is kept nowhere. Raises NotFound."""
    begin_writing(session)
    sign = _sign(session, actor, resource_id, clock)
    token, now = secrets.token_urlsafe(_TOKEN_BYTES), clock()
    if sign.panel_hash is not None:
        panel_ended(session, sign.panel_hash)
    sign.panel_hash, sign.panel_made_at = token_hash(token), now
    record_row(session, actor, now, sign, "panel_made", after={"resource_id": resource_id})
    session.flush()
    return token


def revoke_panel(session: Session, actor: Actor, resource_id: int, clock: Clock) -> None:
    """Close a room's panel for good, whoever has its address; nothing without one. Raises NotFound."""
    begin_writing(session)
    resource_in_reach(session, actor, resource_id, lock=True)
    sign = session.scalars(select(RoomSign).where(RoomSign.resource_id == resource_id)).one_or_none()
    if sign is None or sign.panel_hash is None:
        return
    panel_ended(session, sign.panel_hash)
    sign.panel_hash = sign.panel_made_at = None
    record_row(session, actor, clock(), sign, "panel_revoked", after={"resource_id": resource_id})
    session.flush()


def panel_of(session: Session, token: str) -> RoomSign:
    """The sign whose panel a token opens. Raises NotFound for one that is revoked, unknown, or of a room that is retired."""
    return _in_use(session, RoomSign.panel_hash == token_hash(token[:_LONGEST]))


def coded(session: Session, code: str) -> RoomSign:
    """The sign of a printed code. Raises NotFound for one that is unknown, or of a room that is retired."""
    return _in_use(session, RoomSign.code == code[:_LONGEST])


def _sign(session: Session, actor: Actor, resource_id: int, clock: Clock) -> RoomSign:
    """The room is locked, so that two who make one at once make the same."""
    resource_in_reach(session, actor, resource_id, lock=True)
    sign = session.scalars(select(RoomSign).where(RoomSign.resource_id == resource_id)).one_or_none()
    if sign is None:
        sign = RoomSign(resource_id=resource_id, code=secrets.token_urlsafe(_CODE_BYTES))
        session.add(sign)
        session.flush()
        record_row(session, actor, clock(), sign, "created", after={"resource_id": resource_id})
    return sign


def _in_use(session: Session, which: ColumnElement[bool]) -> RoomSign:
    sign = session.scalars(
        select(RoomSign)
        .join(Resource, and_(Resource.tenant_id == RoomSign.tenant_id, Resource.id == RoomSign.resource_id))
        .join(Location, and_(Location.tenant_id == Resource.tenant_id, Location.id == Resource.location_id))
        .where(which, Resource.retired_at.is_(None), Location.retired_at.is_(None))
    ).one_or_none()
    if sign is None:
        raise NotFound
    return sign
