"""How much there is to read in all: a part of the one statement that every page begins with."""

from typing import Any

from sqlalchemy import ScalarSelect, and_, exists, func, select

from app.domain.messaging.sight import unread_by
from app.models import ConversationMember, Message
from app.models.base import table_of

_MEMBER, _MESSAGE = map(table_of, (ConversationMember, Message))


def count_unread(person_id: Any, tenant_id: Any) -> ScalarSelect[Any]:
    """The badge: how many conversations hold something that a person has yet to read, but for those they have muted.

    A part of a reviewed statement (`domain.visit`), so it names its tenant.
    """
    some = exists(select(_MESSAGE.c.id).where(unread_by(_MESSAGE.c, _MEMBER.c)))
    return (
        select(func.count(_MEMBER.c.id))
        .where(
            and_(_MEMBER.c.tenant_id == tenant_id, _MEMBER.c.person_id == person_id),
            ~_MEMBER.c.muted,
            some,
        )
        .scalar_subquery()
    )
