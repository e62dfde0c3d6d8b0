"""The operator's choices about joining: read on each page that offers it, remembered per process."""

from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.actor import Actor
from app.domain.audit import changes, record_tenant
from app.domain.joining.fields import FIELDS
from app.domain.joining.words import Wish
from app.domain.memory import Memory
from app.domain.portal import touch
from app.kernel.clock import Clock
from app.models import JoiningMode, JoiningSetting
from app.tenancy import begin_writing, tenant_of


@dataclass(frozen=True, slots=True)
class Joining:
    """`wishes` has every field of the registry, by key."""

    mode: JoiningMode = JoiningMode.INVITED
    needs_approval: bool = False
    wishes: dict[str, Wish] = field(default_factory=lambda: {each.key: each.wish for each in FIELDS})

    @property
    def open(self) -> bool:
        return self.mode is JoiningMode.OPEN


DEFAULT = Joining()
"""Before the operator chose: staff invite, nobody joins by themselves."""

_remembered: Memory[Joining] = Memory(256)


def load_joining(session: Session, revision: int) -> Joining:
    """The choices at that settings revision; from memory when this process has seen it."""
    return _remembered.recall(session, (tenant_of(session), revision), lambda: read_joining(session))


def read_joining(session: Session) -> Joining:
    """The choices as they are now."""
    row = session.execute(select(JoiningSetting)).scalar_one_or_none()
    if row is None:
        return DEFAULT
    return Joining(
        row.mode,
        row.needs_approval,
        {each.key: Wish(row.fields.get(each.key, each.wish)) for each in FIELDS},
    )


def change_joining(session: Session, actor: Actor, wanted: Joining, clock: Clock) -> None:
    """Change the choices. Audited."""
    begin_writing(session)
    # Raising the revision holds the tenant's row: of two at once, the second sees what the first made.
    touch(session)
    before = _facts(read_joining(session))
    row = session.execute(select(JoiningSetting)).scalar_one_or_none()
    if row is None:
        row = JoiningSetting()
        session.add(row)
    row.mode, row.needs_approval, row.fields = wanted.mode, wanted.needs_approval, dict(wanted.wishes)
    old, new = changes(before, _facts(wanted))
    record_tenant(session, actor, clock(), "joining.changed", old, new)
    session.flush()


def _facts(joining: Joining) -> dict[str, Any]:
    return {
        "mode": joining.mode.value,
        "needs_approval": joining.needs_approval,
        **{key: wish.value for key, wish in joining.wishes.items()},
    }
