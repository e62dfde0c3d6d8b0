"""Whoever becomes nobody here is forgotten by the provider too: their cards, and they as a customer."""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.cards.account import card_setting, merchant_of
from app.domain.cards.terms import CardKit, asking_provider
from app.domain.lookup import one
from app.kernel.clock import Clock
from app.models import CardCustomer, CardFarewell
from app.tenancy import begin_writing

_WAITS = (timedelta(minutes=10), timedelta(hours=1), timedelta(hours=6), timedelta(days=1))
"""After each try that failed; the last of them for ever, for nothing else would tell the provider."""


def say_farewell(session: Session, person_id: int, now: datetime) -> None:
    """Have the provider forget somebody, within the transaction that makes them nobody and before their rows go.

    What stays until it is done is the provider's id of them, which says nothing of who they were.
    """
    known = select(CardCustomer.account, CardCustomer.customer).where(CardCustomer.person_id == person_id)
    for account, customer in session.execute(known).all():
        session.add(CardFarewell(account=account, customer=customer, tries=0, next_try_at=now))
    session.flush()


def due_farewells(session: Session, now: datetime, most: int) -> list[int]:
    """Whom the provider is to forget by now. Those of an account that is not ours any more wait for it to come back."""
    setting = card_setting(session)
    if setting is None:
        return []
    due = select(CardFarewell.id).where(
        CardFarewell.account == setting.account, CardFarewell.next_try_at <= now
    )
    return list(session.scalars(due.order_by(CardFarewell.next_try_at).limit(most)))


def forget_at_provider(session: Session, kit: CardKit, farewell_id: int, clock: Clock) -> None:
    """Have the provider forget one of them; commits. Raises NotFound, NoCards, CardsAway and ProviderRefuses: then it is
    tried again later. Twice is as good as once.
    """
    begin_writing(session)
    farewell = one(session, CardFarewell, farewell_id)
    customer, merchant = farewell.customer, merchant_of(session, kit)
    # Written before it is tried, so that one that never answers is not asked each minute
    farewell.next_try_at = clock() + _WAITS[min(farewell.tries, len(_WAITS) - 1)]
    farewell.tries += 1
    session.commit()
    with asking_provider():
        kit.cards.forget_customer(merchant.access, customer)
    begin_writing(session)
    session.delete(one(session, CardFarewell, farewell_id))
    session.commit()
