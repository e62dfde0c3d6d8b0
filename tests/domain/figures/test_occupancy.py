"""Occupancy against minutes that are counted one by one, on days on which the clocks change."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy.orm import Session

from app.domain.figures.occupancy import Use, occupancy
from app.models import Booking, BookingStatus, Closure, OpeningHours, Resource, ResourcePart
from tests.support.world import TenantWorld, World

MINUTE = timedelta(minutes=1)
LONDON, NEW_YORK = "Europe/London", "America/New_York"


@pytest.fixture
def tenant(world: World) -> TenantWorld:
    return world.northlight


def _book(session: Session, tenant: TenantWorld, room: str, start: str, end: str, **more: object) -> Booking:
    booking = Booking(
        resource_id=tenant.rooms[room],
        location_id=tenant.locations["Porto" if room == "Tejo" else "Leith Walk"],
        person_id=tenant.people["member"],
        booked_by_id=tenant.people["member"],
        starts_at=datetime.fromisoformat(start).replace(tzinfo=UTC),
        ends_at=datetime.fromisoformat(end).replace(tzinfo=UTC),
        currency="GBP",
        quote={},
        created_at=datetime(2026, 1, 5, tzinfo=UTC),
        **{"status": BookingStatus.CONFIRMED, **more},
    )
    session.add(booking)
    session.flush()
    return booking


def _around_the_clock(session: Session, tenant: TenantWorld, room: str) -> None:
    place = tenant.locations["Porto" if room == "Tejo" else "Leith Walk"]
    for weekday in range(7):
        session.add(
            OpeningHours(
                location_id=place,
                resource_id=tenant.rooms[room],
                weekday=weekday,
                opens=0,
                closes=1440,
            )
        )
    session.flush()


def _use(session: Session, tenant: TenantWorld, room: str, first: date, last: date) -> Use:
    found = occupancy(session, first, last)
    return next(each for each in found.resources if each.id == tenant.rooms[room])


def _minutes(zone: str, first: date, last: date) -> list[datetime]:
    """Every minute whose local day lies in the period, by the clock alone."""
    at = datetime(first.year, first.month, first.day, tzinfo=UTC) - timedelta(days=1)
    end = datetime(last.year, last.month, last.day, tzinfo=UTC) + timedelta(days=2)
    found = []
    while at < end:
        if first <= at.astimezone(ZoneInfo(zone)).date() <= last:
            found.append(at)
        at += MINUTE
    return found


@pytest.mark.parametrize(
    ("day", "hours"), [(date(2026, 3, 29), 23), (date(2026, 10, 25), 25), (date(2026, 10, 26), 24)]
)
def test_a_day_is_as_long_as_its_clocks_make_it(
    session: Session, tenant: TenantWorld, day: date, hours: int
) -> None:
    _around_the_clock(session, tenant, "Fern")
    assert len(_minutes(LONDON, day, day)) == hours * 60
    use = _use(session, tenant, "Fern", day, day)
    assert (use.open_minutes, use.booked_minutes, use.permille) == (hours * 60, 0, 0)


@pytest.mark.parametrize(
    ("room", "zone", "first", "last"),
    [
        ("Fern", LONDON, date(2026, 3, 28), date(2026, 3, 30)),
        ("Fern", LONDON, date(2026, 10, 25), date(2026, 10, 25)),
        ("Tejo", NEW_YORK, date(2026, 3, 8), date(2026, 3, 8)),
        ("Tejo", NEW_YORK, date(2026, 10, 31), date(2026, 11, 1)),
        ("Fern", LONDON, date(2026, 10, 31), date(2026, 11, 1)),
    ],
)
def test_what_reaches_over_the_edges_counts_within_them(
    session: Session, tenant: TenantWorld, room: str, zone: str, first: date, last: date
) -> None:
    _around_the_clock(session, tenant, room)
    edges = [first, last + timedelta(days=1), first + timedelta(days=1)]
    spans = [
        (f"{day - timedelta(days=1)}T{21 + number}:10", f"{day}T{6 + number:02}:25")
        for number, day in enumerate(edges)
        if number < 2
    ]
    bookings = [_book(session, tenant, room, *span) for span in spans]
    minutes = _minutes(zone, first, last)
    taken = sum(any(each.starts_at <= at < each.ends_at for each in bookings) for at in minutes)
    use = _use(session, tenant, room, first, last)
    assert 0 < taken < len(minutes)
    assert (use.booked_minutes, use.open_minutes) == (taken, len(minutes))


def test_hours_and_closures_say_when_it_is_open(session: Session, tenant: TenantWorld) -> None:
    """Twelve hours a day but for the days on which house or room are closed, for each of two units."""
    place, first, last = tenant.locations["Leith Walk"], date(2026, 3, 1), date(2026, 3, 31)
    closed = (
        (None, date(2025, 3, 3), date(2025, 3, 4), True),
        (tenant.rooms["Lark"], date(2026, 3, 4), date(2026, 3, 6), False),
        (tenant.rooms["Fern"], date(2026, 3, 9), date(2026, 3, 9), False),
    )
    for resource_id, begins, ends, yearly in closed:
        session.add(
            Closure(
                location_id=place, resource_id=resource_id, first_day=begins, last_day=ends, yearly=yearly
            )
        )
    session.flush()
    assert _use(session, tenant, "Lark", first, last).open_minutes == 2 * (31 - 4) * 12 * 60
    assert _use(session, tenant, "Fern", first, last).open_minutes == (31 - 3) * 12 * 60
    assert _use(session, tenant, "Tejo", first, last).open_minutes == 31 * 12 * 60


def test_only_what_was_confirmed_took_place(session: Session, tenant: TenantWorld) -> None:
    day = date(2026, 3, 2)
    _book(session, tenant, "Fern", f"{day}T10:00", f"{day}T11:30")
    _book(session, tenant, "Fern", f"{day}T12:00", f"{day}T13:00", status=BookingStatus.CANCELLED)
    _book(session, tenant, "Fern", f"{day}T14:00", f"{day}T15:00", status=BookingStatus.LAPSED)
    use = _use(session, tenant, "Fern", day, day)
    assert (use.booked_minutes, use.open_minutes, use.permille) == (90, 720, 125)


def test_a_whole_takes_its_parts_and_counts_once_for_the_location(
    session: Session, tenant: TenantWorld
) -> None:
    day = date(2026, 3, 2)
    for whole, part in (("Rowan", "Fern"), ("Fern", "Lark")):
        session.add(ResourcePart(whole_id=tenant.rooms[whole], part_id=tenant.rooms[part]))
    _book(session, tenant, "Rowan", f"{day}T10:00", f"{day}T11:00")
    _book(session, tenant, "Cedar", f"{day}T10:00", f"{day}T12:00")
    found = occupancy(session, day, day)
    booked = {each.name: each.booked_minutes for each in found.resources}
    assert booked == {"Fern": 60, "Cedar": 120, "Alder": 0, "Rowan": 60, "Lark": 2 * 60, "Tejo": 0}
    (leith, porto) = found.locations
    # Cedar, Alder and both units of Lark; what is made of others is not counted beside them.
    assert (leith.booked_minutes, leith.open_minutes) == (120 + 120, 4 * 720)
    assert (porto.booked_minutes, porto.permille) == (0, 0)


def test_what_is_retired_counts_until_then(session: Session, tenant: TenantWorld) -> None:
    fern = session.get_one(Resource, tenant.rooms["Fern"])
    fern.retired_at = datetime(2026, 3, 2, 12, tzinfo=UTC)
    session.flush()
    assert _use(session, tenant, "Fern", date(2026, 3, 1), date(2026, 3, 9)).open_minutes == 2 * 720
    found = occupancy(session, date(2026, 3, 3), date(2026, 3, 9))
    assert fern.id not in {each.id for each in found.resources}
