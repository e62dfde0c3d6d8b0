"""The words that the verbs of messaging share: commands, limits, and every reason for a no."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from app.kernel.errors import Refusal
from app.models import ReportReason

LONGEST_MESSAGE = 4000
LONGEST_TITLE = 80
LONGEST_NOTE = 500
LONGEST_FILE_NAME = 120
MOST_FILES = 6
MOST_BYTES_A_DAY = 200_000_000
"""Of files that one person sends: a disk is filled by whoever may fill it."""
MOST_PEOPLE = 50
"""In a group: more is an announcement, and has a page of its own."""
CHANGEABLE_FOR = timedelta(minutes=15)
"""How long after sending a message may be edited or deleted by who wrote it."""
SIGNS = ("yes", "heart", "laugh", "wow", "thanks")
"""Reactions: a small set of words, so that each has a name that can be read out and translated."""


@dataclass(frozen=True, slots=True)
class SentFile:
    """A file that the Files port keeps already."""

    digest: str
    mime: str
    size: int
    name: str
    width: int | None = None
    height: int | None = None


@dataclass(frozen=True, slots=True)
class SendMessage:
    """What somebody wants to say. `client_id` was made by who sends, and makes the same message once."""

    body: str
    client_id: str | None = None
    files: Sequence[SentFile] = ()
    of_the_draft: bool = True
    """Whether it was written in the conversation's own field, whose draft it ends."""


@dataclass(frozen=True, slots=True)
class NewGroup:
    """A conversation of several people, the one who begins it not among `people`."""

    people: frozenset[int]
    title: str = ""


@dataclass(frozen=True, slots=True)
class MakeReport:
    reason: ReportReason
    note: str = ""


@dataclass(frozen=True, slots=True)
class Sent:
    """A message that is there now. `again` when it was there before."""

    conversation_id: int
    message_id: int
    again: bool = False
    hearers: frozenset[int] = field(default_factory=frozenset)
    """Who else may read it."""
    sent_at: datetime | None = None


class NothingToSend(Refusal):
    """Neither words nor a file."""


class TooMuchSent(Refusal):
    """More files than one person sends within a day."""


class HasLeft(Refusal):
    """Whoever left a conversation writes nothing into it."""


class BlocksThem(Refusal):
    """One blocks the only other person: to write to them, one lets them write too."""


class NobodyThere(Refusal):
    """The only other person has no account any more, or may not sign in."""


class TooLate(Refusal):
    """The time in which a message could be changed is over."""


class TooManyPeople(Refusal):
    """A group has at most `MOST_PEOPLE`."""


class NobodyChosen(Refusal):
    """A group needs somebody beside who begins it."""


class OwnMessage(Refusal):
    """Nobody reports themselves."""
