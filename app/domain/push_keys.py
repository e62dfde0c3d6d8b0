"""The pair of keys that push services know a tenant by, and how those services last took it."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from app.domain.levels import hold_level
from app.models import PushDevice, PushKey
from app.ports import Push, PushKeys, SecretBox, SecretUnreadable
from app.tenancy import begin_writing

_LONGEST_REFUSAL = 300


@dataclass(frozen=True, slots=True)
class PushKit:
    """What pushing takes: the client of push services, and the box that the keys are sealed in."""

    client: Push
    box: SecretBox


@dataclass(frozen=True, slots=True)
class ServiceRefusal:
    """What a push service has against this server, as it said it."""

    at: datetime
    said: str


def public_key(session: Session, kit: PushKit, now: datetime) -> str:
    """What browsers subscribe with. The pair is made when the first one asks."""
    if (found := _public_key(session)) is not None:
        return found
    begin_writing(session)
    # Two at once would both find none.
    hold_level(session, None)
    if (found := _public_key(session)) is not None:
        return found
    keys = kit.client.new_keys()
    session.add(PushKey(public_key=keys.public, private_key=kit.box.seal(keys.private), created_at=now))
    session.flush()
    return keys.public


def _public_key(session: Session) -> str | None:
    return session.scalars(select(PushKey.public_key)).one_or_none()


def signing_keys(session: Session, box: SecretBox) -> PushKeys | None:
    """Both halves; None where no browser ever asked. Raises SecretUnreadable."""
    row = session.scalars(select(PushKey)).one_or_none()
    return PushKeys(row.public_key, box.open(row.private_key)) if row else None


def note_refusal(session: Session, said: str, now: datetime) -> None:
    """A push service does not accept this server; staff are shown what it said until one does again."""
    session.execute(update(PushKey).values(refused_at=now, refusal=said[:_LONGEST_REFUSAL]))


def note_accepted(session: Session) -> None:
    """A push service took a message."""
    session.execute(
        update(PushKey).where(PushKey.refused_at.is_not(None)).values(refused_at=None, refusal="")
    )


def count_devices(session: Session) -> int:
    """How many devices of the tenant's people take messages."""
    return session.scalars(select(func.count(PushDevice.id)).where(PushDevice.gave_up_at.is_(None))).one()


def last_refusal(session: Session) -> ServiceRefusal | None:
    """What staff should know of, if there is anything."""
    row = session.scalars(select(PushKey).where(PushKey.refused_at.is_not(None))).one_or_none()
    return ServiceRefusal(row.refused_at, row.refusal) if row and row.refused_at else None


def reseal_push_key(session: Session, box: SecretBox) -> tuple[int, int]:
    """Seal the tenant's key anew under the newest key; returns how many that were, and how many cannot be read.

    One that cannot be read goes, with the devices that are bound to it: their browsers subscribe to the next one when
    they are used again.
    """
    begin_writing(session)
    row = session.scalars(select(PushKey)).one_or_none()
    if row is None:
        return 0, 0
    try:
        row.private_key = box.reseal(row.private_key)
    except SecretUnreadable:
        session.delete(row)
        for device in session.scalars(select(PushDevice)):
            session.delete(device)
        session.flush()
        return 0, 1
    session.flush()
    return 1, 0
