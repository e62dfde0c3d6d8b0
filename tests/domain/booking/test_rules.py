"""Each limit at its edge, and all of them at once."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from app.domain.booking.calendar import Calendar, ClosedDays, WeeklyHours
from app.domain.booking.rules import Asker, Limits, check_reach, obstacles
from app.domain.booking.terms import Obstacle, OutOfReach, Reason
from app.kernel.spans import Span
from app.sections import Audience

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
LONDON = ZoneInfo("Europe/London")
MEMBER, CONTACT = Asker(1, is_member=True, plan_ids=frozenset({5})), Asker(2, is_member=False)
OPEN: dict[int | None, list[WeeklyHours]] = {None: [WeeklyHours(weekday, 480, 1200) for weekday in range(7)]}


def _at(start: str, minutes: int = 60) -> Span:
    begin = datetime.fromisoformat(start).replace(tzinfo=UTC)
    return Span(begin, begin + timedelta(minutes=minutes))


def _check(
    limits: dict[str, Any],
    wanted: Span,
    *,
    asker: Asker = MEMBER,
    people: int = 1,
    closures: list[ClosedDays] | None = None,
    now: datetime = NOW,
) -> list[Obstacle]:
    calendar = Calendar(LONDON, OPEN, {None: closures or []})
    return list(obstacles(Limits(7, capacity=4, **limits), asker, calendar, wanted, people=people, now=now))


TEN = _at("2026-03-02T10:00")


@pytest.mark.parametrize(
    ("limits", "wanted", "more", "expected"),
    [
        ({}, TEN, {}, []),
        ({}, TEN, {"people": 4}, []),
        ({}, TEN, {"people": 5}, [Obstacle(Reason.TOO_MANY_PEOPLE, {"capacity": 4})]),
        ({"audience": Audience.MEMBERS}, TEN, {}, []),
        ({"audience": Audience.MEMBERS}, TEN, {"asker": CONTACT}, [Obstacle(Reason.NOT_FOR_CONTACTS)]),
        ({"audience": Audience.CONTACTS}, TEN, {"asker": CONTACT}, []),
        ({"audience": Audience.CONTACTS}, TEN, {}, [Obstacle(Reason.NOT_FOR_MEMBERS)]),
        ({"plans": ((5, "Studio"),)}, TEN, {}, []),
        (
            {"plans": ((6, "Team"), (8, "Night"))},
            TEN,
            {},
            [Obstacle(Reason.PLAN_NEEDED, {"plans": ["Team", "Night"]})],
        ),
        ({"plans": ()}, TEN, {}, [Obstacle(Reason.PLAN_NEEDED, {"plans": []})]),
        ({"min_minutes": 60}, TEN, {}, []),
        ({"min_minutes": 61}, TEN, {}, [Obstacle(Reason.TOO_SHORT, {"minutes": 61})]),
        ({"max_minutes": 60}, TEN, {}, []),
        ({"max_minutes": 59}, TEN, {}, [Obstacle(Reason.TOO_LONG, {"minutes": 59})]),
        ({"grid_minutes": 30}, _at("2026-03-02T10:30"), {}, []),
        ({"grid_minutes": 30}, _at("2026-03-02T10:15"), {}, [Obstacle(Reason.OFF_GRID, {"minutes": 30})]),
        ({"notice_minutes": 60}, TEN, {}, []),
        ({"notice_minutes": 61}, TEN, {}, [Obstacle(Reason.TOO_SOON, {"minutes": 61})]),
        ({"horizon_days": 3}, _at("2026-03-05T19:00"), {}, []),
        ({"horizon_days": 3}, _at("2026-03-06T08:00"), {}, [Obstacle(Reason.TOO_FAR_AHEAD, {"days": 3})]),
        ({}, _at("2026-03-02T09:00"), {"now": NOW + timedelta(minutes=5, seconds=59)}, []),
        ({}, _at("2026-03-02T09:00"), {"now": NOW + timedelta(minutes=6)}, [Obstacle(Reason.IN_THE_PAST)]),
        ({"notice_minutes": 30}, _at("2026-03-02T08:00"), {}, [Obstacle(Reason.IN_THE_PAST)]),
        ({}, _at("2026-03-02T19:00"), {}, []),
        (
            {},
            _at("2026-03-02T19:15"),
            {},
            [
                Obstacle(
                    Reason.OUTSIDE_HOURS,
                    {"opens": _at("2026-03-02T08:00").start, "closes": _at("2026-03-02T20:00").start},
                )
            ],
        ),
        (
            {},
            TEN,
            {"closures": [ClosedDays(date(2026, 3, 2), date(2026, 3, 3), message="Painting")]},
            [Obstacle(Reason.CLOSED, {"day": date(2026, 3, 2), "message": "Painting"})],
        ),
    ],
)
def test_each_limit_at_its_edge(
    limits: dict[str, Any], wanted: Span, more: dict[str, Any], expected: list[Obstacle]
) -> None:
    assert _check(limits, wanted, **more) == expected


def test_the_grid_goes_by_the_clock_on_the_wall() -> None:
    """On the day of 25 hours, ten o'clock is eleven hours after midnight: a grid of two hours still begins at ten."""
    wanted = _at("2026-10-25T10:00")
    assert _check({"grid_minutes": 120}, wanted, now=wanted.start - timedelta(days=1)) == []
    off = _check({"grid_minutes": 120}, _at("2026-10-25T09:00"), now=wanted.start - timedelta(days=1))
    assert off == [Obstacle(Reason.OFF_GRID, {"minutes": 120})]


def test_a_day_without_hours_names_none() -> None:
    calendar = Calendar(LONDON, {None: [WeeklyHours(1, 480, 1200)]})
    found = obstacles(Limits(7), MEMBER, calendar, TEN, people=1, now=NOW)
    assert found == (Obstacle(Reason.OUTSIDE_HOURS, {"opens": None, "closes": None}),)


def test_through_midnight_both_days_count() -> None:
    always: dict[int | None, list[WeeklyHours]] = {
        None: [WeeklyHours(weekday, 0, 1440) for weekday in range(7)]
    }
    night = _at("2026-03-02T23:00", 120)
    assert obstacles(Limits(7), MEMBER, Calendar(LONDON, always), night, people=1, now=NOW) == ()
    tuesday = [ClosedDays(date(2026, 3, 3), date(2026, 3, 3))]
    (found,) = obstacles(
        Limits(7), MEMBER, Calendar(LONDON, always, {None: tuesday}), night, people=1, now=NOW
    )
    assert (found.reason, found.facts["day"]) == (Reason.CLOSED, date(2026, 3, 3))


@pytest.mark.parametrize(
    "wanted",
    [
        _at("2026-03-03T10:00", 31 * 1440 + 1),
        _at("2037-03-03T10:00"),
        _at("2015-03-03T10:00"),
        _at("0001-01-02T10:00"),
        _at("9999-12-30T10:00"),
    ],
    ids=str,
)
def test_out_of_reach(wanted: Span) -> None:
    check_reach(_at("2026-03-03T10:00", 31 * 1440), NOW)
    with pytest.raises(OutOfReach):
        check_reach(wanted, NOW)
