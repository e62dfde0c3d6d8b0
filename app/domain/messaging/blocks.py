"""Who wants to hear nothing of whom. Nobody is told that they are blocked."""

from datetime import datetime

from sqlalchemy import ColumnElement, Select, and_, delete, or_, select
from sqlalchemy.orm import Session

from app.domain.actor import Actor
from app.domain.lookup import one
from app.models import Block, Person
from app.tenancy import begin_writing


def block(session: Session, actor: Actor, person_id: int, now: datetime) -> None:
    """Hear nothing more of somebody. Raises NotFound; blocking oneself or twice changes nothing."""
    begin_writing(session)
    person = one(session, Person, person_id, lock=True)
    if person.id == actor.person_id or blocks(session, actor.person_id, person_id):
        return
    session.add(Block(blocker_id=actor.person_id, blocked_id=person.id, blocked_at=now))
    session.flush()


def unblock(session: Session, actor: Actor, person_id: int) -> None:
    """Hear of somebody again. What they wrote to one meanwhile stays unsaid. Raises NotFound."""
    begin_writing(session)
    one(session, Person, person_id)
    session.execute(
        delete(Block).where(Block.blocker_id == actor.person_id, Block.blocked_id == person_id),
        execution_options={"synchronize_session": False},
    )


def blocks(session: Session, blocker_id: int, blocked_id: int) -> bool:
    """Whether the first of the two blocks the second."""
    return bool(session.scalar(select(Block.id).where(_of(blocker_id, blocked_id))))


def blocked_by(person_id: int) -> Select[int]:
    """The ids of everybody whom a person blocks, for the statement that leaves them out: they do not come across them any
    more. Who is blocked goes on seeing, and is not told."""
    return select(Block.blocked_id).where(Block.blocker_id == person_id)


def blocking(session: Session, person_id: int) -> set[int]:
    """Everybody whom a person blocks, or who blocks them."""
    rows = session.execute(
        select(Block.blocker_id, Block.blocked_id).where(
            or_(Block.blocker_id == person_id, Block.blocked_id == person_id)
        )
    )
    return {either for row in rows for either in row} - {person_id}


def _of(blocker_id: int, blocked_id: int) -> ColumnElement[bool]:
    return and_(Block.blocker_id == blocker_id, Block.blocked_id == blocked_id)
