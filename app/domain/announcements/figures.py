"""What became of an announcement, counted from the rows of its readers, notices and deliveries."""

from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import and_, case, func, or_, select
from sqlalchemy.orm import Session

from app.domain.announcements.terms import PUBLISHED
from app.models import AnnouncementReader, Delivery, Notice, Person
from app.notice_kinds import Channel


@dataclass(frozen=True, slots=True)
class Way:
    """How many got it by one channel. `bounced` is mail that came back; `none` do not want it so, or cannot get it."""

    sent: int = 0
    waiting: int = 0
    failed: int = 0
    bounced: int = 0
    none: int = 0


@dataclass(frozen=True, slots=True)
class Figures:
    """How many were told, of them in the inbox still, and how many opened it."""

    told: int
    inbox: int
    read: int
    mail: Way = field(default_factory=Way)
    digest: Way = field(default_factory=Way)
    push: Way = field(default_factory=Way)


def figures_of(session: Session, announcement_id: int) -> Figures:
    """Three statements, however many people it was told."""
    told, read = session.execute(
        select(func.count(), func.count(AnnouncementReader.read_at)).where(
            AnnouncementReader.announcement_id == announcement_id
        )
    ).one()
    about = Notice.kind == PUBLISHED, Notice.about == str(announcement_id)
    notices, inbox = session.execute(
        select(func.count(), func.count(case((Notice.in_app, 1)))).where(*about)
    ).one()
    rows = {row.channel: row for row in session.execute(_by_channel(*about))}
    ways = {channel.value: _way(rows.get(channel), notices) for channel in Channel}
    return Figures(told, inbox, read, **ways)


def _by_channel(*about: Any) -> Any:
    gave_up = Delivery.gave_up_at.is_not(None)
    # Whose address does not work is marked with the address that the mail was sent to.
    bounced = and_(gave_up, Delivery.channel == Channel.MAIL, Person.bounced_email == Delivery.sent_to)

    def count(condition: Any) -> Any:
        return func.count(case((condition, 1)))

    return (
        select(
            Delivery.channel,
            count(Delivery.delivered_at.is_not(None)).label("sent"),
            count(Delivery.next_try_at.is_not(None)).label("waiting"),
            count(gave_up).label("gave_up"),
            count(bounced).label("bounced"),
            # Read before its mail was due, switched off meanwhile, called back: nothing was sent.
            count(or_(Delivery.delivered_at.is_not(None), Delivery.next_try_at.is_not(None), gave_up)).label(
                "some"
            ),
        )
        .join(Notice, and_(Notice.tenant_id == Delivery.tenant_id, Notice.id == Delivery.notice_id))
        .outerjoin(Person, and_(Person.tenant_id == Notice.tenant_id, Person.id == Notice.person_id))
        .where(*about)
        .group_by(Delivery.channel)
    )


def _way(row: Any, notices: int) -> Way:
    if row is None:
        return Way(none=notices)
    return Way(row.sent, row.waiting, row.gave_up - row.bounced, row.bounced, notices - row.some)
