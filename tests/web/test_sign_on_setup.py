"""Setting a provider up: the issuers that presets make, and a test that says exactly what is wrong."""

from collections.abc import Iterator

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from app.blueprints.admin.sign_on.presets import PRESETS
from tests.support.bookings import statements
from tests.support.identity.crooked import SECRET, Crooked, crooked_issuer
from tests.support.identity.rows import provider_of
from tests.support.identity.trip import sign_on
from tests.support.teams import make_team
from tests.support.visitor import Visitor
from tests.support.world import World

on_sqlite = pytest.mark.parametrize("engine", ["sqlite"])
HERE = "/admin/settings/sign-on/1"
GUID = "9188040d-6c67-4c5b-b112-36a304b66dad"


@pytest.fixture
def issuer() -> Iterator[Crooked]:
    with crooked_issuer() as crooked:
        yield crooked


@pytest.fixture
def owner(app: Flask, world: World) -> Visitor:
    visitor = Visitor(app, world.northlight)
    visitor.sign_in("owner")
    return visitor


@pytest.mark.parametrize(
    ("preset", "given", "issuer_"),
    [
        ("google", {}, "https://accounts.google.com"),
        ("entra", {"directory": GUID}, f"https://login.microsoftonline.com/{GUID}/v2.0"),
        ("entra", {"directory": "../evil"}, "https://login.microsoftonline.com/..%2Fevil/v2.0"),
        ("okta", {"domain": "acme.okta.com", "auth_server": ""}, "https://acme.okta.com"),
        (
            "okta",
            {"domain": "https://acme.okta.com/", "auth_server": "default"},
            "https://acme.okta.com/oauth2/default",
        ),
        ("auth0", {"domain": "acme.eu.auth0.com"}, "https://acme.eu.auth0.com/"),
        (
            "keycloak",
            {"server": "login.acme.example/", "realm": "staff"},
            "https://login.acme.example/realms/staff",
        ),
        (
            "keycloak",
            {"server": "https://a.example/auth", "realm": "my realm"},
            "https://a.example/auth/realms/my%20realm",
        ),
        ("other", {"issuer": "https://a.example/.well-known/openid-configuration"}, "https://a.example"),
        ("other", {"issuer": "https://a.example/"}, "https://a.example/"),
    ],
)
def test_a_preset_makes_the_issuer(preset: str, given: dict[str, str], issuer_: str) -> None:
    assert PRESETS[preset].issuer(given) == issuer_


def _connect(owner: Visitor, issuer: str, secret: str = SECRET) -> TestResponse:
    data = {"name": "Acme", "issuer": issuer, "client_id": "portal", "secret": secret}
    return owner.post(f"{HERE}/connection", data, form=HERE)


@on_sqlite
def test_the_test_says_what_is_wrong_and_then_that_it_works(owner: Visitor, issuer: Crooked) -> None:
    owner.post("/admin/settings/sign-on/other/new", form="/admin/settings/sign-on")
    assert "http://localhost/sign-on/1/callback" in owner.get(HERE).text
    wrong = {
        "https://no-such-name.invalid": "The name “no-such-name.invalid” does not exist.",
        "https://10.0.0.1": "inside a private network",
        "ftp://files.example": "is not a web address",
        f"{issuer.issuer}/elsewhere": f"It calls itself “{issuer.issuer}”.",
        f"{issuer.issuer}/": f"It calls itself “{issuer.issuer}”.",
    }
    for address, sentence in wrong.items():
        answer = _connect(owner, address)
        assert answer.status_code == 422
        assert sentence in answer.text
        assert f'value="{address}"' in answer.text
    bends = {
        "html": "answers with a page instead of its settings",
        "no keys": "publishes no keys",
        "no token endpoint": "lack “token_endpoint”",
    }
    for bend, sentence in bends.items():
        issuer.fault = bend if bend == "html" else ""
        issuer.published = [] if bend == "no keys" else [issuer.key]
        issuer.document = {"token_endpoint": None} if bend == "no token endpoint" else {}
        assert sentence in _connect(owner, issuer.issuer).text
    issuer.document = {}
    assert "does not accept this client ID and secret" in _connect(owner, issuer.issuer, "wrong").text
    assert "It works." in _connect(owner, issuer.issuer).text
    assert "It works." in owner.post(f"{HERE}/test", form=HERE).text
    # The secret stays when none is typed.
    assert "It works." in _connect(owner, issuer.issuer, "").text


@on_sqlite
def test_what_does_not_work_is_not_switched_on(
    owner: Visitor, world: World, app: Flask, issuer: Crooked
) -> None:
    owner.post("/admin/settings/sign-on/other/new", form="/admin/settings/sign-on")
    _connect(owner, f"{issuer.issuer}/elsewhere")
    assert owner.post(f"{HERE}/activation", form=HERE).status_code == 422
    stranger = Visitor(app, world.northlight)
    assert "Continue with Acme" not in stranger.get("/login").text
    assert stranger.get("/sign-on/1/start").status_code == 404
    _connect(owner, issuer.issuer)
    assert owner.post(f"{HERE}/activation", form=HERE).status_code == 303
    assert "Continue with Acme" in stranger.get("/login").text
    assert "Continue with" not in Visitor(app, world.harbour).get("/login").text
    owner.post(f"{HERE}/deactivation", form=HERE)
    assert "Continue with Acme" not in stranger.get("/login").text
    owner.post(f"{HERE}/removal", form=HERE)
    assert owner.get(HERE).status_code == 404


@on_sqlite
def test_a_policy_is_saved_and_nonsense_is_said_at_its_field(
    app: Flask, world: World, owner: Visitor
) -> None:
    for name in ("Blue", "Red"):
        make_team(app, world.northlight, name=name)
    owner.post("/admin/settings/sign-on/google/new", form="/admin/settings/sign-on")
    wrong = owner.post(f"{HERE}/policy", {"email_domains": "acme", "group_teams": "no sign"}, form=HERE)
    assert wrong.status_code == 422
    assert "acme is not a domain" in wrong.text
    assert "Write one pair a line" in wrong.text
    right = {
        "email_domains": "@Acme.example, b.example",
        "group_teams": "a=b = Blue\nstaff = Red",
        "trusted": "y",
        "button": "Staff",
    }
    assert owner.post(f"{HERE}/policy", right, form=HERE).status_code == 303
    page = owner.get(HERE).text
    assert 'value="acme.example, b.example"' in page
    assert "a=b = Blue\nstaff = Red" in page


@on_sqlite
@pytest.mark.parametrize(
    ("directory", "named", "opens"),
    [(GUID, GUID, True), (GUID, "11111111-1111-1111-1111-111111111111", False), ("evil/x", "evil/x", False)],
)
def test_microsofts_template_stands_for_the_directory_of_the_token_alone(
    app: Flask,
    world: World,
    issuer: Crooked,
    directory: str,
    named: str,
    *,
    opens: bool,
) -> None:
    issuer.names_itself = False
    issuer.document = {"issuer": issuer.issuer + "/{tenantid}/v2.0"}
    issuer.claims = {
        "tid": directory,
        "iss": f"{issuer.issuer}/{named}/v2.0",
        "email_verified": None,
        "xms_edov": True,
    }
    provider_of(app, world.northlight, f"{issuer.issuer}/organizations/v2.0", SECRET, trusted=True)
    visitor = Visitor(app, world.northlight)
    sign_on(visitor)
    assert visitor.is_signed_in() is opens


@on_sqlite
def test_no_page_asks_more_for_more_providers(app: Flask, world: World, owner: Visitor) -> None:
    stranger = Visitor(app, world.northlight)
    pages = {
        "/login": stranger,
        "/account/linked-accounts": owner,
        "/admin/settings/sign-on": owner,
        HERE: owner,
    }
    provider_of(app, world.northlight, "https://issuer.example", SECRET)
    counts = []
    for _round in range(2):
        for path, who in pages.items():
            who.get(path)
        found = {}
        for path, who in pages.items():
            with statements(app) as asked:
                who.get(path)
            found[path] = len(asked)
        counts.append(found)
        for _more in range(3):
            provider_of(app, world.northlight, "https://issuer.example", SECRET)
    assert counts[0] == counts[1]
    assert max(counts[0].values()) <= 8
