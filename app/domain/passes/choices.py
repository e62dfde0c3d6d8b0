"""Kinds of pass as forms offer them."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import CreditKind, PassType


@dataclass(frozen=True, slots=True)
class PassChoice:
    """A kind of pass; a retired one is offered only to what has it already."""

    id: int
    name: str
    kind: CreditKind
    retired: bool


def pass_choices(session: Session) -> list[PassChoice]:
    """Every kind of pass, in the order in which they are used. One statement."""
    rows = session.execute(
        select(PassType.id, PassType.name, PassType.kind, PassType.retired_at.is_not(None)).order_by(
            PassType.priority, PassType.name
        )
    )
    return [PassChoice(*row) for row in rows]
