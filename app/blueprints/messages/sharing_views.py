"""What the page of a share is laid out from: its files, and who may get it."""

from dataclasses import dataclass

from flask import url_for

from app.blueprints.messages.views import (
    FileView,
    Who,
    conversation_face,
    face_of,
    file_size,
    head_of,
)
from app.blueprints.messages.words import title_of, under_title, when
from app.domain.messaging.listing import ConversationRow, mailbox
from app.domain.messaging.people import may_write_to
from app.domain.messaging.sharing import Receiver, Waiting
from app.domain.messaging.start import find_direct
from app.domain.profile.visible import seen_names
from app.kernel.folding import fold
from app.web import auth
from app.web.database import session


@dataclass(frozen=True, slots=True)
class Choice:
    """Somebody who may get it; `value` is what the form sends."""

    value: str
    who: Who
    name: str
    under: str
    when: str
    chosen: bool


def files_of(waiting: Waiting) -> list[FileView]:
    return [
        FileView(
            each.file.name,
            url_for("messages.show_shared_file", sharing_id=waiting.id, file_id=each.id),
            each.file.width is not None,
            file_size(each.file.size),
            each.file.width,
            each.file.height,
        )
        for each in waiting.files
    ]


def choices(words: str, chosen: Receiver | None) -> list[Choice]:
    """Who is chosen already, then the conversations that one can write into and whose names match, newest first."""
    chosen = _settled(chosen)
    box = mailbox(session(), auth.signed_in(), chosen.conversation_id if chosen else None)
    rows = [row for row in box.rows if _open(row)]
    mine = [row for row in rows if chosen and row.id == chosen.conversation_id]
    found = [row for row in rows if row not in mine and _matches(row, words)]
    return [
        *_somebody_new(chosen),
        *(_conversation(row, chosen=True) for row in mine),
        *(_conversation(row) for row in found),
    ]


def _settled(chosen: Receiver | None) -> Receiver | None:
    """Somebody with whom one has a conversation stands for it."""
    if chosen is None or chosen.person_id is None:
        return chosen
    begun = find_direct(session(), auth.signed_in(), chosen.person_id)
    return chosen if begun is None else Receiver(conversation_id=begun)


def _somebody_new(chosen: Receiver | None) -> list[Choice]:
    person_id, actor = chosen.person_id if chosen else None, auth.signed_in()
    if person_id is None or person_id == actor.person_id:
        return []
    if not may_write_to(session(), actor, frozenset({person_id})):
        return []
    seen = seen_names(session(), actor, {person_id})[person_id]
    return [Choice(f"p{person_id}", face_of(seen), seen.name, seen.work, "", chosen=True)]


def _open(row: ConversationRow) -> bool:
    head = head_of(row)
    return not (head.left or head.blocked or head.gone)


def _matches(row: ConversationRow, words: str) -> bool:
    names = fold(" ".join([row.title, *(f"{each.seen.name} {each.seen.work}" for each in row.others)]))
    return all(word in names for word in fold(words).split())


def _conversation(row: ConversationRow, *, chosen: bool = False) -> Choice:
    return Choice(
        f"c{row.id}",
        conversation_face(row),
        title_of(row),
        under_title(row),
        when(row.at, auth.now(), auth.own_clock()),
        chosen,
    )
