"""What the sign-up form asks for beside a name: facts of the profile, as the operator wants them."""

import pytest
from flask import Flask

from app.domain.joining.fields import FIELDS
from app.domain.joining.words import Wish
from app.models import Person, PersonProfile, SignUp
from tests.support.joining import join_form, open_joining
from tests.support.mail import mailed
from tests.support.rows import rows
from tests.support.staff import Desk
from tests.support.visitor import Visitor
from tests.support.world import TenantWorld, World

ADA = "ada@example.test"
ME = {"first_name": "Ada", "last_name": "Byron", "password": "a brand new pass phrase"}
FACTS = {
    "job_title": "Engineer",
    "industry": "Engines",
    "phone": "+44 131 496 0123",
    "street": "12 Quay",
    "postal_code": "EH6 6JJ",
    "city": "Leith",
    "country": "GB",
    "birthday": "1990-12-10",
}
ALL = {each.key: Wish.OPTIONAL for each in FIELDS}


def _link(app: Flask, tenant: TenantWorld, visitor: Visitor) -> str:
    assert visitor.post("/join", join_form(visitor, ADA), form="/join").status_code == 303
    return mailed(app, tenant, "/join/link/")


def _said(profile: PersonProfile) -> dict[str, str]:
    return {name: str(getattr(profile, name)) for name in FACTS}


@pytest.mark.parametrize("needs_approval", [False, True])
def test_they_come_to_be_the_persons_profile(app: Flask, world: World, *, needs_approval: bool) -> None:
    north = world.northlight
    open_joining(app, north, wishes=ALL, needs_approval=needs_approval)
    visitor = Visitor(app, north)
    path = _link(app, north, visitor)
    assert visitor.post(path, ME | FACTS | {"company": "Analytical"}, form=path).status_code == 303
    if needs_approval:
        assert rows(app, north, Person, email_key=ADA) == []
        desk = Desk(app, north, "desk")
        page = desk.get("/admin/people/waiting").text
        assert "United Kingdom" in page
        assert "10 December 1990" in page
        (asked,) = rows(app, north, SignUp)
        assert desk.send(f"/admin/people/waiting/{asked.id}/approval").status_code == 303
    (person,) = rows(app, north, Person, email_key=ADA)
    (profile,) = rows(app, north, PersonProfile, person_id=person.id)
    assert _said(profile) == FACTS
    assert person.company == "Analytical"
    assert not profile.listed, "telling the operator is not telling everybody"


def test_nothing_of_it_is_asked_for_at_first_and_nothing_sneaks_in(app: Flask, world: World) -> None:
    north = world.northlight
    open_joining(app, north)
    visitor = Visitor(app, north)
    path = _link(app, north, visitor)
    page = visitor.get(path).text
    assert [name for name in FACTS if f'name="{name}"' in page] == []
    assert visitor.post(path, ME | FACTS, form=path).status_code == 303
    (person,) = rows(app, north, Person, email_key=ADA)
    assert rows(app, north, PersonProfile, person_id=person.id) == []


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"phone": "call me"}, "Write a number"),
        ({"phone": ""}, "needed"),
        ({"birthday": "2990-01-01"}, "still to come"),
        ({"birthday": "1066-10-14"}, "after 1900"),
        ({"birthday": "1990-02-30"}, "no such day"),
        ({"country": "Narnia"}, "from the list"),
        ({"country": ""}, "needed"),
        ({"city": "x" * 81}, "too many"),
    ],
)
@pytest.mark.parametrize("engine", ["sqlite"])
def test_nonsense_is_said_at_its_field(app: Flask, world: World, wrong: dict[str, str], says: str) -> None:
    north = world.northlight
    open_joining(app, north, wishes=dict.fromkeys(ALL, Wish.REQUIRED))
    visitor = Visitor(app, north)
    path = _link(app, north, visitor)
    right = ME | FACTS | {"company": "Analytical", "location_id": str(north.locations["Porto"])}
    answer = visitor.post(path, right | wrong, form=path)
    assert answer.status_code == 422
    assert says in answer.text
    assert "12 Quay" in answer.text
    assert visitor.post(path, right, form=path).status_code == 303


def test_the_operator_chooses_them_on_the_settings_page(app: Flask, world: World) -> None:
    page = Desk(app, world.northlight, "owner").get("/admin/settings/joining").text
    for name in FACTS:
        assert f'name="wish_{name}"' in page
