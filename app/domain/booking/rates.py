"""Rates as pricing reads them: amounts, and the conditions under which they hold."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from app.kernel.spans import Span
from app.models.rate import EVERY_DAY, RateUnit
from app.sections import Audience

STEP = 15
"""Minutes in a charged step."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What a price is asked for: when, by whom, and how long before."""

    span: Span
    zone: ZoneInfo
    is_member: bool
    booked_at: datetime
    plan_ids: frozenset[int] = frozenset()
    """That the person is on, of those that rates name."""
    team_ids: frozenset[int] = frozenset()
    """That they are in, likewise."""

    @property
    def notice_minutes(self) -> int:
        return int((self.span.start - self.booked_at).total_seconds() // 60)


@dataclass(frozen=True, slots=True)
class Conditions:
    """When and for whom a rate holds, as the columns of `models.Rate` have it, and the rows of `models.RateTarget`."""

    audience: Audience = Audience.SIGNED_IN
    weekdays: int = EVERY_DAY
    from_minute: int | None = None
    until_minute: int | None = None
    first_day: date | None = None
    last_day: date | None = None
    least_minutes: int | None = None
    most_minutes: int | None = None
    least_notice_minutes: int | None = None
    most_notice_minutes: int | None = None
    named_only: bool = False
    """For who is on one of the plans, or in one of the teams, and for nobody else."""
    plan_ids: frozenset[int] = frozenset()
    team_ids: frozenset[int] = frozenset()

    @property
    def by_the_clock(self) -> bool:
        """Whether it may hold for one part of a booking and not for another."""
        return (
            self.weekdays != EVERY_DAY
            or self.from_minute is not None
            or self.first_day is not None
            or self.last_day is not None
        )

    def suit(self, wish: Wish) -> bool:
        """Whether they hold as far as they are about the whole booking."""
        return (
            self.audience.admits(signed_in=True, member=wish.is_member)
            and (
                not self.named_only
                or not self.plan_ids.isdisjoint(wish.plan_ids)
                or not self.team_ids.isdisjoint(wish.team_ids)
            )
            and _between(wish.span.minutes, self.least_minutes, self.most_minutes)
            and _between(wish.notice_minutes, self.least_notice_minutes, self.most_notice_minutes)
        )

    def hold(self, local: datetime) -> bool:
        """Whether they hold at a time of the place's clock."""
        minute, day = local.hour * 60 + local.minute, local.date()
        if self.from_minute is not None and self.until_minute is not None:
            over_midnight = self.until_minute < self.from_minute
            if over_midnight and minute < self.until_minute:
                day -= timedelta(days=1)
            elif not (
                minute >= self.from_minute
                if over_midnight
                else self.from_minute <= minute < self.until_minute
            ):
                return False
        return bool(self.weekdays >> day.weekday() & 1) and _in_days(day, self.first_day, self.last_day)


@dataclass(frozen=True, slots=True)
class Tariff:
    """A rate. The standard price is one without a name and without conditions."""

    unit: RateUnit
    amount_minor: int
    name: str = ""
    step_minutes: int = STEP
    minimum_minor: int | None = None
    cap_minor: int | None = None
    fixed_minutes: int | None = None
    fixed_minor: int | None = None
    always: bool = False
    conditions: Conditions | None = None

    @property
    def by_parts(self) -> bool:
        """Whether it can be the price of a part of a booking beside others."""
        return self.unit in (RateUnit.STEP, RateUnit.HOUR) and self.fixed_minutes is None


def covers_all(tariffs: Iterable[Tariff]) -> bool:
    """Whether there is a price for every booking there can be, without looking at one."""
    return any(each.conditions is None and each.by_parts for each in tariffs)


@lru_cache(maxsize=1024)
def standard(hourly_minor: int | None, cap_minor: int | None) -> tuple[Tariff, ...]:
    """The price by the hour of what has one, in quarter hours."""
    if hourly_minor is None:
        return ()
    return (Tariff(RateUnit.HOUR, hourly_minor, cap_minor=cap_minor),)


def _between(value: int, least: int | None, most: int | None) -> bool:
    return (least is None or value >= least) and (most is None or value <= most)


def _in_days(day: date, first: date | None, last: date | None) -> bool:
    return (first is None or day >= first) and (last is None or day <= last)
