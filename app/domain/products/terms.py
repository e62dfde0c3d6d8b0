"""The words that the verbs of products share: what somebody asks for, and every reason for a no."""

from dataclasses import dataclass
from enum import StrEnum

from app.domain.plans.terms import Benefit
from app.kernel.errors import Refusal
from app.models import PlanAudience, ProductBilling

MOST_OF_ONE = 99
"""As many of one product are bought at a time."""
MOST_LINES = 10
"""As many products are bought at a time: what is dearer than an invoice may be was mistyped."""
DEAREST_MINOR = 50_000_00
LARGEST_STOCK = 1_000_000
MOST_CREDIT_DAYS = 3660


class Trouble(StrEnum):
    """Why something cannot be bought now."""

    GONE = "gone"
    """It was retired, or is sold by staff alone."""
    NOT_FOR_YOU = "not_for_you"
    SOLD_OUT = "sold_out"
    TOO_FEW = "too_few"
    """Some are left, and fewer than were asked for."""
    NO_PLAN = "no_plan"
    """It is billed with a plan, and they are on none."""


@dataclass(frozen=True, slots=True)
class Snag:
    """What is wrong with one product of a basket; `left` is how many there are, where that is why."""

    product_id: int
    name: str
    trouble: Trouble
    left: int = 0


class CannotBuy(Refusal):
    """Something of what is asked for cannot be bought now, and so nothing of it is."""

    def __init__(self, snags: tuple[Snag, ...]) -> None:
        super().__init__(", ".join(f"{each.name}: {each.trouble}" for each in snags))
        self.snags = snags


class BasketEmpty(Refusal):
    """There is nothing to buy."""


class BasketChanged(Refusal):
    """The basket, a price or a day is another one than the page showed."""


class BasketFull(Refusal):
    """No more products, or no more of this one, go into one purchase. `most` is how many do."""

    def __init__(self, most: int, *, of_one: bool) -> None:
        super().__init__(str(most))
        self.most = most
        self.of_one = of_one


class TooFewLeft(Refusal):
    """So many are not there to take away. `stock` is how many there are."""

    def __init__(self, stock: int) -> None:
        super().__init__(str(stock))
        self.stock = stock


class StopsAlready(Refusal):
    """It has ended, or ends already."""


class GoesOn(Refusal):
    """There is nothing to withdraw: nobody stopped it, or it is over."""


@dataclass(frozen=True, slots=True)
class ProductDetails:
    """What staff decide about a product; see `models.Product`."""

    name: str
    price_minor: int
    tax_rate_id: int
    description: str = ""
    recurring: bool = False
    stock: int | None = None
    audience: PlanAudience = PlanAudience.EVERYONE
    visible: bool = True
    billing: ProductBilling = ProductBilling.NOW
    location_id: int | None = None
    position: int = 0
    credit_days: int | None = None
    """How many days what it carries can be used; see `models.Product`."""
    benefits: tuple[Benefit, ...] = ()
    """What it carries."""


@dataclass(frozen=True, slots=True)
class Buy:
    """Somebody buys what is in their basket. `request_key` was made with the form, `seen` stands for what it showed."""

    request_key: str
    seen: str


@dataclass(frozen=True, slots=True)
class Sell:
    """Staff sell something to somebody; `billing` is theirs to choose."""

    person_id: int
    product_id: int
    quantity: int
    billing: ProductBilling
    request_key: str
