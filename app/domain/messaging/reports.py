"""Showing a message to staff, and what they do about it. They see what was reported and a little around it, nothing else."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from app.domain import audit
from app.domain.actor import Actor
from app.domain.lookup import one
from app.domain.messaging.change import empty_message
from app.domain.messaging.finding import message_in, others_in
from app.domain.messaging.news import tell_conversation
from app.domain.messaging.report_news import take_back_settled, tell_moderators
from app.domain.messaging.terms import MakeReport, OwnMessage
from app.kernel.errors import AlreadyDecided
from app.kernel.names import full_name
from app.models import Message, Person, Report, ReportOutcome, ReportReason
from app.tenancy import begin_writing

AROUND = 2
"""Messages before and after the reported one that staff are shown."""
PAGE_SIZE = 25


@dataclass(frozen=True, slots=True)
class ContextLine:
    """A message as staff read it."""

    sender: str
    body: str
    sent_at: datetime
    reported: bool
    deleted: bool


@dataclass(frozen=True, slots=True)
class ReportView:
    """One report with all that staff decide from."""

    id: int
    reason: ReportReason
    note: str
    said: str
    reporter: str
    sender: str
    sender_id: int
    reported_at: datetime
    lines: tuple[ContextLine, ...]
    reports: int
    """How many people reported this message."""


def report(
    session: Session, actor: Actor, conversation_id: int, message_id: int, command: MakeReport, now: datetime
) -> None:
    """Show somebody's message to staff; once, however often. Raises NotFound and OwnMessage."""
    begin_writing(session)
    message = message_in(session, actor, conversation_id, message_id)
    if message.sender_id == actor.person_id:
        raise OwnMessage
    made = session.scalar(
        select(Report.id).where(Report.message_id == message.id, Report.reporter_id == actor.person_id)
    )
    if made is not None:
        return
    session.add(
        Report(
            message_id=message.id,
            reporter_id=actor.person_id,
            reason=command.reason,
            note=command.note,
            said=message.body,
            reported_at=now,
        )
    )
    session.flush()
    # Nobody hears of their own report, or of one against them.
    tell_moderators(session, message.id, command.reason, {actor.person_id, message.sender_id}, now)


def open_reports(session: Session) -> list[ReportView]:
    """What waits for staff, the longest first; several reports of one message are one."""
    first = (
        select(func.min(Report.id).label("id"), func.count(Report.id).label("reports"))
        .where(Report.decided_at.is_(None))
        .group_by(Report.message_id)
        .subquery()
    )
    rows = session.execute(
        select(Report, Message, Person, first.c.reports)
        .join(first, first.c.id == Report.id)
        .join(Message, and_(Message.tenant_id == Report.tenant_id, Message.id == Report.message_id))
        .join(Person, and_(Person.tenant_id == Report.tenant_id, Person.id == Report.reporter_id))
        .order_by(Report.id)
        .limit(PAGE_SIZE)
    ).all()
    around = _around(session, [row.Message for row in rows])
    senders = _names(
        session, {each.sender_id for row in rows for each in (row.Message, *around[row.Message.id])}
    )
    return [
        ReportView(
            row.Report.id,
            row.Report.reason,
            row.Report.note,
            row.Report.said,
            full_name(row.Person.first_name, row.Person.last_name),
            senders[row.Message.sender_id],
            row.Message.sender_id,
            row.Report.reported_at,
            tuple(
                ContextLine(
                    senders[each.sender_id],
                    each.body,
                    each.sent_at,
                    each.id == row.Message.id,
                    each.deleted_at is not None,
                )
                for each in around[row.Message.id]
            ),
            row.reports,
        )
        for row in rows
    ]


def _around(session: Session, reported: Sequence[Message]) -> dict[int, list[Message]]:
    """Each reported message with its neighbours, all of them in one statement."""
    conversations = {message.conversation_id for message in reported}
    place = func.row_number().over(partition_by=Message.conversation_id, order_by=Message.id)
    numbered = (
        select(Message.id.label("id"), Message.conversation_id.label("conversation_id"), place.label("place"))
        .where(Message.conversation_id.in_(conversations), ~Message.withheld)
        .subquery()
    )
    spot = numbered.alias()
    rows = session.execute(
        select(spot.c.id.label("about"), Message)
        .select_from(spot)
        .join(
            numbered,
            and_(
                numbered.c.conversation_id == spot.c.conversation_id,
                numbered.c.place.between(spot.c.place - AROUND, spot.c.place + AROUND),
            ),
        )
        .join(Message, Message.id == numbered.c.id)
        .where(spot.c.id.in_([message.id for message in reported]))
        .order_by(Message.id)
    )
    found: dict[int, list[Message]] = {message.id: [] for message in reported}
    for about, message in rows:
        found[about].append(message)
    return found


def _names(session: Session, people: set[int]) -> dict[int, str]:
    rows = session.execute(
        select(Person.id, Person.first_name, Person.last_name).where(Person.id.in_(people))
    )
    return {row.id: full_name(row.first_name, row.last_name) for row in rows}


def decide(
    session: Session, actor: Actor, report_id: int, outcome: ReportOutcome, now: datetime
) -> list[str]:
    """End all reports of a message: leave it, or remove it. The digests of files that nothing shows any more.

    Audited. Raises NotFound and AlreadyDecided.
    """
    begin_writing(session)
    chosen = one(session, Report, report_id, lock=True)
    if chosen.decided_at is not None:
        raise AlreadyDecided
    message = one(session, Message, chosen.message_id, lock=True)
    same = session.scalars(select(Report).where(Report.message_id == message.id, Report.decided_at.is_(None)))
    for each in same:
        each.decided_at, each.decided_by_id, each.outcome = now, actor.person_id, outcome
    take_back_settled(session)
    digests: list[str] = []
    if outcome is ReportOutcome.REMOVED and message.deleted_at is None:
        digests = empty_message(session, message, now)
        message.removed = True
        hearers = {message.sender_id, *others_in(session, message.conversation_id, message.sender_id)}
        tell_conversation(session, message.conversation_id, hearers)
    audit.record_row(
        session,
        actor,
        now,
        chosen,
        outcome.value,
        after={"sender": message.sender_id, "reason": chosen.reason},
    )
    session.flush()
    return digests
