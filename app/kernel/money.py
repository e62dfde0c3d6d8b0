"""Money as integer minor units with its currency; arithmetic never leaves the integers."""

from dataclasses import dataclass
from decimal import Decimal

# ISO 4217 currencies whose minor unit is not a hundredth.
_DIGITS = {"JPY": 0, "KRW": 0, "CLP": 0, "ISK": 0, "VND": 0, "BHD": 3, "KWD": 3, "TND": 3}


def minor_digits(currency: str) -> int:
    """How many decimal digits the currency's minor unit has (ISO 4217): 2 for EUR, 0 for JPY."""
    return _DIGITS.get(currency, 2)


def plain(minor: int, currency: str) -> str:
    """The amount as machines read it, in major units with a point: "12.50" of 1250 EUR, "1250" of 1250 JPY."""
    return f"{Decimal(minor).scaleb(-minor_digits(currency)):f}"


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in minor units (cents, pence, yen) of an ISO 4217 currency."""

    minor: int
    currency: str

    def __add__(self, other: "Money") -> "Money":
        self._same(other)
        return Money(self.minor + other.minor, self.currency)

    def __sub__(self, other: "Money") -> "Money":
        self._same(other)
        return Money(self.minor - other.minor, self.currency)

    def __bool__(self) -> bool:
        return self.minor != 0

    def _same(self, other: "Money") -> None:
        if other.currency != self.currency:
            raise ValueError(f"cannot mix {self.currency} and {other.currency}")


WHOLE = 10_000
"""All of something: rates and discounts are counted in hundredths of a percent, and 2000 is 20 %."""


def share(minor: int, numerator: int, denominator: int) -> int:
    """`minor * numerator / denominator` rounded half away from zero, in integers.

    Used for rates by the hour cut into quarter hours: share(1000, 45, 60) is 750.
    """
    if denominator <= 0:
        raise ValueError("the denominator must be positive")
    product = minor * numerator
    quotient = (2 * abs(product) + denominator) // (2 * denominator)
    return quotient if product >= 0 else -quotient
