"""A SAML answer that cannot be read, or that names somebody with what is no name: refused on either database, or cleaned."""

import base64
import re
from collections.abc import Iterator

import pytest
from flask import Flask

from app.models import LoginSession, Person, SignOnIdentity, SignOnSession, TeamMember
from tests.support.identity.pysaml2 import IdentityProvider, identity_provider
from tests.support.identity.saml_rows import saml_provider_of
from tests.support.identity.traveller import Traveller
from tests.support.identity.trip import assert_refused
from tests.support.rows import rows
from tests.support.teams import make_team
from tests.support.world import TenantWorld, World

WRITTEN = (Person, SignOnIdentity, LoginSession, SignOnSession, TeamMember)
GROUPS = "urn:oid:0.9.2342.19200300.100.1.1"
SPOILT = {
    "NUL": (r"newcomer@", "newcomer&#0;@"),
    "a bare NUL": (r"newcomer@", "newcomer\0@"),
    "half a character": (r"newcomer@", "newcomer&#xD800;@"),
    "a time with a zone": (r'(NotOnOrAfter="[^"]*)Z"', r'\1+00:00"'),
    "a beginning with a zone": (r'(NotBefore="[^"]*)Z"', r'\1+00:00"'),
    "a year too many": (r'NotOnOrAfter="[^"]*"', 'NotOnOrAfter="10000-01-01T00:00:00Z"'),
    "an hour too many": (r'NotOnOrAfter="[^"]*"', 'NotOnOrAfter="2999-01-01T24:00:00Z"'),
    "a prefix of nothing": (r"(</\w+:Response>)", r"<nothing:here/>\1"),
    "too deep": (r"(</\w+:Response>)", "<a>" * 300 + "</a>" * 300 + r"\1"),
}
ODD_MAILS = (
    "newcomer\u202e@example.test",
    "newcomer@example\u2066.test",
    "newcomer@" + "example." * 31 + "test",
)


@pytest.fixture(scope="module")
def idp(tmp_path_factory: pytest.TempPathFactory) -> Iterator[IdentityProvider]:
    with identity_provider(tmp_path_factory.mktemp("idp")) as running:
        yield running


@pytest.fixture
def north(world: World) -> TenantWorld:
    return world.northlight


@pytest.fixture
def newcomer(app: Flask, north: TenantWorld, idp: IdentityProvider) -> Traveller:
    make_team(app, north, "member", name="Blue")
    number = saml_provider_of(
        app,
        north,
        idp,
        "http://localhost",
        creates_people=True,
        group_claim=GROUPS,
        group_teams={"g" * 200: "Blue"},
    )
    return Traveller(app, north, idp, number)


def _written(app: Flask, north: TenantWorld) -> list[int]:
    return [len(rows(app, north, kind)) for kind in WRITTEN]


def _arrives(newcomer: Traveller, **claims: object) -> None:
    newcomer.arrive(newcomer.ask("newcomer", claims=claims))
    assert newcomer.is_signed_in()


def test_an_answer_that_cannot_be_read_is_refused(
    app: Flask, north: TenantWorld, newcomer: Traveller, caplog: pytest.LogCaptureFixture
) -> None:
    before = _written(app, north)
    for pattern, instead in SPOILT.values():
        form = newcomer.ask("newcomer")
        sound = base64.b64decode(form["SAMLResponse"]).decode()
        spoilt = re.sub(pattern, instead, sound)
        assert spoilt != sound, pattern
        form["SAMLResponse"] = base64.b64encode(spoilt.encode()).decode()
        assert_refused(newcomer.post_answer(form), caplog, "unreadable")
        assert _written(app, north) == before
    _arrives(newcomer)


def test_what_is_no_name_of_anybody_makes_nobody(
    app: Flask, north: TenantWorld, newcomer: Traveller, caplog: pytest.LogCaptureFixture
) -> None:
    before = _written(app, north)
    for name_id in ("newcomer\u202e", "newcomer\u200b", "n" * 20_000, " \t "):
        form = newcomer.ask("newcomer", claims={"name_id": name_id})
        assert_refused(newcomer.post_answer(form), caplog, "incomplete")
    for mail in (*ODD_MAILS, "n" * 20_000 + "@example.test", " \t "):
        form = newcomer.ask("newcomer", claims={"mail": mail})
        assert_refused(newcomer.post_answer(form), caplog, "no_email")
    assert not newcomer.is_signed_in()
    assert _written(app, north) == before
    _arrives(newcomer)


def test_a_name_loses_what_is_no_letter_and_keeps_nobody_out(
    app: Flask, north: TenantWorld, newcomer: Traveller
) -> None:
    kept = {
        "Nora\u202e": "Nora",
        "No\u200bra\t(Acme) 5": "Nora Acme",
        "n" * 20_000: "n" * 80,
        "5 \u202e": "Newcomer",
    }
    for number, (sent, name) in enumerate(kept.items()):
        mail = f"newcomer@example{number}.test"
        _arrives(newcomer, name_id=f"nora-{number}", mail=mail, givenName=sent)
        assert [row.first_name for row in rows(app, north, Person, email=mail)] == [name]


def test_who_is_known_comes_in_whatever_their_email_is_called_by_now(
    app: Flask, north: TenantWorld, newcomer: Traveller
) -> None:
    _arrives(newcomer)
    for mail in ODD_MAILS:
        _arrives(newcomer, mail=mail)
        assert [row.email for row in rows(app, north, SignOnIdentity)] == [""]
    assert len(rows(app, north, Person, email="newcomer@example.test")) == 1


def test_a_group_that_is_none_leads_nowhere(app: Flask, north: TenantWorld, newcomer: Traveller) -> None:
    _arrives(newcomer, uid=["g" * 201, "\u202e", *(f"group {number}" for number in range(700))])
    (identity,) = rows(app, north, SignOnIdentity)
    assert "group 1" in identity.groups
    assert len(identity.groups) == 500
    assert rows(app, north, TeamMember, person_id=identity.person_id) == []
    _arrives(newcomer, uid=["g" * 200])
    assert len(rows(app, north, TeamMember, person_id=identity.person_id)) == 1


def test_an_answer_that_holds_for_ever_signs_in(newcomer: Traveller) -> None:
    newcomer.arrive(newcomer.ask("newcomer", "for_ever"))
    assert newcomer.is_signed_in()
