"""Service worker, offline page and offline data, as the server gives them."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.domain.portal import touch
from app.models import BookingStatus, SectionSetting
from app.tenancy import tenant_session
from app.web.database import db
from tests.support.booking_rows import book
from tests.support.sign_in import sign_in_client
from tests.support.world import TenantWorld, World


def _data_for(app: Flask, client: FlaskClient, tenant: TenantWorld, who: str) -> dict[str, Any]:
    sign_in_client(app, client, tenant, who)
    answer = client.get("/app/offline-data", base_url=f"http://{tenant.host}")
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    data: dict[str, Any] = answer.get_json()
    return data


def test_it_gives_the_card_and_the_next_bookings_with_their_zone(
    app: Flask, client: FlaskClient, world: World
) -> None:
    book(app, world.northlight, "member", "Tejo", 30, title="Review")
    book(app, world.northlight, "member", "Fern", -0.5)
    data = _data_for(app, client, world.northlight, "member")
    assert [(each["room"], each["zone"], each["title"]) for each in data["bookings"]] == [
        ("Fern", "Europe/London", ""),
        ("Tejo", "America/New_York", "Review"),
    ]
    assert datetime.fromisoformat(data["bookings"][0]["starts"]).utcoffset() == timedelta(0)
    assert data["card"]["name"] == "Maya Member"
    assert data["card"]["plan"] == "Studio"
    assert data["card"]["since"] == 2026
    assert data["card"]["qr"].startswith("data:image/svg+xml")


@pytest.mark.parametrize("engine", ["sqlite"])
def test_it_leaves_out_what_is_over_cancelled_held_or_somebody_elses(
    app: Flask, client: FlaskClient, world: World
) -> None:
    book(app, world.northlight, "member", "Fern", 2)
    book(app, world.northlight, "member", "Cedar", -3)
    book(app, world.northlight, "member", "Rowan", 4, status=BookingStatus.CANCELLED)
    book(
        app,
        world.northlight,
        "member",
        "Alder",
        5,
        status=BookingStatus.HELD,
        hold_expires_at=datetime.now(UTC),
    )
    book(app, world.northlight, "colleague", "Lark", 6)
    book(app, world.harbour, "member", "Lark", 7)
    assert [each["room"] for each in _data_for(app, client, world.northlight, "member")["bookings"]] == [
        "Fern"
    ]
    assert [each["room"] for each in _data_for(app, client, world.northlight, "colleague")["bookings"]] == [
        "Lark"
    ]


@pytest.mark.parametrize("engine", ["sqlite"])
def test_it_gives_ten_bookings_at_most(app: Flask, client: FlaskClient, world: World) -> None:
    for hours in range(12):
        book(app, world.northlight, "member", "Fern", 2 + 2 * hours)
    bookings = _data_for(app, client, world.northlight, "member")["bookings"]
    assert len(bookings) == 10
    assert bookings == sorted(bookings, key=lambda each: each["starts"])


@pytest.mark.parametrize("engine", ["sqlite"])
def test_everybody_has_a_card_and_a_key_of_their_own(app: Flask, client: FlaskClient, world: World) -> None:
    member, contact = (_data_for(app, client, world.northlight, who) for who in ("member", "contact"))
    assert contact["card"]["plan"] == ""
    assert contact["card"]["since"] is None
    assert member["person"] != contact["person"]
    assert member["card"]["qr"] != contact["card"]["qr"]
    assert member["person"] == _data_for(app, client, world.northlight, "member")["person"]


@pytest.mark.parametrize("engine", ["sqlite"])
@pytest.mark.parametrize(("section", "empty"), [("bookings", "bookings"), ("account", "card")])
def test_it_leaves_out_what_a_section_that_is_off_would_show(
    app: Flask, client: FlaskClient, world: World, section: str, empty: str
) -> None:
    book(app, world.northlight, "member", "Fern", 2)
    assert _data_for(app, client, world.northlight, "member")[empty]
    with app.app_context(), tenant_session(db.session.session_factory, world.northlight.id) as session:
        session.add(SectionSetting(section=section, enabled=False))
        touch(session)
    assert not _data_for(app, client, world.northlight, "member")[empty]


@pytest.mark.parametrize("engine", ["sqlite"])
def test_nobody_gets_data_without_signing_in(client: FlaskClient) -> None:
    answer = client.get("/app/offline-data")
    assert answer.status_code == 302
    assert answer.location.startswith("/login")


@pytest.mark.parametrize("engine", ["sqlite"])
def test_the_service_worker_is_the_same_for_everybody(app: Flask, client: FlaskClient, world: World) -> None:
    stranger = client.get("/service-worker.js")
    assert stranger.mimetype == "text/javascript"
    assert stranger.headers["Cache-Control"] == "no-cache"
    assert "Set-Cookie" not in stranger.headers
    assert (
        client.get("/service-worker.js", headers={"If-None-Match": stranger.headers["ETag"]}).status_code
        == 304
    )
    sign_in_client(app, client, world.northlight, "owner")
    assert client.get("/service-worker.js").data == stranger.data


@pytest.mark.parametrize("engine", ["sqlite"])
def test_the_offline_page_says_nothing_about_who_asks(app: Flask, client: FlaskClient, world: World) -> None:
    stranger = client.get("/offline", headers={"Accept-Language": "en"})
    assert "Northlight" in stranger.text
    assert "Set-Cookie" not in stranger.headers
    assert stranger.headers["Cache-Control"] == "no-cache"
    sign_in_client(app, client, world.northlight, "member")
    assert client.get("/offline", headers={"Accept-Language": "en"}).data == stranger.data
    assert "Maya" in client.get("/account").text


@pytest.mark.parametrize("engine", ["sqlite"])
def test_pages_say_whose_they_are_without_saying_who(app: Flask, client: FlaskClient, world: World) -> None:
    assert '<meta name="portico-person" content="">' in client.get("/login").text
    key = _data_for(app, client, world.northlight, "member")["person"]
    assert f'<meta name="portico-person" content="{key}">' in client.get("/account").text
