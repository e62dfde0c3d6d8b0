"""A link into the portal leads there through every way of signing in, with its query, and never to another site."""

import html
import json
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask import Flask

from tests.support.factors import code_at, give_app
from tests.support.identity.crooked import SECRET, Crooked, crooked_issuer
from tests.support.identity.rows import provider_of
from tests.support.identity.trip import consent
from tests.support.mail import found, mails
from tests.support.passkey_device import PasskeyDevice
from tests.support.sign_in import sign_in_client
from tests.support.visitor import Visitor
from tests.support.world import PASSWORD, World

NOON = datetime(2030, 5, 6, 12, tzinfo=UTC)
DEEP = (
    "/inbox/7",
    "/inbox/7?action=reply",
    "/messages/5?before=12",
    "/messages/sharing/claim/a-token",
    "/bookings/7",
    "/bookings/search?day=2030-05-07&people=4&q=a%20b%2Fc",
    "/people/3",
    "/directory?q=caf%C3%A9+%26+co%3F&here=1",
    "/directory?q=who?",
)


@pytest.fixture(autouse=True)
def noon() -> Iterator[None]:
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def issuer() -> Iterator[Crooked]:
    with crooked_issuer() as crooked:
        yield crooked


class Walk:
    """Somebody who follows what each page offers, and nothing that it does not."""

    def __init__(self, app: Flask, world: World, issuer: Crooked) -> None:
        self.app, self.north, self.issuer = app, world.northlight, issuer
        self.visitor = Visitor(app, world.northlight)
        self.sign_in_page = ""

    def go(self, path: str) -> None:
        """Ask for a page, and be turned away."""
        answer = self.visitor.get(path)
        assert answer.status_code == 302
        self.sign_in_page = answer.location

    def way_on(self, page: str) -> str:
        """Where a page's forms say that one is going."""
        told = re.findall(r'name="next" value="([^"]*)"', self.visitor.get(page).text)
        assert len(set(told)) == 1
        return html.unescape(told[0])

    def link(self, page: str, begins: str) -> str:
        (href,) = set(re.findall(rf'href="({begins}[^"]*)"', self.visitor.get(page).text))
        return html.unescape(href)

    def post(self, path: str, page: str, **fields: object) -> str:
        answer = self.visitor.post(path, {**fields, "next": self.way_on(page)}, form=page)
        assert answer.status_code == 303, answer.text
        return str(answer.location)


def _by_password(walk: Walk) -> str:
    email = walk.north.email("member")
    return walk.post("/login", walk.sign_in_page, email=email, password=PASSWORD)


def _by_code_after_it(walk: Walk) -> str:
    # Its first code was used up when it was set up.
    secret, _codes = give_app(walk.app, walk.north, "member", NOON - timedelta(minutes=5))
    second = _by_password(walk)
    assert second.startswith("/login/second")
    return walk.post("/login/second", second, code=code_at(secret, NOON))


def _by_recovery_code(walk: Walk) -> str:
    _secret, codes = give_app(walk.app, walk.north, "member", NOON)
    return walk.post("/login/second", _by_password(walk), code=codes[0])


def _by_passkey(walk: Walk) -> str:
    owner, device = Visitor(walk.app, walk.north), PasskeyDevice(f"http://{walk.north.host}")
    sign_in_client(walk.app, owner.client, walk.north, "member")
    options = owner.post("/account/passkeys/challenge", form="/account").get_json()
    owner.post("/account/passkeys", {"credential": device.make(options)}, form="/account")
    asked = walk.visitor.post("/login/passkey/challenge", form=walk.sign_in_page).get_json()
    return walk.post(
        "/login/passkey", walk.sign_in_page, credential=json.dumps(json.loads(device.use(asked)))
    )


def _ask_for_mail(walk: Walk) -> str:
    ask = walk.link(walk.sign_in_page, "/login/link")
    return walk.post("/login/link", ask, email=walk.north.email("member"))


def _by_mailed_link(walk: Walk) -> str:
    _ask_for_mail(walk)
    text = next(text for text in mails(walk.app, walk.north) if "/login/link/" in text)
    path = found(r"http://[^/]+(/login/link/\S+)", text)
    return walk.post(path, path)


def _by_mailed_code(walk: Walk) -> str:
    page = _ask_for_mail(walk)
    text = next(text for text in mails(walk.app, walk.north) if "/login/link/" in text)
    return walk.post("/login/link/code", page, code=found(r"where you asked: (\d{4} \d{4})", text))


def _by_another_account(walk: Walk) -> str:
    walk.issuer.claims = {"email": "nora@acme.example", "given_name": "Nora", "family_name": "New"}
    provider_of(walk.app, walk.north, walk.issuer.issuer, SECRET, creates_people=True)
    away = walk.visitor.get(walk.link(walk.sign_in_page, "/sign-on/")).location
    return str(walk.visitor.get(consent(away)).location)


WAYS = (
    _by_password,
    _by_code_after_it,
    _by_recovery_code,
    _by_passkey,
    _by_mailed_link,
    _by_mailed_code,
    _by_another_account,
)


@pytest.mark.parametrize("engine", ["sqlite"])
@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__.removeprefix("_by_"))
def test_every_way_in_leads_back_with_the_query(
    app: Flask, world: World, issuer: Crooked, way: Callable[[Walk], str]
) -> None:
    walk = Walk(app, world, issuer)
    path = "/directory?q=caf%C3%A9+%26+co%3F&here=1"
    walk.go(path)
    assert way(walk) == path
    assert walk.visitor.get(path).status_code == 200


@pytest.mark.parametrize("engine", ["sqlite"])
@pytest.mark.parametrize("path", DEEP)
def test_every_deep_link_comes_back(app: Flask, world: World, issuer: Crooked, path: str) -> None:
    walk = Walk(app, world, issuer)
    walk.go(path)
    assert _by_password(walk) == path


@pytest.mark.parametrize(
    "elsewhere", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:1"]
)
def test_a_mailed_link_never_leads_to_another_site(
    app: Flask, world: World, issuer: Crooked, elsewhere: str
) -> None:
    walk = Walk(app, world, issuer)
    asked = walk.visitor.post(
        "/login/link", {"email": walk.north.email("member"), "next": elsewhere}, form="/login/link"
    )
    assert asked.location == "/login/link/code"
    text = next(text for text in mails(app, walk.north) if "/login/link/" in text)
    path = found(r"http://[^/]+(/login/link/\S+)", text)
    assert "evil" not in walk.visitor.get(path).text
    assert walk.visitor.post(path, {"next": elsewhere}, form=path).location == "/"
