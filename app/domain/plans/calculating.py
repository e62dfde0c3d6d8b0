"""What a contract costs and when: cycles, proration, pauses, and the earliest end. Pure: no database, no clock.

Amounts are minor units as the tenant enters prices, whole days are counted, and an amount is rounded half up once. Parts of
one cycle are the differences of running totals, so they come to the price of the cycle however it is cut
(docs/decisions/0028-plans-and-billing.md).
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta

from app.kernel.cycles import DAY, Cycles, Days
from app.kernel.money import share


@dataclass(frozen=True, slots=True)
class Deal:
    """What of a contract the calculation asks for."""

    cycles: Cycles
    price_minor: int
    """Of one for one cycle."""
    starts_on: date
    ends_on: date | None = None
    quantity: int = 1
    prorate_first: bool = True
    prorate_last: bool = False
    pauses: tuple[Days, ...] = ()
    """Whole cycles each."""
    billed_until: date | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """Days of one cycle, with what they cost for one; nothing while it is paused."""

    days: Days
    unit_minor: int
    paused: bool = False


@dataclass(frozen=True, slots=True)
class Rules:
    """What a version says of ending and pausing."""

    cycles: Cycles
    starts_on: date
    minimum_until: date | None
    notice_days: int
    prorate_last: bool
    pauses_a_year: int
    pause_cycles: int


def parts(deal: Deal, through: date) -> Iterator[Part]:
    """What is to be billed of the cycles that begin until a day, in their order; a cycle is billed when it begins."""
    first = deal.starts_on if deal.billed_until is None else deal.billed_until + DAY
    while first <= through and (deal.ends_on is None or first <= deal.ends_on):
        cycle = deal.cycles.containing(first)
        last = cycle.last
        if deal.ends_on is not None and deal.ends_on < last and deal.prorate_last:
            last = deal.ends_on
        days = Days(first, last)
        if any(pause.first <= cycle.first <= pause.last for pause in deal.pauses):
            yield Part(days, 0, paused=True)
        else:
            yield Part(days, cost(deal, days))
        first = last + DAY


def cost(deal: Deal, days: Days) -> int:
    """What days of one cycle cost for one."""
    cycle = deal.cycles.containing(days.first)
    begun = max(cycle.first, deal.starts_on)
    whole = cycle if deal.prorate_first else Days(begun, cycle.last)

    def until(day: date) -> int:
        return share(deal.price_minor, Days(begun, day).count, whole.count)

    return until(days.last) - until(days.first - DAY)


def unused(deal: Deal, from_day: date) -> Part | None:
    """What was billed ahead for a day and those after it, which a change that begins then gives back; below zero."""
    if deal.billed_until is None or deal.billed_until < from_day:
        return None
    days = Days(from_day, deal.billed_until)
    cycle = deal.cycles.containing(from_day)
    if any(pause.first <= cycle.first <= pause.last for pause in deal.pauses):
        return None
    return Part(days, -cost(deal, days))


def minimum_until(cycles: Cycles, starts_on: date, min_cycles: int) -> date | None:
    """The last day of a minimum term. A first cycle that begins in the middle counts as none, so that a term of three months
    is three months at least."""
    if min_cycles == 0:
        return None
    first = cycles.containing(starts_on).first
    return cycles.after(starts_on, min_cycles + (first < starts_on)) - DAY


def earliest_end(rules: Rules, today: date) -> date:
    """The earliest last day of a contract that is cancelled today.

    After the notice and the minimum term, and not before the end of the cycle in hand, which is paid for. Where the last
    cycle is not prorated it is the end of a cycle.
    """
    begun = max(today, rules.starts_on)
    floor = [today + timedelta(days=rules.notice_days), begun]
    if rules.starts_on <= today:
        floor.append(rules.cycles.containing(today).last)
    if rules.minimum_until is not None:
        floor.append(rules.minimum_until)
    day = max(floor)
    return day if rules.prorate_last else rules.cycles.containing(day).last


def next_cycle(rules: Rules, today: date) -> date:
    """The first day of the next cycle: what a change or a pause begins with. Of one that is still to come, the cycle after
    its first."""
    return rules.cycles.after(max(today, rules.starts_on))


def pause_days(rules: Rules, from_day: date, cycles: int) -> Days:
    """The days of so many cycles from the one that begins on a day."""
    return Days(from_day, rules.cycles.after(from_day, cycles) - DAY)


def pause_again_on(rules: Rules, begun: list[date], from_day: date) -> date | None:
    """When another pause may begin, if it may not on that day: no more than the allowed number begin within a year."""
    recent = sorted(day for day in begun if a_year_before(from_day) < day <= from_day)
    if len(recent) < rules.pauses_a_year:
        return None
    return Cycles(recent[-rules.pauses_a_year], 12).start(1)


def a_year_before(day: date) -> date:
    return Cycles(day, 12).start(-1)


@dataclass(frozen=True, slots=True)
class ForecastLine:
    """`what` is `signup`, `deposit` or `cycle`."""

    what: str
    days: Days | None
    unit_minor: int
    quantity: int

    @property
    def amount_minor(self) -> int:
        return self.unit_minor * self.quantity


@dataclass(frozen=True, slots=True)
class ForecastInvoice:
    """What would be billed on a day, before taxes are worked out: amounts are as the tenant enters prices."""

    bill_on: date
    lines: tuple[ForecastLine, ...]

    @property
    def amount_minor(self) -> int:
        return sum(line.amount_minor for line in self.lines)


def forecast(
    deal: Deal, count: int, *, signup_fee_minor: int = 0, deposit_minor: int = 0
) -> list[ForecastInvoice]:
    """The next invoices that ask for something, at most `count`; with the fee and the deposit in the first of a contract
    that nothing was billed of."""
    found: list[ForecastInvoice] = []
    once = () if deal.billed_until is not None else _once(deal, signup_fee_minor, deposit_minor)
    # A pause lasts two years at most, so what follows it lies within these cycles
    farthest = deal.cycles.after(deal.billed_until or deal.starts_on, count + 2 * 53)
    for part in parts(deal, farthest):
        line = ForecastLine("cycle", part.days, part.unit_minor, deal.quantity)
        lines = (*once, *((line,) if part.unit_minor else ()))
        once = ()
        if lines:
            found.append(ForecastInvoice(part.days.first, lines))
        if len(found) == count:
            break
    return found


def ended(deal: Deal, last_day: date) -> Deal:
    """The same deal with a last day: what would be billed until then."""
    return replace(deal, ends_on=last_day)


def _once(deal: Deal, signup_fee_minor: int, deposit_minor: int) -> tuple[ForecastLine, ...]:
    lines = (
        ForecastLine("signup", None, signup_fee_minor, 1),
        ForecastLine("deposit", None, deposit_minor, deal.quantity),
    )
    return tuple(line for line in lines if line.unit_minor)
