"""Invited into a team where members may have no password: the link leads to the provider, and lets nobody in by itself."""

from collections.abc import Iterator
from datetime import UTC, datetime
from urllib.parse import quote

import pytest
from flask import Flask

from app.models import LoginSession, Person, Team, TeamInvitation, TeamMember
from tests.support.identity.crooked import SECRET, Crooked, crooked_issuer
from tests.support.identity.rows import provider_of
from tests.support.identity.trip import assert_refused, sign_on
from tests.support.mail import mailed
from tests.support.rows import change, rows
from tests.support.teams import make_team
from tests.support.visitor import Visitor
from tests.support.world import TenantWorld, World

STRANGER = "Ines@Elsewhere.test"
ANEW = {"first_name": "Ines", "last_name": "Łoś", "password": "a few words in a row"}


@pytest.fixture
def north(world: World) -> TenantWorld:
    return world.northlight


@pytest.fixture
def issuer() -> Iterator[Crooked]:
    with crooked_issuer() as crooked:
        crooked.claims = {"email": "ines@elsewhere.test", "given_name": "Ines", "family_name": "Łoś"}
        yield crooked


@pytest.fixture
def team_id(app: Flask, north: TenantWorld) -> int:
    return make_team(app, north, "member")


def _invite(app: Flask, north: TenantWorld, team_id: int, email: str) -> str:
    """The path of the mailed link."""
    maya = Visitor(app, north)
    maya.sign_in("member")
    there = f"/team/{team_id}"
    assert maya.post(f"{there}/invitations", {"email": email}, form=there).status_code == 303
    return mailed(app, north, "/team/invitation/")


def _forbid(app: Flask, north: TenantWorld, issuer: Crooked, **more: bool) -> None:
    provider_of(app, north, issuer.issuer, SECRET, forbids_member_passwords=True, **more)


def test_somebody_new_comes_in_by_the_provider_and_then_joins(
    app: Flask, north: TenantWorld, issuer: Crooked, team_id: int, caplog: pytest.LogCaptureFixture
) -> None:
    path = _invite(app, north, team_id, STRANGER)
    ines = Visitor(app, north)
    assert 'name="password"' in ines.get(path).text
    token = ines.token(path)
    sessions = len(rows(app, north, LoginSession))
    _forbid(app, north, issuer)
    page = ines.get(path).text
    assert 'name="password"' not in page
    assert f"/sign-on/1/start?next={quote(path)}" in page
    # A form that was open meanwhile makes nobody, and signs nobody in.
    refused = ines.post_bare(path, ANEW | {"csrf_token": token})
    assert "Continue with Acme" in refused.text
    assert not ines.is_signed_in()
    assert rows(app, north, Person, email_key=STRANGER.casefold()) == []
    assert len(rows(app, north, LoginSession)) == sessions
    # The invitation is leave to come in, for its own address alone.
    issuer.claims |= {"sub": "other", "email": "other@elsewhere.test"}
    assert_refused(sign_on(ines), caplog, "not_known")
    issuer.claims |= {"sub": "ines", "email": "ines@elsewhere.test", "email_verified": False}
    assert_refused(sign_on(ines), caplog, "email_not_verified")
    issuer.claims |= {"email_verified": True}
    assert sign_on(ines, next_path=path).location == path
    (person,) = rows(app, north, Person, email_key=STRANGER.casefold())
    assert (person.name, person.password_hash) == ("Ines Łoś", None)
    assert rows(app, north, TeamMember, person_id=person.id) == []
    assert ines.post(path, form=path).location == "/"
    assert [row.team_id for row in rows(app, north, TeamMember, person_id=person.id)] == [team_id]


@pytest.mark.parametrize("spoil", ["revoked_at", "accepted_at", "expires_at", "retired_at"])
def test_an_invitation_that_is_over_is_no_leave_to_come_in(
    app: Flask,
    north: TenantWorld,
    issuer: Crooked,
    team_id: int,
    caplog: pytest.LogCaptureFixture,
    spoil: str,
) -> None:
    _invite(app, north, team_id, STRANGER)
    _forbid(app, north, issuer)
    (invitation,) = rows(app, north, TeamInvitation)
    now = datetime.now(UTC)
    if spoil == "retired_at":
        change(app, north, Team, team_id, retired_at=now)
    else:
        change(app, north, TeamInvitation, invitation.id, **{spoil: now})
    assert_refused(sign_on(Visitor(app, north)), caplog, "not_known")
    assert rows(app, north, Person, email_key=STRANGER.casefold()) == []


def test_who_is_known_is_led_to_the_provider_and_back(
    app: Flask, north: TenantWorld, issuer: Crooked, team_id: int
) -> None:
    path = _invite(app, north, team_id, north.email("colleague"))
    colin = Visitor(app, north)
    assert "no password, or forgot it" in colin.get(path).text
    _forbid(app, north, issuer, trusted=True)
    page = colin.get(path).text
    assert "forgot it" not in page
    assert "Continue with Acme" in page
    issuer.claims["email"] = north.email("colleague")
    assert sign_on(colin, next_path=path).location == path
    assert colin.post(path, form=path).location == "/"
    colleague = north.people["colleague"]
    assert [row.team_id for row in rows(app, north, TeamMember, person_id=colleague)] == [team_id]
