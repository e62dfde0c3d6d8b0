"""How credit pays for a booking: time of that type first, then money, each soonest to expire first. Pure."""

from collections.abc import Iterable
from datetime import UTC, datetime

from app.domain.credits.terms import Cover, Fund
from app.kernel.money import share
from app.models import CreditKind

_NEVER = datetime.max.replace(tzinfo=UTC)


def cover(funds: Iterable[Fund], minutes: int, price_minor: int) -> Cover:
    """Divide the price of so many charged minutes over what somebody has. A booking that costs nothing uses nothing.

    Every minute is worth the same, whatever a cap does to the price: half of the minutes pay half of it.
    """
    if price_minor <= 0 or minutes <= 0:
        return Cover(max(price_minor, 0))
    ordered = sorted(funds, key=_soonest)
    time = _spread([fund for fund in ordered if fund.kind is CreditKind.TIME], minutes)
    worth = share(price_minor, sum(amount for _grant, amount in time), minutes)
    money = _spread([fund for fund in ordered if fund.kind is CreditKind.MONEY], price_minor - worth)
    return Cover(price_minor, time, worth, money)


def spread(funds: Iterable[Fund], amount: int) -> tuple[tuple[int, int], ...]:
    """(grant id, how much of it), soonest to expire first, until the amount is reached or nothing is left."""
    return _spread(sorted(funds, key=_soonest), amount)


def _spread(funds: list[Fund], amount: int) -> tuple[tuple[int, int], ...]:
    parts = []
    for fund in funds:
        used = min(fund.left, amount)
        if used > 0:
            parts.append((fund.grant_id, used))
            amount -= used
    return tuple(parts)


def _soonest(fund: Fund) -> tuple[datetime, bool, int]:
    """What is somebody's own goes before what they share, where both end at the same time."""
    return fund.expires_at or _NEVER, fund.shared, fund.grant_id
