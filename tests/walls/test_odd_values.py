"""Walks every route with values that nobody types: each ends in a page, whatever is put in whichever field.

What is asked is only that nothing breaks. `tests/web` says what each page makes of what.
"""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.routing import Rule

from app.web.access import signed_in
from tests.support.belongings import NOBODYS, address_of, belongings
from tests.support.sign_in import sign_in_client
from tests.support.world import World

ODD = (
    "\0\ud800²",
    "9" * 25,  # more than a database counts
    "9" * 400,  # more than a float holds
    "9" * 5000,  # more than Python reads
    "0001-01-01T00:00:00+14:00",  # before there was any time
)
_APP = Path(__file__).resolve().parents[2] / "app"
_READ = re.compile(r'request\.(?:args|values|form)\.get(?:list)?\(\s*"(\w+)"')
_FIELD = re.compile(r'name="([^"]+)"')
_BEYOND_US = {"live.listen": 503, "sign_on.start": 502}
"""What answers is a hub, or a provider, that there is none of here."""


def _names() -> set[str]:
    """Every name that some route reads by itself. What forms read stands in their pages."""
    return {name for path in _APP.rglob("*.py") for name in _READ.findall(path.read_text())}


def _rules(app: Flask, method: str) -> list[Rule]:
    return [
        rule
        for rule in app.url_map.iter_rules()
        if method in (rule.methods or ())
        and rule.endpoint != "static"
        and not (rule.arguments and rule.endpoint in NOBODYS)
    ]


def _fields(client: FlaskClient, address: str) -> set[str]:
    """What the forms of the page there are made of."""
    page = client.get(address)
    return set(_FIELD.findall(page.text)) if page.mimetype == "text/html" else set()


@pytest.fixture
def quiet(app: Flask) -> Flask:
    """The application as a visitor meets it: what breaks is a page and no exception."""
    app.testing = False
    app.config["PROPAGATE_EXCEPTIONS"] = False
    app.config["WTF_CSRF_ENABLED"] = False  # what is tried lies behind it
    app.config["LIMITS"] = dict.fromkeys(app.config["LIMITS"], "1000000 per minute")
    return app


def test_what_breaks_is_seen(quiet: Flask, client: FlaskClient, world: World) -> None:
    """The opposite first: a route that takes any number at its word."""
    quiet.view_functions["inbox.show_counts"] = signed_in(lambda: str(int("9" * 5000)))
    sign_in_client(quiet, client, world.northlight, "owner")
    assert client.get("/inbox/counts").status_code == 500
    assert {"page", "before", "age", "until", "to"} <= _names()


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_no_value_breaks_a_route(
    quiet: Flask, client: FlaskClient, world: World, open_session: Callable[[], Session], method: str
) -> None:
    ids, read = belongings(quiet, open_session, world.northlight), _names()
    broken, rules = [], _rules(quiet, method)
    for rule in rules:
        # Some of what is tried signs out, or ends the session in hand.
        sign_in_client(quiet, client, world.northlight, "owner")
        address = address_of(quiet, rule, ids, world.northlight)
        names = read | (_fields(client, address) if method == "POST" else set())
        for odd in ODD:
            values = dict.fromkeys(names, odd.encode("utf-8", "replace").decode())
            sent = {"query_string": values} if method == "GET" else {"data": values}
            status = client.open(address, method=method, **sent).status_code  # type: ignore[arg-type]
            if status >= 500 and _BEYOND_US.get(rule.endpoint) != status:
                broken.append(f"{rule.endpoint} {odd[:25]!r} {status}")
    assert broken == []
    assert len(rules) > 80
