"""What somebody sees when something is wrong: a page of ours with a sentence, never a trace."""

import re
from dataclasses import replace
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from app.factory import create_app
from app.settings import Settings, SettingsError, from_environment
from tests.support.world import World


def test_an_unknown_host_is_404(client: FlaskClient, world: World) -> None:
    assert client.get("/login", base_url=f"http://{world.northlight.host}").status_code == 200
    for host in ("stranger.test", "nobody.localhost", "northlight.evil.test", "localhost.evil.test", "[::2]"):
        response = client.get("/login", base_url=f"http://{host}")
        assert response.status_code == 404, host
        assert "Nothing here" in response.text


def test_each_host_leads_to_its_tenant(client: FlaskClient, world: World) -> None:
    assert "Northlight" in client.get("/nothing", base_url="http://localhost").text
    assert "Northlight" in client.get("/nothing", base_url="http://northlight.localhost:8080").text
    assert "Harbour" in client.get("/nothing", base_url="http://HARBOUR.localhost.").text


def test_an_unknown_page_keeps_the_tenants_look(client: FlaskClient, world: World) -> None:
    response = client.get("/no-such-page", base_url="http://harbour.localhost")
    assert response.status_code == 404
    assert "/theme/" in response.text


def test_a_larger_body_than_we_take_is_413(client: FlaskClient, world: World) -> None:
    response = client.post(
        "/login", data=b"x" * (13 * 1024 * 1024), content_type="application/x-www-form-urlencoded"
    )
    assert response.status_code == 413
    assert "larger than we take" in response.text


@pytest.mark.parametrize("engine", ["sqlite"])
def test_a_database_that_is_away_is_503_without_a_trace(settings: Settings, world: World) -> None:
    away = replace(settings, database_url="postgresql+psycopg://nobody@127.0.0.1:1/portico")
    client = create_app(away).test_client()
    assert client.get("/healthz").status_code == 200
    assert client.get("/readyz").status_code == 503
    response = client.get("/login")
    assert response.status_code == 503
    assert "cannot reach our database" in response.text
    # Without a tenant there is no theme to ask for: our own styles have to do
    assert re.findall(r'rel="stylesheet" href="([^"]+)"', response.text)[0].startswith("/static/build/app-")
    assert "Traceback" not in response.text
    assert response.headers["Retry-After"]


@pytest.mark.parametrize("engine", ["sqlite"])
def test_it_recovers_by_itself_when_the_database_returns(settings: Settings, world: World) -> None:
    home = Path(settings.database_url.removeprefix("sqlite:///")).parent
    client = create_app(settings).test_client()
    hidden = home.with_name("hidden")
    home.rename(hidden)
    assert client.get("/readyz").status_code == 503
    hidden.rename(home)
    assert client.get("/readyz").status_code == 200
    assert client.get("/login").status_code == 200


def test_production_does_not_start_without_a_secret() -> None:
    with pytest.raises(SettingsError, match="SECRET_KEY must be set"):
        from_environment({"PORTICO_ENV": "production"})
    with pytest.raises(SettingsError, match="SECRET_KEY must be set"):
        from_environment({"PORTICO_ENV": "production", "SECRET_KEY": "short"})
    assert from_environment({"PORTICO_ENV": "production", "SECRET_KEY": "x" * 48}).https is True


@pytest.mark.parametrize(
    ("name", "value"),
    [("PORT", "abc"), ("PORT", "-1"), ("PORTICO_PROXY_HOPS", "two"), ("PORTICO_ENV", "prod")],
)
def test_a_setting_that_makes_no_sense_is_refused_with_its_name(name: str, value: str) -> None:
    with pytest.raises(SettingsError, match=name):
        from_environment({"SECRET_KEY": "x" * 48, name: value})


@pytest.mark.parametrize(
    "subject", ["mailto:host@example.org", "https://example.org", "https://example.org/contact"]
)
def test_push_services_are_told_how_to_reach_the_host(subject: str) -> None:
    assert from_environment({"SECRET_KEY": "x" * 48}).push_subject == ""
    found = from_environment({"SECRET_KEY": "x" * 48, "PORTICO_PUSH_SUBJECT": f" {subject} "})
    assert found.push_subject == subject
    hosts = {"PORTICO_PUSH_HOSTS": "push.example.org, *.push.example.net"}
    assert from_environment({"SECRET_KEY": "x" * 48} | hosts).push_hosts == (
        "push.example.org",
        "*.push.example.net",
    )


@pytest.mark.parametrize(
    "subject",
    [
        "host@example.org",
        "mailto:host@localhost",
        "mailto:host@portal.invalid",
        "mailto:host@portal.test",
        "mailto:a b@example.org",
        "http://example.org",
        "https://localhost",
        "https://127.0.0.1",
        "https://printer.local/x",
    ],
)
def test_a_way_to_reach_the_host_that_leads_nowhere_is_refused(subject: str) -> None:
    with pytest.raises(SettingsError, match="PORTICO_PUSH_SUBJECT"):
        from_environment({"SECRET_KEY": "x" * 48, "PORTICO_PUSH_SUBJECT": subject})
