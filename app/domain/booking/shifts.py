"""Fixed shifts: where a room has them, it is booked for a whole one, or for several that touch, and for nothing else
(docs/decisions/0049-shifts.md)."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from itertools import combinations
from typing import NamedTuple

from app.domain.booking.calendar import LocalDay, join
from app.domain.booking.minutes import DAY, Stretch
from app.models.rate import EVERY_DAY


class Shift(NamedTuple):
    """From minute to minute after midnight by the clock on the wall: 0 ≤ starts < ends ≤ 1440.

    `weekdays` has a bit for each day on which there is one, Monday's the lowest.
    """

    starts: int
    ends: int
    weekdays: int = EVERY_DAY


Shifts = tuple[Shift, ...]
"""Of a room; those of one weekday do not overlap. Empty for a room that is booked freely."""


def read_shifts(stored: Iterable[Sequence[int]] | None) -> Shifts:
    """As they stand in `Resource.shifts` and in the terms of a rule."""
    return tuple([Shift(*each) for each in stored or ()])


def in_order(shifts: Shifts) -> bool:
    """Whether each ends after it begins, by midnight, and no two of one day overlap."""
    whole = all(0 <= each.starts < each.ends <= DAY and 1 <= each.weekdays <= EVERY_DAY for each in shifts)
    clashes = (
        one.weekdays & other.weekdays and one.starts < other.ends and other.starts < one.ends
        for one, other in combinations(shifts, 2)
    )
    return whole and not any(clashes)


def shifts_on(shifts: Shifts, day: date) -> list[Shift]:
    """Those of a day, in order."""
    return sorted(each for each in shifts if each.weekdays >> day.weekday() & 1)


def stretches_on(shifts: Shifts, local: LocalDay) -> list[Stretch]:
    """Those of a local day as minutes that pass, in order, without overlap.

    Where spring skips an hour, a shift is as much shorter, and one that lies within that hour falls away; where autumn
    repeats one, a shift is as much longer. So opening hours do.
    """
    found: list[Stretch] = []
    at = local.start
    for each in shifts_on(shifts, local.day):
        start, end = max(local.at(each.starts), at), local.at(each.ends)
        if start < end:
            found.append((start, end))
            at = end
    return found


def runs(stretches: Sequence[Stretch]) -> Iterator[Stretch]:
    """Everything that can be had of shifts in order: each by itself, and together with those that touch it."""
    for index, (start, ends) in enumerate(stretches):
        yield start, ends
        last = ends
        for since, until in stretches[index + 1 :]:
            if since != last:
                break
            yield start, until
            last = until


def run_of(shifts: Shifts, local: LocalDay, minute: int) -> Stretch | None:
    """All shifts that touch each other around a minute, as one stretch; None between shifts."""
    joined = join(stretches_on(shifts, local))
    return next((each for each in joined if each[0] <= minute < each[1]), None)


def following(shifts: Shifts, local: LocalDay, end: int) -> int | None:
    """When the shift ends that touches what ends then; None where none does."""
    return next((until for since, until in stretches_on(shifts, local) if since == end), None)


def lengths_of(shifts: Shifts) -> tuple[int, ...]:
    """How long the room can be had, in minutes of the wall clock, each length once; empty without shifts."""
    days = ([each for each in sorted(shifts) if each.weekdays >> day & 1] for day in range(7))
    whole = (run for day in days for run in runs([each[:2] for each in day]))
    return tuple(sorted({end - start for start, end in whole}))


def apart(wanted: Stretch, found: Stretch) -> tuple[int, int, int]:
    """How far something is from a wish, for who chooses the nearest: minutes of the wish that it leaves out, minutes between
    the two starts, and between the two lengths."""
    covered = max(min(wanted[1], found[1]) - max(wanted[0], found[0]), 0)
    left_out = wanted[1] - wanted[0] - covered
    longer = (found[1] - found[0]) - (wanted[1] - wanted[0])
    return left_out, abs(found[0] - wanted[0]), abs(longer)
