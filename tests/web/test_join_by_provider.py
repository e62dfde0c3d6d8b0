"""Joining where members may have no password: an account at a provider is what they come in with."""

from collections.abc import Iterator

import pytest
from flask import Flask

from app.domain.joining.approval import approve
from app.domain.joining.invitations import invite, invite_person, make_invitation_token
from app.domain.joining.words import Invite
from app.kernel.clock import system_clock
from app.models import Contract, Invitation, LoginSession, Person, Role, SignUp
from tests.support.identity.crooked import SECRET, Crooked, crooked_issuer
from tests.support.identity.rows import provider_of
from tests.support.identity.trip import sign_on
from tests.support.joining import join_form, open_joining
from tests.support.mail import mailed
from tests.support.rows import change, inside, rows
from tests.support.visitor import Visitor
from tests.support.world import TenantWorld, World

HER = {"first_name": "Grace", "last_name": "Hopper", "password": "a brand new pass phrase"}
EMAIL = "grace@example.test"


@pytest.fixture
def issuer() -> Iterator[Crooked]:
    with crooked_issuer() as crooked:
        crooked.claims = {"email": EMAIL, "given_name": "Grace", "family_name": "Hopper"}
        yield crooked


@pytest.fixture
def guest(app: Flask, world: World) -> Visitor:
    return Visitor(app, world.northlight)


def _provider(app: Flask, world: World, issuer: Crooked, **details: bool) -> None:
    provider_of(app, world.northlight, issuer.issuer, SECRET, **{"forbids_member_passwords": True, **details})


def _invite(app: Flask, tenant: TenantWorld) -> str:
    """The path of the link of an invitation with a plan."""
    command = Invite(EMAIL, plan_id=tenant.plans["Residents"], location_id=tenant.locations["Porto"])
    with inside(app, tenant) as session:
        row = invite(session, tenant.actor("desk"), command, "http://localhost", system_clock)
        token = make_invitation_token(session, row.id, system_clock())
        session.commit()
    return f"/invitation/{token}"


def _invite_again(app: Flask, tenant: TenantWorld, who: str) -> str:
    """The path of the link of an invitation to somebody of the cast."""
    with inside(app, tenant) as session:
        person = session.get_one(Person, tenant.people[who])
        row = invite_person(session, person, None, system_clock(), invited_by_id=None)
        session.flush()
        return f"/invitation/{make_invitation_token(session, row.id, system_clock())}"


def test_joining_leads_to_the_provider(app: Flask, world: World, guest: Visitor, issuer: Crooked) -> None:
    open_joining(app, world.northlight)
    asked = join_form(guest, "ada@example.test")
    assert guest.post("/join", asked, form="/join").status_code == 303
    path = mailed(app, world.northlight, "/join/link/")
    assert 'name="password"' in guest.get(path).text
    token = guest.token(path)
    _provider(app, world, issuer)
    for there in ("/join", path):
        page = guest.get(there)
        assert page.status_code == 200
        assert "Continue with Acme" in page.text
        assert "no passwords here" in page.text
        assert "<input" not in page.text.partition("<main")[2]
    # A form that was open meanwhile makes nobody.
    refused = guest.post_bare(path, HER | {"csrf_token": token})
    assert "Continue with Acme" in refused.text
    assert guest.post_bare("/join", asked | {"csrf_token": token, "email": EMAIL}).status_code == 200
    assert [row.email for row in rows(app, world.northlight, SignUp)] == ["ada@example.test"]
    assert rows(app, world.northlight, Person, email_key="ada@example.test") == []


def test_an_invitation_is_taken_up_by_signing_in(
    app: Flask, world: World, guest: Visitor, issuer: Crooked
) -> None:
    north = world.northlight
    _provider(app, world, issuer)
    assert sign_on(guest).status_code == 403, "without an invitation nobody new comes in here"
    path = _invite(app, north)
    page = guest.get(path).text
    assert "Continue with Acme" in page
    assert 'name="password"' not in page
    assert sign_on(guest).status_code == 303
    assert guest.is_signed_in()
    (person,) = rows(app, north, Person, email_key=EMAIL)
    assert (person.name, person.location_id, person.password_hash) == (
        "Grace Hopper",
        north.locations["Porto"],
        None,
    )
    (contract,) = rows(app, north, Contract, person_id=person.id)
    assert contract.plan_id == north.plans["Residents"]
    (invitation,) = rows(app, north, Invitation)
    assert invitation.person_id == person.id
    assert invitation.accepted_at is not None
    assert Visitor(app, north).get(path).status_code == 404
    assert sign_on(Visitor(app, north)).status_code == 303
    assert len(rows(app, north, Contract, person_id=person.id)) == 1


@pytest.mark.parametrize(
    "claims", [{"email": "other@example.test"}, {"email_verified": False}], ids=["another", "not verified"]
)
def test_only_the_verified_email_that_was_invited_takes_it_up(
    app: Flask, world: World, guest: Visitor, issuer: Crooked, claims: dict[str, object]
) -> None:
    _provider(app, world, issuer)
    _invite(app, world.northlight)
    issuer.claims |= claims
    assert sign_on(guest).status_code == 403
    assert rows(app, world.northlight, Invitation)[0].accepted_at is None


def test_whom_staff_added_is_recognised_by_a_trusted_provider(
    app: Flask, world: World, guest: Visitor, issuer: Crooked
) -> None:
    north = world.northlight
    member = north.people["member"]
    _provider(app, world, issuer, trusted=True)
    change(app, north, Person, member, password_hash=None)
    _invite_again(app, north, "member")
    issuer.claims |= {"email": north.email("member")}
    assert sign_on(guest).status_code == 303
    (invitation,) = rows(app, north, Invitation)
    assert (invitation.person_id, invitation.accepted_at is None) == (member, False)


def test_an_invited_owner_still_chooses_a_password(
    app: Flask, world: World, guest: Visitor, issuer: Crooked
) -> None:
    north = world.northlight
    _provider(app, world, issuer, forbids_staff_passwords=True)
    change(app, north, Person, north.people["manager"], role=Role.OWNER, password_hash=None)
    path = _invite_again(app, north, "manager")
    assert 'name="password"' in guest.get(path).text
    assert guest.post(path, HER, form=path).status_code == 303
    assert guest.is_signed_in()


@pytest.mark.parametrize("who", ["member", "manager"])
def test_whom_staff_added_chooses_no_password_where_theirs_is_forbidden(
    app: Flask, world: World, guest: Visitor, issuer: Crooked, who: str
) -> None:
    north = world.northlight
    change(app, north, Person, north.people[who], password_hash=None)
    path = _invite_again(app, north, who)
    token = guest.token(path)
    staff = who == "manager"
    _provider(app, world, issuer, forbids_member_passwords=not staff, forbids_staff_passwords=staff)
    for page in (guest.get(path), guest.post_bare(path, HER | {"csrf_token": token})):
        assert "Continue with Acme" in page.text
        assert 'name="password"' not in page.text
    assert not guest.is_signed_in()
    assert rows(app, north, Person, id=north.people[who])[0].password_hash is None
    assert rows(app, north, Invitation)[0].accepted_at is None
    assert rows(app, north, LoginSession) == []


@pytest.mark.parametrize("who", ["member", "manager"])
def test_who_is_known_is_led_to_the_provider_and_not_to_a_forgotten_password(
    app: Flask, world: World, guest: Visitor, issuer: Crooked, who: str
) -> None:
    north = world.northlight
    path = _invite_again(app, north, who)
    assert "Forgotten password" in guest.get(path).text
    staff = who == "manager"
    _provider(app, world, issuer, forbids_member_passwords=not staff, forbids_staff_passwords=staff)
    page = guest.get(path).text
    assert "Continue with Acme" in page
    assert "Forgotten password" not in page


def test_staff_mail_who_is_known_the_way_to_the_provider(
    app: Flask, world: World, guest: Visitor, issuer: Crooked
) -> None:
    north = world.northlight
    desk, who = Visitor(app, north), f"/admin/people/{north.people['member']}"
    desk.sign_in("owner")
    for forbidden, start in ((False, "/password/reset/"), (True, "/invitation/")):
        if forbidden:
            _provider(app, world, issuer)
        assert desk.post(f"{who}/invitation", form=who).status_code == 303
        path = mailed(app, north, start)
        assert ("Continue with Acme" in guest.get(path).text) is forbidden


def test_who_waited_for_approval_meanwhile_has_no_password(
    app: Flask, world: World, guest: Visitor, issuer: Crooked
) -> None:
    north = world.northlight
    open_joining(app, north, needs_approval=True)
    guest.post("/join", join_form(guest, EMAIL), form="/join")
    path = mailed(app, north, "/join/link/")
    assert guest.post(path, HER, form=path).status_code == 303
    _provider(app, world, issuer)
    (asked,) = rows(app, north, SignUp)
    with inside(app, north) as session:
        approve(session, north.actor("desk"), asked.id, "http://localhost", system_clock)
    assert [row.password_hash for row in rows(app, north, Person, email_key=EMAIL)] == [None]
    page = guest.get(path).text
    assert "Continue with Acme" in page
    assert not guest.is_signed_in()
