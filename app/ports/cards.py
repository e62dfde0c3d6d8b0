"""A payment provider that takes cards on pages of its own."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol


class CardsDown(Exception):
    """The provider did not answer, or only with a fault of its own: what was asked may have happened, or not."""


class CardsRefused(Exception):
    """The provider says that what was asked cannot be; `code` is its word for why, and nothing has happened."""

    def __init__(self, code: str, message: str = "") -> None:
        super().__init__(f"{code}: {message}")
        self.code = code


class KeyRefused(CardsRefused):
    """The key is none, is withdrawn, or may not do this."""


class NotSigned(Exception):
    """A message that does not come from the provider, or came too late."""


@dataclass(frozen=True, slots=True)
class CardAccess:
    """As whom the provider is asked."""

    key: str = field(repr=False)
    account: str | None = None
    """The account that is spoken for, when the key is the host's."""


@dataclass(frozen=True, slots=True)
class AccountFacts:
    """An account at the provider."""

    id: str
    name: str
    ready: bool
    """It may take money."""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where the provider tells us what happened, and what it signs its messages with."""

    id: str
    secret: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class PageLine:
    """What is paid for, as the provider's page lists it."""

    name: str
    amount_minor: int


@dataclass(frozen=True, slots=True)
class PageOrder:
    """A page on which a card is typed. Without lines it only keeps the card."""

    token: str
    """Ours; it comes back with everything that happens there."""
    currency: str
    lines: Sequence[PageLine]
    back: str
    """Where the browser goes when it is done."""
    away: str
    """Where it goes when the person thinks better of it."""
    language: str
    customer: str | None
    keeps_card: bool
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class Page:
    """A page that waits for a card; `url` leads there."""

    id: str
    url: str


class MoneyState(StrEnum):
    """How a payment stands."""

    UNDER_WAY = "under_way"
    ASKS = "asks"
    """The bank wants the card's holder to confirm."""
    REFUSED = "refused"
    CAME = "came"
    GONE = "gone"
    """It was called off."""


@dataclass(frozen=True, slots=True)
class CardMoney:
    """A payment, as the provider has it at this moment. Minor units."""

    id: str
    state: MoneyState
    amount_minor: int
    """What came."""
    currency: str
    customer: str | None
    method: str | None
    problem: str
    """Why the bank said no, in the provider's word."""


class PageState(StrEnum):
    OPEN = "open"
    DONE = "done"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class PageFacts:
    """A page, as the provider has it at this moment."""

    state: PageState
    money: CardMoney | None
    """None as long as nobody typed a card, and where nothing is paid."""
    customer: str | None
    kept: str | None
    """The card that was kept on a page that does nothing else."""


@dataclass(frozen=True, slots=True)
class CardFace:
    """What may be said of a card that the provider keeps."""

    method: str
    brand: str
    last_digits: str
    expires_month: int
    expires_year: int


class BackState(StrEnum):
    PENDING = "pending"
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class MoneyBack:
    """A refund, as the provider has it at this moment."""

    id: str
    state: BackState
    token: str
    """Ours, where we asked for it."""
    payment: str = ""
    """The provider's id of what came."""
    amount_minor: int = 0
    currency: str = ""


class DisputeStand(StrEnum):
    ASKS = "asks"
    """The bank waits for an answer."""
    REVIEW = "review"
    WON = "won"
    LOST = "lost"


@dataclass(frozen=True, slots=True)
class Disputed:
    """What a card's holder wants back through their bank, as the provider has it at this moment. Minor units."""

    id: str
    stand: DisputeStand
    payment: str
    """The provider's id of what came."""
    amount_minor: int
    currency: str
    reason: str
    """In the provider's word."""
    answer_by: datetime | None
    """UTC; None where the bank takes no answer."""


@dataclass(frozen=True, slots=True)
class CardNews:
    """Something happened; what it is about is to be asked for, because messages come late, twice and in any order."""

    id: str
    kind: str
    account: str | None
    """Whose account it happened in, when we hear of several."""
    token: str
    """Ours, where it has one."""
    payment: str = ""
    """The provider's id of the payment that it is about, where it is about money that went back, or is to."""


class Cards(Protocol):
    """Every call raises CardsDown, CardsRefused and KeyRefused. `key` names a wish: asked twice, it is granted once."""

    def account(self, access: CardAccess) -> AccountFacts:
        """Whose account it is that we speak for."""

    def new_account(self, key: str, email: str, token: str) -> str:
        """Open an account that the host speaks for; its id."""

    def onboarding(self, key: str, account: str, back: str, again: str) -> str:
        """Where the owner of such an account tells the provider who they are."""

    def listen(self, access: CardAccess, url: str) -> Endpoint:
        """Have it told at that address what happens."""

    def stop_listening(self, access: CardAccess, endpoint: str) -> None:
        """Never raises for one that is gone."""

    def new_customer(self, access: CardAccess, key: str, name: str, email: str) -> str:
        """Make somebody known; their id."""

    def open_page(self, access: CardAccess, key: str, order: PageOrder) -> Page:
        """A page for this order."""

    def page(self, access: CardAccess, page: str) -> PageFacts: ...

    def close_page(self, access: CardAccess, page: str) -> None:
        """Nobody pays there any more. Raises CardsRefused when it is not open."""

    def begin_payment(
        self,
        access: CardAccess,
        key: str,
        token: str,
        customer: str,
        method: str,
        amount_minor: int,
        currency: str,
    ) -> str:
        """Make ready a payment with a card that is kept; its id. No money moves."""

    def take_payment(self, access: CardAccess, key: str, payment: str, method: str) -> CardMoney:
        """Take the money while the card's holder is away. A bank that says no is an answer, not an error."""

    def payment(self, access: CardAccess, payment: str) -> CardMoney: ...

    def call_off(self, access: CardAccess, payment: str) -> None:
        """Nobody pays this any more. Raises CardsRefused when it is paid."""

    def card(self, access: CardAccess, method: str) -> CardFace:
        """What may be said of a card."""

    def forget_card(self, access: CardAccess, method: str) -> None:
        """Never raises for one that is gone."""

    def forget_customer(self, access: CardAccess, customer: str) -> None:
        """Forget somebody with all of their cards. Never raises for one that is gone."""

    def give_back(
        self, access: CardAccess, key: str, payment: str, amount_minor: int, token: str
    ) -> MoneyBack:
        """Send money back to where it came from."""

    def given_back(self, access: CardAccess, payment: str) -> list[MoneyBack]:
        """All that went back of a payment."""

    def given_back_since(self, access: CardAccess, since: datetime) -> list[MoneyBack]:
        """All that somebody had sent back from a moment on, whatever of."""

    def disputes_of(self, access: CardAccess, payment: str) -> list[Disputed]:
        """How a payment is, or was, disputed."""

    def disputes_since(self, access: CardAccess, since: datetime) -> list[Disputed]:
        """All that came to be disputed from a moment on, whatever of."""

    def read(self, body: bytes, signature: str, secret: str) -> CardNews:
        """A message that came in. Raises NotSigned."""
