"""What staff see of somebody's profile, whom invoices are made out to, and the list of skills."""

import pytest
from flask import Flask

from app.models import AuditEntry, Person, PersonProfile, PersonSkill, Skill
from tests.support.rows import change, inside, rows
from tests.support.staff import Desk
from tests.support.world import World

BILLING = {
    "billing_name": "Kite & Loom Ltd",
    "tax_id": "GB 123",
    "billing_street": "1 Leith Walk",
    "billing_postal_code": "EH6",
    "billing_city": "Edinburgh",
    "billing_country": "GB",
}


@pytest.fixture
def desk(app: Flask, world: World) -> Desk:
    return Desk(app, world.northlight, "desk")


def _path(world: World, who: str = "member") -> str:
    return f"/admin/people/{world.northlight.people[who]}"


def test_staff_see_what_members_hide_from_each_other(app: Flask, world: World, desk: Desk) -> None:
    with inside(app, world.northlight) as session:
        session.add(
            PersonProfile(
                person_id=world.northlight.people["member"],
                job_title="Weaver",
                phone="+44 131 496 0000",
                city="Edinburgh",
                country="GB",
                visibility={"phone": "only_me"},
            )
        )
    page = desk.get(_path(world)).text
    for sign in ("Weaver", "+44 131 496 0000", "Edinburgh, United Kingdom"):
        assert sign in page


def test_the_face_stands_beside_the_name_in_the_desks_lists(app: Flask, world: World, desk: Desk) -> None:
    assert "/media/" not in desk.get("/admin/people").text
    change(app, world.northlight, Person, world.northlight.people["member"], face_digest="f" * 64)
    for page in ("/admin/people", _path(world), "/admin/bookings/new?q=maya"):
        assert f'src="/media/{"f" * 64}"' in desk.get(page).text, page


def test_staff_put_billing_details_right_and_it_is_on_record(app: Flask, world: World, desk: Desk) -> None:
    assert desk.send(f"{_path(world)}/billing", BILLING).status_code == 303
    (profile,) = rows(app, world.northlight, PersonProfile)
    assert {name: getattr(profile, name) for name in BILLING} == BILLING
    assert "Kite &amp; Loom Ltd" in desk.get(_path(world)).text
    desk.send(f"{_path(world)}/billing", BILLING)
    (entry,) = rows(app, world.northlight, AuditEntry, action="person.billing_edited")
    assert (entry.actor_id, entry.after) == (world.northlight.people["desk"], BILLING)


def test_staffs_own_details_are_an_owners_business(app: Flask, world: World, desk: Desk) -> None:
    assert desk.send(f"{_path(world, 'manager')}/billing", BILLING).status_code == 422
    assert rows(app, world.northlight, PersonProfile) == []
    owner = Desk(app, world.northlight, "owner")
    assert owner.send(f"{_path(world, 'manager')}/billing", BILLING).status_code == 303


@pytest.mark.parametrize(
    ("field", "text"),
    [
        ("billing_country", "Atlantis"),
        ("tax_id", "x" * 100_000),
        ("billing_city", "nul\0"),
        ("billing_name", "\u202e"),
    ],
)
@pytest.mark.parametrize("engine", ["sqlite"])
def test_nonsense_is_answered_at_its_field(
    app: Flask, world: World, desk: Desk, field: str, text: str
) -> None:
    answer = desk.send(f"{_path(world)}/billing", BILLING | {field: text})
    assert answer.status_code == 422
    assert f'id="{field}-error"' in answer.text
    assert rows(app, world.northlight, PersonProfile) == []


def test_members_have_no_way_in(app: Flask, world: World) -> None:
    member = Desk(app, world.northlight, "member")
    assert member.get("/admin/skills").status_code == 404
    assert member.post(f"{_path(world)}/billing", BILLING, form="/account").status_code == 404


def test_the_list_of_skills_is_kept_by_the_front_desk(app: Flask, world: World, desk: Desk) -> None:
    assert desk.send("/admin/skills", {"name": "Brazing", "position": "1"}).status_code == 303
    assert desk.send("/admin/skills", {"name": "Brazing", "position": "2"}).status_code == 422
    brazing = rows(app, world.northlight, Skill, name="Brazing")[0]
    member = Desk(app, world.northlight, "member")
    assert "Brazing" in member.get("/account/profile").text
    assert desk.send(f"/admin/skills/{brazing.id}/removal").status_code == 303
    assert "Brazing" not in member.get("/account/profile").text


def test_a_skill_that_somebody_has_stays(app: Flask, world: World, desk: Desk) -> None:
    skill = world.northlight.skills["Welding"]
    with inside(app, world.northlight) as session:
        session.add(PersonSkill(person_id=world.northlight.people["member"], skill_id=skill))
    desk.send(f"/admin/skills/{skill}/removal")
    assert rows(app, world.northlight, Skill, id=skill)
    assert "in use in 1 place" in desk.get(f"/admin/skills/{skill}").text
