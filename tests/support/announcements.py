"""Announcements as the tests of pages and walls need them."""

from datetime import datetime

from sqlalchemy.orm import Session

from app.models import Announcement, AnnouncementReader, AnnouncementState, AnnouncementTarget
from app.sections import Audience
from tests.support.world import TenantWorld


def announced(
    session: Session,
    tenant: TenantWorld,
    now: datetime,
    *,
    state: AnnouncementState = AnnouncementState.SENT,
    to: str | None = None,
    place: str | None = None,
    photo_id: int | None = None,
) -> int:
    """An announcement; `to` names somebody of the cast whom it was told, `place` the location it is for."""
    made = Announcement(
        title="The lift is out of order",
        body="Take the stairs.",
        audience=Audience.SIGNED_IN,
        state=state,
        zone="Europe/London",
        photo_id=photo_id,
        send_at=now if state is AnnouncementState.SCHEDULED else None,
        sent_at=now if state is AnnouncementState.SENT else None,
        created_by_id=tenant.people["desk"],
        created_at=now,
    )
    session.add(made)
    session.flush()
    if to is not None:
        session.add(AnnouncementReader(announcement_id=made.id, person_id=tenant.people[to], told_at=now))
    if place is not None:
        session.add(AnnouncementTarget(announcement_id=made.id, location_id=tenant.locations[place]))
    session.flush()
    return made.id
