"""When a place is open: weekly hours and closures in local wall time, told as stretches of UTC minutes."""

from collections.abc import Hashable, Iterable
from dataclasses import dataclass, field
from datetime import date, time, timedelta
from itertools import count
from zoneinfo import ZoneInfo

from app.domain.booking.minutes import DAY, Stretch, minute_of, moment_of
from app.kernel.walltime import day_bounds, nearest_utc


@dataclass(frozen=True, slots=True)
class WeeklyHours:
    """Open from minute to minute after midnight on a weekday (0 is Monday)."""

    weekday: int
    opens: int
    closes: int


@dataclass(frozen=True, slots=True)
class ClosedDays:
    """Closed from a local day to another, both included; `yearly` goes by month and day alone."""

    first: date
    last: date
    yearly: bool = False
    message: str = ""

    def covers(self, day: date) -> bool:
        if not self.yearly:
            return self.first <= day <= self.last
        if (self.last - self.first).days >= 365:
            return True
        at, first, last = ((d.month, d.day) for d in (day, self.first, self.last))
        # From December into January the range runs over the turn of the year.
        return first <= at <= last if first <= last else at >= first or at <= last


@dataclass(frozen=True, slots=True)
class LocalDay:
    """A day where the place is: `start` and `end` are 23 to 25 hours apart when the clocks change."""

    day: date
    start: int
    end: int
    zone: ZoneInfo

    def wall(self, minute: int) -> int:
        """Minutes after midnight that the clock on the wall shows at a minute of this day."""
        if self.end - self.start == DAY:
            return minute - self.start
        local = moment_of(minute).astimezone(self.zone)
        return local.hour * 60 + local.minute

    def on_grid(self, minute: int, step: int) -> int:
        """The first minute from that one on at which the clock on the wall shows a multiple of `step`."""
        if self.end - self.start == DAY:
            return minute + -(minute - self.start) % step
        # Where the clocks change, the next multiple may be nearer or farther than the wall says before
        return next(at for at in count(minute) if not self.wall(at) % step)

    def at(self, wall_minute: int) -> int:
        """The minute at which the clock on the wall shows that; a skipped time moves past the jump."""
        if wall_minute >= DAY:
            return self.end
        if self.end - self.start == DAY:
            return self.start + wall_minute
        return minute_of(nearest_utc(self.day, time(wall_minute // 60, wall_minute % 60), self.zone))


@dataclass(slots=True)
class Calendar:
    """Opening of one location and its resources. Under the key None stands what goes for the whole location.

    A resource with hours of its own lives by these alone. Where nobody set any hours, it is open around the clock.
    """

    zone: ZoneInfo
    hours: dict[int | None, list[WeeklyHours]] = field(default_factory=dict)
    closures: dict[int | None, list[ClosedDays]] = field(default_factory=dict)
    _days: dict[date, LocalDay] = field(default_factory=dict)
    _weekly: dict[tuple[int | None, date], list[Stretch]] = field(default_factory=dict)
    touched: dict[tuple[Hashable, Stretch], bool] = field(default_factory=dict)
    """Whether stretches reach into windows, by both: a long series asks for each pair hundreds of times."""
    _last: LocalDay | None = None
    """That was asked for last: most ask for the same one again."""

    def day(self, day: date) -> LocalDay:
        known = self._days.get(day)
        if known is None:
            start, end = day_bounds(day, self.zone)
            known = self._days[day] = LocalDay(day, minute_of(start), minute_of(end), self.zone)
        return known

    def day_of(self, minute: int) -> LocalDay:
        """The local day that a minute falls in."""
        last = self._last
        if last is None or not last.start <= minute < last.end:
            last = self._last = self.day(moment_of(minute).astimezone(self.zone).date())
        return last

    def weekly(self, resource_id: int, day: date) -> list[Stretch]:
        """Open stretches of a local day by the weekly hours alone, in order."""
        key = resource_id if resource_id in self.hours else None
        known = self._weekly.get((key, day))
        if known is None:
            known = self._weekly[key, day] = self._stretches(key, day)
        return known

    def closed(self, resource_id: int, day: date) -> ClosedDays | None:
        """The closure that covers a local day, the location's before the resource's own."""
        for key in (None, resource_id):
            for closure in self.closures.get(key, ()):
                if closure.covers(day):
                    return closure
        return None

    def open(self, resource_id: int, day: date) -> list[Stretch]:
        """Open stretches of a local day, closures heeded."""
        return [] if self.closed(resource_id, day) else self.weekly(resource_id, day)

    def open_from(self, resource_id: int, day: date, until: int, *, any_hour: bool = False) -> list[Stretch]:
        """Open stretches from the beginning of a local day to the end of the one that `until` falls in; at `any_hour` of the
        days that are not closed.

        What is open through midnight is one stretch.
        """
        opened = self._unclosed if any_hour else self.open
        return join(stretch for each in days_until(self, day, until) for stretch in opened(resource_id, each))

    def _unclosed(self, resource_id: int, day: date) -> list[Stretch]:
        local = self.day(day)
        return [] if self.closed(resource_id, day) else [(local.start, local.end)]

    def weekly_through(self, resource_id: int, days: Iterable[date]) -> list[Stretch]:
        """Open stretches of consecutive local days by the weekly hours alone, joined over midnight."""
        return join(stretch for each in days for stretch in self.weekly(resource_id, each))

    def _stretches(self, key: int | None, day: date) -> list[Stretch]:
        local = self.day(day)
        rows = self.hours.get(key)
        if not rows:
            return [(local.start, local.end)]
        marks = sorted((row.opens, row.closes) for row in rows if row.weekday == day.weekday())
        return join((local.at(opens), local.at(closes)) for opens, closes in marks)


def days_until(calendar: Calendar, day: date, until: int) -> list[date]:
    """The local days from `day` to the one in which the stretch that ends at `until` has its last minute."""
    last = calendar.day_of(until - 1).day
    return [day + timedelta(days=n) for n in range(max((last - day).days, 0) + 1)]


def join(stretches: Iterable[Stretch]) -> list[Stretch]:
    """Sorted stretches with those that touch or overlap made one; empty ones fall away."""
    joined: list[Stretch] = []
    for start, end in stretches:
        if start >= end:
            continue
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined
