"""Fixed shifts of a resource: given, taken away, and what is odd about them."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from sqlalchemy.orm import Session

from app.domain.actor import Actor
from app.domain.audit import record_row
from app.domain.booking.calendar import join
from app.domain.booking.shifts import Shift, Shifts, read_shifts
from app.domain.reach import resource_in_reach
from app.domain.spaces.hours import check_openings, hours_of, opening_words
from app.domain.spaces.saving import finish
from app.domain.spaces.terms import Opening, Whose
from app.kernel.clock import Clock
from app.models import Resource
from app.tenancy import begin_writing

_WEEK = range(7)


@dataclass(frozen=True, slots=True)
class ShiftDoubts:
    """What of a resource's shifts nobody can book, and what takes each other's place."""

    closed: tuple[Opening, ...]
    """Not within the opening hours."""
    crowded: tuple[tuple[Opening, Opening], ...]
    """So near to each other that what is kept free around a booking of one takes the other."""


def shifts_of(resource: Resource) -> list[Opening]:
    """Shift by shift and day by day, in order; none for what is booked freely."""
    shifts = read_shifts(resource.shifts)
    return sorted(
        Opening(day, each.starts, each.ends) for each in shifts for day in _WEEK if each.weekdays >> day & 1
    )


def set_shifts(
    session: Session, actor: Actor, resource_id: int, wanted: Iterable[Opening], clock: Clock
) -> None:
    """Replace the shifts of a resource; with none it is booked freely. Bookings made before stay as they are. Audited.

    Raises NotFound, HoursBackwards and HoursOverlap.
    """
    wanted = sorted(wanted)
    check_openings(wanted)
    begin_writing(session)
    resource = resource_in_reach(session, actor, resource_id, lock=True)
    before = shifts_of(resource)
    if before != wanted:
        resource.shifts = [list(each) for each in _joined(wanted)] or None
        record_row(
            session,
            actor,
            clock(),
            resource,
            "shifts_set",
            before={"shifts": [opening_words(each) for each in before]},
            after={"shifts": [opening_words(each) for each in wanted]},
        )
    finish(session)


def shift_doubts(session: Session, resource: Resource) -> ShiftDoubts:
    """What staff are told of them; two statements, none where there are no shifts."""
    shifts = shifts_of(resource)
    if not shifts:
        return ShiftDoubts((), ())
    own = hours_of(session, Whose(resource.location_id, resource.id))
    hours = own or hours_of(session, Whose(resource.location_id))
    return ShiftDoubts(
        tuple(each for each in shifts if hours and not _opened(each, hours)),
        tuple(_crowded(shifts, resource.buffer_before + resource.buffer_after)),
    )


def _joined(openings: Iterable[Opening]) -> Shifts:
    """The same times of several weekdays as one."""
    days: dict[tuple[int, int], int] = {}
    for each in openings:
        times = each.opens, each.closes
        days[times] = days.get(times, 0) | 1 << each.weekday
    return tuple(Shift(*times, weekdays) for times, weekdays in sorted(days.items()))


def _opened(shift: Opening, hours: Iterable[Opening]) -> bool:
    opened = join((each.opens, each.closes) for each in hours if each.weekday == shift.weekday)
    return any(opens <= shift.opens and shift.closes <= closes for opens, closes in opened)


def _crowded(shifts: Sequence[Opening], kept_free: int) -> Iterator[tuple[Opening, Opening]]:
    for first, second in pairwise(shifts):
        if first.weekday == second.weekday and second.opens - first.closes < kept_free:
            yield first, second
