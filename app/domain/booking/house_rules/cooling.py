"""What one person leaves between two bookings: the time in which the next may not begin, nor the one before still run."""

from collections.abc import Iterable, Iterator

from app.domain.booking.house_rules.quotas import Stay
from app.domain.booking.minutes import Stretch
from app.domain.booking.rules import Limits
from app.domain.booking.terms import Obstacle, Reason

Cooldown = tuple[Stretch, Obstacle]
"""What no booking of the person may reach into, and why."""
_LIMIT = {True: "cooldown_any_minutes", False: "cooldown_minutes"}
"""Which of both counts, by whether it is any booking."""


def cooldowns(limits: Limits, stays: Iterable[Stay]) -> Iterator[Cooldown]:
    """Around each booking that the person has, from so long before it until so long after it.

    COOLING_DOWN {minutes, any}: how long, and whether every other booking counts or only those of the same room.
    """
    if not limits.cooldown:
        return
    for stay in stays:
        same = stay.resource_id == limits.resource_id
        minutes = limits.cooldown if same else limits.cooldown_any_minutes
        if minutes:
            any_counts = not same or limits.cooldown_any_minutes >= limits.cooldown_minutes
            yield (
                (stay.time[0] - minutes, stay.time[1] + minutes),
                Obstacle(
                    Reason.COOLING_DOWN, limits.facts(_LIMIT[any_counts], minutes=minutes, any=any_counts)
                ),
            )


def too_early(limits: Limits, stays: Iterable[Stay], wanted: Stretch) -> list[Obstacle]:
    """What stands against a booking at that time; once, however many bookings are near it."""
    found = [
        obstacle
        for (since, until), obstacle in cooldowns(limits, stays)
        if since < wanted[1] and wanted[0] < until
    ]
    return found[:1]
