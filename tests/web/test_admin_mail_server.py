"""A tenant's own mail server: entered, tried, kept; its password is seen by nobody, and no private network is looked into."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from app.factory import create_app
from app.models import MailServerSetting
from app.settings import Settings
from app.web.database import db
from tests.support.mail_server import MailDouble, mail_double
from tests.support.rows import rows
from tests.support.staff import Desk
from tests.support.world import TenantWorld, World

HERE = "/admin/settings/mail"


@pytest.fixture
def north(world: World) -> TenantWorld:
    return world.northlight


@pytest.fixture
def double(tmp_path: Path) -> Iterator[MailDouble]:
    with mail_double(tmp_path) as double:
        yield double


@pytest.fixture
def owner(app: Flask, north: TenantWorld) -> Desk:
    return Desk(app, north, "owner")


def _typed(double: MailDouble, **more: Any) -> dict[str, Any]:
    return {
        "host": "127.0.0.1",
        "port": str(double.port),
        "security": "starttls",
        "username": "",
        "password": "",
        "sender": "hello@northlight.test",
    } | more


def test_it_is_kept_with_its_password_sealed(
    app: Flask, north: TenantWorld, owner: Desk, double: MailDouble
) -> None:
    typed = _typed(double, host="SMTP.northlight.test", username="north", password="open sesame")
    assert owner.send(HERE, typed).status_code == 303
    (row,) = rows(app, north, MailServerSetting)
    assert (row.host, row.port, row.username, row.sender) == ("smtp.northlight.test", double.port, "north", "hello@northlight.test")  # fmt: skip
    assert "open sesame" not in (row.password or "")
    assert app.extensions["portico_secret_box"].open(row.password) == "open sesame"
    assert "open sesame" not in owner.get(HERE).text
    (entry,) = [each for each in owner.audit() if each.action == "mail_server.changed"]
    assert entry.after == {"host": "smtp.northlight.test", "port": double.port, "security": "starttls", "username": "north", "sender": "hello@northlight.test", "password": "new"}  # fmt: skip


def test_a_password_stays_with_its_host_and_name(
    app: Flask, north: TenantWorld, owner: Desk, double: MailDouble
) -> None:
    """Else whoever may change the host could have the password sent to one of theirs."""
    secret = {"username": "north", "password": "open sesame"}
    owner.send(HERE, _typed(double, **secret))
    kept = rows(app, north, MailServerSetting)[0].password
    assert kept
    owner.send(HERE, _typed(double, username="north", sender="front@northlight.test"))
    assert rows(app, north, MailServerSetting)[0].password == kept
    owner.send(HERE, _typed(double, username="north", host="mail.elsewhere.test"))
    assert rows(app, north, MailServerSetting)[0].password is None


def test_a_test_goes_to_who_asks_and_keeps_nothing(
    app: Flask, north: TenantWorld, owner: Desk, double: MailDouble
) -> None:
    answer = owner.send(HERE, _typed(double, trial="1"))
    assert answer.status_code == 200
    assert "A test is on its way to owner@example.test." in answer.text
    (mail,) = double.taken
    assert mail["To"] == "owner@example.test"
    assert rows(app, north, MailServerSetting) == []


@pytest.mark.parametrize(
    ("typed", "replies", "sentence"),
    [
        ({"port": "1"}, {}, "Nobody answers there"),
        ({"host": "nowhere.invalid"}, {}, "does not exist"),
        ({"host": "10.0.0.1"}, {}, "inside a private network"),
        ({"host": "169.254.169.254"}, {}, "inside a private network"),
        ({}, {"HELLO": "SSH-2.0-OpenSSH"}, "no mail server"),
        ({}, {"MAIL": "553 5.1.8 not <yours>"}, "It takes no mail from hello@northlight.test. It says: 553 5.1.8 not &lt;yours&gt;"),
        ({}, {"RCPT": "550 5.1.1 nobody"}, "It says: 550 5.1.1 nobody"),
        ({"username": "north", "password": "x"}, {}, "It takes no name and password."),
        ({"security": "tls"}, {}, "No secure connection could be made"),
    ],
)  # fmt: skip
def test_a_test_says_exactly_what_is_wrong(
    owner: Desk, double: MailDouble, typed: dict[str, str], replies: dict[str, str], sentence: str
) -> None:
    double.replies = replies
    answer = owner.send(HERE, _typed(double, trial="1", **typed))
    assert answer.status_code == 422
    assert sentence in answer.text
    assert double.taken == []


def test_in_production_its_own_host_is_private(
    settings: Settings, north: TenantWorld, double: MailDouble
) -> None:
    app = create_app(replace(settings, environment="production", https=False, base_domain="localhost"))
    owner = Desk(app, north, "owner")
    assert "inside a private network" in owner.send(HERE, _typed(double, trial="1")).text
    assert double.taken == []
    with app.app_context():
        db.engine.dispose()


@pytest.mark.parametrize(
    "typed",
    [
        {"host": ""}, {"host": "http://mail.test"}, {"host": "mail.test:25"}, {"host": "a b"}, {"host": "x" * 300},
        {"port": "0"}, {"port": "65536"}, {"port": "x"}, {"security": "none"}, {"sender": "nobody"}, {"password": "x" * 3000},
    ],
)  # fmt: skip
def test_nonsense_is_refused_at_its_field(
    app: Flask, north: TenantWorld, owner: Desk, double: MailDouble, typed: dict[str, str]
) -> None:
    answer = owner.send(HERE, _typed(double, **typed))
    assert answer.status_code == 422
    assert f'id="{next(iter(typed))}-error"' in answer.text
    assert rows(app, north, MailServerSetting) == []


def test_the_hosts_server_comes_back(app: Flask, north: TenantWorld, owner: Desk, double: MailDouble) -> None:
    owner.send(HERE, _typed(double))
    assert owner.send(f"{HERE}/removal").status_code == 303
    assert rows(app, north, MailServerSetting) == []
    assert [each.action for each in owner.audit()][-1] == "mail_server.removed"
    assert owner.send(f"{HERE}/removal").status_code == 303


@pytest.mark.parametrize("who", ["desk", "manager", "member"])
def test_only_owners_choose_where_every_sign_in_link_passes(
    app: Flask, north: TenantWorld, double: MailDouble, who: str
) -> None:
    other = Desk(app, north, who)
    assert other.get(HERE).status_code == 404
    assert other.post(HERE, _typed(double), form="/account").status_code == 404
    assert rows(app, north, MailServerSetting) == []
