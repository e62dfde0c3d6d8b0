"""Groups that a provider names lead into teams: joined, left again, never beyond a team's seats."""

import logging
from collections.abc import Iterator

import pytest
from flask import Flask

from app.domain.team.members import add_member
from app.domain.team.terms import TeamPermissions
from app.kernel.clock import system_clock
from app.models import SignOnIdentity, TeamMember
from tests.support.identity.crooked import SECRET, Crooked, crooked_issuer
from tests.support.identity.rows import provider_of
from tests.support.identity.trip import sign_on
from tests.support.rows import change, inside, rows
from tests.support.teams import make_team
from tests.support.visitor import Visitor
from tests.support.world import World

GROUPS = {"blue-ish": "Blue", "red": "Red"}
HERE = "/admin/settings/sign-on/1"


@pytest.fixture
def issuer(app: Flask, world: World) -> Iterator[Crooked]:
    with crooked_issuer() as crooked:
        crooked.claims = {"email": world.northlight.email("member")}
        provider_of(
            app,
            world.northlight,
            crooked.issuer,
            SECRET,
            trusted=True,
            creates_people=True,
            group_claim="groups",
            group_teams=GROUPS,
        )
        yield crooked


def _sign_in(app: Flask, world: World, issuer: Crooked, *groups: str) -> Visitor:
    issuer.claims["groups"] = list(groups)
    visitor = Visitor(app, world.northlight)
    assert sign_on(visitor).status_code == 303
    assert visitor.is_signed_in()
    return visitor


def _teams(app: Flask, world: World, who: str = "member") -> set[int]:
    mine = rows(app, world.northlight, TeamMember, person_id=world.northlight.people[who])
    return {row.team_id for row in mine}


def test_groups_are_joined_and_left(app: Flask, world: World, issuer: Crooked) -> None:
    blue = make_team(app, world.northlight, "colleague", name="Blue")
    red = make_team(app, world.northlight, "colleague", name="Red")
    make_team(app, world.harbour, "colleague", name="Blue")
    _sign_in(app, world, issuer)
    assert _teams(app, world) == set()
    page = _sign_in(app, world, issuer, "blue-ish", "nothing here").get("/team").text
    assert "Blue" in page
    assert _teams(app, world) == {blue}
    _sign_in(app, world, issuer, "blue-ish", "red")
    assert _teams(app, world) == {blue, red}
    _sign_in(app, world, issuer, "red")
    assert _teams(app, world) == {red}
    member = rows(app, world.northlight, TeamMember, team_id=red)[-1]
    assert (member.administrator, member.pays, member.may_buy) == (False, False, False)


def test_a_team_that_somebody_put_them_into_is_not_left(app: Flask, world: World, issuer: Crooked) -> None:
    blue = make_team(app, world.northlight, "colleague", name="Blue")
    red = make_team(app, world.northlight, "colleague", name="Red")
    with inside(app, world.northlight) as session:
        north = world.northlight
        add_member(session, north.actor("desk"), blue, north.email("member"), TeamPermissions(), system_clock)
        session.commit()
    _sign_in(app, world, issuer, "blue-ish", "red")
    assert _teams(app, world) == {blue, red}
    _sign_in(app, world, issuer)
    assert _teams(app, world) == {blue}


def test_a_full_team_is_not_joined_and_the_sign_in_goes_on(
    app: Flask, world: World, issuer: Crooked, caplog: pytest.LogCaptureFixture
) -> None:
    blue = make_team(app, world.northlight, "colleague", name="Blue", seats=1)
    red = make_team(app, world.northlight, "colleague", name="Red", seats=2)
    with caplog.at_level(logging.WARNING):
        _sign_in(app, world, issuer, "blue-ish", "red")
    assert _teams(app, world) == {red}
    assert f"team {blue} is full" in caplog.text
    # The next one, for whom the last seat is gone.
    issuer.claims |= {"sub": "nora", "email": "nora@acme.example"}
    _sign_in(app, world, issuer, "red")
    assert len(rows(app, world.northlight, TeamMember, team_id=red)) == 2


def test_whom_a_team_cannot_do_without_stays(app: Flask, world: World, issuer: Crooked) -> None:
    blue = make_team(app, world.northlight, name="Blue")
    _sign_in(app, world, issuer, "blue-ish")
    north = world.northlight
    (first,) = rows(app, north, TeamMember, team_id=blue)
    assert (first.person_id, first.administrator, first.pays) == (north.people["member"], True, True)
    with inside(app, north) as session:
        add_member(
            session, north.actor("desk"), blue, north.email("colleague"), TeamPermissions(), system_clock
        )
        session.commit()
    _sign_in(app, world, issuer)
    assert _teams(app, world) == {blue}
    change(app, north, TeamMember, first.id, pays=False)
    heir = rows(app, north, TeamMember, team_id=blue)[-1]
    change(app, north, TeamMember, heir.id, pays=True, administrator=True)
    _sign_in(app, world, issuer)
    assert _teams(app, world) == set()


def test_a_retired_team_is_not_joined_and_one_that_is_removed_from_the_list_is_left(
    app: Flask, world: World, issuer: Crooked
) -> None:
    blue = make_team(app, world.northlight, "colleague", name="Blue")
    red = make_team(app, world.northlight, "colleague", name="Red")
    _sign_in(app, world, issuer, "blue-ish")
    assert _teams(app, world) == {blue}
    owner = Visitor(app, world.northlight)
    owner.sign_in("owner")
    assert owner.post(f"/admin/teams/{red}/retirement", form=f"/admin/teams/{red}").status_code == 303
    policy = {"trusted": "y", "group_claim": "groups", "group_teams": "red = Red"}
    assert owner.post(f"{HERE}/policy", policy, form=HERE).status_code == 303
    _sign_in(app, world, issuer, "blue-ish", "red")
    assert _teams(app, world) == set()


def test_nobody_leaves_because_the_provider_is_removed(app: Flask, world: World, issuer: Crooked) -> None:
    blue = make_team(app, world.northlight, "colleague", name="Blue")
    _sign_in(app, world, issuer, "blue-ish")
    owner = Visitor(app, world.northlight)
    owner.sign_in("owner")
    assert owner.post(f"{HERE}/removal", form=HERE).status_code == 303
    assert rows(app, world.northlight, SignOnIdentity) == []
    assert _teams(app, world) == {blue}


def test_a_team_that_is_not_there_is_said_at_the_field(app: Flask, world: World, issuer: Crooked) -> None:
    make_team(app, world.northlight, "colleague", name="Blue")
    make_team(app, world.harbour, "colleague", name="Green")
    owner = Visitor(app, world.northlight)
    owner.sign_in("owner")
    typed = {"group_claim": "groups", "group_teams": "staff = Blue\nguests = Green"}
    wrong = owner.post(f"{HERE}/policy", typed, form=HERE)
    assert wrong.status_code == 422
    assert "There is no team called Green." in wrong.text
    assert "guests = Green" in wrong.text
    right = typed | {"group_teams": "staff = Blue"}
    assert owner.post(f"{HERE}/policy", right, form=HERE).status_code == 303
    assert "staff = Blue" in owner.get(HERE).text
