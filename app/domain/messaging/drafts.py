"""What somebody has begun to write, kept until it is sent."""

from datetime import datetime

from sqlalchemy import delete
from sqlalchemy.orm import Session

from app.domain.actor import Actor
from app.domain.messaging.finding import hold_membership
from app.domain.messaging.terms import LONGEST_MESSAGE
from app.models import Draft
from app.tenancy import begin_writing


def keep_draft(session: Session, actor: Actor, conversation_id: int, text: str, now: datetime) -> None:
    """Keep the text in the place of what was kept before; none forgets it. Raises NotFound and HasLeft."""
    begin_writing(session)
    hold_membership(session, actor, conversation_id)
    forget_draft(session, actor, conversation_id)
    if text:
        session.add(
            Draft(
                conversation_id=conversation_id,
                person_id=actor.person_id,
                text=text[:LONGEST_MESSAGE],
                kept_at=now,
            )
        )
    session.flush()


def forget_draft(session: Session, actor: Actor, conversation_id: int) -> None:
    """It was sent, or is wanted no more."""
    session.execute(
        delete(Draft).where(Draft.conversation_id == conversation_id, Draft.person_id == actor.person_id),
        execution_options={"synchronize_session": False},
    )
