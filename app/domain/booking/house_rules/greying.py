"""What rules of the house leave of a room's day, for a grid to draw: what is not to be had, and in which steps the rest is."""

from collections.abc import Iterator
from dataclasses import dataclass
from math import gcd

from app.domain.booking.calendar import Calendar, LocalDay
from app.domain.booking.house_rules.cooling import Cooldown, cooldowns
from app.domain.booking.house_rules.matching import Rules
from app.domain.booking.house_rules.quotas import Stay, too_much
from app.domain.booking.minutes import Stretch
from app.domain.booking.rules import GRACE_MINUTES, Limits
from app.domain.booking.shifts import stretches_on
from app.domain.booking.terms import Obstacle, Reason


@dataclass(frozen=True, slots=True)
class RuledDay:
    """A room's day under the rules. Where lengths and steps differ through the day, the loosest stand here: what is
    chosen is judged in any case."""

    refused: tuple[tuple[Stretch, Obstacle], ...]
    """In order, without overlap: what rules let nobody, or not this person, have."""
    min_minutes: int
    max_minutes: int
    grid_minutes: int
    bound: tuple[Stretch, ...] = ()
    """When it is booked in shifts; in order."""
    shifts: tuple[Stretch, ...] = ()
    """Those that have not begun, in order."""


def ruled_day(rules: Rules, limits: Limits, day: LocalDay, stays: tuple[Stay, ...], now: int) -> RuledDay:
    """What the rules say to each minute of a local day of one room."""
    pieces = rules.pieces(limits, day, 1)
    refused: list[tuple[Stretch, Obstacle]] = []
    for (since, until), held in pieces:
        for obstacle, end in _refusal(rules.calendar, held, (since, until), stays, now):
            if refused and refused[-1][0][1] == since and refused[-1][1] == obstacle:
                refused[-1] = ((refused[-1][0][0], end), obstacle)
            else:
                refused.append(((since, end), obstacle))
    for times, held in pieces:
        refused = _with_cooldowns(refused, held, times, stays)
    bound = tuple(times for times, held in pieces if held.shifts)
    grid = 0
    for _times, held in pieces:
        grid = gcd(grid, held.grid_minutes)
    return RuledDay(
        tuple(refused),
        min(held.min_minutes for _times, held in pieces),
        max(held.max_minutes for _times, held in pieces),
        grid,
        bound,
        tuple(_shifts(rules, limits, day, now)) if bound else (),
    )


def _shifts(rules: Rules, limits: Limits, day: LocalDay, now: int) -> Iterator[Stretch]:
    """The shifts of a day that are still to be had, each as the rules have it at its time."""
    every = {shift for plan in rules.shift_plans(limits) for shift in stretches_on(plan, day)}
    for shift in sorted(every):
        held = rules.limits(limits, shift).shifts
        if shift[0] >= now - GRACE_MINUTES and shift in stretches_on(held, day):
            yield shift


def _with_cooldowns(
    refused: list[Cooldown], limits: Limits, times: Stretch, stays: tuple[Stay, ...]
) -> list[Cooldown]:
    """The same with what the person's other bookings keep from them in a piece of the day, where no rule refuses it already."""
    found = list(refused)
    for (since, until), obstacle in sorted(cooldowns(limits, stays), key=lambda each: each[0]):
        at, end = max(since, times[0]), min(until, times[1])
        for (begins, ends), _known in sorted(found, key=lambda each: each[0]):
            if ends <= at or begins >= end:
                continue
            if at < begins:
                found.append(((at, begins), obstacle))
            at = max(at, ends)
        if at < end:
            found.append(((at, end), obstacle))
    return sorted(found, key=lambda each: each[0])


def _refusal(
    calendar: Calendar, limits: Limits, piece: Stretch, stays: tuple[Stay, ...], now: int
) -> Iterator[tuple[Obstacle, int]]:
    """What a rule has against a piece of the day, and until when; nothing where it has nothing."""
    if not limits.by:
        return
    since, until = piece
    if limits.never:
        yield Obstacle(Reason.RULED_OUT, limits.facts("access")), until
        return
    days = (calendar.day_of(since).day - calendar.day_of(now).day).days
    if "horizon_days" in limits.by and limits.horizon_days is not None and days > limits.horizon_days:
        yield Obstacle(Reason.TOO_FAR_AHEAD, limits.facts("horizon_days", days=limits.horizon_days)), until
        return
    against = too_much(limits, calendar, stays, (since, since + limits.min_minutes), now)
    if against:
        yield against[0], until
        return
    first = now + limits.notice_minutes
    if "notice_minutes" in limits.by and since < first:
        notice = limits.facts("notice_minutes", minutes=limits.notice_minutes)
        yield Obstacle(Reason.TOO_SOON, notice), min(until, first)
