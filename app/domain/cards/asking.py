"""Asking the provider what became of payments, of one or of all of late: it is never asked while a transaction is open."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar

from sqlalchemy.orm import Session

from app.domain.cards.account import merchant_of
from app.domain.cards.attempts import attempts_by_payment
from app.domain.cards.terms import CardKit, asking_provider
from app.ports import CardAccess

Thing = TypeVar("Thing")


@dataclass(frozen=True, slots=True)
class Answer(Generic[Thing]):
    """What the provider says, and of which account."""

    account: str
    found: list[Thing]


def ask_about_payment(
    session: Session, kit: CardKit, payment: str, ask: Callable[[CardAccess, str], list[Thing]]
) -> Answer[Thing] | None:
    """What is said of a payment; None for one that is not ours. Ends the transaction.

    Raises NoCards, CardsAway and ProviderRefuses.
    """
    merchant = merchant_of(session, kit)
    if not payment or not attempts_by_payment(session, merchant.account, {payment}):
        return None
    session.rollback()
    with asking_provider():
        return Answer(merchant.account, ask(merchant.access, payment))


def ask_since(
    session: Session, kit: CardKit, since: datetime, ask: Callable[[CardAccess, datetime], list[Thing]]
) -> Answer[Thing]:
    """What is said of all payments of the account since then. Ends the transaction, and raises as `ask_about_payment`."""
    merchant = merchant_of(session, kit)
    session.rollback()
    with asking_provider():
        return Answer(merchant.account, ask(merchant.access, since))
