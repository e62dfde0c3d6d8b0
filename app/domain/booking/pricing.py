"""What a booking costs by the rates that hold for it. Pure; amounts in minor units, integers throughout.

Each begun quarter hour of a booking, counted from its start, goes by the rates that hold when it begins. Where one that is
marked "always" holds, only such count. Of what can be made of them the cheapest is the price: one rate for the whole
booking, wherever one holds for all of it, or for each part the cheapest rate by the hour or by the step. The most and the
least that a rate comes to are heeded for all of its parts together. Nothing that is not covered by any rate has a price.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from app.domain.booking.quotes import FIXED, Bound, Discount, Part, Quote
from app.domain.booking.rates import STEP, Tariff, Wish
from app.kernel.money import WHOLE, share
from app.kernel.spans import Span
from app.models.rate import RateUnit

HALF_DAY = 4 * 60
"""Minutes."""


@dataclass(frozen=True, slots=True)
class _Stretch:
    """Minutes of a booking, from its start, at which the same rates hold."""

    start: int
    end: int
    tariffs: tuple[Tariff, ...]


@dataclass(frozen=True, slots=True)
class _Sum:
    """One way to come to a price."""

    parts: tuple[Part, ...]
    bounds: tuple[Bound, ...]
    uncapped_minor: int
    minor: int


def price(
    tariffs: Sequence[Tariff], wish: Wish, currency: str, discount: Discount | None = None
) -> Quote | None:
    """The cheapest price by these rates, the earlier where two cost the same; None where a part has none.

    The discount comes off what the bounds leave.
    """
    minutes = _charged_minutes(wish.span)
    best = _cheapest(tariffs, wish, minutes)
    if best is None:
        return None
    off = 0 if discount is None else share(best.minor, discount.hundredths, WHOLE)
    return Quote(
        minutes,
        best.uncapped_minor,
        best.minor - off,
        currency,
        off,
        discount if off else None,
        best.parts,
        best.bounds,
    )


def _cheapest(tariffs: Sequence[Tariff], wish: Wish, minutes: int) -> _Sum | None:
    if len(tariffs) == 1 and tariffs[0].conditions is None:
        # Most rooms have the standard price alone, and a search prices each of them.
        return _summed([(tariffs[0], _Stretch(0, minutes, ()))], wish)
    fitting = [each for each in tariffs if each.conditions is None or each.conditions.suit(wish)]
    return min(_ways(_stretches(fitting, wish, minutes), wish), key=lambda way: way.minor, default=None)


def agreed_price(span: Span, minor: int, currency: str) -> Quote:
    """The price that staff agreed on, in minor units."""
    return Quote(_charged_minutes(span), minor, minor, currency, agreed=True)


def _charged_minutes(span: Span) -> int:
    """The length rounded up to whole steps."""
    seconds = int(-(-span.length.total_seconds() // 1))
    return -(-seconds // (60 * STEP)) * STEP


def _stretches(tariffs: Sequence[Tariff], wish: Wish, minutes: int) -> list[_Stretch]:
    """The charged minutes, cut where other rates begin to hold."""
    if not any(each.conditions and each.conditions.by_the_clock for each in tariffs):
        return [_Stretch(0, minutes, tuple(tariffs))]
    found: list[_Stretch] = []
    for at, local in _clock(wish.span.start, minutes, wish.zone):
        held = tuple(each for each in tariffs if each.conditions is None or each.conditions.hold(local))
        if found and found[-1].tariffs == held:
            found[-1] = _Stretch(found[-1].start, at + STEP, held)
        else:
            found.append(_Stretch(at, at + STEP, held))
    return found


@lru_cache(maxsize=512)
def _clock(start: datetime, minutes: int, zone: ZoneInfo) -> tuple[tuple[int, datetime], ...]:
    """At each step, in minutes from the start, what the clock of the place says; the same for all rooms of a search.

    Counted in UTC: what the clocks skip is no time, and what they repeat is paid for twice.
    """
    return tuple((at, (start + timedelta(minutes=at)).astimezone(zone)) for at in range(0, minutes, STEP))


def _ways(stretches: list[_Stretch], wish: Wish) -> Iterator[_Sum]:
    """Every way to a price that there is to choose from: one rate for all of it first, in the operator's order."""
    throughout = [each for each in stretches[0].tariffs if all(each in other.tariffs for other in stretches)]
    eligible = [
        _first_of_all([each for each in stretch.tariffs if each.by_parts or each in throughout])
        for stretch in stretches
    ]
    whole = _Stretch(0, stretches[-1].end, ())
    for tariff in throughout:
        if all(tariff in each for each in eligible):
            yield _summed([(tariff, whole)], wish)
    by_parts = [[tariff for tariff in each if tariff.by_parts] for each in eligible]
    if len(stretches) > 1 and all(by_parts):
        yield _summed(_cheapest_of_each(stretches, by_parts), wish)


def _first_of_all(tariffs: list[Tariff]) -> list[Tariff]:
    return [each for each in tariffs if each.always] or tariffs


def _cheapest_of_each(
    stretches: list[_Stretch], tariffs: list[list[Tariff]]
) -> list[tuple[Tariff, _Stretch]]:
    """The cheapest rate of each stretch; neighbours that go by the same are one."""
    chosen: list[tuple[Tariff, _Stretch]] = []
    for stretch, fitting in zip(stretches, tariffs, strict=True):
        best = min(fitting, key=lambda each: _by_the_minute(each, stretch.end - stretch.start)[1])
        if chosen and chosen[-1][0] == best:
            chosen[-1] = best, _Stretch(chosen[-1][1].start, stretch.end, ())
        else:
            chosen.append((best, stretch))
    return chosen


def _summed(chosen: list[tuple[Tariff, _Stretch]], wish: Wish) -> _Sum:
    found = [(tariff, _parts(tariff, stretch, wish)) for tariff, stretch in chosen]
    parts = tuple(part for _tariff, parts in found for part in parts)
    uncapped = sum([part.minor for part in parts])
    bounds = tuple(_bounds(found))
    return _Sum(parts, bounds, uncapped, uncapped + sum([bound.minor for bound in bounds]))


def _bounds(found: list[tuple[Tariff, list[Part]]]) -> Iterator[Bound]:
    """What the least and the most of each rate do to all of its parts together."""
    for tariff in {id(tariff): tariff for tariff, _parts_of_one in found}.values():
        minor = sum([part.minor for other, parts in found if other is tariff for part in parts])
        if tariff.cap_minor is not None and minor > tariff.cap_minor:
            yield Bound(tariff.name, tariff.cap_minor, tariff.cap_minor - minor)
        elif tariff.minimum_minor is not None and minor < tariff.minimum_minor:
            yield Bound(tariff.name, tariff.minimum_minor, tariff.minimum_minor - minor)


def _parts(tariff: Tariff, stretch: _Stretch, wish: Wish) -> list[Part]:
    if tariff.fixed_minutes is None or tariff.fixed_minor is None:
        return [_part(tariff, stretch, wish)]
    fixed_until = min(stretch.end, tariff.fixed_minutes)
    fixed = _Stretch(stretch.start, fixed_until, ())
    first = _said(tariff, fixed, wish, FIXED, 1, tariff.fixed_minor, tariff.fixed_minor)
    rest = _Stretch(fixed_until, stretch.end, ())
    return [first] if rest.start >= _length(wish) else [first, _part(tariff, rest, wish)]


def _part(tariff: Tariff, stretch: _Stretch, wish: Wish) -> Part:
    if tariff.unit in (RateUnit.STEP, RateUnit.HOUR):
        count, minor = _by_the_minute(tariff, stretch.end - stretch.start)
    else:
        count = _count(tariff.unit, wish)
        minor = count * tariff.amount_minor
    return _said(tariff, stretch, wish, tariff.unit, count, tariff.amount_minor, minor)


def _said(
    tariff: Tariff, stretch: _Stretch, wish: Wish, unit: str, count: int, unit_minor: int, minor: int
) -> Part:
    start = wish.span.start + timedelta(minutes=stretch.start)
    end = min(wish.span.start + timedelta(minutes=stretch.end), wish.span.end)
    return Part(tariff.name, start, end, unit, tariff.step_minutes, count, unit_minor, minor)


def _by_the_minute(tariff: Tariff, minutes: int) -> tuple[int, int]:
    """Of so many minutes by the step or by the hour: the count that a part says, and the amount."""
    steps = -(-minutes // tariff.step_minutes)
    if tariff.unit is RateUnit.STEP:
        return steps, steps * tariff.amount_minor
    charged = steps * tariff.step_minutes
    return charged, share(tariff.amount_minor, charged, 60)


def _count(unit: RateUnit, wish: Wish) -> int:
    """How many units the whole booking takes, begun ones counted."""
    if unit is RateUnit.HALF_DAY:
        return -(-_length(wish) // HALF_DAY)
    first = wish.span.start.astimezone(wish.zone).date()
    last = (wish.span.end - timedelta(microseconds=1)).astimezone(wish.zone).date()
    days = (last - first).days + 1
    if unit is RateUnit.DAY:
        return days
    if unit is RateUnit.WEEK:
        return -(-days // 7)
    return _months(first, last) if unit is RateUnit.MONTH else 1


def _months(first: date, last: date) -> int:
    """From one day through another: from the 31st of January through the last of February is one."""
    months = (last.year - first.year) * 12 + last.month - first.month
    return months + 1 if last.day >= first.day else max(months, 1)


def _length(wish: Wish) -> int:
    """Minutes, rounded up."""
    return int(-(-wish.span.length.total_seconds() // 60))
