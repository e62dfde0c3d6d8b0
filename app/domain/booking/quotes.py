"""A price as it is explained: its parts, what bounds and discounts did to them; stored with the booking and never recomputed."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from app.kernel.money import Money

FIXED = "fixed"
"""The unit of a part that costs the same up to its length; all others are `RateUnit`s."""


@dataclass(frozen=True, slots=True)
class Discount:
    """What a plan takes off, in hundredths of a percent."""

    hundredths: int
    plan: str


@dataclass(frozen=True, slots=True)
class Part:
    """One stretch of a booking at one rate, of which `name` is empty where it is the standard price."""

    name: str
    start: datetime
    end: datetime
    unit: str
    step_minutes: int
    count: int
    """Of units; of minutes where the unit is an hour."""
    unit_minor: int
    minor: int


@dataclass(frozen=True, slots=True)
class Bound:
    """What the most or the least that one booking costs by a rate did: `minor` is added, less than nothing by a cap."""

    name: str
    limit_minor: int
    minor: int


@dataclass(frozen=True, slots=True)
class Quote:
    """What a booking costs and why. Amounts in minor units."""

    minutes: int
    """Charged minutes: the length rounded up to the 15-minute step. Time credit pays for these."""
    uncapped_minor: int
    """What the parts come to."""
    total_minor: int
    currency: str
    discount_minor: int = 0
    """What a plan took off; `total_minor` is what is left."""
    discount: Discount | None = None
    parts: tuple[Part, ...] = ()
    bounds: tuple[Bound, ...] = ()
    agreed: bool = False
    """Staff agreed on it with whoever pays, because no rate holds for all of it; there are no parts then."""

    @property
    def total(self) -> Money:
        return Money(self.total_minor, self.currency)

    @property
    def capped(self) -> bool:
        return self.total_minor + self.discount_minor < self.uncapped_minor

    def as_json(self) -> dict[str, object]:
        return {
            "minutes": self.minutes,
            "uncapped_minor": self.uncapped_minor,
            "total_minor": self.total_minor,
            "currency": self.currency,
            "discount_minor": self.discount_minor,
            "discount": None if self.discount is None else asdict(self.discount),
            "parts": [_part_json(part) for part in self.parts],
            "bounds": [asdict(bound) for bound in self.bounds],
            "agreed": self.agreed,
        }


def stored_quote(quote: Mapping[str, Any]) -> Quote:
    """The quote that was stored with a booking."""
    discount = quote["discount"]
    return Quote(
        quote["minutes"],
        quote["uncapped_minor"],
        quote["total_minor"],
        quote["currency"],
        quote["discount_minor"],
        None if discount is None else Discount(**discount),
        tuple(_part(each) for each in quote["parts"]),
        tuple(Bound(**each) for each in quote["bounds"]),
        quote.get("agreed", False),
    )


def _part_json(part: Part) -> dict[str, object]:
    return {
        "name": part.name,
        "from": part.start.isoformat(),
        "until": part.end.isoformat(),
        "unit": part.unit,
        "step_minutes": part.step_minutes,
        "count": part.count,
        "unit_minor": part.unit_minor,
        "minor": part.minor,
    }


def _part(said: Mapping[str, Any]) -> Part:
    return Part(
        said["name"],
        datetime.fromisoformat(said["from"]),
        datetime.fromisoformat(said["until"]),
        said["unit"],
        said["step_minutes"],
        said["count"],
        said["unit_minor"],
        said["minor"],
    )
