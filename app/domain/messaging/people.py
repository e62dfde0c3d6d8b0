"""Whom somebody may write to: who is listed, who is in a conversation or a team with them already; staff to whom they look
after."""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, and_, exists, false, or_, select
from sqlalchemy.orm import Session, aliased

from app.domain.actor import Actor, Permission
from app.domain.directory.words import words_in
from app.domain.folded import folded_words, holds
from app.domain.messaging.blocks import blocked_by
from app.domain.profile.visible import Seen, seen_names
from app.domain.reach import people_in_reach
from app.kernel.errors import NotFound
from app.models import ConversationMember, DirectoryEntry, Person, PersonProfile, Team, TeamMember
from app.models.base import LARGEST_ID

MOST_FOUND = 20


@dataclass(frozen=True, slots=True)
class Pickable:
    """Somebody to choose."""

    person_id: int
    seen: Seen


def check_may_write_to(session: Session, actor: Actor, people: frozenset[int]) -> None:
    """Raises NotFound unless the actor may write to every one of them. Who blocks them is not told apart."""
    if not may_write_to(session, actor, people):
        raise NotFound


def may_write_to(session: Session, actor: Actor, people: frozenset[int]) -> bool:
    """Whether the actor may write to every one of them."""
    if not all(0 < each <= LARGEST_ID for each in people):
        return False
    found = session.scalars(select(Person.id).where(Person.id.in_(people), _reachable(actor)))
    return set(found) == people


def find_people(session: Session, actor: Actor, words: str) -> list[Pickable]:
    """The first people whom the actor may write to and whom the words find, by name; none of those they block.

    Each word is in the name, or the directory would find the person by it: a company that somebody hides finds nobody.
    Two statements.
    """
    entry = and_(
        DirectoryEntry.tenant_id == Person.tenant_id,
        DirectoryEntry.person_id == Person.id,
        DirectoryEntry.for_members == actor.is_member,
    )
    ids = session.scalars(
        select(Person.id)
        .outerjoin(DirectoryEntry, entry)
        .where(
            *(_finds(word) for word in folded_words(words)),
            _pickable(actor),
        )
        .order_by(Person.first_name, Person.last_name, Person.id)
        .limit(MOST_FOUND)
    ).all()
    seen = seen_names(session, actor, ids)
    return [Pickable(person_id, seen[person_id]) for person_id in ids]


def _finds(word: str) -> ColumnElement[bool]:
    in_directory = [holds(DirectoryEntry.words, f" {each}") for each in words_in(word)]
    return or_(holds(Person.folded_name, word), and_(*in_directory) if in_directory else false())


def pick(session: Session, actor: Actor, people: frozenset[int]) -> list[Pickable]:
    """Those of these people whom `find_people` could have found: whoever asks for any id is told no name by it."""
    if not people:
        return []
    rows = session.scalars(select(Person.id).where(Person.id.in_(people), _pickable(actor))).all()
    seen = seen_names(session, actor, rows)
    return [Pickable(person_id, seen[person_id]) for person_id in sorted(rows)]


def _pickable(actor: Actor) -> ColumnElement[bool]:
    """That a person can be offered to the actor to write to."""
    not_blocked = Person.id.not_in(blocked_by(actor.person_id))
    return and_(_reachable(actor), Person.id != actor.person_id, not_blocked)


def _reachable(actor: Actor) -> ColumnElement[bool]:
    """That a person can sign in, and is known to the actor by one of the ways."""
    able = and_(Person.suspended_at.is_(None), Person.anonymised_at.is_(None))
    looked_after = actor.may(Permission.PEOPLE)
    if looked_after and actor.limited_to is None:
        return able
    listed = exists().where(
        PersonProfile.tenant_id == Person.tenant_id,
        PersonProfile.person_id == Person.id,
        PersonProfile.listed,
    )
    known = (Person.id.in_(_in_conversation(actor)), Person.id.in_(_in_team(actor)))
    return and_(able, or_(listed, *known, *(people_in_reach(actor) if looked_after else ())))


def _in_conversation(actor: Actor) -> Select[int]:
    """Who is in a conversation with the actor."""
    mine, theirs = aliased(ConversationMember), aliased(ConversationMember)
    together = and_(theirs.tenant_id == mine.tenant_id, theirs.conversation_id == mine.conversation_id)
    return (
        select(theirs.person_id)
        .join(mine, together)
        .where(mine.person_id == actor.person_id, mine.left_after.is_(None), theirs.left_after.is_(None))
    )


def _in_team(actor: Actor) -> Select[int]:
    """Who is in a team with them."""
    mine, theirs = aliased(TeamMember), aliased(TeamMember)
    return (
        select(theirs.person_id)
        .join(mine, and_(theirs.tenant_id == mine.tenant_id, theirs.team_id == mine.team_id))
        .join(Team, and_(Team.tenant_id == mine.tenant_id, Team.id == mine.team_id))
        .where(mine.person_id == actor.person_id, Team.retired_at.is_(None))
    )
