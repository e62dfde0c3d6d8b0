"""What a room's limits and the rules of the house make of each start of a day: what stands against it, whatever is booked."""

from collections.abc import Iterator
from dataclasses import dataclass

from app.domain.booking.calendar import LocalDay
from app.domain.booking.house_rules.cooling import cooldowns
from app.domain.booking.house_rules.matching import Rules
from app.domain.booking.house_rules.quotas import Stay, too_much
from app.domain.booking.minutes import Stretch
from app.domain.booking.rules import Asker, Limits, standing
from app.domain.booking.terms import Obstacle, Reason


@dataclass(frozen=True, slots=True)
class Looker:
    """Who looks at a room's day, and when: by what their starts are judged."""

    rules: Rules
    """Of the house, those that concern them."""
    asker: Asker
    stays: tuple[Stay, ...]
    now: int


@dataclass(frozen=True, slots=True)
class Starts:
    """Starts, from the first to before the last, of bookings that are so long: for all of them the same holds."""

    times: Stretch
    minutes: int
    limits: Limits
    obstacle: Obstacle | None
    """The first that stands against them; None where only other bookings or closing time may."""

    @property
    def by_shift(self) -> bool:
        """Whether whole shifts are booked then, and so nothing at these starts but by chance."""
        return bool(self.limits.shifts)

    @property
    def kept(self) -> bool:
        """Whether nothing can be booked at any of them, whatever is free."""
        return self.by_shift or self.obstacle is not None


def shortest_starts(looker: Looker, own: Limits, day: LocalDay) -> list[Starts]:
    """Every minute of a local day as a start, each of the shortest booking that the rules have there; in order."""
    lengths = sorted({own.min_minutes, *looker.rules.lengths(own)})
    if len(lengths) == 1:
        return list(starts_of(looker, own, day, lengths[0]))
    found: list[Starts] = []
    left = [(day.start, day.end)]
    for minutes in lengths:
        # From every start on: whether so short a booking is let depends on the rules that it reaches into
        fitting = [
            each
            for each in starts_of(looker, own, day, minutes)
            if each.by_shift or each.limits.min_minutes <= minutes
        ]
        for each in fitting:
            found.extend(
                Starts(times, minutes, each.limits, each.obstacle) for times in _within(left, each.times)
            )
        left = [gap for times in left for gap in _without(times, [each.times for each in fitting])]
    return sorted(found, key=lambda each: each.times)


def starts_of(looker: Looker, own: Limits, day: LocalDay, minutes: int) -> Iterator[Starts]:
    """Every minute of a local day as a start of a booking that is so long; in order."""
    for times, limits in looker.rules.pieces(own, day, minutes):
        at = times[0]
        for (since, until), obstacle in _against(looker, limits, times, minutes):
            if at < since:
                yield Starts((at, since), minutes, limits, None)
            yield Starts((since, until), minutes, limits, obstacle)
            at = until
        if at < times[1]:
            yield Starts((at, times[1]), minutes, limits, None)


def against_shift(looker: Looker, limits: Limits, shift: Stretch) -> Obstacle | None:
    """The first thing that stands against a whole shift; `limits` are those that hold for it."""
    found = _against(looker, limits, (shift[0], shift[0] + 1), shift[1] - shift[0])
    return next((obstacle for _times, obstacle in found), None)


def _against(
    looker: Looker, limits: Limits, times: Stretch, minutes: int
) -> Iterator[tuple[Stretch, Obstacle]]:
    """Which of these starts something stands against; in order, without overlap."""
    since, until = times
    obstacle = _all_along(looker, limits, since, minutes)
    if obstacle is not None:
        yield times, obstacle
        return
    found: list[tuple[Stretch, Obstacle]] = []
    soonest = looker.now + limits.notice_minutes
    if limits.notice_minutes and since < soonest:
        notice = limits.facts("notice_minutes", minutes=limits.notice_minutes)
        found.append(((since, min(until, soonest)), Obstacle(Reason.TOO_SOON, notice)))
    for (begins, ends), cooling in cooldowns(limits, looker.stays):
        # What begins before it and reaches into it is refused, too
        first, last = max(begins - minutes + 1, since), min(ends, until)
        if first < last:
            found.append(((first, last), cooling))
    at = since
    for (first, last), each in sorted(found, key=lambda one: one[0]):
        if max(first, at) < last:
            yield (max(first, at), last), each
            at = last


def _all_along(looker: Looker, limits: Limits, since: int, minutes: int) -> Obstacle | None:
    """What stands against every start of that day for which these limits hold."""
    against = standing(limits, looker.asker, minutes, people=1)
    if against:
        return against[0]
    calendar = looker.rules.calendar
    days = (calendar.day_of(since).day - calendar.day_of(looker.now).day).days
    if limits.horizon_days is not None and days > limits.horizon_days:
        return Obstacle(Reason.TOO_FAR_AHEAD, limits.facts("horizon_days", days=limits.horizon_days))
    counted = too_much(limits, calendar, looker.stays, (since, since + minutes), looker.now)
    return counted[0] if counted else None


def _within(stretches: list[Stretch], times: Stretch) -> Iterator[Stretch]:
    for since, until in stretches:
        begins, ends = max(since, times[0]), min(until, times[1])
        if begins < ends:
            yield begins, ends


def _without(times: Stretch, taken: list[Stretch]) -> Iterator[Stretch]:
    at, until = times
    for begins, ends in taken:
        if begins >= until:
            break
        if at < begins:
            yield at, begins
        at = max(at, ends)
    if at < until:
        yield at, until
