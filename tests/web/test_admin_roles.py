"""Staff roles: made, changed, removed and given, and never beyond what whoever gives them has."""

import pytest
from flask import Flask
from sqlalchemy import select

from app.domain.actor import Permission
from app.models import Person, Role, StaffLocation, StaffRole, StaffRoleHolder
from tests.support.limited import give, make_role
from tests.support.rows import inside, rows
from tests.support.staff import Desk
from tests.support.world import World


@pytest.fixture
def owner(app: Flask, world: World) -> Desk:
    return Desk(app, world.northlight, "owner")


def _role(desk: Desk, name: str) -> StaffRole:
    return rows(desk.app, desk.tenant, StaffRole, name=name)[0]


def _person(desk: Desk, who: str) -> Person:
    return rows(desk.app, desk.tenant, Person, id=desk.tenant.people[who])[0]


def _give(desk: Desk, who: str, role: str, *places: int) -> int:
    form = {"role": role, "location_ids": [str(place) for place in places]}
    return desk.send(f"/admin/people/{desk.tenant.people[who]}/role", form).status_code


def test_an_owner_makes_changes_and_removes_a_role(owner: Desk) -> None:
    form = {"name": "Bookkeeper", "permissions": ["people", "audit"]}
    assert owner.send("/admin/roles", form).status_code == 303
    role = _role(owner, "Bookkeeper")
    assert role.permissions == ["audit", "people"]
    page = owner.get("/admin/roles").text
    assert "Bookkeeper" in page
    assert "Nobody yet" in page
    assert owner.send(f"/admin/roles/{role.id}", form | {"permissions": ["audit"]}).status_code == 303
    assert _role(owner, "Bookkeeper").permissions == ["audit"]
    assert owner.send(f"/admin/roles/{role.id}/removal").status_code == 303
    assert rows(owner.app, owner.tenant, StaffRole, name="Bookkeeper") == []
    actions = [entry.action for entry in owner.audit()]
    assert actions == ["staff_role.created", "staff_role.edited", "staff_role.removed"]


@pytest.mark.parametrize(
    ("form", "sentence"),
    [
        ({"name": "", "permissions": ["people"]}, "This is needed."),
        ({"name": "Nothing", "permissions": []}, "Choose at least one thing"),
        ({"name": "Event host", "permissions": ["people"]}, "Another one has this name."),
        ({"name": "King", "permissions": ["rule_the_world"]}, "Choose from the list."),
        ({"name": "King", "permissions": ["admin"]}, "Choose from the list."),
        ({"name": "x" * 61, "permissions": ["people"]}, "60 fit"),
    ],
)
def test_what_makes_no_role_is_refused_at_its_field(
    owner: Desk, form: dict[str, object], sentence: str
) -> None:
    before = owner.counts()
    answer = owner.send("/admin/roles", form)
    assert (answer.status_code, owner.counts()) == (422, before)
    assert sentence in answer.text


def test_a_role_that_somebody_has_stays(owner: Desk) -> None:
    give(owner.app, owner.tenant, "colleague", Role.CUSTOM, own="Event host")
    role = _role(owner, "Event host")
    answer = owner.send(f"/admin/roles/{role.id}/removal", follow_redirects=True)
    assert "1 person has this role" in answer.text
    assert _role(owner, "Event host").id == role.id
    assert _give(owner, "colleague", "none") == 303
    assert owner.send(f"/admin/roles/{role.id}/removal").status_code == 303
    assert rows(owner.app, owner.tenant, StaffRole) == []


def test_a_role_of_ones_own_is_what_somebody_may_and_no_more(owner: Desk, world: World) -> None:
    colleague = Desk(owner.app, world.northlight, "colleague")
    assert colleague.get("/admin/bookings").status_code == 404
    assert _give(owner, "colleague", f"custom-{world.northlight.roles['Event host']}") == 303
    assert colleague.get("/admin/bookings").status_code == 200
    assert colleague.get("/admin/people").status_code == 404
    # Changed, it counts from the next page on.
    form = {"name": "Event host", "permissions": ["people"]}
    assert owner.send(f"/admin/roles/{world.northlight.roles['Event host']}", form).status_code == 303
    assert colleague.get("/admin/people").status_code == 200
    assert colleague.get("/admin/bookings").status_code == 404
    assert colleague.get("/admin").headers["Location"] == "/admin/people"
    assert _give(owner, "colleague", "none") == 303
    assert colleague.get("/admin/people").status_code == 404


def test_a_word_of_another_version_permits_nothing(owner: Desk, world: World) -> None:
    with inside(owner.app, world.northlight) as session:
        role = session.get_one(StaffRole, world.northlight.roles["Event host"])
        role.permissions = ["bookings", "of_tomorrow"]
    give(owner.app, world.northlight, "colleague", Role.CUSTOM, own="Event host")
    assert Desk(owner.app, world.northlight, "colleague").get("/admin/bookings").status_code == 200


def test_where_somebody_works_is_given_with_the_role(owner: Desk) -> None:
    leith = owner.tenant.locations["Leith Walk"]
    assert _give(owner, "desk", "front_desk", leith) == 303
    assert [row.location_id for row in rows(owner.app, owner.tenant, StaffLocation)] == [leith]
    entry = owner.audit()[-1]
    assert (entry.before, entry.after) == ({"locations": []}, {"locations": ["Leith Walk"]})
    assert f'value="{leith}" checked' in owner.get(f"/admin/people/{owner.tenant.people['desk']}").text
    assert _give(owner, "desk", "front_desk") == 303
    assert rows(owner.app, owner.tenant, StaffLocation) == []


def test_the_other_tenants_role_and_location_are_refused(owner: Desk, world: World) -> None:
    assert _give(owner, "colleague", f"custom-{world.northlight.roles['Event host']}") == 303
    before = owner.counts()
    assert _give(owner, "colleague", f"custom-{world.harbour.roles['Event host']}") == 422
    assert _give(owner, "desk", "front_desk", world.harbour.locations["Porto"]) == 422
    assert _give(owner, "colleague", "custom-") == 422
    assert _give(owner, "colleague", "custom") == 422
    assert owner.counts() == before
    assert (
        owner.send(f"/admin/people/{world.harbour.people['desk']}/role", {"role": "none"}).status_code == 404
    )


@pytest.fixture
def chief(app: Flask, world: World) -> Desk:
    """Somebody who gives roles, but is no owner."""
    permissions = {Permission.STAFF, Permission.PEOPLE, Permission.BOOKINGS}
    make_role(app, world.northlight, "Chief of staff", permissions)
    give(app, world.northlight, "colleague", Role.CUSTOM, own="Chief of staff")
    return Desk(app, world.northlight, "colleague")


def test_nobody_gives_what_they_do_not_have(chief: Desk) -> None:
    assert _give(chief, "contact", f"custom-{chief.tenant.roles['Event host']}") == 303
    for role in ("manager", "front_desk", "owner", f"custom-{chief.tenant.roles['Chief of staff']}"):
        assert _give(chief, "member", role) == 422, role
    assert _person(chief, "member").role is Role.NONE
    for permission in ("settings", "spaces", "audit", "staff"):
        form = {"name": "More", "permissions": [permission]}
        assert chief.send("/admin/roles", form).status_code == 422, permission
    assert chief.send("/admin/roles", {"name": "Less", "permissions": ["people"]}).status_code == 303


def test_nobody_changes_who_may_more_than_they(chief: Desk) -> None:
    assert _give(chief, "desk", "none") == 422
    assert _give(chief, "owner", "none") == 422
    form = {"first_name": "Mine", "last_name": "Now", "email": "mine@example.test"}
    assert chief.send(f"/admin/people/{chief.tenant.people['manager']}", form).status_code == 422
    assert _person(chief, "manager").email == chief.tenant.email("manager")
    own = chief.tenant.roles["Chief of staff"]
    assert chief.get(f"/admin/roles/{own}").status_code == 404
    assert chief.send(f"/admin/roles/{own}/removal").status_code == 404


def test_who_is_limited_gives_no_more_places_than_they_have(app: Flask, world: World, chief: Desk) -> None:
    north = world.northlight
    leith, porto = north.locations["Leith Walk"], north.locations["Porto"]
    host = f"custom-{north.roles['Event host']}"
    give(app, north, "colleague", Role.CUSTOM, own="Chief of staff", places=["Leith Walk"])
    assert _give(chief, "contact", host) == 422  # everywhere
    assert _give(chief, "contact", host, porto) == 422
    assert _give(chief, "contact", host, leith) == 303
    assert chief.get("/admin/roles").status_code == 404


def test_ones_own_role_may_be_given_up_but_not_raised(chief: Desk) -> None:
    assert _give(chief, "colleague", "owner") == 422
    answer = chief.send(f"/admin/people/{chief.tenant.people['colleague']}/role", {"role": "none"})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/")
    assert _person(chief, "colleague").role is Role.NONE
    with inside(chief.app, chief.tenant) as session:
        assert session.scalars(select(StaffRoleHolder.id)).all() == []


def test_the_last_owner_of_the_whole_house_is_neither_demoted_limited_nor_suspended(owner: Desk) -> None:
    leith = owner.tenant.locations["Leith Walk"]
    for role, places in (("none", ()), ("manager", ()), ("owner", (leith,))):
        assert _give(owner, "owner", role, *places) == 422
    # A second owner who is limited does not count; one who is not, does.
    assert _give(owner, "manager", "owner", leith) == 303
    assert _give(owner, "owner", "none") == 422
    assert _give(owner, "manager", "owner") == 303
    assert _give(owner, "owner", "owner", leith) == 303
    second = Desk(owner.app, owner.tenant, "manager")
    second.send(f"/admin/people/{owner.tenant.people['owner']}/suspension")
    assert _person(owner, "owner").suspended_at is not None
    assert _give(second, "manager", "none") == 422
