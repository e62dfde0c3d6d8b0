"""Conversations of the cast, begun and carried on by the real verbs."""

from collections.abc import Callable
from datetime import datetime, timedelta

from flask import Flask
from sqlalchemy.orm import Session

from app.domain.messaging.reports import report
from app.domain.messaging.send import send
from app.domain.messaging.start import start_direct, start_group
from app.domain.messaging.terms import MakeReport, NewGroup, SendMessage, Sent
from app.models import (
    Attachment,
    Conversation,
    ConversationKind,
    ConversationMember,
    Message,
    PersonProfile,
    Report,
    ReportReason,
    SharedFile,
    Sharing,
    StoredFile,
)
from app.web.ports import files
from tests.support.rows import inside
from tests.support.world import TenantWorld


def list_people(app: Flask, tenant: TenantWorld, *who: str) -> None:
    """Let these people have agreed to be listed, so that others may write to them."""
    with inside(app, tenant) as session:
        session.add_all(PersonProfile(person_id=tenant.people[name], listed=True) for name in who)


class Talk:
    """One conversation between people of the cast, on a clock that moves a second with each thing said."""

    def __init__(self, app: Flask, tenant: TenantWorld, begun: datetime, *who: str, title: str = "") -> None:
        self.app, self.tenant, self.now = app, tenant, begun
        first, *others = who
        with inside(app, tenant) as session:
            actor, ids = tenant.actor(first), frozenset(tenant.people[name] for name in others)
            if len(others) == 1:
                self.id = start_direct(session, actor, next(iter(ids)), begun)
            else:
                self.id = start_group(session, actor, NewGroup(ids, title), begun)

    def tick(self) -> datetime:
        self.now += timedelta(seconds=1)
        return self.now

    def say(self, who: str, words: str, client_id: str | None = None) -> Sent:
        with inside(self.app, self.tenant) as session:
            return send(session, self.tenant.actor(who), self.id, SendMessage(words, client_id), self.tick())

    def do(self, act: Callable[[Session], object]) -> object:
        """Any verb, in a session of its own that is committed."""
        with inside(self.app, self.tenant) as session:
            return act(session)

    def report(self, who: str, message_id: int, note: str = "") -> None:
        with inside(self.app, self.tenant) as session:
            command = MakeReport(ReportReason.RUDE, note)
            report(session, self.tenant.actor(who), self.id, message_id, command, self.tick())


def reported_message(
    session: Session, tenant: TenantWorld, sender: str, reporter: str, now: datetime
) -> dict[str, int]:
    """The ids of a message with a file that somebody of the cast wrote to somebody who reported it."""
    people = [tenant.people[sender], tenant.people[reporter]]
    conversation = Conversation(
        kind=ConversationKind.GROUP, title="Tide", created_by_id=people[0], created_at=now
    )
    data = f"a picture of {tenant.slug}".encode()
    stored = StoredFile(
        digest=files().put(tenant.id, data), mime="application/pdf", size=len(data), created_at=now
    )
    session.add_all([conversation, stored])
    session.flush()
    message = Message(
        conversation_id=conversation.id, sender_id=people[0], body="Move it", folded="move it", sent_at=now
    )
    session.add(message)
    session.add_all(
        ConversationMember(conversation_id=conversation.id, person_id=each, joined_at=now) for each in people
    )
    session.flush()
    attachment = Attachment(message_id=message.id, file_id=stored.id, name="move.pdf")
    report_row = Report(
        message_id=message.id,
        reporter_id=people[1],
        reason=ReportReason.RUDE,
        said=message.body,
        reported_at=now,
    )
    session.add_all([attachment, report_row])
    session.flush()
    return {
        "conversation_id": conversation.id,
        "message_id": message.id,
        "attachment_id": attachment.id,
        "report_id": report_row.id,
    }


def waiting_share(
    session: Session, tenant: TenantWorld, who: str, stored_id: int, now: datetime
) -> dict[str, int]:
    """The ids of something that somebody of the cast shared, and of the file in it."""
    row = Sharing(
        person_id=tenant.people[who], text="A box", created_at=now, expires_at=now + timedelta(days=1)
    )
    session.add(row)
    session.flush()
    file = SharedFile(sharing_id=row.id, file_id=stored_id, name="box.pdf")
    session.add(file)
    session.flush()
    return {"sharing_id": row.id, "file_id": file.id}
