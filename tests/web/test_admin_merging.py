"""Two people merged: who is staff afterwards has as much to show as before, nobody stays signed in, and nobody is told of
themselves as of somebody else.
"""

from datetime import UTC, datetime

import pytest
from flask import Flask

from app.domain.people.details import edit_person
from app.domain.people.terms import PersonDetails
from app.domain.record_views import note_look
from app.models import LoginSession, Merger, Passkey, Person, RecordView, Role, Tenant
from tests.support.factors import give_app
from tests.support.rows import change, inside, rows
from tests.support.staff import Desk
from tests.support.visitor import Visitor
from tests.support.world import TenantWorld, World

NOW = datetime(2026, 11, 24, 9, 7, tzinfo=UTC)
REFUSED = "who would be staff with a password alone"


@pytest.fixture
def north(world: World) -> TenantWorld:
    return world.northlight


@pytest.fixture
def owner(app: Flask, north: TenantWorld) -> Desk:
    return Desk(app, north, "owner")


def _merge(owner: Desk, kept: str, gone: str) -> tuple[int, str]:
    """Look at what would happen, and do it; returns the status and what the page says."""
    people = owner.tenant.people
    address = f"/admin/people/{people[kept]}/merging"
    shown = owner.get(f"{address}?other={people[gone]}")
    answer = owner.send(address, {"other": str(people[gone]), "email": "kept", "name": "kept"})
    assert (REFUSED in shown.text) is (REFUSED in answer.text)
    return answer.status_code, answer.text


def _give_passkey(app: Flask, north: TenantWorld, who: str) -> None:
    with inside(app, north) as session:
        session.add(
            Passkey(
                person_id=north.people[who],
                host="localhost",
                credential_id=who,
                public_key=b"",
                sign_count=0,
                name="Key",
                created_at=NOW,
            )
        )


def test_staff_come_in_with_no_less_than_the_one_that_goes(
    app: Flask, north: TenantWorld, owner: Desk
) -> None:
    give_app(app, north, "desk", NOW)
    before = owner.counts()
    status, text = _merge(owner, "member", "desk")
    assert (status, REFUSED in text) == (422, True)
    assert owner.counts() == before
    assert rows(app, north, Person, id=north.people["member"])[0].role is Role.NONE
    # A passkey does not make the password ask for more, where nobody must have a factor.
    _give_passkey(app, north, "member")
    assert _merge(owner, "member", "desk")[0] == 422
    give_app(app, north, "member", NOW)
    assert _merge(owner, "member", "desk")[0] == 303
    assert rows(app, north, Person, id=north.people["member"])[0].role is Role.FRONT_DESK
    assert Visitor(app, north).sign_in("member").location == "/login/second"


def test_the_other_way_round_keeps_the_factor(app: Flask, north: TenantWorld, owner: Desk) -> None:
    give_app(app, north, "desk", NOW)
    assert _merge(owner, "desk", "member")[0] == 303
    assert Visitor(app, north).sign_in("desk").location == "/login/second"


@pytest.mark.parametrize("factor", ["app", "passkey", "none"])
def test_where_staff_must_have_a_factor_they_set_one_up_at_their_next_sign_in(
    app: Flask, north: TenantWorld, owner: Desk, factor: str
) -> None:
    if factor == "app":
        give_app(app, north, "desk", NOW)
    elif factor == "passkey":
        _give_passkey(app, north, "desk")
    change(app, north, Tenant, north.id, staff_factor=True)
    maya = Visitor(app, north)
    maya.sign_in("member")
    assert maya.is_signed_in()
    assert _merge(owner, "member", "desk")[0] == 303
    assert not maya.is_signed_in()
    maya.sign_in("member")
    assert maya.get("/bookings").location == "/account/security"
    assert maya.get("/admin").location == "/account/security"


def test_members_may_lose_a_factor_and_are_told_nothing(app: Flask, north: TenantWorld, owner: Desk) -> None:
    give_app(app, north, "colleague", NOW)
    assert _merge(owner, "member", "colleague")[0] == 303
    assert Visitor(app, north).sign_in("member").location == "/"


def test_both_are_signed_out_everywhere(app: Flask, north: TenantWorld, owner: Desk) -> None:
    signed_in = [Desk(app, north, who) for who in ("member", "colleague", "member")]
    assert [each.is_signed_in() for each in signed_in] == [True] * 3
    assert _merge(owner, "member", "colleague")[0] == 303
    assert [each.is_signed_in() for each in signed_in] == [False] * 3
    # Whoever merges another record of their own into their account goes on in the browser in hand.
    elsewhere = Desk(app, north, "owner")
    assert _merge(owner, "owner", "contact")[0] == 303
    assert owner.is_signed_in()
    assert not elsewhere.is_signed_in()
    assert {row.person_id for row in rows(app, north, LoginSession)} == {north.people["owner"]}


def test_nobody_looked_at_their_own_record(app: Flask, north: TenantWorld, owner: Desk) -> None:
    people = north.people
    looks = [("desk", "member"), ("desk", "colleague"), ("manager", "member"), ("manager", "desk")]
    with inside(app, north) as session:
        for viewer, seen in looks:
            assert note_look(session, north.actor(viewer), people[seen], NOW)
    assert _merge(owner, "member", "desk")[0] == 303
    found = {(row.viewer_id, row.person_id) for row in rows(app, north, RecordView)}
    kept = people["member"]
    assert found - {(people["owner"], kept)} == {(kept, people["colleague"]), (people["manager"], kept)}
    page = Desk(app, north, "member").get("/account/activity").text
    looked = page.partition('id="looks-title"')[2]
    assert "Mona Manager" in looked
    assert "Maya Member" not in looked
    assert "#" not in looked.partition("</section>")[0]
    assert "Maya Member" in Desk(app, north, "colleague").get("/account/activity").text


def test_what_somebody_did_as_the_one_that_went_was_not_done_by_another(
    app: Flask, north: TenantWorld, owner: Desk
) -> None:
    with inside(app, north) as session:
        for who in ("desk", "manager"):
            wish = PersonDetails(north.email("contact"), "Conny", "Contact", company=who)
            edit_person(session, north.actor(who), north.people["contact"], wish, lambda: NOW)
            session.commit()
    conny = Desk(app, north, "contact")
    assert conny.get("/account/activity").text.count("Dora Desk,") == 1
    # By way of another one, too.
    assert _merge(owner, "colleague", "desk")[0] == 303
    assert _merge(owner, "contact", "colleague")[0] == 303
    assert len(rows(app, north, Merger)) == 2
    page = Desk(app, north, "contact").get("/account/activity").text
    assert page.count("Mona Manager,") == 1
    assert "Dora Desk" not in page
    assert f"#{north.people['desk']}" not in page
