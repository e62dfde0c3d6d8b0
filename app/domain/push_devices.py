"""Somebody's devices that take push messages: registered, listed, forgotten."""

import hashlib
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, delete, select
from sqlalchemy.orm import Session

from app.domain.actor import Actor
from app.domain.lookup import one
from app.domain.user_agent import Device, read_user_agent
from app.kernel.errors import NotFound
from app.models import LoginSession, Person, PushDevice
from app.models.base import LARGEST_ID
from app.ports import Push, PushTarget
from app.tenancy import begin_writing

MOST = 20
"""Per person: more than anybody has devices, and few enough to write to each of them."""


@dataclass(frozen=True, slots=True)
class Registration:
    """What a browser says of itself when it subscribes."""

    target: PushTarget
    origin: str
    """`https://host` of the portal as it knows it."""
    user_agent: str
    locale: str


@dataclass(frozen=True, slots=True)
class OwnDevice:
    """One device, as its owner sees it."""

    id: int
    device: Device
    created_at: datetime
    last_seen_at: datetime
    last_sent_at: datetime | None
    gave_up_at: datetime | None
    current: bool
    """Registered in the browser that asks."""


def with_device(session: Session, person_ids: Collection[int]) -> set[int]:
    """Whom of these people a push message can reach at all."""
    able = (
        select(LoginSession.person_id)
        .join(PushDevice, PushDevice.session_id == LoginSession.id)
        .where(LoginSession.person_id.in_(person_ids), PushDevice.gave_up_at.is_(None))
    )
    return set(session.scalars(able.distinct()))


def devices_of(session: Session, actor: Actor) -> list[OwnDevice]:
    """The person's devices: that of the browser in hand first, then by when they were last seen."""
    rows = session.scalars(
        _of_person(actor.person_id).order_by(PushDevice.last_seen_at.desc(), PushDevice.id.desc())
    )
    found = [
        OwnDevice(
            row.id,
            Device(row.browser, row.system, row.mobile),
            row.created_at,
            row.last_seen_at,
            row.last_sent_at,
            row.gave_up_at,
            row.session_id == actor.session_id,
        )
        for row in rows
    ]
    return sorted(found, key=lambda each: not each.current)


def register(session: Session, actor: Actor, push: Push, wanted: Registration, now: datetime) -> int:
    """Let this browser take the person's push messages, and nobody else's any more; returns the device's id.

    Repeating it says that the browser still has the subscription, and forgives what went wrong before. Raises
    PushRefused for an endpoint that this server does not write to.
    """
    push.check(wanted.target)
    begin_writing(session)
    # Two tabs may say the same at once.
    one(session, Person, actor.person_id, lock=True)
    row = _row_for(session, actor, wanted.target.endpoint, now)
    device = read_user_agent(wanted.user_agent)
    row.session_id = _session_of(actor)
    row.origin = wanted.origin
    row.p256dh, row.auth = wanted.target.p256dh, wanted.target.auth
    row.browser, row.system, row.mobile = device.browser, device.system, device.mobile
    row.locale, row.last_seen_at = wanted.locale, now
    row.failures, row.gave_up_at = 0, None
    session.flush()
    _keep_to_the_most(session, actor.person_id)
    return row.id


def renew(session: Session, actor: Actor, push: Push, known: str, wanted: Registration, now: datetime) -> int:
    """A browser still has its subscription, or another one in its place; `known` is the endpoint that it told before.

    Raises NotFound where that is none of the person's devices, because it was removed or somebody else signed in.
    """
    begin_writing(session)
    row = session.scalars(
        _of_person(actor.person_id).where(PushDevice.endpoint_hash == endpoint_hash(known))
    ).one_or_none()
    if row is None:
        raise NotFound
    if known != wanted.target.endpoint:
        session.delete(row)
    session.flush()
    return register(session, actor, push, wanted, now)


def forget(session: Session, actor: Actor, device_id: int) -> None:
    """Send nothing to one of the person's devices any more. Raises NotFound for anybody else's."""
    begin_writing(session)
    session.delete(own_device(session, actor, device_id))
    session.flush()


def own_device(session: Session, actor: Actor, device_id: int) -> PushDevice:
    """One of the person's devices. Raises NotFound for anybody else's."""
    if not 0 < device_id <= LARGEST_ID:
        raise NotFound
    row = session.scalars(_of_person(actor.person_id).where(PushDevice.id == device_id)).one_or_none()
    if row is None:
        raise NotFound
    return row


def check_own_endpoint(session: Session, actor: Actor, endpoint: str) -> None:
    """That a device of the person's has that secret address. Raises NotFound."""
    mine = _of_person(actor.person_id).where(PushDevice.endpoint_hash == endpoint_hash(endpoint))
    if session.scalars(mine).one_or_none() is None:
        raise NotFound


def endpoint_hash(endpoint: str) -> str:
    """How a device is found again."""
    return hashlib.sha256(endpoint.encode()).hexdigest()


def _of_person(person_id: int) -> Select[PushDevice]:
    return (
        select(PushDevice)
        .join(LoginSession, LoginSession.id == PushDevice.session_id)
        .where(LoginSession.person_id == person_id)
    )


def _row_for(session: Session, actor: Actor, endpoint: str, now: datetime) -> PushDevice:
    """The person's row of that endpoint. Another person's goes: what was sent to them is no business of this one's."""
    key = endpoint_hash(endpoint)
    row = session.scalars(_of_person(actor.person_id).where(PushDevice.endpoint_hash == key)).one_or_none()
    if row is not None:
        return row
    session.execute(delete(PushDevice).where(PushDevice.endpoint_hash == key))
    row = PushDevice(endpoint=endpoint, endpoint_hash=key, created_at=now)
    session.add(row)
    return row


def _session_of(actor: Actor) -> int:
    if actor.session_id is None:
        raise ValueError("only a signed-in browser takes push messages")
    return actor.session_id


def _keep_to_the_most(session: Session, person_id: int) -> None:
    """Whoever has more loses those that were not seen for the longest."""
    newest = _of_person(person_id).order_by(PushDevice.last_seen_at.desc(), PushDevice.id.desc())
    for row in session.scalars(newest.offset(MOST)):
        session.delete(row)
    session.flush()
