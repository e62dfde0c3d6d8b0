"""What limits and rules leave of a room's day, for a grid to draw: what is not to be had, and in which steps the rest is
(docs/decisions/0053-what-a-grid-shows-as-free.md)."""

from collections.abc import Iterator
from dataclasses import dataclass
from math import gcd

from app.domain.booking.calendar import LocalDay
from app.domain.booking.house_rules.starts import Looker, Starts, against_shift, shortest_starts
from app.domain.booking.minutes import Stretch
from app.domain.booking.rules import GRACE_MINUTES, Limits
from app.domain.booking.shifts import stretches_on
from app.domain.booking.terms import Obstacle


@dataclass(frozen=True, slots=True)
class RuledDay:
    """A room's day under its limits and the rules, for one person. Where lengths and steps differ through the day, the loosest
    stand here: what is chosen is judged in any case."""

    day: LocalDay
    starts: tuple[Starts, ...]
    """Every minute of the day as a start of the shortest booking there; in order. None where nothing is judged."""
    min_minutes: int
    max_minutes: int
    grid_minutes: int
    bound: tuple[Stretch, ...] = ()
    """When it is booked in shifts; in order."""
    shifts: tuple[tuple[Stretch, Obstacle | None], ...] = ()
    """Those that have not begun, in order, and what stands against each."""


def ruled_day(looker: Looker, own: Limits, day: LocalDay, *, judged: bool = True) -> RuledDay:
    """What the room's own limits and the rules say to each start of a local day; not `judged`, nothing stands against any."""
    # What is over is nobody's, and nothing is to be said of it
    judged = judged and day.end > looker.now
    pieces = looker.rules.pieces(own, day, 1)
    bound = tuple(times for times, held in pieces if held.shifts)
    grid = 0
    for _times, held in pieces:
        grid = gcd(grid, held.grid_minutes)
    return RuledDay(
        day,
        tuple(shortest_starts(looker, own, day)) if judged else (),
        min(held.min_minutes for _times, held in pieces),
        max(held.max_minutes for _times, held in pieces),
        grid,
        bound,
        tuple(_shifts(looker, own, day, judged=judged)) if bound else (),
    )


def _shifts(
    looker: Looker, own: Limits, day: LocalDay, *, judged: bool
) -> Iterator[tuple[Stretch, Obstacle | None]]:
    """The shifts of a day that are still to be had, each as the rules have it at its time."""
    every = {shift for plan in looker.rules.shift_plans(own) for shift in stretches_on(plan, day)}
    for shift in sorted(every):
        limits = looker.rules.limits(own, shift)
        if shift[0] >= looker.now - GRACE_MINUTES and shift in stretches_on(limits.shifts, day):
            yield shift, against_shift(looker, limits, shift) if judged else None
