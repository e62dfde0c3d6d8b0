"""What people have said and were told: conversations, a long one among them, and inboxes; written in bulk."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any

from flask import Flask
from sqlalchemy import Table, insert
from sqlalchemy.orm import Session

from app.domain.messaging.start import direct_key
from app.kernel.folding import fold
from app.models import Conversation, ConversationKind, ConversationMember, Message, Notice, Person, Role
from app.models.base import table_of
from app.tenancy import reviewed, tenant_session
from app.web.database import db
from tools.bench.stage import Stage

CONVERSATIONS, LONG, NOTICES = 300, 5_000, 5_000
_SHORT = 3
"""Messages of each of the many conversations."""
_UNREAD = 20
"""Of each inbox."""
_CHUNK = 5_000
_WORDS = (
    "Is the loom free on Thursday?",
    "I left the samples on the long table.",
    "Dvořák at the bookbinder’s says hello.",
    "Yes.",
)


@dataclass(frozen=True)
class Talk:
    """What is there to be asked for."""

    long_id: int
    """The conversation of all the stage's people."""


@dataclass(frozen=True)
class _Writer:
    """Puts rows into one tenant's tables, many at a time."""

    session: Session
    tenant_id: int

    def put(self, table: Table, rows: Iterable[dict[str, Any]]) -> list[int]:
        """Their ids, in the same order."""
        ids: list[int] = []
        left = iter(rows)
        while chunk := list(islice(left, _CHUNK)):
            # Reviewed: each row names the one tenant that this session has entered.
            written = self.session.execute(
                reviewed(insert(table).returning(table.c.id, sort_by_parameter_order=True)),
                [{"tenant_id": self.tenant_id, **row} for row in chunk],
            )
            ids.extend(written.scalars())
        return ids


def fill_talk(app: Flask, on: Stage) -> Talk:
    """Give each of the stage's people that many conversations and notices, and all of them one long conversation."""
    now = datetime.now(UTC)
    with app.app_context(), tenant_session(db.session.session_factory, on.world.tenant_id) as session:
        writer = _Writer(session, on.world.tenant_id)
        others = _others(writer, now)
        long_id = _long(writer, on.world.person_ids, now)
        _many(writer, on.world.person_ids, others, now)
        writer.put(table_of(Notice), _told(on.world.person_ids, long_id, now))
    return Talk(long_id)


def _others(writer: _Writer, now: datetime) -> list[int]:
    return writer.put(
        table_of(Person),
        (
            {
                "email": f"pal{number}@bench.test",
                "email_key": f"pal{number}@bench.test",
                "first_name": "Pal",
                "last_name": f"Number {number}",
                "folded_name": f"pal number {number}",
                "folded": f"pal number {number} pal{number}@bench.test ",
                "role": Role.NONE,
                "card_token": f"pal {number}",
                "created_at": now,
            }
            for number in range(CONVERSATIONS)
        ),
    )


def _long(writer: _Writer, people: tuple[int, ...], now: datetime) -> int:
    conversation = Conversation(
        kind=ConversationKind.GROUP, title="Everybody", created_by_id=people[0], created_at=now
    )
    writer.session.add(conversation)
    writer.session.flush()
    said = writer.put(
        table_of(Message),
        (
            _message(at, conversation.id, people[at % len(people)], now - timedelta(minutes=LONG - at))
            for at in range(LONG)
        ),
    )
    writer.put(
        table_of(ConversationMember), (_member(conversation.id, each, said[-1], now) for each in people)
    )
    return conversation.id


def _many(writer: _Writer, people: tuple[int, ...], others: list[int], now: datetime) -> None:
    pairs = [(person, other) for person in people for other in others]
    begun = writer.put(
        table_of(Conversation),
        (
            {
                "kind": ConversationKind.DIRECT,
                "direct_key": direct_key(*pair),
                "title": "",
                "created_by_id": pair[0],
                "created_at": now,
            }
            for pair in pairs
        ),
    )
    said = writer.put(
        table_of(Message),
        (
            _message(
                at, begun[at], pair[turn % 2], now - timedelta(hours=1 + at % 900, minutes=_SHORT - turn)
            )
            for at, pair in enumerate(pairs)
            for turn in range(_SHORT)
        ),
    )
    writer.put(
        table_of(ConversationMember),
        (
            _member(begun[at], each, said[(at + 1) * _SHORT - 1], now)
            for at, pair in enumerate(pairs)
            for each in pair
        ),
    )


def _message(number: int, conversation_id: int, sender_id: int, at: datetime) -> dict[str, Any]:
    body = _WORDS[number % len(_WORDS)]
    return {
        "conversation_id": conversation_id,
        "sender_id": sender_id,
        "body": body,
        "folded": fold(body),
        "sent_at": at,
        "removed": False,
        "withheld": False,
    }


def _member(conversation_id: int, person_id: int, read_up_to: int, now: datetime) -> dict[str, Any]:
    return {
        "conversation_id": conversation_id,
        "person_id": person_id,
        "joined_at": now,
        "joined_after": 0,
        "read_up_to": read_up_to,
        "muted": False,
    }


def _told(people: tuple[int, ...], conversation_id: int, now: datetime) -> Iterator[dict[str, Any]]:
    for person_id in people:
        for at in range(NOTICES):
            told_at = now - timedelta(minutes=at)
            yield {
                "person_id": person_id,
                "kind": "message.received",
                "data": {
                    "conversation_id": conversation_id,
                    "message_id": 1,
                    "from": "Pal Number 1",
                    "text": _WORDS[at % len(_WORDS)],
                },
                "created_at": told_at,
                "about": str(conversation_id),
                "times": 1,
                "in_app": True,
                "read_at": None if at < _UNREAD else told_at,
            }
