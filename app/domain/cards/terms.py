"""The words that the verbs of card payment share: what they need of the world, and every reason for a no."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta

from app.kernel.errors import Refusal
from app.ports import Cards, CardsDown, CardsRefused, SecretBox

ASKS = "payment.asks"
"""The kind of notice that tells somebody that their bank wants them to confirm an automatic payment."""
REFUSED = "payment.refused"
"""The bank said no to an automatic payment."""
TAKEN = "payment.taken"
"""An automatic payment went through."""
HELD = "payment.held"
"""Staff are to decide about money that does not fit."""

PAGE_LASTS = timedelta(hours=2)
"""For how long a page waits for a card; the provider wants half an hour at least."""
LOOK_AFTER = timedelta(minutes=10)
"""When the provider is first asked about an attempt of which it said nothing."""
LOOK_AGAIN = timedelta(hours=1)
MOST_INVOICES = 50
"""So many are paid together at most; the provider lists a hundred lines."""


@dataclass(frozen=True, slots=True)
class Platform:
    """The host's own account, for tenants that do not bring a key. Empty where the host has none."""

    key: str = field(default="", repr=False)
    secret: str = field(default="", repr=False)
    """What messages about the tenants' accounts are signed with."""


@dataclass(frozen=True, slots=True)
class CardKit:
    """What paying by card takes of the world."""

    cards: Cards
    box: SecretBox
    platform: Platform


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where the provider's pages lead back to: `back` and `away` of the token of an attempt."""

    back: Callable[[str], str]
    away: Callable[[str], str]
    language: str


class NoCards(Refusal):
    """The portal takes no cards, or its account may not take money yet."""


class NothingSettled(Refusal):
    """The money settles no invoice any more."""


class CardsAway(Refusal):
    """The provider cannot be reached, or is in trouble; nothing is lost, and nothing was paid as far as we know."""


class ProviderRefuses(Refusal):
    """The provider does not do what was asked; `code` is its word for why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@contextmanager
def asking_provider() -> Iterator[None]:
    """What is asked in here changes nothing of ours: a provider that does not answer, or says no, is a refusal."""
    try:
        yield
    except CardsDown as error:
        raise CardsAway from error
    except CardsRefused as error:
        raise ProviderRefuses(error.code) from error


class NothingOpen(Refusal):
    """None of these invoices asks for money any more."""


class SeveralCurrencies(Refusal):
    """Invoices of two currencies are not paid together."""


class TooMany(Refusal):
    """More than `MOST_INVOICES` at once."""


class PaidMeanwhile(Refusal):
    """An earlier attempt turned out to have succeeded: nothing more is asked for."""


class StillUnderWay(Refusal):
    """An earlier attempt is with the bank: nobody can say yet whether it succeeds, so there is no second one."""


class NoCardKept(Refusal):
    """There is no card to pay automatically with."""


class NotRefundable(Refusal):
    """More than is left of what came by card. `left_minor` is that."""

    def __init__(self, left_minor: int) -> None:
        super().__init__(str(left_minor))
        self.left_minor = left_minor
