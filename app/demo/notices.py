"""What the demo members find in their inbox: their next bookings, and what they have read."""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.demo.spaces import DemoSpace
from app.domain.booking.announce import announce
from app.domain.notices import tell
from app.models import Booking, BookingStatus, Notice, Person

_READ: tuple[tuple[timedelta, str, dict[str, str]], ...] = (
    (timedelta(days=2), "data.ready", {}),
    (
        timedelta(days=4),
        "device.new",
        {"browser": "Firefox", "system": "macOS", "address": "203.0.113.9", "at": ""},
    ),
    (timedelta(days=9), "password.changed", {}),
)


def fill_inbox(session: Session, space: DemoSpace, now: datetime) -> None:
    """Tell the member of the demo what happened, unless they were told something before."""
    member = session.scalars(
        select(Person.id).where(Person.email_key == f"member@{space.tenant.slug}.test")
    ).one_or_none()
    if member is None or session.scalars(select(Notice.id).where(Notice.person_id == member)).first():
        return
    for ago, kind, data in _READ:
        notice = tell(session, now - ago, member, kind, data)
        if notice is not None:
            notice.read_at = now - ago
    ahead = (
        select(Booking)
        .where(
            Booking.person_id == member, Booking.starts_at > now, Booking.status == BookingStatus.CONFIRMED
        )
        .order_by(Booking.starts_at)
        .limit(2)
    )
    for minutes, booking in enumerate(session.scalars(ahead), 1):
        announce(session, booking, "booking.confirmed", now - timedelta(minutes=17 * minutes))
    session.flush()
