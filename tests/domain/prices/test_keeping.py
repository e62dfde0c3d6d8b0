"""Rates as staff keep them: in order, audited, refused where they make no sense; and where a table has holes."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from app.domain.booking.rates import Conditions, Tariff
from app.domain.prices.keeping import (
    Backwards,
    FixedNotByTheHour,
    Halved,
    NeverHolds,
    NobodyNamed,
    Owner,
    RateDetails,
    copy_rate,
    create_rate,
    details_of,
    edit_rate,
    move_rate,
    rates_of,
    remove_rate,
)
from app.domain.prices.naming import Named, named_by
from app.domain.prices.opening import AROUND_THE_CLOCK, Quarters, WeeklyOpening
from app.domain.prices.tables import WeekHole, holes, price_tables
from app.kernel.errors import NotFound
from app.models import AuditEntry, OpeningHours, Plan, RateTarget, RateUnit, Resource, ResourceType, Tenant
from app.sections import Audience
from tests.support.sessions import OpenSession, walled_sessions
from tests.support.world import TenantWorld, World

NOW = datetime(2026, 3, 2, 7, tzinfo=UTC)
EVENING = RateDetails(
    "Evening", RateUnit.HOUR, 1200, conditions=Conditions(from_minute=1080, until_minute=1320)
)


@pytest.fixture
def sessions(database: str) -> Iterator[tuple[Engine, OpenSession]]:
    with walled_sessions(database) as sessions:
        yield sessions


@pytest.fixture
def session(sessions: tuple[Engine, OpenSession], world: World) -> Iterator[Session]:
    with sessions[1](world.northlight.id) as session:
        yield session


@pytest.fixture
def tenant(world: World) -> TenantWorld:
    return world.northlight


@pytest.fixture
def rooms(tenant: TenantWorld) -> Owner:
    return Owner(type_id=tenant.types["Meeting room"])


def _names(session: Session) -> list[str]:
    return [each.name for each in rates_of(session)]


def _audited(session: Session) -> list[tuple[str, dict[str, Any], dict[str, Any]]]:
    entries = session.scalars(select(AuditEntry).order_by(AuditEntry.id)).all()
    return [(each.action, each.before, each.after) for each in entries if each.subject == "rate"]


def test_they_are_made_changed_moved_copied_and_removed(
    session: Session, tenant: TenantWorld, rooms: Owner
) -> None:
    actor = tenant.actor("owner")
    revision = session.scalar(select(Tenant.revision).where(Tenant.id == tenant.id))
    evening = create_rate(session, actor, rooms, EVENING, NOW)
    day = create_rate(session, actor, rooms, RateDetails("Day", RateUnit.DAY, 9000), NOW)
    assert details_of(evening) == EVENING
    move_rate(session, actor, day.id, NOW, up=True)
    move_rate(session, actor, day.id, NOW, up=True)
    assert _names(session) == ["Day", "Evening"]
    edit_rate(session, actor, evening.id, replace(EVENING, amount_minor=1300), NOW)
    edit_rate(session, actor, evening.id, replace(EVENING, amount_minor=1300), NOW)
    made = copy_rate(session, actor, evening.id, "Evening (copy)", NOW)
    assert details_of(made) == replace(EVENING, name="Evening (copy)", amount_minor=1300, active=False)
    remove_rate(session, actor, day.id, NOW)
    assert _names(session) == ["Evening", "Evening (copy)"]
    assert [action for action, _before, _after in _audited(session)] == [
        "rate.created",
        "rate.created",
        "rate.moved",
        "rate.edited",
        "rate.created",
        "rate.removed",
    ]
    assert _audited(session)[0][2] == {
        "name": "Evening",
        "unit": "hour",
        "amount_minor": 1200,
        "active": True,
        "from_minute": "18:00",
        "until_minute": "22:00",
    }
    assert _audited(session)[3][1:] == ({"amount_minor": 1200}, {"amount_minor": 1300})
    # What processes remember of prices is read anew.
    assert (session.scalar(select(Tenant.revision).where(Tenant.id == tenant.id)) or 0) > (revision or 0)


@pytest.mark.parametrize(
    ("details", "refusal", "field"),
    [
        (replace(EVENING, minimum_minor=200, cap_minor=100), Backwards, "cap_minor"),
        (
            replace(EVENING, conditions=Conditions(least_minutes=60, most_minutes=30)),
            Backwards,
            "most_minutes",
        ),
        (
            replace(EVENING, conditions=Conditions(first_day=date(2026, 3, 2), last_day=date(2026, 3, 1))),
            Backwards,
            "last_day",
        ),
        (
            replace(EVENING, conditions=Conditions(least_notice_minutes=60, most_notice_minutes=0)),
            Backwards,
            "most_notice_minutes",
        ),
        (replace(EVENING, conditions=Conditions(from_minute=60, until_minute=60)), Backwards, "until_minute"),
        (replace(EVENING, conditions=Conditions(from_minute=60)), Halved, "until_minute"),
        (replace(EVENING, fixed_minor=60), Halved, "fixed_minutes"),
        (replace(EVENING, unit=RateUnit.DAY, fixed_minor=1, fixed_minutes=60), FixedNotByTheHour, None),
        (replace(EVENING, conditions=Conditions(weekdays=0)), NeverHolds, None),
    ],
)
def test_terms_that_make_no_sense_are_refused(
    session: Session,
    tenant: TenantWorld,
    rooms: Owner,
    details: RateDetails,
    refusal: type[Exception],
    field: str | None,
) -> None:
    with pytest.raises(refusal) as refused:
        create_rate(session, tenant.actor("owner"), rooms, details, NOW)
    assert getattr(refused.value, "field", None) == field
    assert rates_of(session) == []


def test_a_rate_of_nothing_of_ours_is_not_found(session: Session, tenant: TenantWorld, world: World) -> None:
    theirs = Owner(type_id=world.harbour.types["Meeting room"])
    for owner in (Owner(), theirs, Owner(resource_id=world.harbour.rooms["Fern"])):
        with pytest.raises(NotFound):
            create_rate(session, tenant.actor("owner"), owner, EVENING, NOW)


def test_the_table_shows_rooms_that_differ_and_what_has_no_price(
    session: Session, tenant: TenantWorld, rooms: Owner
) -> None:
    actor = tenant.actor("owner")
    assert {each.name: each.holes for each in price_tables(session)}["Meeting room"] == {True: (), False: ()}
    session.get_one(ResourceType, rooms.type_id).hourly_minor = None
    session.get_one(Resource, tenant.rooms["Cedar"]).hourly_minor = 2000
    session.commit()
    members = replace(EVENING.conditions, audience=Audience.MEMBERS, from_minute=0, until_minute=1440)
    create_rate(session, actor, rooms, replace(EVENING, conditions=members), NOW)
    tables = {each.name: each for each in price_tables(session)}
    assert list(tables) == ["Meeting room", "Cedar", "Phone booth"]
    # As long as the house is open: at night nobody misses a price
    assert tables["Meeting room"].holes == {True: (), False: tuple(WeekHole(day, 8, 20) for day in range(7))}
    assert (tables["Cedar"].hourly_minor, tables["Cedar"].place) == (2000, "Leith Walk")


def test_holes_are_the_hours_that_no_rate_covers() -> None:
    weekdays = Tariff(RateUnit.HOUR, 1, conditions=Conditions(weekdays=0b0011111))
    evening = Tariff(RateUnit.HOUR, 1, conditions=Conditions(from_minute=1080, until_minute=1380))
    assert holes([weekdays, evening], is_member=True) == (
        WeekHole(5, 0, 18),
        WeekHole(5, 23, 24),
        WeekHole(6, 0, 18),
        WeekHole(6, 23, 24),
    )


def _opened(*days: tuple[int, float, float]) -> Quarters:
    """Quarter hours of these days of the week, from hour to hour."""
    return frozenset(
        day * 96 + quarter for day, start, end in days for quarter in range(int(start * 4), int(end * 4))
    )


def test_where_it_is_closed_there_is_no_hole() -> None:
    morning = Tariff(RateUnit.HOUR, 1, conditions=Conditions(from_minute=540, until_minute=720))
    monday = _opened((0, 9, 12))
    assert holes([morning], is_member=True, opened=monday) == ()
    assert holes([morning], is_member=True) != (), "it is for the hours that no room is open"
    longer = _opened((0, 9, 13.5), (2, 9, 12))
    assert holes([morning], is_member=True, opened=longer) == (WeekHole(0, 12, 14),)


def test_of_an_hour_that_is_open_in_part_that_part_needs_a_price() -> None:
    until = Tariff(RateUnit.HOUR, 1, conditions=Conditions(from_minute=510, until_minute=1050))
    assert holes([until], is_member=True, opened=_opened((0, 8.5, 17.5))) == ()
    assert holes([until], is_member=True, opened=_opened((0, 8.25, 17.5))) == (WeekHole(0, 8, 9),)


def test_what_is_closed_between_is_no_part_of_a_hole() -> None:
    nothing = Tariff(RateUnit.HOUR, 1, conditions=Conditions(weekdays=0b0100000))
    split = _opened((0, 9, 12), (0, 14, 18))
    assert holes([nothing], is_member=True, opened=split) == (WeekHole(0, 9, 12), WeekHole(0, 14, 18))


def test_rooms_of_a_type_are_open_when_any_of_them_is(session: Session, tenant: TenantWorld) -> None:
    """By hours of their own, else by those of where they are; without any at any time."""
    leith = tenant.locations["Leith Walk"]
    cedar, fern = (session.get_one(Resource, tenant.rooms[name]) for name in ("Cedar", "Fern"))
    usual = _opened(*((day, 8, 20) for day in range(7)))
    assert WeeklyOpening(session).of([cedar, fern]) == usual
    session.add(OpeningHours(location_id=leith, resource_id=cedar.id, weekday=6, opens=1200, closes=1310))
    session.flush()
    late = _opened((6, 20, 22))
    assert WeeklyOpening(session).of([cedar]) == late, "a quarter that has begun counts"
    assert WeeklyOpening(session).of([cedar, fern]) == usual | late
    assert WeeklyOpening(session).of([]) == AROUND_THE_CLOCK
    session.query(OpeningHours).delete()
    assert WeeklyOpening(session).of([fern]) == AROUND_THE_CLOCK


def _for(*plan_ids: int, teams: frozenset[int] = frozenset()) -> RateDetails:
    named = Conditions(named_only=True, plan_ids=frozenset(plan_ids), team_ids=teams)
    return RateDetails("Residents", RateUnit.HOUR, 900, conditions=named)


def test_a_rate_is_for_the_plans_and_teams_that_it_names(
    session: Session, tenant: TenantWorld, rooms: Owner
) -> None:
    actor, plans = tenant.actor("owner"), tenant.plans
    rate = create_rate(session, actor, rooms, _for(plans["Residents"]), NOW)
    named = named_by(session)
    assert named == {rate.id: Named(frozenset({plans["Residents"]}))}
    assert details_of(rate, named[rate.id]) == _for(plans["Residents"])
    edit_rate(session, actor, rate.id, _for(plans["Studio"], plans["Residents"]), NOW)
    made = copy_rate(session, actor, rate.id, "Again", NOW)
    both = Named(frozenset({plans["Studio"], plans["Residents"]}))
    assert named_by(session) == {rate.id: both, made.id: both}
    edit_rate(session, actor, rate.id, EVENING, NOW)
    assert named_by(session) == {made.id: both}
    remove_rate(session, actor, made.id, NOW)
    assert session.scalars(select(RateTarget)).all() == []


def test_what_names_nobody_is_refused(
    session: Session, tenant: TenantWorld, rooms: Owner, world: World
) -> None:
    actor = tenant.actor("owner")
    with pytest.raises(NobodyNamed):
        create_rate(session, actor, rooms, _for(), NOW)
    theirs = world.harbour.plans["Studio"]
    for unknown in (_for(theirs), _for(teams=frozenset({10**12}))):
        with pytest.raises(NotFound):
            create_rate(session, actor, rooms, unknown, NOW)
        session.rollback()
    assert rates_of(session) == []


def test_a_rate_whose_plans_are_gone_is_for_nobody(
    session: Session, tenant: TenantWorld, rooms: Owner
) -> None:
    plan = Plan(name="Short-lived")
    session.add(plan)
    session.flush()
    rate = create_rate(session, tenant.actor("owner"), rooms, _for(plan.id), NOW)
    session.delete(plan)
    session.flush()
    assert named_by(session) == {}
    session.refresh(rate)
    assert rate.named_only
