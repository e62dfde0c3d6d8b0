"""What pages that are open somewhere are to ask again: noted while something is written, told after the commit.

A change carries no content, only a word; who hears it asks its page again and is shown what it may see. So a change that
is told to one person too many gives nothing away, and one that is lost is made good by the next page.
`app/web/live.py` tells them, `app/live/` brings them to the browsers (decision 0017).
"""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.live.wire import END
from app.tenancy import tenant_of

WORDS = frozenset({"messages", "inbox", "bookings", "home", "desk"})
ABOUT_ONE = frozenset({"messages", "typing"})
"""Words that may name one conversation, as in `messages.17`."""
FOR_STAFF = frozenset({"desk"})
"""Words that only staff of a location hear, when they are told to a location or to everybody."""

_CHANGES = "portico_live_changes"


@dataclass(frozen=True, slots=True)
class Change:
    """Something that listeners of one tenant are to ask for again."""

    tenant_id: int
    what: str
    topics: frozenset[str]
    """Whoever listens to one of these hears it."""


def person_topic(person_id: int) -> str:
    """What one person hears, wherever they are signed in."""
    return f"p{person_id}"


def session_topic(session_id: int) -> str:
    """What one signed-in browser hears."""
    return f"x{session_id}"


def panel_topic(panel_hash: str) -> str:
    """What the panel beside a room hears, by the hash of its token."""
    return f"d{panel_hash[:24]}"


def place_topic(location_id: int | None, *, staff: bool = False) -> str:
    """What is heard at one location, by everybody or by its staff; None is all of the tenant."""
    return f"{'s' if staff else 'l'}{location_id or ''}"


def changed(
    session: Session,
    what: str,
    *,
    people: Iterable[int] = (),
    places: Iterable[int] = (),
    everybody: bool = False,
) -> None:
    """Have pages of these people, at these locations or of the whole tenant ask again after the commit.

    `what` is one of `WORDS`, or one of `ABOUT_ONE` with the id of a conversation. Raises ValueError for any other.
    """
    _check(what)
    staff = what in FOR_STAFF
    topics = {person_topic(person_id) for person_id in people}
    topics |= {place_topic(location_id, staff=staff) for location_id in places}
    if everybody:
        topics.add(place_topic(None, staff=staff))
    _note(session, what, topics)


def ended(session: Session, session_ids: Iterable[int]) -> None:
    """Close the streams of signed-in browsers whose sessions end with this transaction."""
    _note(session, END, {session_topic(session_id) for session_id in session_ids})


def panel_ended(session: Session, panel_hash: str) -> None:
    """Close the streams of a panel whose token is revoked with this transaction."""
    _note(session, END, {panel_topic(panel_hash)})


def take_changes(session: Session) -> list[Change]:
    """What was noted since this was last asked: each is told once."""
    noted: dict[str, set[str]] = session.info.pop(_CHANGES, {})
    return [Change(tenant_of(session), what, frozenset(topics)) for what, topics in noted.items()]


def forget_changes(session: Session) -> None:
    """Nothing of what was noted has happened."""
    session.info.pop(_CHANGES, None)


def _note(session: Session, what: str, topics: set[str]) -> None:
    if topics:
        if not session.in_transaction():
            session.begin()  # or a rollback would not be one
        session.info.setdefault(_CHANGES, {}).setdefault(what, set()).update(topics)


def _check(what: str) -> None:
    word, dot, number = what.partition(".")
    known = word in ABOUT_ONE and number.isdecimal() if dot else word in WORDS
    if not known:
        raise ValueError(f"no page asks for {what!r}")
