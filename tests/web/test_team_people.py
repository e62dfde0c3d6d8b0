"""A team from inside: what its people see, what its administrator does, and what neither may."""

import re

import pytest
from flask import Flask

from app.models import Person, PersonProfile, TeamMember
from tests.support.rows import change, inside, rows
from tests.support.teams import make_team
from tests.support.visitor import Visitor
from tests.support.world import TenantWorld, World


@pytest.fixture
def north(world: World) -> TenantWorld:
    return world.northlight


@pytest.fixture
def team_id(app: Flask, north: TenantWorld) -> int:
    return make_team(app, north, "member", "colleague", "contact")


def _visitor(app: Flask, tenant: TenantWorld, who: str) -> Visitor:
    visitor = Visitor(app, tenant)
    visitor.sign_in(who)
    return visitor


@pytest.fixture
def maya(app: Flask, north: TenantWorld) -> Visitor:
    """The administrator."""
    return _visitor(app, north, "member")


@pytest.fixture
def colin(app: Flask, north: TenantWorld) -> Visitor:
    return _visitor(app, north, "colleague")


def _send(visitor: Visitor, path: str, **data: str) -> int:
    return visitor.post(path, data, form="/account").status_code


def _member(app: Flask, tenant: TenantWorld, who: str) -> TeamMember | None:
    found = rows(app, tenant, TeamMember, person_id=tenant.people[who])
    return found[0] if found else None


def test_a_face_is_for_whom_its_owner_shows_it(
    app: Flask, north: TenantWorld, team_id: int, maya: Visitor, colin: Visitor
) -> None:
    picture = f'src="/media/{"e" * 64}"'
    change(app, north, Person, north.people["colleague"], face_digest="e" * 64)
    with inside(app, north) as session:
        session.add(PersonProfile(person_id=north.people["colleague"], listed=True))
    profile = rows(app, north, PersonProfile, person_id=north.people["colleague"])[0]
    assert picture in maya.get(f"/team/{team_id}").text
    for hidden in ({"listed": False}, {"listed": True, "visibility": {"photo": "only_me"}}):
        change(app, north, PersonProfile, profile.id, **hidden)
        assert picture not in maya.get(f"/team/{team_id}").text
        assert picture in colin.get(f"/team/{team_id}").text


def test_people_see_their_teams_and_each_other(
    app: Flask, north: TenantWorld, team_id: int, colin: Visitor
) -> None:
    assert "Tidewater" in colin.get("/team").text
    page = colin.get(f"/team/{team_id}").text
    assert "Maya Member" in page
    assert north.email("contact") not in page, "a team knows names, not addresses"
    assert f"/team/{team_id}/people" not in page
    stranger = _visitor(app, north, "owner")
    assert "Tidewater" not in stranger.get("/team").text
    assert stranger.get(f"/team/{team_id}").status_code == 404


def test_the_administrator_says_what_people_may_do(
    app: Flask, north: TenantWorld, team_id: int, maya: Visitor
) -> None:
    here = f"/team/{team_id}/people/{north.people['colleague']}"
    assert "Administrator" in maya.get(here).text
    assert _send(maya, here, may_see_invoices="y", administrator="y") == 303
    colin = _member(app, north, "colleague")
    assert colin
    assert (colin.may_book, colin.may_see_invoices, colin.administrator) == (False, True, True)


def test_the_last_administrator_cannot_stop_being_one(
    app: Flask, north: TenantWorld, team_id: int, maya: Visitor
) -> None:
    own = f"/team/{team_id}/people/{north.people['member']}"
    answer = maya.post(own, {"may_book": "y"}, form="/account")
    assert answer.status_code == 422
    assert "needs an administrator" in answer.text
    assert _send(maya, f"/team/{team_id}/departure") == 303
    assert "needs an administrator" in maya.get("/team").text
    heir = f"/team/{team_id}/people/{north.people['colleague']}"
    assert _send(maya, f"{heir}/administration") == 303
    assert _send(maya, f"/team/{team_id}/departure") == 303
    assert _member(app, north, "member"), "they still pay"
    assert _send(_visitor(app, north, "colleague"), f"{heir}/payment") == 303
    assert _send(maya, f"/team/{team_id}/departure") == 303
    assert _member(app, north, "member") is None
    assert maya.get(f"/team/{team_id}").status_code == 404


def test_somebody_is_removed_and_may_leave(
    app: Flask, north: TenantWorld, team_id: int, maya: Visitor, colin: Visitor
) -> None:
    assert _send(maya, f"/team/{team_id}/people/{north.people['contact']}/removal") == 303
    assert _member(app, north, "contact") is None
    assert _send(colin, f"/team/{team_id}/departure") == 303
    assert _member(app, north, "colleague") is None
    assert _send(colin, f"/team/{team_id}/departure") == 404


@pytest.mark.parametrize("verb", ["", "/removal", "/payment", "/administration"])
def test_who_is_not_its_administrator_changes_nothing(
    app: Flask, north: TenantWorld, team_id: int, colin: Visitor, verb: str
) -> None:
    elsewhere = make_team(app, north, "colleague", "owner", name="Wave")
    path = f"people/{north.people['contact']}{verb}"
    assert _send(colin, f"/team/{team_id}/{path}", administrator="y") == 404
    assert _send(colin, f"/team/{elsewhere}/{path}", administrator="y") == 404, "not in that team"
    own = f"people/{north.people['owner']}{verb}"
    assert _send(colin, f"/team/{elsewhere}/{own}", administrator="y") == 303, "where they are one, they may"


def test_the_administrator_never_reaches_anothers_account(
    north: TenantWorld, team_id: int, maya: Visitor
) -> None:
    page = maya.get(f"/team/{team_id}/people/{north.people['colleague']}").text
    posts = set(re.findall(r'action="([^"]+)"', page))
    assert posts
    assert {path for path in posts if not path.startswith(("/team/", "/logout", "/location"))} == set()
    assert maya.get(f"/admin/people/{north.people['colleague']}").status_code == 404
