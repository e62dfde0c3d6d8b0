"""Before the account at the provider changes: whatever is under way there ends, or nobody would hear of its money."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.cards.looking import clear_the_way, end_unasked
from app.domain.cards.terms import CardKit, NoCards, PaidMeanwhile
from app.kernel.clock import Clock
from app.models import AttemptState, CardAttempt


def end_what_is_under_way(session: Session, kit: CardKit, clock: Clock) -> None:
    """Close every page that waits for a card; commits. Raises CardsAway, and StillUnderWay for what a bank is at work on.

    Where the provider does not know our key any more there is nobody to ask.
    """
    for attempt_id in session.scalars(
        select(CardAttempt.id).where(CardAttempt.state == AttemptState.OPEN)
    ).all():
        try:
            clear_the_way(session, kit, attempt_id, clock)
        except PaidMeanwhile:
            continue
        except NoCards:
            end_unasked(session, attempt_id)
