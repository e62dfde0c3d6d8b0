"""Which of the directory's entries are there for whom."""

from collections.abc import Iterator

from sqlalchemy import ColumnElement

from app.domain.actor import Actor
from app.domain.messaging.blocks import blocked_by
from app.models import DirectoryEntry

Condition = ColumnElement[bool]


def entries_for(viewer: Actor) -> Iterator[Condition]:
    """Conditions of the entries that are meant for this viewer."""
    yield DirectoryEntry.for_members == viewer.is_member
    yield DirectoryEntry.person_id.not_in(blocked_by(viewer.person_id))
