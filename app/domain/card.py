"""The member card."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import Person


def card_token(session: Session, person_id: int) -> str:
    """What the code on a person's card says."""
    return session.execute(select(Person.card_token).where(Person.id == person_id)).scalar_one()
