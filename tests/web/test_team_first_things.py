"""A team's invitation is accepted once everything is settled that comes first: terms, a second factor, a wish to leave."""

from html import unescape

import pytest
from flask import Flask

from app.kernel.clock import system_clock
from app.models import Person, TeamInvitation, TeamMember, Tenant, Terms, TermsAcceptance
from tests.support.factors import code_at, secret_of
from tests.support.joining import publish
from tests.support.mail import mailed
from tests.support.passkey_device import PasskeyDevice
from tests.support.rows import change, rows
from tests.support.teams import make_team
from tests.support.visitor import Visitor
from tests.support.world import PASSWORD, TenantWorld, World

STRANGER = "ines@elsewhere.test"
ANEW = {"first_name": "Ines", "last_name": "Łoś", "password": "a few words in a row"}
SECURITY, ACCEPTANCE, APP = "/account/security", "/terms/acceptance", "/account/authenticator"


@pytest.fixture
def north(world: World) -> TenantWorld:
    return world.northlight


def _invited(app: Flask, north: TenantWorld, email: str, seats: int | None = None) -> str:
    """The path of the mailed link."""
    team_id = make_team(app, north, "member", seats=seats)
    maya, there = Visitor(app, north), f"/team/{team_id}"
    maya.sign_in("member")
    assert maya.post(f"{there}/invitations", {"email": email}, form=there).status_code == 303
    return mailed(app, north, "/team/invitation/")


def _sign_in(app: Flask, north: TenantWorld, who: str, path: str) -> Visitor:
    """By the button on the invitation's page."""
    visitor = Visitor(app, north)
    assert f"/login?next={path}" in visitor.get(path).text
    data = {"email": north.email(who), "password": PASSWORD, "next": path}
    assert visitor.post("/login", data, form="/login").location == path
    return visitor


def _check_stays_outside(app: Flask, visitor: Visitor, path: str, form: str, onto: str) -> None:
    """Neither looking nor pressing the button leads past what comes first."""
    assert visitor.get(path).location == onto
    assert visitor.post(path, form=form, headers={"Referer": f"http://localhost{path}"}).location == onto
    assert len(rows(app, visitor.tenant, TeamMember)) == 1
    assert rows(app, visitor.tenant, TeamInvitation)[0].accepted_at is None


def _check_joins(app: Flask, visitor: Visitor, path: str) -> None:
    assert "Join the team" in visitor.get(path).text
    assert visitor.post(path, form=path).location == "/"
    assert len(rows(app, visitor.tenant, TeamMember)) == 2


def _accept_terms(app: Flask, visitor: Visitor, path: str) -> None:
    (terms,) = rows(app, visitor.tenant, Terms)
    asked = f"{ACCEPTANCE}?next={path}"
    assert f'name="next" value="{path}"' in visitor.get(asked).text
    assert visitor.post(ACCEPTANCE, {"terms": terms.id, "next": path}, form=asked).location == path


def test_terms_come_first_and_lead_back(app: Flask, north: TenantWorld) -> None:
    path = _invited(app, north, north.email("colleague"))
    publish(app, north)
    colin = _sign_in(app, north, "colleague", path)
    _check_stays_outside(app, colin, path, ACCEPTANCE, f"{ACCEPTANCE}?next={path}")
    _accept_terms(app, colin, path)
    _check_joins(app, colin, path)


def test_a_passkey_comes_first_and_leads_back(app: Flask, north: TenantWorld) -> None:
    path = _invited(app, north, north.email("desk"))
    change(app, north, Tenant, north.id, staff_factor=True)
    dora = _sign_in(app, north, "desk", path)
    _check_stays_outside(app, dora, path, SECURITY, SECURITY)
    asked = dora.post("/account/passkeys/challenge", form=SECURITY).json
    assert asked
    added = dora.post("/account/passkeys", {"credential": PasskeyDevice().make(asked)}, form=SECURITY)
    assert added.location == path
    _check_joins(app, dora, path)


def test_an_app_and_terms_come_first_and_lead_back(app: Flask, north: TenantWorld) -> None:
    path = _invited(app, north, north.email("desk"))
    change(app, north, Tenant, north.id, staff_factor=True)
    publish(app, north)
    dora = _sign_in(app, north, "desk", path)
    _check_stays_outside(app, dora, path, ACCEPTANCE, SECURITY)
    assert dora.get(SECURITY).location == f"{ACCEPTANCE}?next={SECURITY}"
    _accept_terms(app, dora, SECURITY)
    assert dora.get("/bookings").location == SECURITY, "what is asked for later does not take its place"
    dora.post(APP, form=SECURITY)
    code = code_at(secret_of(app, north, "desk"), system_clock())
    codes = dora.post(f"{APP}/confirmation", {"code": code}, form=APP)
    assert f'href="{path}"' in unescape(codes.text)
    _check_joins(app, dora, path)


def test_who_looks_after_their_passkeys_is_led_nowhere_else(app: Flask, north: TenantWorld) -> None:
    maya = Visitor(app, north)
    maya.sign_in("member")
    asked = maya.post("/account/passkeys/challenge", form=SECURITY).json
    assert asked
    added = maya.post("/account/passkeys", {"credential": PasskeyDevice().make(asked)}, form=SECURITY)
    assert added.location == SECURITY


def test_who_wants_to_leave_joins_nothing(app: Flask, north: TenantWorld) -> None:
    path = _invited(app, north, north.email("colleague"))
    colin = _sign_in(app, north, "colleague", path)
    page = "/account/deletion"
    assert colin.post(page, {"confirm": "y", "password": PASSWORD}, form=page).status_code == 303
    colin = _sign_in(app, north, "colleague", path)
    _check_stays_outside(app, colin, path, page, page)


def test_somebody_new_accepts_the_terms_and_then_the_invitation(app: Flask, north: TenantWorld) -> None:
    path = _invited(app, north, STRANGER)
    publish(app, north, for_everybody=False)
    ines = Visitor(app, north)
    assert ines.post(path, ANEW, form=path).location == path
    assert ines.cookie()
    _check_stays_outside(app, ines, path, ACCEPTANCE, f"{ACCEPTANCE}?next={path}")
    _accept_terms(app, ines, path)
    _check_joins(app, ines, path)
    (person,) = rows(app, north, Person, email=STRANGER)
    assert len(rows(app, north, TermsAcceptance, person_id=person.id)) == 1


def test_nobody_new_is_made_for_a_team_that_is_full(app: Flask, north: TenantWorld) -> None:
    path = _invited(app, north, STRANGER, seats=2)
    publish(app, north)
    (team,) = {row.team_id for row in rows(app, north, TeamMember)}
    desk = Visitor(app, north)
    desk.sign_in("desk")
    (terms,) = rows(app, north, Terms)
    desk.post(ACCEPTANCE, {"terms": terms.id}, form=ACCEPTANCE)
    added = desk.post(f"/admin/teams/{team}/people", {"email": north.email("contact")}, form="/account")
    assert added.status_code == 303
    refused = Visitor(app, north).post(path, ANEW, form=path)
    assert refused.status_code == 422
    assert "full by now" in refused.text
    assert rows(app, north, Person, email=STRANGER) == []
