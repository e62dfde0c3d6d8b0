"""Setting up a SAML provider: metadata by file, by address or by hand, a trial, and which attribute means what."""

import re
from collections.abc import Callable, Iterator
from html import unescape
from io import BytesIO

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from app.models import LoginSession, Person, SignOnProvider
from app.tenancy import tenant_session
from tests.support.bookings import statements
from tests.support.identity.pysaml2 import IdentityProvider, identity_provider
from tests.support.visitor import Visitor
from tests.support.world import World

LIST = "/admin/settings/sign-on"
MAIL = "urn:oid:0.9.2342.19200300.100.1.3"
OpenSession = Callable[[], Session]


@pytest.fixture(scope="module")
def idp(tmp_path_factory: pytest.TempPathFactory) -> Iterator[IdentityProvider]:
    with identity_provider(tmp_path_factory.mktemp("idp")) as running:
        yield running


class Owner(Visitor):
    """Somebody who sets up the provider with the id 1."""

    page = f"{LIST}/1"

    def add(self) -> TestResponse:
        return self.post(f"{LIST}/saml/new", form=LIST)

    def save(self, **fields: object) -> TestResponse:
        data = {"name": "Acme", "description": (BytesIO(b""), "")} | fields
        return self.post(f"{self.page}/saml", data, form=self.page)

    def try_it(self, idp: IdentityProvider, fault: str = "", **more: object) -> TestResponse:
        """To the provider and back, as the browser goes."""
        idp.trust(self.get("/sign-on/1/saml/metadata").data)
        idp.next("stranger", fault, **more)
        onward = self.post(f"{self.page}/trial", form=self.page)
        assert onward.status_code == 200, onward.text
        url = unescape(re.findall(r'href="(http://127[^"]+)"', onward.text)[0])
        form = {
            name: unescape(value)
            for name, value in re.findall(r'name="(\w+)" value="([^"]*)"', idp.client.get(url).text)
        }
        return self.post_bare("/sign-on/1/saml/acs", form)


@pytest.fixture
def owner(app: Flask, world: World) -> Owner:
    visitor = Owner(app, world.northlight)
    visitor.sign_in("owner")
    assert visitor.add().status_code == 303
    return visitor


@pytest.fixture
def stored(world: World, open_session: OpenSession) -> Callable[[], SignOnProvider]:
    def read() -> SignOnProvider:
        with tenant_session(open_session, world.northlight.id) as session:
            return session.scalars(select(SignOnProvider)).one()

    return read


class TestConnecting:
    def test_its_page_has_what_the_provider_needs(self, owner: Owner) -> None:
        page = owner.get(owner.page).text
        for address in ("metadata", "acs", "sls"):
            assert f"http://localhost/sign-on/1/saml/{address}" in page
        assert owner.get("/sign-on/1/saml/metadata").status_code == 200

    def test_metadata_by_file_and_by_address(
        self, owner: Owner, idp: IdentityProvider, stored: Callable[[], SignOnProvider]
    ) -> None:
        assert owner.save(description=(BytesIO(idp.metadata()), "idp.xml")).status_code == 303
        by_file = stored().settings
        assert (by_file["entity_id"], len(by_file["certificates"])) == (idp.entity_id, 2)
        assert owner.save(description_url=idp.entity_id).status_code == 303
        by_address = stored().settings
        assert by_address == {**by_file, "description_url": idp.entity_id}

    def test_by_hand(self, owner: Owner, idp: IdentityProvider, stored: Callable[[], SignOnProvider]) -> None:
        owner.save(description=(BytesIO(idp.metadata()), "idp.xml"))
        certificates = stored().settings["certificates"]
        bare = "".join(line for line in certificates[0].splitlines() if "-----" not in line)
        for typed, kept in (("\n".join(certificates), certificates), (bare, certificates[:1])):
            answer = owner.save(
                entity_id="urn:acme", sign_on_url="https://login.acme.example/saml", certificates=typed
            )
            assert answer.status_code == 303, answer.text
            assert stored().settings["certificates"] == kept

    @pytest.mark.parametrize(
        ("fields", "sentence"),
        [
            ({}, "Give its metadata"),
            ({"description": (b"<html></html>", "idp.xml")}, "lack “IDPSSODescriptor”"),
            ({"description": (b"<!DOCTYPE a><a/>", "idp.xml")}, "dangerous: unsafe_xml: document type"),
            ({"description": (b"nonsense", "idp.xml")}, "cannot be read"),
            ({"description_url": "http://10.0.0.1/metadata"}, "private network"),
            ({"description_url": "nonsense"}, "is not a web address"),
            ({"entity_id": "a", "sign_on_url": "https://a.example/", "certificates": "x"}, "cannot be read"),
        ],
    )
    def test_what_cannot_be_read_is_said_at_its_field(
        self, owner: Owner, stored: Callable[[], SignOnProvider], fields: dict[str, object], sentence: str
    ) -> None:
        sent = {
            name: (BytesIO(value[0]), value[1]) if isinstance(value, tuple) else value
            for name, value in fields.items()
        }
        answer = owner.save(name="Kept name", **sent)
        assert answer.status_code == 422
        assert sentence in unescape(answer.text)
        assert 'value="Kept name"' in answer.text
        assert stored().settings["entity_id"] == ""

    @pytest.mark.parametrize(
        "address", ["javascript:alert(1)", "http://login.acme.example/", "//acme.example"]
    )
    def test_an_address_that_browsers_should_not_be_sent_to_is_refused(
        self,
        owner: Owner,
        idp: IdentityProvider,
        stored: Callable[[], SignOnProvider],
        address: str,
    ) -> None:
        hostile = idp.metadata().replace(f"{idp.address}/sign-on".encode(), address.encode())
        answer = owner.save(description=(BytesIO(hostile), "idp.xml"))
        assert answer.status_code == 422
        assert "begins with https://" in answer.text
        assert stored().settings["sign_on_url"] == ""


class TestTrial:
    def test_it_lists_what_was_sent_and_signs_nobody_in(
        self, owner: Owner, idp: IdentityProvider, world: World, open_session: OpenSession
    ) -> None:
        owner.save(description_url=idp.entity_id)
        arrived = owner.try_it(idp)
        landed = owner.get(arrived.headers["Location"])
        assert landed.headers["Location"] == owner.page
        page = owner.get(owner.page).text
        assert "It works" in page
        assert f"<code>{MAIL}</code>" in page
        assert f'<option value="{MAIL}">' in page
        assert "Olive" in owner.get("/account").text
        with tenant_session(open_session, world.northlight.id) as session:
            assert session.scalars(select(LoginSession.person_id)).all() == [world.northlight.people["owner"]]
            people = session.scalar(select(func.count()).select_from(Person))
        assert people == len(world.northlight.people)

    def test_what_is_wrong_is_told_exactly_to_who_sets_it_up(
        self, owner: Owner, idp: IdentityProvider
    ) -> None:
        owner.save(description_url=idp.entity_id)
        refused = owner.try_it(idp, "expired")
        assert refused.status_code == 403
        assert "Could not validate timestamp: expired" in refused.text
        assert f'href="{owner.page}"' in refused.text

    def test_before_it_is_connected_there_is_nothing_to_try(self, owner: Owner) -> None:
        answer = owner.post(f"{owner.page}/trial", form=owner.page)
        assert answer.status_code == 422


class TestAttributes:
    def test_they_are_kept_beside_the_connection(
        self, owner: Owner, idp: IdentityProvider, stored: Callable[[], SignOnProvider]
    ) -> None:
        owner.save(description_url=idp.entity_id)
        before = stored().settings
        chosen = {"email": MAIL, "first_name": "", "last_name": "", "subject": "uid", "unasked": "y"}
        assert owner.post(f"{owner.page}/attributes", chosen, form=owner.page).status_code == 303
        assert stored().settings == {**before, "names": {"email": MAIL, "subject": "uid"}, "unasked": True}
        assert f'value="{MAIL}"' in owner.get(owner.page).text
        # A new description changes nothing of what was chosen.
        owner.save(description_url=idp.entity_id)
        assert stored().settings["names"] == {"email": MAIL, "subject": "uid"}


def test_its_page_keeps_to_eight_statements(owner: Owner, idp: IdentityProvider) -> None:
    owner.save(description_url=idp.entity_id)
    with statements(owner.client.application) as sent:
        assert owner.get(owner.page).status_code == 200
    assert 0 < len([each for each in sent if not each.startswith("BEGIN")]) <= 8


def test_only_owners_reach_it(app: Flask, world: World, owner: Owner) -> None:
    assert owner.get(owner.page).status_code == 200
    manager = Visitor(app, world.northlight)
    manager.sign_in("manager")
    for path in ("saml", "attributes", "trial"):
        assert manager.post(f"{owner.page}/{path}", {}, form="/account").status_code == 404
    assert manager.post(f"{LIST}/saml/new", {}, form="/account").status_code == 404


def test_it_is_switched_on_once_it_is_connected(owner: Owner, idp: IdentityProvider) -> None:
    assert owner.post(f"{owner.page}/activation", form=owner.page).status_code == 422
    owner.save(name="Acme company", description_url=idp.entity_id)
    assert owner.post(f"{owner.page}/activation", form=owner.page).status_code == 303
    assert "Continue with Acme company" in Visitor(owner.client.application, owner.tenant).get("/login").text
