"""SQL statements per page: at most eight, the rooms page five, and not one more for twice the rows."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest
import time_machine
from flask import Flask
from werkzeug.routing import Rule

from app.domain.people.details import add_person
from app.domain.people.terms import PersonDetails
from app.domain.portal import touch
from app.domain.spaces.locations import add_location
from app.domain.spaces.terms import LocationDetails, Opening
from app.models import (
    Amenity,
    Closure,
    Contract,
    OpeningHours,
    Plan,
    Resource,
    ResourceType,
    TenantOwned,
)
from app.tenancy import tenant_session
from app.web.database import db
from tests.support.bookings import NOW, SEARCH, booked, span, statements
from tests.support.visitor import Visitor
from tests.support.world import TenantWorld, World

MOST = 8
# Redirects, files and what a browser asks by itself are no pages.
_NO_PAGES = ("/static/", "/healthz", "/readyz", "/outbox")


@pytest.fixture(autouse=True)
def tuesday() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOW) as traveller:
        yield traveller


def _pages(app: Flask, ids: dict[str, int], questions: list[str]) -> list[str]:
    """Every address whose arguments are known, and some with a question."""
    adapter = app.url_map.bind("localhost")
    found = list(questions)
    for rule in app.url_map.iter_rules():
        if "GET" not in (rule.methods or ()) or rule.rule.startswith(_NO_PAGES):
            continue
        # The small lists share one argument; the endpoint says which list it is of.
        values = {name: ids.get(name, ids.get(f"{rule.endpoint}.{name}")) for name in rule.arguments}
        if None not in values.values():
            found.append(adapter.build(rule.endpoint, values))
    return sorted(found)


def _subjects(north: TenantWorld, booking_id: int) -> dict[str, int]:
    """What the pages about one thing are about."""
    return {
        "booking_id": booking_id,
        "person_id": north.people["member"],
        "location_id": north.locations["Leith Walk"],
        "resource_id": north.rooms["Cedar"],
        "admin.plans.show.entry_id": north.plans["Studio"],
        "admin.amenities.show.entry_id": north.amenities["Screen"],
        "admin.resource_types.show.entry_id": north.types["Meeting room"],
    }


def _questions(north: TenantWorld) -> list[str]:
    person, place = north.people["member"], north.locations["Leith Walk"]
    return [
        SEARCH,
        "/admin/people?q=more",
        "/admin/people?show=members",
        "/admin/bookings/new?q=more",
        f"/admin/bookings/new?person={person}",
        f"/admin/settings?location={place}",
        f"/admin/settings/home?location={place}",
    ]


def _grow(app: Flask, north: TenantWorld, round_: int) -> None:
    """More of everything that pages list."""
    with app.app_context(), tenant_session(db.session.session_factory, north.id) as session:
        for number in range(5):
            name = f"More {round_} {number}"
            details = PersonDetails(f"more{round_}{number}@example.test", "More", "People")
            added = add_person(session, datetime.now(UTC), details)
            session.add_all(
                [*_spaces(north, name), Contract(person_id=added.id, **_first_days(north, number))]
            )
            session.add(Contract(person_id=north.people["member"], **_first_days(north, number)))
            add_location(session, LocationDetails(name, "", "Europe/Madrid"), [Opening(number, 60, 120)])
        touch(session)
    for hour in (9, 11, 13):
        booked(app, north, "owner", "Fern", span(hour, days=1 + round_))
        booked(app, north, "member", "Rowan", span(hour, days=0 if round_ and hour > 9 else 1 + round_))


def _spaces(north: TenantWorld, name: str) -> list[TenantOwned]:
    place, cedar, day = north.locations["Leith Walk"], north.rooms["Cedar"], date(2027, 1, 1)
    return [
        Plan(name=name),
        Amenity(name=name, icon="sun"),
        ResourceType(name=name),
        Resource(
            name=name,
            resource_type_id=north.types["Meeting room"],
            location_id=place,
            position=90,
            capacity=4,
        ),
        Closure(location_id=place, first_day=day, last_day=day),
        Closure(location_id=place, resource_id=cedar, first_day=day, last_day=day),
        OpeningHours(location_id=place, resource_id=cedar, weekday=len(name) % 7, opens=0, closes=1440),
    ]


def _first_days(north: TenantWorld, number: int) -> dict[str, Any]:
    day = date(2026, 1, 1 + number)
    return {"plan_id": north.plans["Studio"], "starts_on": day, "ends_on": None if number else day}


def _counts(app: Flask, visitor: Visitor, pages: list[str]) -> dict[str, int]:
    found = {}
    for path in pages:
        if visitor.get(path).status_code != 200:
            continue
        with statements(app) as sent:
            visitor.get(path)
        found[path] = len([each for each in sent if not each.startswith("BEGIN")])
    return found


def test_pages_keep_to_their_budget_however_many_rows(
    app: Flask, world: World, tuesday: time_machine.Traveller
) -> None:
    north = world.northlight
    booking = booked(app, north, "member", "Cedar", span(9, 15, days=0))
    tuesday.shift(20 * 60)
    pages = _pages(app, _subjects(north, booking), _questions(north))
    visitor = Visitor(app, north)
    visitor.sign_in("owner")
    _grow(app, north, 0)
    few = _counts(app, visitor, pages)
    assert {SEARCH, "/", "/bookings/mine", "/admin", "/admin/people"} <= few.keys()
    assert {rule.endpoint for rule in app.url_map.iter_rules() if _is_admin_page(rule)} == {
        app.url_map.bind("localhost").match(path.partition("?")[0])[0] for path in few if "/admin" in path
    }
    assert {path: count for path, count in few.items() if count > MOST} == {}
    assert few[SEARCH] <= 5
    _grow(app, north, 1)
    assert _counts(app, visitor, pages) == few


def _is_admin_page(rule: Rule) -> bool:
    return "GET" in (rule.methods or ()) and rule.endpoint.startswith("admin.")
