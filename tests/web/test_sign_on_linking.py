"""An account elsewhere is linked to who asked for it, in the browser in which they asked, and to nobody else."""

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from flask import Flask

from app.models import AuditEntry, LoginSession, SignOnAttempt, SignOnIdentity
from tests.support.identity.crooked import SECRET, Crooked, crooked_issuer
from tests.support.identity.pysaml2 import IdentityProvider, identity_provider
from tests.support.identity.rows import provider_of
from tests.support.identity.saml_rows import saml_provider_of
from tests.support.identity.traveller import ARRIVED, Traveller
from tests.support.identity.trip import assert_refused, begin_linking, consent, sign_on
from tests.support.rows import change, rows
from tests.support.visitor import Visitor
from tests.support.world import TenantWorld, World

HERE = "/account/linked-accounts"
Turn = Callable[[Visitor], None]


def _sign_out(visitor: Visitor) -> None:
    visitor.post("/logout", form="/account")


def _lose_session(visitor: Visitor) -> None:
    """The browser forgets its session; on our side it is still open."""
    visitor.hold_cookie("")


def _become_colleague(visitor: Visitor) -> None:
    visitor.sign_in("colleague")


def _lose_and_become_colleague(visitor: Visitor) -> None:
    _lose_session(visitor)
    _become_colleague(visitor)


TURNS = [_sign_out, _lose_session, _become_colleague, _lose_and_become_colleague]


@pytest.fixture
def issuer() -> Iterator[Crooked]:
    with crooked_issuer() as crooked:
        yield crooked


@pytest.fixture(scope="module")
def idp(tmp_path_factory: pytest.TempPathFactory) -> Iterator[IdentityProvider]:
    with identity_provider(tmp_path_factory.mktemp("idp")) as running:
        yield running


@pytest.fixture
def north(world: World) -> TenantWorld:
    return world.northlight


@pytest.fixture
def maya(app: Flask, north: TenantWorld, idp: IdentityProvider) -> Traveller:
    """Signed in, and about to link her company's account."""
    number = saml_provider_of(app, north, idp, "http://localhost")
    traveller = Traveller(app, north, idp, number)
    traveller.sign_in("member")
    idp.next("member")
    return traveller


def _check_nothing_is_linked(app: Flask, north: TenantWorld) -> None:
    assert rows(app, north, SignOnIdentity) == []
    assert rows(app, north, SignOnAttempt) == []
    assert rows(app, north, AuditEntry, action="person.account_linked") == []


def test_an_account_is_linked_and_unlinked_by_its_owner(app: Flask, world: World, issuer: Crooked) -> None:
    issuer.claims = {"email": "private@mail.example", "email_verified": False}
    provider_of(app, world.northlight, issuer.issuer, SECRET)
    maya = Visitor(app, world.northlight)
    maya.sign_in("member")
    here = "/account/linked-accounts"
    assert maya.get(consent(begin_linking(maya))).headers["Location"] == here
    assert "private@mail.example" in maya.get(here).text
    other = Visitor(app, world.northlight)
    assert sign_on(other).status_code == 303
    assert other.first_name() == "Maya"
    # Nobody else can link it, and nobody else can unlink it.
    colin = Visitor(app, world.northlight)
    colin.sign_in("colleague")
    assert "linked to another person" in colin.get(consent(begin_linking(colin))).text
    assert colin.post(f"{here}/1/removal", form=here).status_code == 404
    assert maya.post(f"{here}/1/removal", form=here).status_code == 303
    assert "private@mail.example" not in maya.get(here).text
    assert sign_on(Visitor(app, world.northlight)).status_code == 403


def test_nobody_is_made_to_link_by_following_a_link(app: Flask, world: World, issuer: Crooked) -> None:
    provider_of(app, world.northlight, issuer.issuer, SECRET)
    maya = Visitor(app, world.northlight)
    maya.sign_in("member")
    assert maya.get("/account/linked-accounts/providers/1").status_code == 405
    assert maya.post_bare("/account/linked-accounts/providers/1").status_code == 400


def test_nobody_links_an_account_at_an_unlocked_device(app: Flask, world: World, issuer: Crooked) -> None:
    """It would be a way in for good, past the password and the second factor."""
    provider_of(app, world.northlight, issuer.issuer, SECRET)
    maya = Visitor(app, world.northlight)
    maya.sign_in("member")
    (signed_in,) = rows(app, world.northlight, LoginSession, person_id=world.northlight.people["member"])
    before = signed_in.created_at - timedelta(minutes=16)
    change(app, world.northlight, LoginSession, signed_in.id, created_at=before)
    here = "/account/linked-accounts"
    answer = maya.post(f"{here}/providers/1", form=here)
    assert (answer.status_code, answer.location) == (303, "/account/security/proof")
    assert rows(app, world.northlight, SignOnAttempt) == []
    change(app, world.northlight, LoginSession, signed_in.id, created_at=signed_in.created_at)
    assert "Refresh" in maya.post(f"{here}/providers/1", form=here).headers


def test_the_only_way_in_stays(app: Flask, world: World, issuer: Crooked) -> None:
    issuer.claims = {"email": "nora@acme.example"}
    provider_of(app, world.northlight, issuer.issuer, SECRET, creates_people=True)
    nora = Visitor(app, world.northlight)
    sign_on(nora)
    here = "/account/linked-accounts"
    assert nora.post(f"{here}/1/removal", form=here).status_code == 303
    assert "nora@acme.example" in nora.get(here).text


@pytest.mark.parametrize("turn", TURNS)
def test_a_linking_that_another_finishes_links_nothing(
    app: Flask, north: TenantWorld, issuer: Crooked, caplog: pytest.LogCaptureFixture, turn: Turn
) -> None:
    provider_of(app, north, issuer.issuer, SECRET)
    shared = Visitor(app, north)
    shared.sign_in("member")
    there = begin_linking(shared)
    turn(shared)
    assert_refused(shared.get(consent(there)), caplog, "other_person")
    _check_nothing_is_linked(app, north)
    # Nor is it left for who comes back.
    shared.sign_in("member")
    assert_refused(shared.get(consent(there)), caplog, "attempt_gone")
    assert shared.get(consent(begin_linking(shared))).location == HERE
    assert [row.person_id for row in rows(app, north, SignOnIdentity)] == [north.people["member"]]


def test_an_account_is_linked_by_saml(app: Flask, north: TenantWorld, maya: Traveller) -> None:
    form = maya.answer_of(begin_linking(maya, maya.provider_id))
    arrived = maya.post_answer(form)
    assert rows(app, north, SignOnIdentity) == [], "who is signed in is not known yet"
    linked = maya.get(arrived.headers["Location"])
    assert linked.location == HERE
    assert "member@example.test" in maya.get(HERE).text
    assert [row.person_id for row in rows(app, north, SignOnIdentity)] == [north.people["member"]]
    assert maya.get(arrived.headers["Location"]).status_code == 403, "once"


@pytest.mark.parametrize("turn", TURNS)
@pytest.mark.parametrize("late", [False, True], ids=["before the answer", "after it"])
def test_a_linking_by_saml_that_another_finishes_links_nothing(
    app: Flask,
    north: TenantWorld,
    maya: Traveller,
    caplog: pytest.LogCaptureFixture,
    turn: Turn,
    *,
    late: bool,
) -> None:
    form = maya.answer_of(begin_linking(maya, maya.provider_id))
    if not late:
        turn(maya)
    arrived = maya.post_answer(form)
    assert arrived.status_code == 303
    if late:
        turn(maya)
    assert_refused(maya.get(arrived.headers["Location"]), caplog, "other_person")
    _check_nothing_is_linked(app, north)
    maya.sign_in("member")
    assert maya.arrive(maya.answer_of(begin_linking(maya, maya.provider_id))).location == HERE


def test_only_an_account_that_was_answered_for_arrives(
    app: Flask, north: TenantWorld, maya: Traveller, caplog: pytest.LogCaptureFixture
) -> None:
    page = f"/sign-on/{maya.provider_id}/saml/linked"
    form = maya.answer_of(begin_linking(maya, maya.provider_id))
    for token in ("", "made-up", form["RelayState"]):
        maya.client.set_cookie(ARRIVED, token, domain=north.host)
        assert_refused(maya.get(page), caplog, "attempt_gone")
    # And what was answered for is no attempt that could be answered again.
    assert maya.post_answer(form).status_code == 303
    kept = maya.client.get_cookie(ARRIVED, domain=north.host)
    assert kept is not None
    again = maya.post_answer({**form, "RelayState": kept.value})
    assert_refused(again, caplog, "other_browser")
    assert rows(app, north, SignOnIdentity) == []


def test_an_account_that_waits_to_be_linked_waits_a_minute(
    app: Flask, north: TenantWorld, maya: Traveller, caplog: pytest.LogCaptureFixture
) -> None:
    arrived = maya.post_answer(maya.answer_of(begin_linking(maya, maya.provider_id)))
    (kept,) = rows(app, north, SignOnAttempt)
    assert kept.expires_at - kept.created_at == timedelta(minutes=1)
    change(app, north, SignOnAttempt, kept.id, expires_at=kept.created_at)
    assert_refused(maya.get(arrived.headers["Location"]), caplog, "attempt_gone")
    assert rows(app, north, SignOnIdentity) == []
