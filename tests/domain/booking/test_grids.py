"""The grids of a day and of a week, and the week of one room: each start in them is what the search says of it."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import delete
from sqlalchemy.orm import Session

from app.domain.actor import Actor
from app.domain.booking.catalogue import load_catalogue
from app.domain.booking.day import day_grid
from app.domain.booking.day_cells import DayCell, Label
from app.domain.booking.house_rules.keeping import create_rule
from app.domain.booking.house_rules.terms import Rule, Sets, When
from app.domain.booking.week import RoomWeek, all_rooms_week, monday_of, room_week
from app.kernel.spans import Span
from app.models import Location, OpeningHours, Resource
from app.sections import Audience
from tests.domain.booking.conftest import NOW, Desk, span
from tests.support.world import TenantWorld

MONDAY = NOW.date()
QUARTER = timedelta(minutes=15)
TEN = span("10:00", "11:00")


def _limit(session: Session, north: TenantWorld, **values: Any) -> None:
    fern = session.get_one(Resource, north.rooms["Fern"])
    for name, value in values.items():
        setattr(fern, name, value)
    session.commit()


def _grids(front: Desk, actor: Actor, day: date) -> list[tuple[DayCell, ...]]:
    """Fern's day as the grid of the day has it, and as that of the week does."""
    place = front.world.locations["Leith Walk"]
    catalogue = load_catalogue(front.session, place, actor.person_id, NOW)
    grid = day_grid(front.session, actor, place, day, NOW)
    week = all_rooms_week(front.session, actor, catalogue, monday_of(day), NOW)
    front.session.rollback()
    return [
        next(row.cells for row in grid.rows if row.room.name == "Fern"),
        next(row.days[day.weekday()] for row in week if row.room.name == "Fern"),
    ]


def _free(cells: tuple[DayCell, ...], wanted: Span) -> bool:
    return any(
        cell.label is Label.OPEN and cell.span.start <= wanted.start and wanted.end <= cell.span.end
        for cell in cells
    )


def _found(front: Desk, actor: Actor, wanted: Span) -> bool:
    return "Fern" in [each.room.name for each in front.search(actor, wanted).free]


@pytest.mark.parametrize(
    ("limits", "days"),
    [
        ({}, 0),
        ({"buffer_before": 15, "buffer_after": 30}, 0),
        ({"min_minutes": 60, "buffer_after": 15}, 0),
        ({"notice_minutes": 200}, 0),
        ({"horizon_days": 0}, 1),
        ({"audience": Audience.CONTACTS}, 1),
        ({"for_plans_only": True}, 1),
        ({"cooldown_minutes": 45}, 0),
    ],
)
def test_the_grids_show_as_free_what_can_be_had(
    front: Desk, member: Actor, colleague: Actor, northlight: TenantWorld, limits: dict[str, Any], days: int
) -> None:
    front.book(colleague, "Fern", TEN)
    front.book(member, "Fern", span("15:00", "16:00"))
    _limit(front.session, northlight, **limits)
    shortest = timedelta(minutes=limits.get("min_minutes", 15))
    day = MONDAY + timedelta(days=days)
    opens = span("08:00", "20:00", day.isoformat()).start
    slots = [Span(opens + n * QUARTER, opens + n * QUARTER + shortest) for n in range(45)]
    of_day, of_week = ([_free(cells, each) for each in slots] for cells in _grids(front, member, day))
    assert of_day == of_week == [_found(front, member, each) for each in slots]


def test_staffs_own_grid_judges_nobody(front: Desk, desk: Actor, northlight: TenantWorld) -> None:
    _limit(front.session, northlight, audience=Audience.CONTACTS, horizon_days=0, notice_minutes=600)
    place = northlight.locations["Leith Walk"]
    for with_hidden, label in ((True, Label.OPEN), (False, Label.REFUSED)):
        grid = day_grid(front.session, desk, place, MONDAY + timedelta(days=1), NOW, with_hidden=with_hidden)
        (fern,) = [row for row in grid.rows if row.room.name == "Fern"]
        assert [cell.label for cell in fern.cells] == [label]


@pytest.fixture
def add_rule(front: Desk, northlight: TenantWorld) -> Callable[..., None]:
    def add(sets: Sets, **more: Any) -> None:
        create_rule(
            front.session, northlight.actor("owner"), Rule(0, 0, "A rule", sets, **more), front.clock()
        )
        front.session.commit()

    return add


def _week(front: Desk, actor: Actor, monday: date, minutes: int = 60) -> RoomWeek:
    place = front.world.locations["Leith Walk"]
    catalogue = load_catalogue(front.session, place, actor.person_id, NOW)
    week = room_week(front.session, actor, catalogue, front.world.rooms["Fern"], monday, minutes, NOW)
    front.session.rollback()
    return week


def test_what_may_be_had_on_one_side_of_an_hour_and_on_the_other_is_not_shown_as_one(
    front: Desk, member: Actor, add_rule: Callable[..., None]
) -> None:
    _limit(front.session, front.world, min_minutes=60, grid_minutes=15)
    # At noon one books four and a half hours before: it is seven, so from half past eleven on
    add_rule(Sets(notice_minutes=270), when=When(opens=12 * 60, closes=14 * 60))
    for cells in _grids(front, member, MONDAY):
        assert all(cell.label is Label.OPEN for cell in cells if cell.label is not Label.CLOSED)
        for start, free in (("11:00", True), ("11:15", False), ("12:00", True)):
            begin = datetime.fromisoformat(f"2026-03-02T{start}:00+00:00")
            wanted = Span(begin, begin + timedelta(hours=1))
            assert (_free(cells, wanted), _found(front, member, wanted)) == (free, free)


def test_the_week_of_a_room_has_what_rules_allow_beyond_its_own_limits(
    front: Desk, member: Actor, add_rule: Callable[..., None]
) -> None:
    limits = {"max_minutes": 120, "min_minutes": 60, "notice_minutes": 6000, "horizon_days": 1}
    _limit(front.session, front.world, **limits)
    before = _week(front, member, MONDAY, 240)
    assert (before.minutes, before.min_minutes, before.max_minutes, before.farthest) == (120, 60, 120, 1)
    assert not any(day.starts for day in before.days)
    add_rule(Sets(max_minutes=300, min_minutes=30, notice_minutes=0, horizon_days=30))
    after = _week(front, member, MONDAY, 240)
    assert (after.minutes, after.min_minutes, after.max_minutes, after.farthest) == (240, 30, 300, 30)
    assert [f"{each.start:%H:%M}" for each in after.days[5].starts][:2] == ["08:00", "08:30"]
    assert _found(front, member, after.days[6].starts[-1])


@pytest.mark.parametrize(
    ("zone", "day", "hours"),
    [
        ("Europe/London", date(2026, 3, 29), 23),
        ("Europe/London", date(2026, 10, 25), 25),
        ("Australia/Lord_Howe", date(2026, 4, 5), 24),
        ("Australia/Lord_Howe", date(2026, 10, 4), 23),
    ],
)
def test_the_week_keeps_to_the_wall_clock_where_it_changes(
    front: Desk, member: Actor, zone: str, day: date, hours: int
) -> None:
    front.session.get_one(Location, front.world.locations["Leith Walk"]).zone = zone
    front.session.execute(delete(OpeningHours))
    _limit(front.session, front.world, grid_minutes=60, horizon_days=None)
    starts = _week(front, member, monday_of(day)).days[day.weekday()].starts
    assert {each.start.astimezone(ZoneInfo(zone)).minute for each in starts} == {0}
    assert len(set(starts)) == len(starts) == hours
    assert all(_found(front, member, each) for each in starts)
    assert starts[0].start.tzinfo is UTC
