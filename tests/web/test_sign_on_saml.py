"""A SAML answer at our door: who is let in with it, who is not, and what they are told."""

import logging
import re
from collections.abc import Callable, Iterator
from html import unescape
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from app.models import LoginSession, Person, SignOnIdentity, SignOnProvider
from app.tenancy import tenant_session
from tests.support.identity.pysaml2 import IdentityProvider, identity_provider
from tests.support.identity.saml_rows import saml_provider_of
from tests.support.identity.traveller import ARRIVED, AWAY, SESSION, Traveller, form_of
from tests.support.identity.trip import assert_refused
from tests.support.visitor import Visitor
from tests.support.world import World

OpenSession = Callable[[], Session]


@pytest.fixture(scope="module")
def idp(tmp_path_factory: pytest.TempPathFactory) -> Iterator[IdentityProvider]:
    with identity_provider(tmp_path_factory.mktemp("idp")) as running:
        yield running


@pytest.fixture
def north(app: Flask, world: World, idp: IdentityProvider) -> Traveller:
    number = saml_provider_of(app, world.northlight, idp, "http://localhost", trusted=True)
    return Traveller(app, world.northlight, idp, number)


def _assert_refused(
    answer: TestResponse, visitor: Traveller, caplog: pytest.LogCaptureFixture, reason: str
) -> None:
    """As it should be, without a cookie of ours; nobody is signed in."""
    assert answer.status_code == 403
    assert_refused(answer, caplog, reason)
    assert not any(
        cookie.startswith((f"{SESSION}=", f"{ARRIVED}=")) for cookie in answer.headers.getlist("Set-Cookie")
    )
    assert not visitor.is_signed_in()


class TestSigningIn:
    def test_the_answer_signs_in_and_leads_where_the_person_was_going(self, north: Traveller) -> None:
        there = north.arrive(north.ask())
        assert there.headers["Location"] == "/bookings"
        assert north.is_signed_in()

    def test_only_the_binding_cookie_is_needed_and_no_cookie_is_refused(
        self, app: Flask, north: Traveller, caplog: pytest.LogCaptureFixture
    ) -> None:
        bare = Traveller(app, north.tenant, north.idp, north.provider_id)
        _assert_refused(bare.post_answer(north.ask()), bare, caplog, "other_browser")
        form = north.ask()
        fresh = Traveller(app, north.tenant, north.idp, north.provider_id)
        cookie = north.client.get_cookie(AWAY, domain=north.tenant.host)
        assert cookie is not None
        fresh.client.set_cookie(AWAY, cookie.value, domain=north.tenant.host)
        fresh.arrive(form)
        assert fresh.is_signed_in()

    def test_another_browser_that_was_sent_away_too_is_refused(
        self, app: Flask, north: Traveller, caplog: pytest.LogCaptureFixture
    ) -> None:
        other = Traveller(app, north.tenant, north.idp, north.provider_id)
        other.ask()
        _assert_refused(other.post_answer(north.ask()), other, caplog, "other_browser")

    def test_the_cookies_are_what_browsers_send_where(self, north: Traveller) -> None:
        away = north.get(f"/sign-on/{north.provider_id}/start")
        (marked,) = away.headers.getlist("Set-Cookie")
        assert marked.startswith(f"{AWAY}=")
        assert {"Secure", "HttpOnly", "SameSite=None"} <= set(marked.split("; "))
        arrived = north.post_answer(north.ask())
        (set_there,) = arrived.headers.getlist("Set-Cookie")
        assert set_there.startswith(f"{ARRIVED}=")
        begun = north.get(arrived.headers["Location"])
        cookies = begun.headers.getlist("Set-Cookie")
        (session,) = [each for each in cookies if each.startswith(f"{SESSION}=")]
        assert "SameSite=Lax" in session
        assert any(each.startswith(f"{ARRIVED}=;") for each in cookies)

    def test_the_session_before_ends_and_the_language_stays(
        self, north: Traveller, open_session: OpenSession
    ) -> None:
        north.post("/language", {"language": "es"})
        north.sign_in("desk")
        form = north.ask()
        north.arrive(form)
        assert 'lang="es"' in north.get("/account").text
        with tenant_session(open_session, north.tenant.id) as session:
            people = session.scalars(select(LoginSession.person_id)).all()
        assert people == [north.tenant.people["member"]]

    def test_an_arrival_that_is_made_up_begins_nothing(self, north: Traveller) -> None:
        north.client.set_cookie(ARRIVED, "made-up", domain=north.tenant.host)
        assert north.get("/sign-on/arrived").headers["Location"] == "/login"
        assert not north.is_signed_in()

    def test_an_answer_counts_once(self, north: Traveller, caplog: pytest.LogCaptureFixture) -> None:
        form = north.ask()
        assert north.post_answer(form).status_code == 303
        _assert_refused(north.post_answer(form), north, caplog, "attempt_gone")

    def test_an_e_mail_opens_an_account_only_where_its_word_is_trusted(
        self, app: Flask, world: World, idp: IdentityProvider, caplog: pytest.LogCaptureFixture
    ) -> None:
        trusting = saml_provider_of(app, world.northlight, idp, "http://localhost", trusted=True)
        wary = saml_provider_of(app, world.harbour, idp, "http://harbour.localhost")
        let_in = Traveller(app, world.northlight, idp, trusting)
        let_in.arrive(let_in.ask())
        assert let_in.is_signed_in()
        turned_away = Traveller(app, world.harbour, idp, wary)
        _assert_refused(turned_away.post_answer(turned_away.ask()), turned_away, caplog, "not_trusted")

    def test_chosen_attributes_make_the_person(
        self, app: Flask, world: World, idp: IdentityProvider, open_session: OpenSession
    ) -> None:
        mail, given, name = "urn:oid:0.9.2342.19200300.100.1.3", "urn:oid:2.5.4.42", "urn:oid:2.5.4.4"
        number = saml_provider_of(
            app,
            world.harbour,
            idp,
            "http://harbour.localhost",
            creates_people=True,
            # The wrong way round on purpose: what was chosen counts, not what is usual.
            setup={"names": {"email": mail, "first_name": name, "last_name": given}},
        )
        visitor = Traveller(app, world.harbour, idp, number)
        visitor.arrive(visitor.ask("newcomer"))
        assert visitor.is_signed_in()
        with tenant_session(open_session, world.harbour.id) as session:
            person = session.scalars(select(Person).where(Person.email == "newcomer@example.test")).one()
            identity = session.scalars(select(SignOnIdentity)).one()
        assert (person.first_name, person.last_name) == ("Company", "Newcomer")
        assert (identity.issuer, identity.subject) == (idp.entity_id, "newcomer-7f3a")


@pytest.mark.parametrize("engine", ["sqlite"])  # none of them gets as far as the database
class TestFaults:
    @pytest.mark.parametrize(
        ("fault", "reason"),
        [
            ("altered", "altered"),
            ("other_request", "wrong_request"),
            ("no_request", "wrong_request"),
            ("other_address", "wrong_audience"),
            ("other_audience", "wrong_audience"),
            ("two_assertions", "altered"),
            ("wrapped", "altered"),
            ("wrapped_same_id", "altered"),
            ("comment", "altered"),
            ("comment_in_attribute", "altered"),
            ("doctype", "altered"),
            ("unsigned", "unsigned"),
            ("unsigned_assertion", "unsigned"),
            ("expired", "expired"),
            ("replayed", "wrong_request"),
        ],
    )
    def test_it_is_refused_where_the_sound_answer_signs_in(
        self,
        app: Flask,
        world: World,
        north: Traveller,
        caplog: pytest.LogCaptureFixture,
        fault: str,
        reason: str,
    ) -> None:
        if fault.startswith("other"):
            # Another portal that the provider knows.
            saml_provider_of(app, world.harbour, north.idp, "http://harbour.localhost")
        sound = Traveller(app, north.tenant, north.idp, north.provider_id)
        sound.arrive(sound.ask())
        assert sound.is_signed_in()
        caplog.set_level(logging.WARNING)
        _assert_refused(north.post_answer(north.ask(fault=fault)), north, caplog, reason)

    def test_an_answer_for_the_other_tenant_is_refused(
        self, app: Flask, world: World, north: Traveller, caplog: pytest.LogCaptureFixture
    ) -> None:
        number = saml_provider_of(app, world.harbour, north.idp, "http://harbour.localhost", trusted=True)
        harbour = Traveller(app, world.harbour, north.idp, number)
        theirs, ours = harbour.ask(), north.ask()
        assert harbour.post_answer(theirs).status_code == 303
        stolen = {"SAMLResponse": theirs["SAMLResponse"], "RelayState": ours["RelayState"]}
        _assert_refused(north.post_answer(stolen), north, caplog, "wrong_request")

    def test_nonsense_is_refused(self, north: Traveller, caplog: pytest.LogCaptureFixture) -> None:
        relay = north.ask()["RelayState"]
        _assert_refused(
            north.post_answer({"SAMLResponse": "<html>", "RelayState": relay}), north, caplog, "unreadable"
        )
        _assert_refused(north.post_answer({}), north, caplog, "attempt_gone")

    def test_a_refused_answer_leaves_who_is_signed_in_alone(self, north: Traveller) -> None:
        north.sign_in("desk")
        assert north.post_answer(north.ask(fault="altered")).status_code == 403
        assert north.is_signed_in()


class TestUnasked:
    def _form(self, visitor: Traveller, relay_state: str = "") -> dict[str, str]:
        visitor.idp.next("member")
        portal = f"http://{visitor.tenant.host}/sign-on/{visitor.provider_id}/saml/metadata"
        page = visitor.idp.client.get("/start", params={"portal": portal, "RelayState": relay_state})
        return form_of(page.raise_for_status().text)

    def test_it_is_refused_until_the_tenant_allows_it(
        self, app: Flask, world: World, north: Traveller, caplog: pytest.LogCaptureFixture
    ) -> None:
        _assert_refused(north.post_answer(self._form(north)), north, caplog, "attempt_gone")
        number = saml_provider_of(
            app, world.northlight, north.idp, "http://localhost", trusted=True, setup={"unasked": True}
        )
        allowed = Traveller(app, north.tenant, north.idp, number)
        form = self._form(allowed, "/bookings")
        assert allowed.arrive(form).headers["Location"] == "/bookings"
        assert allowed.is_signed_in()
        again = Traveller(app, north.tenant, north.idp, number)
        _assert_refused(again.post_answer(form), again, caplog, "used_before")

    def test_it_leads_to_no_other_site(self, app: Flask, world: World, idp: IdentityProvider) -> None:
        number = saml_provider_of(
            app, world.northlight, idp, "http://localhost", trusted=True, setup={"unasked": True}
        )
        visitor = Traveller(app, world.northlight, idp, number)
        assert visitor.arrive(self._form(visitor, "https://evil.example/")).headers["Location"] == "/"

    def test_an_answer_to_a_request_is_not_taken_for_one_that_nobody_asked_for(
        self, app: Flask, world: World, idp: IdentityProvider, caplog: pytest.LogCaptureFixture
    ) -> None:
        number = saml_provider_of(
            app, world.northlight, idp, "http://localhost", trusted=True, setup={"unasked": True}
        )
        victim, thief = (Traveller(app, world.northlight, idp, number) for _ in range(2))
        stolen = {**thief.ask(), "RelayState": ""}
        _assert_refused(victim.post_answer(stolen), victim, caplog, "wrong_request")


class TestLeaving:
    def test_leaving_here_leads_out_there_too(self, north: Traveller) -> None:
        north.arrive(north.ask())
        north.post("/logout", form="/account")
        page = north.get("/login").text
        (way,) = re.findall(r'href="(/sign-on/\d+/leave\?token=[^"]+)"', page)
        wish = north.get(unescape(way))
        back = north.idp.client.get(wish.headers["Location"])
        assert north.idp.signed_out() == "member-7f3a"
        target = urlsplit(back.headers["Location"])
        done = north.get(f"{target.path}?{target.query}")
        assert done.headers["Location"] == "/login"

    def test_the_provider_ends_the_session_that_it_began(self, north: Traveller) -> None:
        north.arrive(north.ask())
        assert north.is_signed_in()
        portal = f"http://localhost/sign-on/{north.provider_id}/saml/metadata"
        north.idp.next("member")
        wish = urlsplit(north.idp.client.get("/leave", params={"portal": portal}).headers["Location"])
        answer = north.get(f"{wish.path}?{wish.query}")
        assert answer.status_code == 303
        assert parse_qs(urlsplit(answer.headers["Location"]).query)["RelayState"] == ["back"]
        assert north.idp.client.get(answer.headers["Location"]).text == "Signed out everywhere"
        assert not north.is_signed_in()

    def test_an_unsigned_wish_ends_nothing(self, north: Traveller) -> None:
        north.arrive(north.ask())
        portal = f"http://localhost/sign-on/{north.provider_id}/saml/metadata"
        north.idp.next("member", "unsigned")
        wish = urlsplit(north.idp.client.get("/leave", params={"portal": portal}).headers["Location"])
        assert north.get(f"{wish.path}?{wish.query}").status_code == 403
        assert north.is_signed_in()


class TestMetadata:
    def test_it_is_for_everybody_and_names_our_addresses(self, north: Traveller) -> None:
        answer = Visitor(north.client.application, north.tenant).get(
            f"/sign-on/{north.provider_id}/saml/metadata"
        )
        assert answer.mimetype == "application/samlmetadata+xml"
        base = f"http://localhost/sign-on/{north.provider_id}/saml"
        for address in (f'entityID="{base}/metadata"', f'Location="{base}/acs"', f'Location="{base}/sls"'):
            assert address in answer.text

    def test_the_other_tenants_provider_is_not_there(
        self, app: Flask, world: World, north: Traveller
    ) -> None:
        harbour = Visitor(app, world.harbour)
        for path in ("metadata", "sls"):
            assert harbour.get(f"/sign-on/{north.provider_id}/saml/{path}").status_code == 404
        assert harbour.post_bare(f"/sign-on/{north.provider_id}/saml/acs", {}).status_code == 404

    def test_our_key_is_sealed(self, north: Traveller, open_session: OpenSession) -> None:
        with tenant_session(open_session, north.tenant.id) as session:
            provider = session.scalars(select(SignOnProvider)).one()
        assert provider.secret
        assert "PRIVATE KEY" not in f"{provider.secret}{provider.settings}"
