"""How much one person may have: what they have already, counted against the rules that set it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from app.domain.booking.calendar import Calendar
from app.domain.booking.house_rules.matching import Rules, speaks_of
from app.domain.booking.house_rules.terms import Rule
from app.domain.booking.house_rules.windows import touches
from app.domain.booking.minutes import Stretch, moment_of, stretch_of
from app.domain.booking.rules import Limits
from app.domain.booking.terms import Obstacle, Reason
from app.kernel.spans import Span
from app.models import Booking, BookingStatus, Resource

_PERIODS = ("day", "week", "month")


@dataclass(frozen=True, slots=True)
class Stay:
    """A booking of the person who asks, confirmed or asked for, as quotas count it: minutes since 1970."""

    booking_id: int
    resource_id: int
    type_id: int
    location_id: int
    time: Stretch


def stays_of(session: Session, rules: Rules, person_id: int, wanted: Stretch, now: int) -> tuple[Stay, ...]:
    """What the person has ahead, and in the month and week in which the wanted stretch begins.

    One statement; none where no rule counts and no room has a cooldown, before which one looks as far back. Holds do not count:
    confirming counts again. Only after `hold_person` does the answer stay true.
    """
    if not rules.count:
        return ()
    periods = [_period(rules.calendar, name, wanted[0]) for name in _PERIODS]
    since, until = (
        moment_of(min(wanted[0] - rules.cooldown, *(each[0] for each in periods))),
        moment_of(max(each[1] for each in periods)),
    )
    rows = session.execute(
        select(
            Booking.id,
            Booking.resource_id,
            Resource.resource_type_id,
            Booking.location_id,
            Booking.starts_at,
            Booking.ends_at,
        )
        .join(Resource, and_(Resource.tenant_id == Booking.tenant_id, Resource.id == Booking.resource_id))
        .where(
            Booking.person_id == person_id,
            Booking.status.in_((BookingStatus.CONFIRMED, BookingStatus.TENTATIVE)),
            Booking.ends_at > min(since, moment_of(now)),
            or_(Booking.ends_at > moment_of(now), Booking.starts_at < until),
        )
        .order_by(Booking.id)
    )
    return tuple(Stay(*row[:4], stretch_of(Span(row.starts_at, row.ends_at))) for row in rows)


def too_much(
    limits: Limits, calendar: Calendar, stays: tuple[Stay, ...], wanted: Stretch, now: int
) -> list[Obstacle]:
    """What one more booking at that time would be too much of.

    TOO_MANY_AHEAD {most}; TOO_MUCH_TIME {minutes, left, period}: the minutes of a day, week or month that one may have, and
    what is left of them. The clock is that of the place that is asked for, wherever the other bookings are.
    """
    return list(_too_much(limits, calendar, stays, wanted, now)) if limits.by else []


def _too_much(
    limits: Limits, calendar: Calendar, stays: tuple[Stay, ...], wanted: Stretch, now: int
) -> Iterator[Obstacle]:
    if limits.most_ahead is not None:
        counted = _counted(limits.by["most_ahead"], calendar, stays)
        if sum(stay.time[1] > now for stay in counted) >= limits.most_ahead:
            yield Obstacle(Reason.TOO_MANY_AHEAD, limits.facts("most_ahead", most=limits.most_ahead))
    for period in _PERIODS:
        name = f"{period}_minutes"
        most: int | None = getattr(limits, name)
        if most is None:
            continue
        first, last = _period(calendar, period, wanted[0])
        # A long series counts all that it has already date by date: few of them are of the period
        within = (stay for stay in stays if first <= stay.time[0] < last)
        counted = _counted(limits.by[name], calendar, within)
        left = most - sum(end - start for start, end in (stay.time for stay in counted))
        if wanted[1] - wanted[0] > left:
            facts = limits.facts(name, minutes=most, left=max(left, 0), period=period)
            yield Obstacle(Reason.TOO_MUCH_TIME, facts)


def _counted(rule: Rule, calendar: Calendar, stays: Iterable[Stay]) -> list[Stay]:
    return [
        stay
        for stay in stays
        if rule.location_id in (None, stay.location_id)
        and speaks_of(rule, stay.resource_id, stay.type_id)
        and touches(rule.when, calendar, stay.time)
    ]


def _period(calendar: Calendar, name: str, minute: int) -> Stretch:
    """The local day, the week from Monday or the month in which a minute lies."""
    day = calendar.day_of(minute).day
    if name == "day":
        first, after = day, day + timedelta(days=1)
    elif name == "week":
        first = day - timedelta(days=day.weekday())
        after = first + timedelta(days=7)
    else:
        first = day.replace(day=1)
        after = _next_month(first)
    return calendar.day(first).start, calendar.day(after).start


def _next_month(first: date) -> date:
    return (first + timedelta(days=32)).replace(day=1)
