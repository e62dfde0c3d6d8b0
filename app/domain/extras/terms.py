"""The words that the verbs about extras share: what staff decide, what can be ordered, and every reason for a no."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from app.kernel.errors import Refusal
from app.kernel.money import share
from app.models import ExtraPricing

MOST_OF_ONE = 999
LONGEST_LEAD_HOURS = 90 * 24
LARGEST_STOCK = 9999
DEAREST_MINOR = 100_000_00


class ExtraRefusal(Refusal):
    """Of one extra, by its id and name."""

    def __init__(self, offer_id: int, name: str) -> None:
        super().__init__(name)
        self.offer_id = offer_id
        self.name = name


class TooFewExtras(ExtraRefusal):
    """Others have the rest of them then; `left` could be had."""

    def __init__(self, offer_id: int, name: str, left: int) -> None:
        super().__init__(offer_id, name)
        self.left = left


class TooLateForExtra(ExtraRefusal):
    """It is prepared by now: only staff order, change or leave it out. `hours` is how long before the start members could."""

    def __init__(self, offer_id: int, name: str, hours: int) -> None:
        super().__init__(offer_id, name)
        self.hours = hours


class ExtraGone(ExtraRefusal):
    """It is offered no more, or not with this room."""


@dataclass(frozen=True, slots=True)
class ExtraDetails:
    """What staff decide about an extra; named as the columns of `BookingExtraOffer`, and what it is for."""

    name: str
    description: str = ""
    price_minor: int = 0
    pricing: ExtraPricing = ExtraPricing.BOOKING
    tax_rate_id: int | None = None
    stock: int | None = None
    lead_hours: int = 0
    position: int = 0
    cancel_percent: int = 0
    type_ids: frozenset[int] = field(default_factory=frozenset)
    resource_ids: frozenset[int] = field(default_factory=frozenset)


@dataclass(frozen=True, slots=True)
class Ordered:
    """A line of a booking. Amounts in minor units of the booking's currency."""

    offer_id: int
    name: str
    quantity: int
    pricing: ExtraPricing
    total_minor: int
    tax_rate_id: int | None
    """None where nobody is billed for it."""


@dataclass(frozen=True, slots=True)
class Orderable:
    """What can be had with one booking, and how much of it is."""

    offer_id: int
    name: str
    description: str
    price_minor: int
    pricing: ExtraPricing
    lead_hours: int
    cancel_percent: int
    left: int | None
    """How many could be had in all, those that are had counted; None for any number."""
    line: Ordered | None
    """What is had."""
    settled: bool
    """Whoever asks changes it no more: it is offered no longer, or its lead time has begun."""

    @property
    def had(self) -> int:
        return self.line.quantity if self.line else 0


def is_late(starts_at: datetime, lead_hours: int, now: datetime) -> bool:
    """Whether its lead time has begun: it is prepared by now."""
    return starts_at - timedelta(hours=lead_hours) <= now


def total_of(lines: Iterable[Ordered]) -> int:
    """What lines cost together, in minor units."""
    return sum(each.total_minor for each in lines)


def cost_of(price_minor: int, pricing: ExtraPricing, quantity: int, minutes: int) -> int:
    """What so many cost with a booking of so many minutes, in minor units: an hour counts by its minutes, rounded once."""
    if pricing is ExtraPricing.HOUR:
        return hours_cost(price_minor * quantity, minutes)
    return price_minor * quantity


def hours_cost(hour_minor: int, minutes: int) -> int:
    """What so many minutes cost of what costs that much an hour, in minor units."""
    return share(hour_minor, minutes, 60)
