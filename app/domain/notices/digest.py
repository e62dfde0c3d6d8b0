"""The daily digest: what somebody asked to hear of once a day, in one mail, and no mail when there is nothing new."""

from collections.abc import Iterable
from datetime import datetime
from itertools import groupby

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.notices.telling import tell
from app.models import Delivery, Notice
from app.notice_kinds import Channel

DIGEST = "digest.daily"
MOST_ITEMS = 50
"""What more there is stands in the inbox."""
_BATCH = 200
"""People; the next minute takes the next ones."""


def make_digests(session: Session, now: datetime) -> None:
    """Tell everybody whose hour has struck of what is still unread, in the transaction in hand."""
    is_due = Delivery.channel == Channel.DIGEST, Delivery.next_try_at <= now
    joined = Notice.id == Delivery.notice_id
    people = session.scalars(
        select(Notice.person_id).join(Delivery, joined).where(*is_due).distinct().limit(_BATCH)
    )
    rows = session.execute(
        select(Delivery, Notice)
        .join(Notice, joined)
        .where(*is_due, Notice.person_id.in_(people.all()))
        .order_by(Notice.person_id, Notice.created_at, Notice.id)
        .with_for_update(of=Delivery, skip_locked=True)
    ).all()
    for person_id, theirs in groupby(rows, lambda row: row[1].person_id):
        _make_digest(session, person_id, [(row[0], row[1]) for row in theirs], now)


def _make_digest(
    session: Session, person_id: int, due: Iterable[tuple[Delivery, Notice]], now: datetime
) -> None:
    news = []
    for delivery, notice in due:
        delivery.next_try_at, delivery.delivered_at = None, now
        if notice.read_at is None:
            news.append({"kind": notice.kind, "data": notice.data, "times": notice.times})
    if news:
        tell(session, now, person_id, DIGEST, {"items": news[-MOST_ITEMS:], "count": len(news)})
