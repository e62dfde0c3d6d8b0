"""What a search found: each message from shortly before the words that were looked for, which one line has room for."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from flask import url_for

from app.blueprints.messages.views import Who, face_of
from app.blueprints.messages.words import title_of, when
from app.domain.messaging.listing import Mailbox
from app.domain.messaging.search import FoundMessage
from app.domain.profile.visible import Seen
from app.kernel.folding import fold

_BEFORE = 16
"""About how many characters stand before the words."""


@dataclass(frozen=True, slots=True)
class Excerpt:
    """A message in one line; `hit` is the first that was looked for, as it is written there."""

    before: str
    hit: str
    after: str


@dataclass(frozen=True, slots=True)
class Found:
    """A message that holds the words."""

    href: str
    who: Who
    where: str
    text: Excerpt
    when: str


def found_of(
    found: Iterable[FoundMessage],
    words: str,
    box: Mailbox,
    names: dict[int, Seen],
    now: datetime,
    tz: ZoneInfo,
) -> list[Found]:
    titles = {row.id: title_of(row) for row in box.rows}
    return [
        Found(
            url_for("messages.show", conversation_id=each.conversation_id, before=each.id + 1),
            face_of(names.get(each.sender_id)),
            titles.get(each.conversation_id, ""),
            excerpt(each.body, words),
            when(each.sent_at, now, tz),
        )
        for each in found
    ]


def excerpt(body: str, words: str) -> Excerpt:
    """The line to show of a message that holds each of the words, without case and accents."""
    line = " ".join(body.split())
    folded = fold(line)
    places = [(folded.find(word), len(word)) for word in fold(words).split()]
    hits = [place for place in places if place[0] >= 0]
    # Letters that fold to several shift the places: such a line is shown from its beginning, with nothing marked.
    if not hits or len(folded) != len(line):
        return Excerpt(line, "", "")
    at, length = min(hits)
    begin = line.rfind(" ", 0, at - _BEFORE) + 1 if at > _BEFORE else 0
    before = line[begin:at]
    return Excerpt(f"…{before}" if begin else before, line[at : at + length], line[at + length :])
