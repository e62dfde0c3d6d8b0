"""What somebody has yet to read of their notices: the one condition by which it is counted."""

from typing import Any

from sqlalchemy import ColumnElement, ScalarSelect, and_, func, literal_column, select

from app.models import Notice
from app.models.base import table_of

_NOTICE = table_of(Notice)
MOST_COUNTED = 100
"""Nobody wants to know more exactly how much there is."""


def unread_by(person_id: Any, notice: Any = Notice) -> ColumnElement[bool]:
    """That a notice is in a person's inbox and they have not read it. `notice` is the class, or its table's columns."""
    return and_(notice.person_id == person_id, notice.read_at.is_(None), notice.in_app)


def count_unread(person_id: Any, tenant_id: Any) -> ScalarSelect[Any]:
    """How much there is new, at most `MOST_COUNTED`.

    A part of a reviewed statement (`domain.visit`), so it names its tenant.
    """
    found = (
        select(literal_column("1"))
        .where(_NOTICE.c.tenant_id == tenant_id, unread_by(person_id, _NOTICE.c))
        .limit(literal_column(str(MOST_COUNTED)))
        # However deep it stands in a statement, it is about that statement's person.
        .correlate_except(_NOTICE)
        .subquery()
    )
    return select(func.count()).select_from(found).correlate_except(_NOTICE, found).scalar_subquery()
