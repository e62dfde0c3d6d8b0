"""Who sees which message: THE condition that lists, counts, searches, files and notices all go by."""

from typing import Any

from sqlalchemy import BigInteger, ColumnElement, and_, exists, func, or_, select
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

from app.models import Block, ConversationMember, Message
from app.models.base import table_of

_BLOCK = table_of(Block)


class _later(FunctionElement[int]):  # noqa: N801 - it reads as the function that it is
    """The larger of two ids."""

    type = BigInteger()
    inherit_cache = True


@compiles(_later)
def _larger(element: _later, compiler: SQLCompiler, **how: Any) -> str:
    name = "max" if compiler.dialect.name == "sqlite" else "greatest"
    return f"{name}({compiler.process(element.clauses, **how)})"


def seen_by(message: Any = Message, member: Any = ConversationMember) -> ColumnElement[bool]:
    """That a membership's person may read a message of its conversation; deleted ones keep their place.

    `message` and `member` are the classes, aliases of them, or the columns of their tables.
    """
    return _seen_after(member.joined_after, message, member)


def _seen_after(after: Any, message: Any, member: Any) -> ColumnElement[bool]:
    return and_(
        message.tenant_id == member.tenant_id,
        message.conversation_id == member.conversation_id,
        message.id > after,
        or_(member.left_after.is_(None), message.id <= member.left_after),
        or_(message.sender_id == member.person_id, and_(~message.withheld, ~_blocked(message, member))),
    )


def unread_by(message: Any = Message, member: Any = ConversationMember) -> ColumnElement[bool]:
    """That a membership's person has yet to read it. Whoever left has nothing to read any more."""
    # One bound, not two: given both, SQLite begins at the wrong one and reads the whole conversation.
    return and_(
        _seen_after(_later(member.joined_after, member.read_up_to), message, member),
        member.left_after.is_(None),
        message.sender_id != member.person_id,
        message.deleted_at.is_(None),
    )


def _blocked(message: Any, member: Any) -> ColumnElement[bool]:
    """What somebody says, or says otherwise, after one has blocked them is not there for as long as one does."""
    return exists(
        select(_BLOCK.c.id)
        .where(
            _BLOCK.c.tenant_id == member.tenant_id,
            _BLOCK.c.blocker_id == member.person_id,
            _BLOCK.c.blocked_id == message.sender_id,
            _BLOCK.c.blocked_at <= func.coalesce(message.edited_at, message.sent_at),
        )
        # However deep it stands in a statement, it is about that statement's member, and joins no table of its own.
        .correlate_except(_BLOCK)
    )
