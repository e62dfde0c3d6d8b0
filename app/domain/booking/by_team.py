"""What teams say about who books: some let their people book only through each other."""

from sqlalchemy.orm import Session

from app.domain.booking.terms import Obstacle, Reason
from app.domain.team.rights import books_for_themselves, colleagues_to_book_for


def not_for_oneself(session: Session, person_id: int, *, holding: bool) -> tuple[Obstacle, ...]:
    """TEAM_BOOKS for who may not book in their own name.

    Who books for others holds the room first and says for whom then, so only confirming is kept from them.
    """
    if books_for_themselves(session, person_id):
        return ()
    if holding and colleagues_to_book_for(session, person_id):
        return ()
    return (Obstacle(Reason.TEAM_BOOKS),)
