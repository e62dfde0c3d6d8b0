"""The one source of "now", so that rules and tests agree on it."""

from collections.abc import Callable
from datetime import UTC, datetime

Clock = Callable[[], datetime]
"""Returns the present moment as an aware UTC datetime."""


def system_clock() -> datetime:
    """The machine's clock, aware and in UTC."""
    return datetime.now(UTC)
