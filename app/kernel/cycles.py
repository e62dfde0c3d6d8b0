"""Billing cycles: so many months or weeks each, counted from one day."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Days:
    """Local days from one to another, both included."""

    first: date
    last: date

    @property
    def count(self) -> int:
        return (self.last - self.first).days + 1


@dataclass(frozen=True, slots=True)
class Cycles:
    """Cycles of `count` months, or weeks, from `anchor` on.

    A cycle of months begins on the anchor's day of the month, or on the last day of a month that is shorter: counted from
    31 January they begin on 28 February, 31 March, 30 April.
    """

    anchor: date
    count: int
    weeks: bool = False

    def start(self, number: int) -> date:
        """The first day of a cycle; the one that begins on the anchor is number 0."""
        if self.weeks:
            return self.anchor + timedelta(weeks=self.count * number)
        months = self.anchor.year * 12 + self.anchor.month - 1 + self.count * number
        year, month = divmod(months, 12)
        return date(year, month + 1, min(self.anchor.day, monthrange(year, month + 1)[1]))

    def number(self, day: date) -> int:
        """The number of the cycle that a day lies in."""
        if self.weeks:
            return (day - self.anchor).days // (7 * self.count)
        months = (day.year - self.anchor.year) * 12 + day.month - self.anchor.month
        number = months // self.count
        return number if self.start(number) <= day else number - 1

    def containing(self, day: date) -> Days:
        """The cycle that a day lies in."""
        number = self.number(day)
        return Days(self.start(number), self.start(number + 1) - DAY)

    def after(self, day: date, count: int = 1) -> date:
        """The first day of the cycle after the one that a day lies in, or of a later one."""
        return self.start(self.number(day) + count)


def anchored(first_day: date, billing_day: int | None) -> date:
    """From which day the cycles of a contract are counted: its first one, or the last day of the month before it that
    cycles begin on (1 to 28)."""
    if billing_day is None:
        return first_day
    if first_day.day >= billing_day:
        return first_day.replace(day=billing_day)
    return (first_day.replace(day=1) - DAY).replace(day=billing_day)
