"""The outbox: mail that was kept, readable, and only this tenant's."""

from dataclasses import replace

import pytest
from flask import Flask

from app.factory import create_app
from app.ports import MailMessage
from app.settings import Settings
from tests.support.visitor import Visitor
from tests.support.world import World


def _keep(app: Flask, tenant_id: int, subject: str) -> str:
    text = "Go to http://localhost/x?a=1&b=2 now.\n<script>alert(1)</script>"
    message = MailMessage(
        "member@example.test",
        subject,
        text,
        "<p style='color: red'>Hello</p>",
        "Northlight",
        tenant_id,
        "northlight.1",
    )
    app.extensions["portico_mail"].send(message)
    return str(app.extensions["portico_outbox"].newest(tenant_id, 1)[0].name)


@pytest.mark.parametrize("engine", ["sqlite"])
def test_it_shows_the_newest_first_with_links_to_follow(app: Flask, world: World) -> None:
    for subject in ("First letter", "Second letter"):
        _keep(app, world.northlight.id, subject)
    page = Visitor(app, world.northlight).get("/outbox").text
    assert page.index("Second letter") < page.index("First letter")
    assert '<a class="link" href="http://localhost/x?a=1&amp;b=2">' in page
    assert "<script>alert" not in page


@pytest.mark.parametrize("engine", ["sqlite"])
def test_the_other_tenants_mail_is_not_there(app: Flask, world: World) -> None:
    name = _keep(app, world.northlight.id, "For Northlight alone")
    here, there = Visitor(app, world.northlight), Visitor(app, world.harbour)
    assert "For Northlight alone" in here.get("/outbox").text
    assert here.get(f"/outbox/{name}").status_code == 200
    assert "For Northlight alone" not in there.get("/outbox").text
    assert there.get(f"/outbox/{name}").status_code == 404


@pytest.mark.parametrize("engine", ["sqlite"])
def test_the_mails_own_page_can_do_nothing(app: Flask, world: World) -> None:
    answer = Visitor(app, world.northlight).get(f"/outbox/{_keep(app, world.northlight.id, 'Letter')}")
    assert "<p style" in answer.text
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert "script-src" not in answer.headers["Content-Security-Policy"]
    assert "sandbox" in answer.headers["Content-Security-Policy"]


@pytest.mark.parametrize(
    "name", ["../secret_key", "..%2fsecret_key", "x" * 5000, "20260101T000000000000-0123abcd"]
)
@pytest.mark.parametrize("engine", ["sqlite"])
def test_no_other_file_can_be_read(app: Flask, world: World, name: str) -> None:
    assert Visitor(app, world.northlight).get(f"/outbox/{name}").status_code == 404


@pytest.mark.parametrize("engine", ["sqlite"])
def test_production_has_none(settings: Settings, world: World) -> None:
    production = create_app(replace(settings, environment="production"))
    assert "outbox.index" not in production.view_functions
    assert "outbox.index" in create_app(settings).view_functions
