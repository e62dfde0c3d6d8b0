"""What the pages of messages are laid out from: rows of the list, and lines of a conversation in days and turns."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from babel.numbers import format_decimal
from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from markupsafe import Markup

from app.blueprints.messages.words import (
    SIGN_ICONS,
    SIGN_WORDS,
    name_of,
    preview,
    short_name,
    title_of,
    under_title,
    when,
)
from app.domain.actor import Actor
from app.domain.messaging.listing import ConversationRow, Mailbox, Other
from app.domain.messaging.thread import File, Line
from app.domain.profile.visible import Seen
from app.kernel.names import initials
from app.kernel.walltime import local_date
from app.web import wording
from app.web.faces import face_url
from app.web.language import formats_locale
from app.web.links import linked

_MEGABYTE = 1_000_000
_RUN = timedelta(minutes=5)
"""What somebody says within that time stands together."""
_NAMED = 3
"""How many are named as having seen something."""


@dataclass(frozen=True, slots=True)
class Who:
    """A face."""

    name: str
    initials: str
    photo_url: str | None


@dataclass(frozen=True, slots=True)
class Row:
    """A conversation in the list."""

    href: str
    who: Who
    title: str
    preview: str
    when: str
    unread: int
    muted: bool
    current: bool


@dataclass(frozen=True, slots=True)
class FileView:
    name: str
    href: str
    picture: bool
    size: str
    width: int | None
    height: int | None


@dataclass(frozen=True, slots=True)
class SignView:
    """A reaction under a message."""

    label: str
    icon: str
    count: int
    mine: bool


@dataclass(frozen=True, slots=True)
class LineView:
    """A message. `day` and `speaker` stand before it where they change."""

    id: int
    client_id: str
    href: str
    mine: bool
    sender: str
    who: Who
    speaker: str
    day: str
    turns: bool
    """Somebody else begins to speak, or the same after a while."""
    time: str
    text: Markup
    deleted: str
    edited: bool
    files: tuple[FileView, ...]
    signs: tuple[SignView, ...]
    seen: str


def face_of(seen: Seen | None) -> Who:
    name = name_of(seen)
    return Who(name, initials(name), face_url(seen.face_digest) if seen else None)


def conversation_face(row: ConversationRow) -> Who:
    """The first other person's; a group with a name of its own has its first letters."""
    if row.title:
        return Who(row.title, initials(row.title), None)
    return face_of(row.others[0].seen) if row.others else face_of(None)


def rows_of(box: Mailbox, now: datetime, tz: ZoneInfo, current: int | None = None) -> list[Row]:
    return [
        Row(
            url_for("messages.show", conversation_id=row.id),
            conversation_face(row),
            title_of(row),
            preview(row.last, row, box.names),
            when(row.at, now, tz),
            row.unread,
            row.muted,
            row.id == current,
        )
        for row in box.rows
    ]


@dataclass(frozen=True, slots=True)
class Head:
    """A conversation's own head."""

    id: int
    title: str
    under: str
    who: Who
    to: str
    """Whom the field is for."""
    group: bool
    left: bool
    muted: bool
    blocked: bool
    gone: bool
    """The only other person cannot be written to any more."""


def head_of(row: ConversationRow) -> Head:
    alone = not row.is_group
    other = row.others[0] if row.others else None
    return Head(
        row.id,
        title_of(row),
        under_title(row),
        conversation_face(row),
        short_name(other.seen) if alone and other else title_of(row),
        row.is_group,
        row.left,
        row.muted,
        alone and other is not None and other.blocked,
        alone and (other is None or not other.seen.here),
    )


def lines_of(
    lines: Iterable[Line],
    row: ConversationRow,
    names: dict[int, Seen],
    actor: Actor,
    now: datetime,
    tz: ZoneInfo,
) -> Iterator[LineView]:
    """The lines with what changes between them."""
    found = list(lines)
    seen = _seen_marks(found, row.others)
    before: Line | None = None
    today = local_date(now, tz)
    for line in found:
        day = local_date(line.sent_at, tz)
        new_day = before is None or local_date(before.sent_at, tz) != day
        turns = (
            before is None
            or new_day
            or before.sender_id != line.sender_id
            or line.sent_at - before.sent_at > _RUN
        )
        sender = _("You") if line.mine else name_of(names.get(line.sender_id))
        yield LineView(
            line.id,
            line.client_id if line.mine else "",
            url_for("messages.show_message", conversation_id=row.id, message_id=line.id),
            line.mine,
            sender,
            face_of(names.get(line.sender_id)),
            sender if row.is_group and turns and not line.mine else "",
            wording.day(day, today) if new_day else "",
            turns,
            wording.clock_time(line.sent_at, tz),
            linked(line.body),
            _deleted(line),
            line.edited,
            tuple(_file(each, row.id) for each in line.files),
            tuple(_sign(sign, people, actor) for sign, people in line.reactions if sign in SIGN_WORDS),
            _seen_words(seen.get(line.id, ()), row, names),
        )
        before = line


def first_new(lines: Iterable[LineView], after: int | None) -> int | None:
    """The first message that came after the one with that id; none once who reads has answered, or without an `after`."""
    later = [line for line in lines if after is not None and line.id > after]
    if not later or any(line.mine for line in later):
        return None
    return later[0].id


def _deleted(line: Line) -> str:
    if line.removed:
        return _("Removed by the front desk")
    return _("Message deleted") if line.deleted else ""


def _file(file: File, conversation_id: int) -> FileView:
    return FileView(
        file.name,
        url_for("messages.show_file", conversation_id=conversation_id, attachment_id=file.id),
        file.width is not None,
        file_size(file.size),
        file.width,
        file.height,
    )


def file_size(size: int) -> str:
    """`340 kB`, `1.2 MB`."""
    if size < _MEGABYTE:
        return _("%(size)s kB", size=max(1, round(size / 1000)))
    return _("%(size)s MB", size=format_decimal(size / _MEGABYTE, "0.#", locale=formats_locale()))


def _sign(sign: str, people: tuple[int, ...], actor: Actor) -> SignView:
    return SignView(str(SIGN_WORDS[sign]), SIGN_ICONS[sign], len(people), actor.person_id in people)


def _seen_marks(lines: list[Line], others: tuple[Other, ...]) -> dict[int, list[Other]]:
    """Under which of one's own messages it stands who has seen it: the last one that each has."""
    marks: dict[int, list[Other]] = {}
    own = [line.id for line in lines if line.mine and not line.withheld]
    for other in others:
        read = [each for each in own if each <= other.read_up_to]
        if read:
            marks.setdefault(read[-1], []).append(other)
    return marks


def _seen_words(others: Iterable[Other], row: ConversationRow, names: dict[int, Seen]) -> str:
    people = list(others)
    if not people:
        return ""
    if not row.is_group or len(people) == len(row.others):
        return _("Seen")
    if len(people) > _NAMED:
        return ngettext("Seen by %(num)s person", "Seen by %(num)s people", len(people))
    return _("Seen by %(names)s", names=", ".join(short_name(names.get(each.person_id)) for each in people))
