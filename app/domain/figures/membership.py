"""Contracts by month: how many run, who joined, who left, and what they bring in a month."""

from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any

from sqlalchemy import Date, and_, extract, func, literal, select, union_all
from sqlalchemy.orm import Session

from app.domain.plans.clauses import followed
from app.kernel.months import last_day, months
from app.models import Contract, CycleUnit, PlanVersion
from app.models.plan import running_on

_WEEKS_A_MONTH = Fraction(52, 12)


@dataclass(frozen=True, slots=True)
class Membership:
    """One month. Whoever changes their plan neither joins nor leaves."""

    month: date
    on: date
    """The day on which it was counted who is on a plan: the last of the month, or today."""
    active: int
    """Contracts that run then; those that wait or are paused do not."""
    joined: int
    ended: int
    monthly_minor: int
    """What the active ones cost in a month, as the tenant enters prices: twelve months are 52 weeks."""


def membership(session: Session, first: date, last: date, today: date) -> list[Membership]:
    """Every month from that of a day to that of another. Three statements."""
    of_months = months(first, last)
    days = {month: min(last_day(month), max(today, month)) for month in of_months}
    active = _active(session, list(days.values()))
    joined = _by_month(session, Contract.starts_on, days, Contract.follows_id.is_(None))
    ended = _by_month(session, Contract.ends_on, days, ~followed(agreed=True))
    return [
        Membership(
            month, on, active[on][0], joined.get(month, 0), ended.get(month, 0), _half_up(active[on][1])
        )
        for month, on in days.items()
    ]


def _active(session: Session, days: list[date]) -> dict[date, tuple[int, Fraction]]:
    """How many contracts run on each day, and what they cost in a month."""
    day = union_all(*(select(literal(each, Date).label("day")) for each in days)).subquery()
    price = func.coalesce(Contract.price_minor, PlanVersion.price_minor, 0) * Contract.quantity
    rows = session.execute(
        select(
            day.c.day,
            PlanVersion.cycle_unit,
            PlanVersion.cycle_count,
            func.count(Contract.id).label("contracts"),
            func.sum(price).label("price"),
        )
        .select_from(day)
        .join(Contract, running_on(day.c.day))
        .outerjoin(
            PlanVersion,
            and_(PlanVersion.tenant_id == Contract.tenant_id, PlanVersion.id == Contract.version_id),
        )
        .group_by(day.c.day, PlanVersion.cycle_unit, PlanVersion.cycle_count)
    )
    found = dict.fromkeys(days, (0, Fraction(0)))
    for row in rows:
        count, monthly = found[row.day]
        more = int(row.price) * _cycles_a_month(row.cycle_unit, row.cycle_count)
        found[row.day] = (count + row.contracts, monthly + more)
    return found


def _cycles_a_month(unit: CycleUnit | None, count: int | None) -> Fraction:
    if unit is None or count is None:
        return Fraction(0)  # it is not billed
    return (_WEEKS_A_MONTH if unit is CycleUnit.WEEK else Fraction(1)) / count


def _by_month(session: Session, day: Any, days: dict[date, date], *conditions: Any) -> dict[date, int]:
    query = (
        select(extract("year", day).label("year"), extract("month", day).label("month"), func.count())
        .select_from(Contract)
        .where(day >= min(days), day <= last_day(max(days)), Contract.pending.is_(False), *conditions)
        .group_by("year", "month")
    )
    return {date(int(year), int(month), 1): count for year, month, count in session.execute(query)}


def _half_up(amount: Fraction) -> int:
    return int((2 * amount + 1) // 2)
