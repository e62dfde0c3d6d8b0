"""In which quarter hours of a week rooms are open: where they are closed nobody misses a price."""

from collections import defaultdict
from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import OpeningHours, Resource

QUARTER = 15
"""Minutes."""
_OF_A_DAY = 24 * 60 // QUARTER

Quarters = frozenset[int]
"""Of a week, counted from Monday's midnight; one that is open for a part of it counts."""
AROUND_THE_CLOCK: Quarters = frozenset(range(7 * _OF_A_DAY))


class WeeklyOpening:
    """The weekly hours of every room. Closures are for some dates only, and leave no week without a price."""

    def __init__(self, session: Session) -> None:
        """One statement."""
        self._found: defaultdict[tuple[int, int | None], set[int]] = defaultdict(set)
        hours = OpeningHours
        for row in session.execute(
            select(hours.location_id, hours.resource_id, hours.weekday, hours.opens, hours.closes)
        ):
            first, last = row.opens // QUARTER, -(-row.closes // QUARTER)
            day = row.weekday * _OF_A_DAY
            self._found[row.location_id, row.resource_id] |= set(range(day + first, day + last))

    def of(self, rooms: Iterable[Resource]) -> Quarters:
        """When any of the rooms is open: by its own hours, else by its location's, else at any time. At any time for no room:
        those to come may be."""
        found = [self._of_one(room) for room in rooms]
        return frozenset().union(*found) if found else AROUND_THE_CLOCK

    def _of_one(self, room: Resource) -> Quarters:
        for key in ((room.location_id, room.id), (room.location_id, None)):
            if key in self._found:
                return frozenset(self._found[key])
        return AROUND_THE_CLOCK
