"""Telling staff that a message was shown to them; what is told goes when there is nothing left to decide."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import String, cast, delete, select
from sqlalchemy.orm import Session

from app.domain.actor import Permission
from app.domain.live import changed
from app.domain.notices import tell_all
from app.domain.people.staff import staff_of_the_house
from app.models import Notice, Report, ReportReason

MADE = "report.made"


def tell_moderators(
    session: Session, message_id: int, reason: ReportReason, but: Collection[int], now: datetime
) -> None:
    """Tell everybody who decides about reports, `but` those whom it concerns. Nothing of the message is in it."""
    deciding = set(staff_of_the_house(session, Permission.COMMUNITY)) - set(but)
    tell_all(session, now, deciding, MADE, {"message_id": message_id, "reason": reason.value})


def take_back_settled(session: Session) -> None:
    """Take back from everybody what told of messages about which nothing waits any more, whatever became of them."""
    session.flush()
    waiting = select(cast(Report.message_id, String)).where(Report.decided_at.is_(None))
    taken = delete(Notice).where(Notice.kind == MADE, Notice.about.not_in(waiting))
    told = session.scalars(
        taken.returning(Notice.person_id), execution_options={"synchronize_session": False}
    )
    changed(session, "inbox", people={person_id for person_id in told if person_id is not None})
