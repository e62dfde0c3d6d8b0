"""Taking an announcement back: from every inbox and home page. What left as mail or push cannot be called back."""

from datetime import datetime

from sqlalchemy.orm import Session

from app.domain.actor import Actor
from app.domain.announcements.finding import announcement_in_reach
from app.domain.announcements.terms import PUBLISHED, NeverSent
from app.domain.announcements.writing import CHANGEABLE
from app.domain.audit import record_row
from app.domain.live import changed
from app.domain.notices.reading import recall_about
from app.models import AnnouncementState
from app.tenancy import begin_writing


def withdraw(session: Session, actor: Actor, announcement_id: int, now: datetime) -> None:
    """Take back what was told, or is being told; the rest is not sent. Safe to repeat. Raises NotFound and NeverSent."""
    begin_writing(session)
    found = announcement_in_reach(session, actor, announcement_id, lock=True)
    if found.state in CHANGEABLE:
        raise NeverSent
    if found.state is not AnnouncementState.WITHDRAWN:
        found.state, found.withdrawn_at = AnnouncementState.WITHDRAWN, now
        recall_about(session, PUBLISHED, found.id)
        changed(session, "home", everybody=True)
        record_row(session, actor, now, found, "withdrawn", before={"title": found.title})
    session.flush()
