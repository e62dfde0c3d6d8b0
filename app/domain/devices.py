"""What people sign in with: told by mail when it is something new."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.notices import tell
from app.domain.user_agent import read_user_agent
from app.models import KnownDevice

NEW_DEVICE = "device.new"


def note_device(session: Session, person_id: int, user_agent: str, address: str, now: datetime) -> None:
    """Note what the person signs in with, inside of the caller's transaction; mail them when it is new to them.

    The very first is news to nobody.
    """
    device = read_user_agent(user_agent)
    rows = session.execute(
        select(KnownDevice.browser, KnownDevice.system).where(KnownDevice.person_id == person_id)
    )
    known = {(row.browser, row.system) for row in rows}
    if (device.browser, device.system) in known:
        return
    session.add(
        KnownDevice(person_id=person_id, browser=device.browser, system=device.system, first_seen_at=now)
    )
    session.flush()
    if known:
        told = {"browser": device.browser, "system": device.system, "address": address}
        tell(session, now, person_id, NEW_DEVICE, told | {"at": now.isoformat()})
