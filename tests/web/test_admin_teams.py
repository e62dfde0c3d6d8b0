"""Teams at the front desk."""

import csv
from io import StringIO

import pytest
from flask import Flask

from app.domain.team.terms import MOST_SEATS
from app.models import Person, TeamMember
from tests.support.rows import change, rows
from tests.support.staff import Desk
from tests.support.teams import make_team
from tests.support.visitor import Visitor
from tests.support.world import World

TIDE = {"name": "Tidewater", "seat_limit": "4", "location_id": ""}


@pytest.fixture
def desk(app: Flask, world: World) -> Desk:
    return Desk(app, world.northlight, "desk")


def test_a_team_from_its_founding_to_its_end(desk: Desk) -> None:
    answer = desk.send("/admin/teams", TIDE)
    assert answer.status_code == 303
    here = answer.location
    assert "Add somebody" in desk.get(here).text
    for who in ("member", "colleague"):
        assert desk.send(f"{here}/people", {"email": desk.tenant.email(who).upper()}).status_code == 303
    assert "2 of 4 seats taken" in desk.get("/admin/teams?q=TIDE").text
    maya, colin = (f"{here}/people/{desk.tenant.people[who]}" for who in ("member", "colleague"))
    assert desk.send(colin, {"administrator": "y", "may_buy": "y"}).status_code == 303
    assert desk.send(f"{colin}/payment").status_code == 303
    assert desk.send(f"{maya}/removal").status_code == 303
    left = rows(desk.app, desk.tenant, TeamMember)
    assert [
        (each.person_id, each.administrator, each.pays, each.may_buy, each.may_book) for each in left
    ] == [(desk.tenant.people["colleague"], True, True, True, False)]
    assert desk.send(f"{here}/retirement").status_code == 303
    assert desk.send(f"{maya}/removal").status_code == 404
    assert "Bring it back" in desk.get(here).text
    assert desk.send(f"{here}/restoration").status_code == 303
    said = [entry.action for entry in desk.audit() if entry.subject == "team"]
    assert said == [
        "team.created",
        "team.member_added",
        "team.member_added",
        "team.member_changed",
        "team.payer_set",
        "team.member_removed",
        "team.retired",
        "team.restored",
    ]


@pytest.mark.parametrize(
    ("field", "typed", "sentence"),
    [
        ("name", "", "is needed"),
        ("name", "x" * 100_000, "100,000 characters"),
        ("name", "Tide\u202ewater", "cannot be shown"),
        ("name", "Tide\0water", "cannot be shown"),
        ("name", "Taken", "Another team has this name"),
        ("seat_limit", "0", "At least 1"),
        ("seat_limit", "-3", "At least 1"),
        ("seat_limit", str(MOST_SEATS + 1), "At most"),
        ("seat_limit", "four", "whole number"),
        ("location_id", "999999", "from the list"),
    ],
)
def test_it_refuses_with_a_sentence_and_keeps_the_rest(
    desk: Desk, field: str, typed: str, sentence: str
) -> None:
    make_team(desk.app, desk.tenant, name="Taken")
    before = desk.counts()
    answer = desk.send("/admin/teams", TIDE | {field: typed})
    assert answer.status_code == 422
    assert sentence in answer.text
    assert ('value="4"' if field != "seat_limit" else "Tidewater") in answer.text
    assert desk.counts() == before


def test_another_tenants_location_is_not_on_the_list(desk: Desk, world: World) -> None:
    own, foreign = (tenant.locations["Porto"] for tenant in (world.northlight, world.harbour))
    assert desk.send("/admin/teams", TIDE | {"location_id": str(foreign)}).status_code == 422
    assert desk.send("/admin/teams", TIDE | {"location_id": str(own)}).status_code == 303


def test_fewer_seats_than_people_are_refused(desk: Desk) -> None:
    team_id = make_team(desk.app, desk.tenant, "member", "colleague")
    answer = desk.send(f"/admin/teams/{team_id}", TIDE | {"seat_limit": "1"})
    assert answer.status_code == 422
    assert "2 people are in the team" in answer.text
    assert desk.send(f"/admin/teams/{team_id}", TIDE | {"seat_limit": "2"}).status_code == 303
    answer = desk.send(f"/admin/teams/{team_id}/people", {"email": desk.tenant.email("contact")})
    assert answer.status_code == 422
    assert "All 2 seats are taken" in answer.text


@pytest.mark.parametrize(
    ("email", "sentence"),
    [
        ("member@example.test", "in the team already"),
        ("nobody@example.test", "Nobody here has this e-mail"),
        ("nobody", "looks like"),
        ("", "is needed"),
    ],
)
def test_nobody_is_added_out_of_nothing(desk: Desk, email: str, sentence: str) -> None:
    team_id = make_team(desk.app, desk.tenant, "member")
    before = desk.counts()
    answer = desk.send(f"/admin/teams/{team_id}/people", {"email": email})
    assert answer.status_code == 422
    assert sentence in answer.text
    assert desk.counts() == before


def test_the_last_administrator_stays_and_so_does_who_pays(desk: Desk) -> None:
    team_id = make_team(desk.app, desk.tenant, "member", "colleague")
    maya = f"/admin/teams/{team_id}/people/{desk.tenant.people['member']}"
    answer = desk.send(maya, {"may_book": "y"})
    assert answer.status_code == 422
    assert "needs an administrator" in answer.text
    assert desk.send(f"{maya}/removal").status_code == 303
    assert len(rows(desk.app, desk.tenant, TeamMember)) == 2
    assert "needs an administrator" in desk.get(f"/admin/teams/{team_id}").text


def test_a_team_whose_administrator_is_suspended_is_marked(desk: Desk) -> None:
    team_id = make_team(desk.app, desk.tenant, "member", "colleague")
    assert "No administrator" not in desk.get("/admin/teams").text
    assert desk.send(f"/admin/people/{desk.tenant.people['member']}/suspension").status_code == 303
    assert "No administrator" in desk.get("/admin/teams").text
    assert "None of its administrators can sign in" in desk.get(f"/admin/teams/{team_id}").text


def test_somebodys_page_says_which_teams_they_are_in(desk: Desk) -> None:
    member, contact = (f"/admin/people/{desk.tenant.people[who]}" for who in ("member", "contact"))
    make_team(desk.app, desk.tenant, "member", name="Wave")
    team_id = make_team(desk.app, desk.tenant, "member")
    page = desk.get(member).text
    assert f"/admin/teams/{team_id}" in page
    assert "Wave" in page
    assert "In no team." in desk.get(contact).text


def test_the_people_are_a_spreadsheet_that_runs_nothing(desk: Desk) -> None:
    team_id = make_team(desk.app, desk.tenant, "member", "colleague")
    change(desk.app, desk.tenant, Person, desk.tenant.people["colleague"], first_name="=Colin")
    answer = desk.get(f"/admin/teams/{team_id}/people.csv")
    assert answer.mimetype == "text/csv"
    lines = list(csv.reader(StringIO(answer.text.removeprefix("\ufeff"))))
    assert [line[:5] for line in lines[1:]] == [
        ["Maya Member", "member@example.test", "yes", "yes", "yes"],
        ["'=Colin Colleague", "colleague@example.test", "", "", "yes"],
    ]


def test_members_do_not_see_any_of_it(app: Flask, desk: Desk) -> None:
    team_id = make_team(app, desk.tenant, "member")
    maya = Visitor(app, desk.tenant)
    maya.sign_in("member")
    for path in (
        "/admin/teams",
        "/admin/teams/new",
        f"/admin/teams/{team_id}",
        f"/admin/teams/{team_id}/people.csv",
    ):
        assert desk.get(path).status_code == 200
        assert maya.get(path).status_code == 404


def test_somebody_who_is_not_in_the_team_has_no_page_in_it(desk: Desk, world: World) -> None:
    team_id = make_team(desk.app, desk.tenant, "member")
    for person_id in (desk.tenant.people["contact"], world.harbour.people["member"] + 10**6, 2**63):
        assert desk.get(f"/admin/teams/{team_id}/people/{person_id}").status_code == 404
        assert desk.send(f"/admin/teams/{team_id}/people/{person_id}/removal").status_code == 404
    assert desk.get(f"/admin/teams/{2**63}").status_code == 404
