"""Conversations in the reader's words: what they are called, when something was said, and why something cannot be."""

from datetime import datetime
from zoneinfo import ZoneInfo

from babel.dates import format_date
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext, pgettext

from app.domain.messaging.listing import ConversationRow, LastMessage
from app.domain.messaging.terms import (
    MOST_BYTES_A_DAY,
    MOST_PEOPLE,
    BlocksThem,
    HasLeft,
    NobodyChosen,
    NobodyThere,
    NothingToSend,
    OwnMessage,
    TooLate,
    TooManyPeople,
    TooMuchSent,
)
from app.domain.profile.visible import Seen
from app.kernel.names import isolated
from app.kernel.walltime import local_date
from app.web import wording
from app.web.attempts import Words, say
from app.web.language import formats_locale

_WEEK = 7
_NAMED = 2
"""How many people of a group without a name are called by theirs."""

SIGN_WORDS = {
    "yes": _l("Yes"),
    "heart": _l("Love it"),
    "laugh": _l("Funny"),
    "wow": _l("Wow"),
    "thanks": _l("Thanks"),
}
SIGN_ICONS = {
    "yes": "thumbs-up",
    "heart": "heart",
    "laugh": "laugh",
    "wow": "sparkles",
    "thanks": "hand-heart",
}
REFUSALS: Words = {
    NothingToSend: say("body", lambda: _("Write something, or choose a file.")),
    TooMuchSent: say(
        "files",
        lambda: _(
            "You have sent %(size)s MB of files within a day, which is the most. Try again tomorrow.",
            size=MOST_BYTES_A_DAY // 1_000_000,
        ),
    ),
    HasLeft: say("", lambda: _("You have left this conversation.")),
    BlocksThem: say("", lambda: _("You block this person. Unblock them to write to them.")),
    NobodyThere: say("", lambda: _("This person has no account here any more.")),
    TooLate: say("", lambda: _("A message can be changed for 15 minutes. That time is over.")),
    TooManyPeople: say("people", lambda: _("A group has at most %(most)s people.", most=MOST_PEOPLE)),
    NobodyChosen: say("people", lambda: _("Choose somebody to write to.")),
    OwnMessage: say("", lambda: _("This is a message of your own: delete it instead.")),
}


def name_of(seen: Seen | None) -> str:
    """What somebody is called; who is nobody any more has no name left."""
    return seen.name if seen and seen.name else _("Somebody who left")


def short_name(seen: Seen | None) -> str:
    """The first of somebody's names, as one speaks of them in a sentence."""
    return isolated(name_of(seen).split()[0]) if seen and seen.name else name_of(seen)


def title_of(row: ConversationRow) -> str:
    """What a conversation is called: by its name, else by the people in it."""
    if row.title:
        return row.title
    if not row.others:
        return _("Only you") if row.is_group else name_of(None)
    if len(row.others) == 1:
        return name_of(row.others[0].seen)
    named = [short_name(other.seen) for other in row.others[:_NAMED]]
    more = len(row.others) - _NAMED
    if not more:
        return _("%(one)s and %(other)s", one=named[0], other=named[1])
    return ngettext("%(names)s and %(num)s more", "%(names)s and %(num)s more", more, names=", ".join(named))


def under_title(row: ConversationRow) -> str:
    """A line about who is there."""
    if row.left:
        return _("You have left")
    if row.is_group:
        return ngettext("%(num)s person", "%(num)s people", len(row.others) + 1)
    if not row.others or not row.others[0].seen.here:
        return _("No account here any more")
    return row.others[0].seen.work


def when(at: datetime, now: datetime, tz: ZoneInfo) -> str:
    """As a list says it: `14:18`, `Mon`, `24 Nov`."""
    then, today = local_date(at, tz), local_date(now, tz)
    if then == today:
        return wording.clock_time(at, tz)
    if 0 < (today - then).days < _WEEK:
        return wording.capital(str(format_date(then, "EEE", locale=formats_locale())))
    pattern = pgettext("day", "d MMM") if then.year == today.year else pgettext("day", "d MMM y")
    return str(format_date(then, pattern, locale=formats_locale()))


def preview(last: LastMessage | None, row: ConversationRow, names: dict[int, Seen]) -> str:
    """The latest message in one line: `You: Tack!`, `Priya: Juniper at nine then`."""
    if row.draft and not row.left:
        return _("Draft: %(words)s", words=isolated(" ".join(row.draft.split())))
    if last is None:
        return _("Nothing said yet")
    words = _("Message deleted") if last.deleted else " ".join(last.body.split()) or _("A file")
    if last.mine:
        return _("You: %(words)s", words=isolated(words))
    if row.is_group:
        return _("%(name)s: %(words)s", name=short_name(names.get(last.sender_id)), words=isolated(words))
    return words
