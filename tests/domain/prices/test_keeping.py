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
from app.domain.prices.tables import WeekHole, holes, price_tables
from app.kernel.errors import NotFound
from app.models import AuditEntry, RateUnit, Resource, ResourceType, Tenant
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
    assert tables["Meeting room"].holes == {True: (), False: tuple(WeekHole(day, 0, 24) for day in range(7))}
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
