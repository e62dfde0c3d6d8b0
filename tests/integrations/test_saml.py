"""SAML against a real identity provider on a real socket: what it says is believed only when all of it fits."""

import dataclasses
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from html import unescape
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from onelogin.saml2.response import OneLogin_Saml2_Response

from app.integrations.sign_on.saml import SamlToolkit
from app.integrations.sign_on.saml_answer import asked_at, toolkit
from app.integrations.sign_on.saml_terms import (
    SamlAnswer,
    SamlFault,
    SamlIdentityProvider,
    SamlMessage,
    SamlPortal,
    SamlRefused,
    SamlSubject,
)
from tests.support.identity.pysaml2 import IdentityProvider, identity_provider

TOOLKIT = SamlToolkit()
MAIL = "urn:oid:0.9.2342.19200300.100.1.3"


def _portal(host: str) -> SamlPortal:
    base = f"http://{host}/sign-on/saml/1"
    return SamlPortal(f"{base}/metadata", f"{base}/acs", f"{base}/sls", *TOOLKIT.new_key(host))


@pytest.fixture(scope="module")
def portals() -> tuple[SamlPortal, SamlPortal]:
    """Ours, and another tenant's that the same provider serves."""
    return _portal("northlight.example"), _portal("harbour.example")


@pytest.fixture(scope="module")
def idp(
    tmp_path_factory: pytest.TempPathFactory, portals: tuple[SamlPortal, SamlPortal]
) -> Iterator[IdentityProvider]:
    folder: Path = tmp_path_factory.mktemp("idp")
    with identity_provider(folder) as running:
        for portal in portals:
            running.trust(TOOLKIT.metadata(portal))
        yield running


@pytest.fixture
def portal(portals: tuple[SamlPortal, SamlPortal]) -> SamlPortal:
    return portals[0]


@pytest.fixture
def provider(idp: IdentityProvider) -> SamlIdentityProvider:
    return TOOLKIT.read_metadata(idp.metadata())


class _Round:
    """One trip to the provider and back."""

    def __init__(self, idp: IdentityProvider, portal: SamlPortal, provider: SamlIdentityProvider) -> None:
        self.idp, self.portal, self.provider = idp, portal, provider
        self.asked: SamlMessage = TOOLKIT.request(portal, provider, "relay-7")
        self.form: dict[str, str] = {}

    def go(self, fault: str = "", **more: str) -> str:
        """The encoded answer; `fault` is what the provider does wrong."""
        self.idp.next(fault=fault, **more)
        page = self.idp.client.get(self.asked.url).raise_for_status().text
        self.form = {
            name: unescape(value) for name, value in re.findall(r'name="(\w+)" value="([^"]*)"', page)
        }
        return self.form["SAMLResponse"]

    def read(self, encoded: str, now: datetime | None = None) -> SamlAnswer:
        return TOOLKIT.answer(self.portal, self.provider, encoded, self.asked.id, now or datetime.now(UTC))


@pytest.fixture
def trip(idp: IdentityProvider, portal: SamlPortal, provider: SamlIdentityProvider) -> _Round:
    return _Round(idp, portal, provider)


class TestAnswer:
    def test_what_the_provider_says_is_read(self, trip: _Round) -> None:
        answer = trip.read(trip.go())
        assert trip.form["RelayState"] == "relay-7"
        assert answer.subject.name_id == "maya-7f3a"
        assert answer.attributes[MAIL] == ("maya@example.test",)
        assert answer.subject.session_index
        assert timedelta(0) < answer.usable_until - datetime.now(UTC) < timedelta(minutes=10)

    @pytest.mark.parametrize(
        ("fault", "expected"),
        [
            ("altered", SamlFault.ALTERED),
            ("replayed", SamlFault.WRONG_REQUEST),
            ("other_request", SamlFault.WRONG_REQUEST),
            ("no_request", SamlFault.WRONG_REQUEST),
            ("other_address", SamlFault.WRONG_PORTAL),
            ("other_audience", SamlFault.WRONG_PORTAL),
            ("two_assertions", SamlFault.ASSERTIONS),
            ("wrapped", SamlFault.ASSERTIONS),
            ("wrapped_same_id", SamlFault.ASSERTIONS),
            ("comment", SamlFault.UNSAFE_XML),
            ("comment_in_attribute", SamlFault.UNSAFE_XML),
            ("doctype", SamlFault.UNSAFE_XML),
            ("unsigned", SamlFault.UNSIGNED),
            ("unsigned_assertion", SamlFault.UNSIGNED),
            ("weak_signature", SamlFault.WEAK_SIGNATURE),
            ("expired", SamlFault.EXPIRED),
        ],
    )
    def test_a_fault_is_refused(
        self,
        idp: IdentityProvider,
        portal: SamlPortal,
        provider: SamlIdentityProvider,
        fault: str,
        expected: SamlFault,
    ) -> None:
        sound, faulty = _Round(idp, portal, provider), _Round(idp, portal, provider)
        assert sound.read(sound.go()).subject.name_id == "maya-7f3a"
        with pytest.raises(SamlRefused) as refused:
            faulty.read(faulty.go(fault))
        assert refused.value.fault is expected, refused.value.detail

    @pytest.mark.parametrize("fault", ["no_request", "comment", "comment_in_attribute"])
    def test_the_toolkit_alone_would_take_it(self, trip: _Round, fault: str) -> None:
        encoded = trip.go(fault)
        answer = OneLogin_Saml2_Response(toolkit(trip.portal, trip.provider), encoded)
        assert answer.is_valid(asked_at(trip.portal.answer_url), trip.asked.id), answer.get_error()
        with pytest.raises(SamlRefused):
            trip.read(encoded)

    def test_both_of_its_certificates_are_known(self, trip: _Round) -> None:
        assert len(trip.provider.certificates) == 2
        assert trip.read(trip.go(key="second")).subject.name_id == "maya-7f3a"

    def test_a_strangers_key_is_refused(self, trip: _Round) -> None:
        with pytest.raises(SamlRefused) as refused:
            trip.read(trip.go(key="stranger"))
        assert refused.value.fault is SamlFault.ALTERED

    def test_a_retired_certificate_is_refused(self, trip: _Round) -> None:
        only_first = dataclasses.replace(trip.provider, certificates=trip.provider.certificates[:1])
        encoded = trip.go(key="second")
        assert trip.read(encoded).subject.name_id == "maya-7f3a"
        trip.provider = only_first
        with pytest.raises(SamlRefused):
            trip.read(encoded)

    def test_the_clocks_may_differ_by_a_minute(self, trip: _Round) -> None:
        encoded, now = trip.go(), datetime.now(UTC)
        assert trip.read(encoded, now - timedelta(seconds=50)).subject.name_id == "maya-7f3a"
        with pytest.raises(SamlRefused) as early:
            trip.read(encoded, now - timedelta(seconds=70))
        assert early.value.fault is SamlFault.NOT_YET
        with pytest.raises(SamlRefused) as late:
            trip.read(encoded, now + timedelta(minutes=6, seconds=10))
        assert late.value.fault is SamlFault.EXPIRED

    def test_what_is_no_answer_is_refused(self, trip: _Round) -> None:
        for encoded in ("", "!", "PGE+", "PGEvPg==", "A" * 400_000):
            with pytest.raises(SamlRefused) as refused:
                trip.read(encoded)
            assert refused.value.fault in {SamlFault.UNREADABLE, SamlFault.INCOMPLETE}

    def test_an_answer_that_nobody_asked_for_is_read_only_as_such(self, trip: _Round) -> None:
        trip.idp.next()
        page = trip.idp.client.get("/start", params={"portal": trip.portal.entity_id}).text
        encoded = unescape(re.findall(r'name="SAMLResponse" value="([^"]*)"', page)[0])
        with pytest.raises(SamlRefused) as refused:
            trip.read(encoded)
        assert refused.value.fault is SamlFault.WRONG_REQUEST
        unasked = TOOLKIT.answer(trip.portal, trip.provider, encoded, None, datetime.now(UTC))
        assert unasked.subject.name_id == "maya-7f3a"


class TestRequest:
    def test_a_changed_request_is_not_answered(self, trip: _Round) -> None:
        trip.idp.next()
        assert trip.idp.client.get(trip.asked.url).status_code == 200
        changed = trip.asked.url.replace("relay-7", "relay-8")
        assert trip.idp.client.get(changed).status_code == 500

    def test_an_address_with_a_query_keeps_it(self, portal: SamlPortal) -> None:
        provider = SamlIdentityProvider("x", "https://idp.example/sso?a=1&b=<2>", "", ())
        asked = TOOLKIT.request(portal, provider, "r")
        assert urlsplit(asked.url).query.startswith("a=1&b=<2>&SAMLRequest=")


class TestMetadata:
    def test_a_file_with_a_document_type_is_refused(self) -> None:
        with pytest.raises(SamlRefused) as refused:
            TOOLKIT.read_metadata(b'<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>')
        assert refused.value.fault is SamlFault.UNSAFE_XML

    @pytest.mark.parametrize("document", [b"", b"<html><p>hello</p></html>", b"<html><p>", b"\xff\xfe\x00"])
    def test_what_is_no_metadata_is_refused(self, document: bytes) -> None:
        with pytest.raises(SamlRefused) as refused:
            TOOLKIT.read_metadata(document)
        assert refused.value.fault in {SamlFault.UNREADABLE, SamlFault.INCOMPLETE}

    @pytest.mark.parametrize("missing", ["IDPSSODescriptor", "SingleSignOnService", "X509Certificate"])
    def test_what_is_missing_is_named(self, idp: IdentityProvider, missing: str) -> None:
        whole = idp.metadata()
        assert TOOLKIT.read_metadata(whole).entity_id == idp.entity_id
        with pytest.raises(SamlRefused) as refused:
            TOOLKIT.read_metadata(whole.replace(missing.encode(), b"Other"))
        assert (refused.value.fault, refused.value.detail) == (SamlFault.INCOMPLETE, missing)

    def test_a_broken_certificate_is_named(self, idp: IdentityProvider) -> None:
        # Whatever its key and number are, it begins as a sequence of some length: here of no known kind.
        broken, certificates = re.subn(rb"(X509Certificate>\s*)MII", rb"\1AAA", idp.metadata())
        assert certificates == 2
        with pytest.raises(SamlRefused) as refused:
            TOOLKIT.read_metadata(broken)
        assert refused.value.detail == "X509Certificate"


class TestLogout:
    def _answer_of(self, idp: IdentityProvider, url: str) -> str:
        answer = idp.client.get(url)
        assert answer.status_code == 303
        return urlsplit(answer.headers["Location"]).query

    def test_our_wish_is_granted_and_the_answer_checked(self, trip: _Round) -> None:
        subject = trip.read(trip.go()).subject
        wish = TOOLKIT.logout_request(trip.portal, trip.provider, subject, "bye", "_wish-1")
        query = self._answer_of(trip.idp, wish.url)
        assert trip.idp.signed_out() == "maya-7f3a"
        TOOLKIT.read_logout_answer(trip.portal, trip.provider, query, wish.id)
        with pytest.raises(SamlRefused) as refused:
            TOOLKIT.read_logout_answer(trip.portal, trip.provider, query, "another")
        assert refused.value.fault is SamlFault.WRONG_REQUEST

    def test_its_wish_is_read_and_answered(self, trip: _Round) -> None:
        trip.idp.next("maya")
        query = self._answer_of(trip.idp, f"/leave?portal={trip.portal.entity_id}&session=s-1")
        wish = TOOLKIT.read_logout_request(trip.portal, trip.provider, query, datetime.now(UTC))
        assert (wish.name_id, wish.session_indexes, wish.relay_state) == ("maya-7f3a", ("s-1",), "back")
        with pytest.raises(SamlRefused) as old:
            TOOLKIT.read_logout_request(
                trip.portal, trip.provider, query, datetime.now(UTC) + timedelta(minutes=11)
            )
        assert old.value.fault is SamlFault.EXPIRED
        answer = TOOLKIT.logout_answer(trip.portal, trip.provider, wish)
        assert trip.idp.client.get(answer.url).text == "Signed out everywhere"

    def test_an_unsigned_or_changed_wish_is_refused(self, trip: _Round) -> None:
        trip.idp.next("maya", "unsigned")
        unsigned = self._answer_of(trip.idp, f"/leave?portal={trip.portal.entity_id}")
        trip.idp.next("maya")
        signed = self._answer_of(trip.idp, f"/leave?portal={trip.portal.entity_id}")
        assert (
            TOOLKIT.read_logout_request(trip.portal, trip.provider, signed, datetime.now(UTC)).name_id
            == "maya-7f3a"
        )
        for query, fault in (
            (unsigned, SamlFault.UNSIGNED),
            (signed.replace("RelayState=back", "RelayState=evil"), SamlFault.ALTERED),
            (signed + "&RelayState=evil", SamlFault.UNREADABLE),
            (signed.replace("SAMLRequest", "SAMLResponse"), SamlFault.UNREADABLE),
        ):
            with pytest.raises(SamlRefused) as refused:
                TOOLKIT.read_logout_request(trip.portal, trip.provider, query, datetime.now(UTC))
            assert refused.value.fault is fault

    def test_another_portals_wish_is_refused(
        self, trip: _Round, portals: tuple[SamlPortal, SamlPortal]
    ) -> None:
        trip.idp.next("maya")
        query = self._answer_of(trip.idp, f"/leave?portal={portals[1].entity_id}")
        assert TOOLKIT.read_logout_request(portals[1], trip.provider, query, datetime.now(UTC)).name_id
        with pytest.raises(SamlRefused) as refused:
            TOOLKIT.read_logout_request(trip.portal, trip.provider, query, datetime.now(UTC))
        assert refused.value.fault is SamlFault.WRONG_PORTAL

    def test_a_name_is_escaped(self, trip: _Round) -> None:
        wish = TOOLKIT.logout_request(
            trip.portal, trip.provider, SamlSubject("a<b>&c", "", '"><x'), "", "_wish-2"
        )
        assert trip.idp.client.get(wish.url).status_code == 303
        assert trip.idp.signed_out() == "a<b>&c"
