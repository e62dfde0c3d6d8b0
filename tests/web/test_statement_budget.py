"""SQL statements per page: at most eight, the rooms page five, and not one more for twice the rows."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
import time_machine
from flask import Flask

from app.domain.people.details import add_person
from app.domain.people.terms import PersonDetails
from app.domain.portal import touch
from app.models import Resource
from app.tenancy import tenant_session
from app.web.database import db
from tests.support.bookings import NOW, SEARCH, booked, span, statements
from tests.support.visitor import Visitor
from tests.support.world import TenantWorld, World

MOST = 8
# Redirects, files and what a browser asks by itself are no pages.
_NO_PAGES = ("/static/", "/healthz", "/readyz", "/outbox")


@pytest.fixture(autouse=True)
def tuesday() -> Iterator[None]:
    with time_machine.travel(NOW):
        yield


def _pages(app: Flask) -> list[str]:
    """Every address without an argument, and the search with a question."""
    rules = (
        rule.rule for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ()) and not rule.arguments
    )
    return [SEARCH, *sorted(path for path in rules if not path.startswith(_NO_PAGES))]


def _grow(app: Flask, north: TenantWorld, round_: int) -> None:
    """More of everything that pages list."""
    with app.app_context(), tenant_session(db.session.session_factory, north.id) as session:
        for number in range(5):
            session.add(
                Resource(
                    name=f"More {round_} {number}",
                    resource_type_id=north.types["Meeting room"],
                    location_id=north.locations["Leith Walk"],
                    position=90,
                    capacity=4,
                )
            )
            details = PersonDetails(f"more{round_}{number}@example.test", "More", "People")
            add_person(session, datetime.now(UTC), details)
        touch(session)
    for hour in (9, 11, 13):
        booked(app, north, "owner", "Fern", span(hour, days=1 + round_))
        booked(app, north, "member", "Rowan", span(hour, days=0 if round_ and hour > 9 else 1 + round_))


def _counts(app: Flask, visitor: Visitor) -> dict[str, int]:
    found = {}
    for path in _pages(app):
        if visitor.get(path).status_code != 200:
            continue
        with statements(app) as sent:
            visitor.get(path)
        found[path] = len([each for each in sent if not each.startswith("BEGIN")])
    return found


def test_pages_keep_to_their_budget_however_many_rows(app: Flask, world: World) -> None:
    visitor = Visitor(app, world.northlight)
    visitor.sign_in("owner")
    _grow(app, world.northlight, 0)
    few = _counts(app, visitor)
    assert {SEARCH, "/", "/bookings/mine", "/admin", "/admin/people"} <= few.keys()
    assert {path: count for path, count in few.items() if count > MOST} == {}
    assert few[SEARCH] <= 5
    _grow(app, world.northlight, 1)
    assert _counts(app, visitor) == few
