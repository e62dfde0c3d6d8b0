"""Walks every route as tenant A with B's ids: what is not yours is not there, whether one looks or writes."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Row, Table, select
from sqlalchemy.orm import Session
from werkzeug.routing import Rule

from app.domain.booking.terms import Quote
from app.domain.visit import token_hash
from app.models import (
    Base,
    Booking,
    BookingStatus,
    Closure,
    Contract,
    LoginSession,
    PasswordReset,
    StoredFile,
)
from app.tenancy import reviewed, tenant_session
from app.web.ports import files
from tests.support.sign_in import sign_in_client
from tests.support.world import TenantWorld, World

OpenSession = Callable[[], Session]
Ids = dict[str, int | str]

# A route with an argument that is not listed here fails the walk: say whose it is, or why it is nobody's.
NOBODYS = {
    "auth.edit_password",
    "auth.update_password",  # tested below: the token is a password link
    "media.show_rooms",
    "theming.show_stylesheet",
    "theming.show_icon",
    "pwa.show_screenshot",  # the look is public, by digest
    "outbox.show",  # not in production; its own tests keep tenants apart
    "admin.settings.update_audience",
    "admin.settings.update_order",
    "admin.settings.update_switch",  # names from the registry
}


def _belongings(app: Flask, open_session: OpenSession, tenant: TenantWorld) -> Ids:
    """One row of everything that an address can name, belonging to the tenant's member."""
    now = datetime.now(UTC)
    with app.app_context(), tenant_session(open_session, tenant.id) as session:
        digest = files().put(tenant.id, f"a file of {tenant.slug}".encode())
        rows: dict[str, Any] = {
            "booking_id": Booking(
                resource_id=tenant.rooms["Fern"],
                location_id=tenant.locations["Leith Walk"],
                person_id=tenant.people["owner"],
                booked_by_id=tenant.people["owner"],
                starts_at=now + timedelta(days=2),
                ends_at=now + timedelta(days=2, hours=1),
                status=BookingStatus.CONFIRMED,
                currency="GBP",
                quote=Quote(0, 60, 0, 0, "GBP").as_json(),
                created_at=now,
            ),
            "closure_id": Closure(
                location_id=tenant.locations["Leith Walk"],
                first_day=date(2027, 1, 1),
                last_day=date(2027, 1, 1),
            ),
            "contract_id": Contract(
                person_id=tenant.people["member"],
                plan_id=tenant.plans["Residents"],
                starts_on=date(2026, 1, 1),
            ),
            "session_id": LoginSession(
                person_id=tenant.people["owner"],
                token_hash=token_hash(f"s-{tenant.slug}"),
                created_at=now,
                last_seen_at=now,
                expires_at=now + timedelta(days=1),
            ),
            "reset": PasswordReset(
                person_id=tenant.people["member"],
                token_hash=token_hash(f"r-{tenant.slug}"),
                created_at=now,
                expires_at=now + timedelta(hours=1),
            ),
            "file": StoredFile(digest=digest, mime="image/png", size=1, created_at=now),
        }
        session.add_all(rows.values())
        session.flush()
        ids: Ids = {name: row.id for name, row in rows.items()}
    return ids | {
        "person_id": tenant.people["colleague"],
        "location_id": tenant.locations["Leith Walk"],
        "resource_id": tenant.rooms["Cedar"],
        "digest": digest,
        "token": f"r-{tenant.slug}",
    }


def _entry(endpoint: str, tenant: TenantWorld) -> int:
    """The small editors share one argument name; the endpoint says which list it is of."""
    lists = {
        "amenities": tenant.amenities["Screen"],
        "plans": tenant.plans["Residents"],
        "resource_types": tenant.types["Meeting room"],
    }
    return next(entry for name, entry in lists.items() if f".{name}." in endpoint)


def _rules(app: Flask) -> list[Rule]:
    return [rule for rule in app.url_map.iter_rules() if rule.arguments and rule.endpoint not in NOBODYS]


def _address(app: Flask, rule: Rule, ids: Ids, tenant: TenantWorld) -> str:
    values = {
        name: _entry(rule.endpoint, tenant) if name == "entry_id" else ids[name] for name in rule.arguments
    }
    return str(app.url_map.bind("localhost").build(rule.endpoint, values))


def _everything(open_session: OpenSession, tenant: TenantWorld) -> dict[str, list[Row[tuple[object, ...]]]]:
    """Every row of the tenant, to see afterwards that none has changed."""
    tables: list[Table] = [table for table in Base.metadata.sorted_tables if "tenant_id" in table.c]
    with tenant_session(open_session, tenant.id) as session:
        return {
            table.name: list(
                session.execute(
                    reviewed(select(table).where(table.c.tenant_id == tenant.id).order_by(table.c.id))
                ).all()
            )
            for table in tables
        }


def test_the_walk_knows_every_argument(app: Flask, world: World, open_session: OpenSession) -> None:
    ids = _belongings(app, open_session, world.northlight)
    assert [rule for rule in _rules(app) if not rule.arguments <= {*ids, "entry_id"}] == []
    assert len(_rules(app)) > 20


def test_ones_own_pages_are_there(
    app: Flask, client: FlaskClient, world: World, open_session: OpenSession
) -> None:
    """The opposite first: the same walk with one's own ids finds the pages."""
    ids = _belongings(app, open_session, world.northlight)
    sign_in_client(app, client, world.northlight, "owner")
    pages = [rule for rule in _rules(app) if "GET" in (rule.methods or ())]
    found = {
        rule.endpoint: client.get(_address(app, rule, ids, world.northlight)).status_code for rule in pages
    }
    # A confirmed booking has no checkout any more: it leads to its page.
    assert {status for endpoint, status in found.items() if endpoint != "bookings.show_checkout"} == {200}, (
        found
    )
    assert found["bookings.show_checkout"] in {200, 302, 303}


@pytest.mark.parametrize("who", ["owner", "member"])
def test_the_other_tenants_things_are_404_and_stay_as_they_are(
    app: Flask, client: FlaskClient, world: World, open_session: OpenSession, who: str
) -> None:
    ids = _belongings(app, open_session, world.harbour)
    before = _everything(open_session, world.harbour)
    sign_in_client(app, client, world.northlight, who)
    app.config["WTF_CSRF_ENABLED"] = False  # what must refuse here is the wall, not the missing token
    answers = {}
    for rule in _rules(app):
        for method in {"GET", "POST"} & (rule.methods or set()):
            address = _address(app, rule, ids, world.harbour)
            answers[f"{method} {rule.endpoint}"] = client.open(address, method=method).status_code
    assert {call: status for call, status in answers.items() if status != 404} == {}
    assert _everything(open_session, world.harbour) == before


def test_the_other_tenants_password_link_is_404(
    app: Flask, client: FlaskClient, world: World, open_session: OpenSession
) -> None:
    _belongings(app, open_session, world.harbour)
    address = f"/password/reset/r-{world.harbour.slug}"
    assert client.get(address, base_url=f"http://{world.harbour.host}").status_code == 200
    assert client.get(address, base_url=f"http://{world.northlight.host}").status_code == 404


@pytest.mark.parametrize("huge", [2**63, 10**30])
def test_an_id_that_no_row_can_have_is_404(app: Flask, client: FlaskClient, world: World, huge: int) -> None:
    sign_in_client(app, client, world.northlight, "owner")
    assert client.get(f"/admin/people/{huge}").status_code == 404
    assert client.get(f"/bookings/{huge}").status_code == 404
