"""Letting go of announcements that are over for as long as the tenant keeps notices."""

from datetime import datetime, timedelta

from sqlalchemy import delete, func, or_, select
from sqlalchemy.orm import Session

from app.domain.privacy.settings import days_kept
from app.domain.stored_file import forget_file
from app.models import Announcement, StoredFile

BATCH = 20
"""Each goes with all its readers, of whom there may be thousands."""


def forget_announcements(session: Session, now: datetime) -> tuple[int, list[str]]:
    """Forget one batch; how many it was, and the digests of files that nothing shows any more. Drafts stay."""
    days = days_kept(session).notice_days
    if days is None:
        return 0, []
    over = func.coalesce(Announcement.withdrawn_at, Announcement.sent_at)
    rows = session.execute(
        select(Announcement.id, StoredFile.digest)
        .outerjoin(StoredFile, StoredFile.id == Announcement.photo_id)
        .where(
            over < now - timedelta(days=days),
            or_(Announcement.home_ends_at.is_(None), Announcement.home_ends_at < now),
        )
        .order_by(Announcement.id)
        .limit(BATCH)
    ).all()
    session.execute(
        delete(Announcement).where(Announcement.id.in_([row.id for row in rows])),
        execution_options={"synchronize_session": False},
    )
    digests = {row.digest for row in rows if row.digest}
    return len(rows), [digest for digest in sorted(digests) if forget_file(session, digest)]
