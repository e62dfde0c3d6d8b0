"""What a booking costs: a rate by the hour in quarter hours, the most that one booking can cost, and what a plan takes off."""

from app.domain.booking.terms import Discount, Quote
from app.kernel.money import WHOLE, share
from app.kernel.spans import Span

STEP = 15
"""Minutes in a charged step."""


def quote(
    hourly_minor: int, cap_minor: int | None, span: Span, currency: str, discount: Discount | None = None
) -> Quote:
    """Price a span: its length rounded up to the step, the cap heeded. Amounts in minor units of the currency."""
    seconds = int(-(-span.length.total_seconds() // 1))
    minutes = -(-seconds // (60 * STEP)) * STEP
    return priced(hourly_minor, cap_minor, minutes, currency, discount)


def priced(
    hourly_minor: int, cap_minor: int | None, minutes: int, currency: str, discount: Discount | None = None
) -> Quote:
    """Price charged minutes, which are whole steps already; a discount comes off what the cap leaves."""
    uncapped = share(hourly_minor, minutes, 60)
    total = uncapped if cap_minor is None else min(uncapped, cap_minor)
    off = 0 if discount is None else share(total, discount.hundredths, WHOLE)
    return Quote(hourly_minor, minutes, uncapped, total - off, currency, off, discount if off else None)


def rate(
    own_hourly: int | None, own_cap: int | None, type_hourly: int, type_cap: int | None
) -> tuple[int, int | None]:
    """The hourly rate and cap of a resource: each its own where it has one, else its type's."""
    return (type_hourly if own_hourly is None else own_hourly), (type_cap if own_cap is None else own_cap)
