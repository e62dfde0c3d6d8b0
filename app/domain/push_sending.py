"""What a push message is sent to and what becomes of the devices: the database's side of `jobs.push`."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.models import Delivery, LoginSession, Notice, PushDevice, PushSent
from app.ports import PushTarget

MOST_FAILURES = 10
"""So often in a row a device's push service may take nothing; then the device is left alone until it is used again."""


@dataclass(frozen=True, slots=True)
class Receiver:
    """A device that is to get a message."""

    id: int
    target: PushTarget
    origin: str
    locale: str


def receivers(session: Session, delivery_id: int, notice: Notice, now: datetime) -> list[Receiver]:
    """The person's devices that did not get this yet. Who is signed out there, or may not sign in, gets nothing."""
    # What was told anew since is sent anew.
    had = select(PushSent.device_id).where(
        PushSent.delivery_id == delivery_id, PushSent.sent_at >= notice.created_at
    )
    rows = session.scalars(
        select(PushDevice)
        .join(LoginSession, LoginSession.id == PushDevice.session_id)
        .where(
            LoginSession.person_id == notice.person_id,
            LoginSession.expires_at > now,
            PushDevice.gave_up_at.is_(None),
            PushDevice.id.not_in(had),
        )
        .order_by(PushDevice.id)
    )
    return [receiver_of(row) for row in rows]


def note_sent(session: Session, delivery_id: int | None, device_id: int, now: datetime) -> None:
    """The device's push service took a message. Without a delivery it was no notice."""
    device = session.get(PushDevice, device_id)
    if device is None:
        return
    device.last_sent_at, device.failures, device.gave_up_at = now, 0, None
    if delivery_id is not None:
        _note_done(session, delivery_id, device_id, now)


def note_refused(
    session: Session, delivery_id: int | None, device_id: int, now: datetime, *, permanent: bool
) -> None:
    """The device's push service took nothing. One that never does is not tried for ever."""
    device = session.get(PushDevice, device_id)
    if device is None:
        return
    device.failures += 1
    if device.failures >= MOST_FAILURES:
        device.gave_up_at = now
    if permanent and delivery_id is not None:
        _note_done(session, delivery_id, device_id, now)


def forget_gone(session: Session, device_id: int) -> None:
    """The subscription has ended."""
    session.execute(delete(PushDevice).where(PushDevice.id == device_id))


def forget_sent(session: Session, _now: datetime) -> None:
    """Let go of which device got what, of deliveries that are over."""
    over = select(Delivery.id).where(Delivery.next_try_at.is_(None))
    session.execute(
        delete(PushSent).where(PushSent.delivery_id.in_(over)),
        execution_options={"synchronize_session": False},
    )


def receiver_of(row: PushDevice) -> Receiver:
    target = PushTarget(row.endpoint, row.p256dh, row.auth)
    return Receiver(row.id, target, row.origin, row.locale or "")


def _note_done(session: Session, delivery_id: int, device_id: int, now: datetime) -> None:
    if session.get(Delivery, delivery_id) is None:
        return
    found = session.scalars(
        select(PushSent).where(PushSent.delivery_id == delivery_id, PushSent.device_id == device_id)
    ).one_or_none()
    if found is None:
        session.add(PushSent(delivery_id=delivery_id, device_id=device_id, sent_at=now))
    else:
        found.sent_at = now
    session.flush()
