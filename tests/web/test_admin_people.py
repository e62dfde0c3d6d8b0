"""People at the front desk."""

import csv
from datetime import timedelta
from io import StringIO
from urllib.parse import parse_qs

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from app.kernel.clock import system_clock
from app.models import Contract, LoginSession, Notice, Person, Role
from tests.support.bookings import NOW
from tests.support.mail import found, mails
from tests.support.rows import inside
from tests.support.staff import Desk
from tests.support.visitor import Visitor
from tests.support.world import TenantWorld, World

ANN = {
    "first_name": "Ann",
    "last_name": "O’Neill-Łoś",
    "email": "Ann@Example.test",
    "company": "Tidewater",
    "location_id": "",
    "locale": "es",
}
SOON = system_clock().date() + timedelta(days=400)


@pytest.fixture
def desk(app: Flask, world: World) -> Desk:
    return Desk(app, world.northlight, "desk")


@pytest.fixture
def owner(app: Flask, world: World) -> Desk:
    return Desk(app, world.northlight, "owner")


def _person(desk: Desk, person_id: int) -> Person:
    with inside(desk.app, desk.tenant) as session:
        return session.execute(select(Person).where(Person.id == person_id)).scalar_one()


def _url(desk: Desk, who: str, rest: str = "") -> str:
    return f"/admin/people/{desk.tenant.people[who]}{rest}"


def test_it_adds_somebody_and_says_so_in_the_audit_trail(desk: Desk) -> None:
    answer = desk.send("/admin/people", ANN)
    assert answer.status_code == 303
    entry = desk.audit()[-1]
    assert (entry.action, entry.actor_id) == ("person.created", desk.tenant.people["desk"])
    assert entry.after["email"] == "Ann@Example.test"
    assert entry.subject_id is not None
    person = _person(desk, entry.subject_id)
    assert (person.name, person.email_key, person.locale) == ("Ann O’Neill-Łoś", "ann@example.test", "es")


def test_htmx_is_sent_on_by_its_header(desk: Desk) -> None:
    answer = desk.send("/admin/people", ANN, headers={"HX-Request": "true"})
    assert answer.status_code == 204
    assert answer.headers["HX-Redirect"].startswith("/admin/people/")


@pytest.mark.parametrize(
    ("field", "typed", "sentence"),
    [
        ("first_name", "A", "too short"),
        ("first_name", "Ann 3", "A name has letters"),
        ("last_name", "", "is needed"),
        ("last_name", "<b>", "A name has letters"),
        ("first_name", "x" * 100_000, "100,000 characters"),
        ("email", "ann", "looks like"),
        ("email", "MEMBER@example.test", "Somebody else has this e-mail"),
        ("company", "Tide\u202ewater", "cannot be shown"),
        ("company", "Tide\0water", "cannot be shown"),
        ("locale", "tlh", "from the list"),
        ("location_id", "999999", "from the list"),
        ("location_id", "x", "from the list"),
    ],
)
def test_it_refuses_with_a_sentence_and_keeps_the_rest(
    desk: Desk, field: str, typed: str, sentence: str
) -> None:
    before = desk.counts()
    answer = desk.send("/admin/people", ANN | {field: typed})
    assert answer.status_code == 422
    assert sentence in answer.text
    assert "Tidewater" in answer.text
    assert desk.counts() == before


def test_another_tenants_location_is_not_on_the_list(desk: Desk, world: World) -> None:
    own, foreign = (tenant.locations["Leith Walk"] for tenant in (world.northlight, world.harbour))
    assert desk.send("/admin/people", ANN | {"location_id": str(own)}).status_code == 303
    before = desk.counts()
    answer = desk.send("/admin/people", ANN | {"email": "b@example.test", "location_id": str(foreign)})
    assert answer.status_code == 422
    assert desk.counts() == before


def test_it_edits_and_notes_only_what_changed(desk: Desk) -> None:
    form = {
        "first_name": "Maya",
        "last_name": "Mapper",
        "email": desk.tenant.email("member"),
        "company": "",
        "location_id": "",
        "locale": "",
    }
    assert desk.send(_url(desk, "member"), form).status_code == 303
    entry = desk.audit()[-1]
    assert (entry.action, entry.before, entry.after) == (
        "person.edited",
        {"last_name": "Member"},
        {"last_name": "Mapper"},
    )


def test_the_front_desk_cannot_touch_an_owners_account(desk: Desk, owner: Desk) -> None:
    form = {
        "first_name": "Olive",
        "last_name": "Owner",
        "email": "mine@example.test",
        "company": "",
        "location_id": "",
        "locale": "",
    }
    assert desk.send(_url(desk, "owner"), form).status_code == 422
    assert desk.send(_url(desk, "owner", "/suspension")).status_code == 303
    assert desk.send(_url(desk, "owner", "/invitation")).status_code == 303
    person = _person(desk, desk.tenant.people["owner"])
    assert (person.email, person.suspended_at) == (desk.tenant.email("owner"), None)
    assert desk.audit() == []
    assert owner.send(_url(owner, "owner"), form).status_code == 303


def test_only_an_owner_gives_roles(desk: Desk, owner: Desk) -> None:
    assert desk.send(_url(desk, "contact", "/role"), {"role": "owner"}).status_code == 404
    assert owner.send(_url(owner, "contact", "/role"), {"role": "manager"}).status_code == 303
    assert _person(owner, owner.tenant.people["contact"]).role is Role.MANAGER
    assert owner.audit()[-1].after == {"role": "manager"}


def test_the_last_owner_stays_one(owner: Desk) -> None:
    answer = owner.send(_url(owner, "owner", "/role"), {"role": "none"})
    assert answer.status_code == 422
    assert "last owner" in answer.text
    owner.send(_url(owner, "manager", "/role"), {"role": "owner"})
    assert owner.send(_url(owner, "owner", "/role"), {"role": "none"}).status_code == 303


def test_suspending_ends_every_session_at_once(app: Flask, desk: Desk) -> None:
    member = Desk(app, desk.tenant, "member")
    assert member.get("/account").status_code == 200
    assert desk.send(_url(desk, "member", "/suspension")).status_code == 303
    assert member.get("/account").status_code == 302
    with inside(desk.app, desk.tenant) as session:
        left = session.execute(select(LoginSession.person_id)).scalars().all()
    assert desk.tenant.people["member"] not in left
    assert desk.audit()[-1].action == "person.suspended"
    assert desk.send(_url(desk, "member", "/reinstatement")).status_code == 303
    assert _person(desk, desk.tenant.people["member"]).suspended_at is None


def test_nobody_suspends_themselves(owner: Desk) -> None:
    owner.send(_url(owner, "owner", "/suspension"))
    assert _person(owner, owner.tenant.people["owner"]).suspended_at is None
    assert owner.audit() == []


def test_a_contract_makes_a_member_until_its_last_day(desk: Desk) -> None:
    today = system_clock().date().isoformat()
    plan = str(desk.tenant.plans["Residents"])
    members = "/admin/people?show=members"
    assert "Conny Contact" not in desk.get(members).text
    assert (
        desk.send(
            _url(desk, "contact", "/contracts"), {"plan_id": plan, "starts_on": today, "ends_on": ""}
        ).status_code
        == 303
    )
    assert "Conny Contact" in desk.get(members).text
    twice = desk.send(
        _url(desk, "contact", "/contracts"), {"plan_id": plan, "starts_on": SOON.isoformat(), "ends_on": ""}
    )
    assert twice.status_code == 422
    with inside(desk.app, desk.tenant) as session:
        contract = session.execute(
            select(Contract.id).where(Contract.person_id == desk.tenant.people["contact"])
        ).scalar_one()
    ending = _url(desk, "contact", f"/contracts/{contract}")
    assert desk.send(ending, {f"contract{contract}-ends_on": "2020-01-01"}).status_code == 422
    assert desk.send(ending, {f"contract{contract}-ends_on": "2026-02-30"}).status_code == 422
    assert desk.send(ending, {f"contract{contract}-ends_on": SOON.isoformat()}).status_code == 303
    assert [entry.action for entry in desk.audit()] == ["contract.started", "contract.ended"]


def test_a_contract_belongs_to_its_person_and_tenant(desk: Desk, world: World) -> None:
    with inside(desk.app, desk.tenant) as session:
        contract = session.execute(
            select(Contract.id).where(Contract.person_id == desk.tenant.people["member"])
        ).scalar_one()
    form = {f"contract{contract}-ends_on": SOON.isoformat()}
    assert desk.send(_url(desk, "contact", f"/contracts/{contract}"), form).status_code == 404
    assert desk.send(_url(desk, "member", f"/contracts/{contract}"), form).status_code == 303
    foreign = desk.send(
        _url(desk, "contact", "/contracts"),
        {"plan_id": str(world.harbour.plans["Studio"]), "starts_on": "2026-11-24", "ends_on": ""},
    )
    assert foreign.status_code == 422


def _newcomer(desk: Desk) -> str:
    """The address of somebody who was just added and has no password."""
    assert desk.send("/admin/people", ANN | {"locale": ""}).status_code == 303
    with inside(desk.app, desk.tenant) as session:
        return f"/admin/people/{session.execute(select(Person.id).where(Person.company == 'Tidewater')).scalar_one()}"


def _mailed(app: Flask, tenant: TenantWorld) -> tuple[str, str]:
    """The newest mail, and the path of the link in it."""
    text = mails(app, tenant)[0]
    return text, found(r"(/(?:password/reset|invitation)/\S+)", text)


def test_an_invitation_is_a_notice_with_the_portals_address(desk: Desk) -> None:
    address = _newcomer(desk)
    assert "for 7 days" in desk.get(address).text
    assert desk.send(f"{address}/invitation").status_code == 303
    with inside(desk.app, desk.tenant) as session:
        notice = session.execute(select(Notice)).scalar_one()
    assert (notice.person_id, notice.kind) == (int(address.rpartition("/")[2]), "invitation.sent")
    assert notice.data["origin"].startswith("http://localhost")
    assert desk.audit()[-1].action == "person.invited"


def test_the_link_of_an_invitation_sets_a_password(app: Flask, desk: Desk) -> None:
    desk.send(f"{_newcomer(desk)}/invitation")
    _text, link = _mailed(app, desk.tenant)
    ann = Visitor(app, desk.tenant)
    answer = ann.post(link, ANN | {"password": "a brand new pass phrase"}, form="/login")
    assert answer.status_code == 303
    assert ann.is_signed_in()
    assert Visitor(app, desk.tenant).get(link).status_code == 404


def test_an_invitation_lasts_a_week_and_a_reset_an_hour(app: Flask, desk: Desk) -> None:
    visitor = Visitor(app, desk.tenant)
    with time_machine.travel(NOW, tick=False) as clock:
        desk = Desk(app, desk.tenant, "desk")
        desk.send(f"{_newcomer(desk)}/invitation")
        said, invitation = _mailed(app, desk.tenant)
        assert "once, for 7 days" in said
        assert "once, for an hour" in desk.get(_url(desk, "contact")).text
        clock.shift(timedelta(seconds=1))
        desk.send(_url(desk, "contact", "/invitation"))
        said, reset = _mailed(app, desk.tenant)
        assert "once, for an hour" in said
        clock.shift(timedelta(minutes=59))
        assert [visitor.get(link).status_code for link in (invitation, reset)] == [200, 200]
        clock.shift(timedelta(minutes=1))
        assert [visitor.get(link).status_code for link in (invitation, reset)] == [200, 404]
        clock.shift(timedelta(days=6, hours=22, minutes=58, seconds=59))
        assert visitor.get(invitation).status_code == 200
        clock.shift(timedelta(minutes=1))
        assert visitor.get(invitation).status_code == 404


def test_a_newer_invitation_replaces_the_older(app: Flask, desk: Desk) -> None:
    visitor, address = Visitor(app, desk.tenant), _newcomer(desk)
    links = []
    for _round in range(2):
        desk.send(f"{address}/invitation")
        links.append(_mailed(app, desk.tenant)[1])
        assert visitor.get(links[-1]).status_code == 200
    assert visitor.get(links[0]).status_code == 404


def test_a_stranger_who_asks_for_a_link_does_not_end_an_invitation(app: Flask, desk: Desk) -> None:
    visitor = Visitor(app, desk.tenant)
    desk.send(f"{_newcomer(desk)}/invitation")
    _said, invitation = _mailed(app, desk.tenant)
    visitor.post("/password/forgotten", {"email": ANN["email"]}, form="/password/forgotten")
    _said, reset = _mailed(app, desk.tenant)
    assert [visitor.get(link).status_code for link in (invitation, reset)] == [200, 200]
    assert visitor.post(reset, {"password": "a brand new pass phrase"}, form="/login").status_code == 303
    assert "You have an account" in Visitor(app, desk.tenant).get(invitation).text


def test_an_invitation_to_a_wrong_address_dies_with_the_address(app: Flask, desk: Desk) -> None:
    visitor, address = Visitor(app, desk.tenant), _newcomer(desk)
    desk.send(f"{address}/invitation")
    _said, invitation = _mailed(app, desk.tenant)
    assert desk.send(address, ANN | {"locale": "", "company": "Spindrift"}).status_code == 303
    assert visitor.get(invitation).status_code == 200
    assert desk.send(address, ANN | {"locale": "", "email": "ann@other.test"}).status_code == 303
    assert visitor.get(invitation).status_code == 404


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("q=MAYA", {"Maya Member"}),
        ("q=máya+memb", {"Maya Member"}),
        ("q=colleague%40", {"Colin Colleague"}),
        ("show=contacts", {"Conny Contact"}),
        ("show=staff", {"Olive Owner", "Mona Manager", "Dora Desk"}),
        ("show=suspended", set()),
        ("q=%00%E2%80%AE", None),
        ("show=nonsense&page=-4", None),
        ("page=99999", None),
    ],
)
def test_it_finds_people(desk: Desk, query: str, expected: set[str] | None) -> None:
    page = desk.get(f"/admin/people?{query}").text
    typed = parse_qs(query).get("q", [""])[0].strip("\0\u202e")
    assert f'name="q" value="{typed}"' in page
    cast = {"Olive Owner", "Mona Manager", "Dora Desk", "Maya Member", "Colin Colleague", "Conny Contact"}
    assert {name for name in cast if f"<b>{name}</b>" in page} == (cast if expected is None else expected)


def test_pages_of_the_list_hold_fifty(desk: Desk) -> None:
    with inside(desk.app, desk.tenant) as session:
        session.add_all(
            Person(
                email=f"p{n}@x.test",
                email_key=f"p{n}@x.test",
                first_name="Pat",
                last_name=f"Z{n:03}",
                card_token=f"t{n}",
                created_at=system_clock(),
                role=Role.NONE,
            )
            for n in range(60)
        )
    assert desk.get("/admin/people").text.count('<a class="who"') == 50
    second = desk.get("/admin/people?page=2").text
    assert second.count('<a class="who"') == 16
    assert "51 to 66 of 66" in second
    assert desk.get("/admin/people?q=pat&page=2").text.count('<a class="who"') == 10


def test_a_spreadsheet_runs_nothing(desk: Desk) -> None:
    desk.send("/admin/people", ANN | {"company": '=HYPERLINK("http://x.test";"y")'})
    desk.send("/admin/people", ANN | {"email": "c@example.test", "company": "  @SUM(A1)"})
    answer = desk.get("/admin/people.csv?q=ann")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="people.csv"'
    rows = list(csv.reader(StringIO(answer.get_data(as_text=True).removeprefix("\ufeff"))))
    assert len(rows) == 3
    assert {row[3] for row in rows[1:]} == {'\'=HYPERLINK("http://x.test";"y")', "'@SUM(A1)"}


def test_another_tenants_people_do_not_exist(desk: Desk, world: World) -> None:
    person = world.harbour.people["member"]
    assert desk.get(f"/admin/people/{world.northlight.people['member']}").status_code == 200
    before = desk.counts()
    assert desk.get(f"/admin/people/{person}").status_code == 404
    for rest in ("", "/contracts", "/contracts/1", "/suspension", "/reinstatement", "/invitation"):
        assert desk.send(f"/admin/people/{person}{rest}", ANN).status_code == 404, rest
    assert desk.get(f"/admin/people/{10**30}").status_code == 404
    assert desk.counts() == before


def test_members_and_visitors_see_nothing_of_it(app: Flask, world: World) -> None:
    member = Desk(app, world.northlight, "member")
    assert member.get("/admin/people").status_code == 404
    assert app.test_client().get("/admin/people").status_code == 302


def test_an_email_that_grows_when_its_case_is_folded_is_refused(app: Flask, world: World) -> None:
    """An ß is kept as two letters where people are told apart, and the column there has an end."""
    desk = Desk(app, world.northlight, "desk")
    person = {"first_name": "Ann", "last_name": "Bell", "location_id": "", "locale": ""}
    fits, grows = (f"{'ß' * 60}@{'a' * 60}.{part * 60}.example" for part in ("a", "ΐ"))
    assert desk.send("/admin/people", {**person, "email": grows}).status_code == 422
    assert desk.send("/admin/people", {**person, "email": fits}).status_code == 303
