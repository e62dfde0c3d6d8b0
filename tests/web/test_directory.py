"""The directory's pages: who is on them and who is not, what strange questions are answered, and the switch."""

import io
import re
import zipfile
from typing import Any

import pytest
from flask import Flask

from app.domain.directory.find import PAGE_SIZE
from app.domain.people.details import add_person
from app.domain.people.terms import PersonDetails
from app.domain.privacy.archive import write_archive
from app.domain.privacy.holdings import BY_TABLE
from app.domain.profile.terms import ProfileField, Visibility
from app.models import CheckIn, Person, Team
from app.web.access import is_open
from app.web.database import session as request_session
from tests.support.bookings import NOW
from tests.support.directory import WIDE, checks_in, describe, lists
from tests.support.rows import change, inside, rows
from tests.support.staff import Desk
from tests.support.teams import make_team
from tests.support.visitor import Visitor
from tests.support.world import TenantWorld, World

PARTS = {"HX-Request": "true"}
HERE = str(ProfileField.HERE)


def _visitor(app: Flask, tenant: TenantWorld, who: str = "member") -> Visitor:
    visitor = Visitor(app, tenant)
    visitor.sign_in(who)
    return visitor


def _main(page: str) -> str:
    found = re.search(r"<main\b.*?</main>", page, re.DOTALL)
    assert found
    return found[0]


def _many(app: Flask, tenant: TenantWorld, count: int) -> None:
    with inside(app, tenant) as session:
        for number in range(count):
            letters = f"{chr(97 + number // 26)}{chr(97 + number % 26)}"
            person = add_person(session, NOW, PersonDetails(f"{letters}@many.test", f"Mia {letters}", "Many"))
            tenant.people[letters] = person.id
            describe(session, tenant, letters)


def test_only_who_agreed_is_on_the_page(app: Flask, world: World) -> None:
    north = world.northlight
    lists(app, north, "colleague", company="Zinc Works")
    lists(app, north, "contact", company="Copper Works", listed=False)
    page = _main(_visitor(app, north).get("/directory").text)
    assert "Colin Colleague" in page
    assert "Zinc Works" in page
    assert "Conny" not in page
    lists(app, north, "contact")
    assert "Conny Contact" in _main(_visitor(app, north).get("/directory").text)


def test_a_hidden_field_is_neither_shown_nor_found(app: Flask, world: World) -> None:
    north = world.northlight
    member = _visitor(app, north)
    for choice, there in ((Visibility.MEMBERS, True), (Visibility.ONLY_ME, False)):
        lists(app, north, "colleague", company="Zinc Works", visibility=WIDE | {"company": str(choice)})
        for address in ("/directory", "/directory?q=colin", f"/directory?person={north.people['colleague']}"):
            page = _main(member.get(address).text)
            assert "Colin Colleague" in page
            assert ("Zinc Works" in page) is there, address
        found = _main(member.get("/directory?q=zinc").text)
        assert ("Colin Colleague" in found) is there
        part = member.get("/directory?q=zinc", headers=PARTS).text
        assert ("Colin Colleague" in part) is there
    # Nor does its owner's own search tell others: it is for the viewer, and one's own name still is.
    assert "Colin Colleague" in _main(_visitor(app, north, "colleague").get("/directory?q=colin").text)


def test_the_suspended_and_the_anonymous_are_not_there(app: Flask, world: World) -> None:
    north = world.northlight
    person_id = lists(app, north, "colleague")
    member = _visitor(app, north)
    assert "Colin Colleague" in _main(member.get("/directory").text)
    change(app, north, Person, person_id, suspended_at=NOW, anonymised_at=NOW)
    assert "Colin Colleague" not in _main(member.get("/directory").text)
    assert member.get(f"/directory?person={person_id}").status_code == 404


def test_the_other_tenants_things_are_404(app: Flask, world: World) -> None:
    north, harbour = world.northlight, world.harbour
    lists(app, harbour, "colleague")
    team = make_team(app, harbour, "colleague")
    change(app, harbour, Team, team, listed=True)
    addresses = (
        f"/directory?location={harbour.locations['Porto']}",
        f"/directory?skill={harbour.skills['Welding']}",
        f"/directory?person={harbour.people['colleague']}",
        f"/directory/teams/{team}",
        f"/people/{harbour.people['colleague']}",
    )
    theirs, ours = _visitor(app, harbour), _visitor(app, north)
    assert {address: theirs.get(address).status_code for address in addresses} == dict.fromkeys(
        addresses, 200
    )
    assert {address: ours.get(address).status_code for address in addresses} == dict.fromkeys(addresses, 404)


@pytest.mark.parametrize("engine", ["sqlite"])
@pytest.mark.parametrize(
    ("question", "status"),
    [
        ("location=x", 404),
        ("location=99999999999999999999", 404),
        ("skill=-1", 404),
        ("person=abc", 404),
        ("person=0", 404),
        ("person=9223372036854775808", 404),
        ("page=x", 200),
        ("page=-3", 200),
        ("page=0", 200),
        ("page=999999", 200),
        ("page=99999999999999999999", 200),
        ("q=%00%E2%80%AEevil%ED%A0%80", 200),
        ("q=%F0%9F%99%82", 200),
        ("q=%25_%5C", 200),
        ("industry=" + "x" * 5000, 200),
        ("here=1&here=2&skill=&location=", 200),
    ],
)
def test_strange_questions_are_answered(app: Flask, world: World, question: str, status: int) -> None:
    lists(app, world.northlight, "colleague")
    assert _visitor(app, world.northlight).get(f"/directory?{question}").status_code == status


@pytest.mark.parametrize("engine", ["sqlite"])
def test_a_megabyte_of_words_is_cut_with_a_sentence(app: Flask, world: World) -> None:
    lists(app, world.northlight, "colleague")
    member = _visitor(app, world.northlight)
    sentence = "Only the first 120 characters were looked for."
    for address in ("/directory", "/directory/teams"):
        assert sentence not in member.get(address, query_string={"q": "c" * 120}).text
        answer = member.get(address, query_string={"q": "colin " * 170_000})
        assert answer.status_code == 200
        assert sentence in answer.text
        assert len(answer.text) < 60_000
    assert "Colin Colleague" in member.get("/directory", query_string={"q": "colin " * 170_000}).text


@pytest.mark.parametrize("engine", ["sqlite"])
def test_names_are_kept_apart_from_the_text_around_them(app: Flask, world: World) -> None:
    """A name that is written from right to left must not turn what stands beside it around."""
    north = world.northlight
    evil = "<b>שלום</b>"
    person_id = lists(app, north, "colleague", first_name=evil, last_name="عدد", company="شركة")
    member = _visitor(app, north)
    name = "&lt;b&gt;שלום&lt;/b&gt; عدد"
    for address in ("/directory", f"/people/{person_id}", f"/directory?person={person_id}"):
        page = _main(member.get(address).text)
        assert f"<bdi>{name}</bdi>" in page
        assert "<bdi>شركة</bdi>" in page
        assert evil not in page


def test_pages_and_more_of_them(app: Flask, world: World) -> None:
    north = world.northlight
    _many(app, north, PAGE_SIZE + 2)
    member = _visitor(app, north)
    first, second = (member.get(f"/directory?q=many&page={number}").text for number in (1, 2))
    assert "Mia aa Many" in first
    assert f"{PAGE_SIZE + 2} people" in first
    assert 'rel="next" href="/directory?q=many&amp;page=2"' in first
    assert "Mia aa Many" not in second
    assert 'rel="prev" href="/directory?q=many"' in second
    assert 'rel="next"' not in second
    assert _rows(member.get("/directory?q=many&page=77").text) == _rows(second)
    # Htmx is given the rows alone, to stand below the others.
    more = member.get("/directory?q=many&page=2", headers=PARTS).text
    assert _rows(more) == _rows(second)
    assert "<form" not in more
    part = member.get("/directory?q=many", headers=PARTS)
    assert _rows(part.text) == _rows(first)
    assert "<html" not in part.text
    assert "HX-Request" in part.headers["Vary"]


def _rows(page: str) -> list[str]:
    return re.findall(r'data-person="(\d+)"', page)


def test_the_way_back_keeps_the_question(app: Flask, world: World) -> None:
    north = world.northlight
    person_id = lists(app, north, "colleague")
    member = _visitor(app, north)
    page = member.get("/directory?q=colin&here=").text
    assert f'href="/people/{person_id}?q=colin"' in page
    shown = member.get(f"/people/{person_id}?q=colin").text
    assert 'href="/directory?q=colin"' in shown
    assert "<h1" in shown
    odd = member.get(f"/people/{person_id}?skill=999&q=%22%3E%3Cscript%3E")
    assert odd.status_code == 200
    assert "<script>" not in _main(odd.text)
    beside = member.get(f"/people/{person_id}?q=colin", headers=PARTS).text
    assert "<h2" in beside
    assert "<html" not in beside


def test_who_is_here_is_told_to_whom_it_may_be(app: Flask, world: World) -> None:
    north = world.northlight
    person_id = lists(app, north, "colleague", visibility=WIDE | {HERE: str(Visibility.MEMBERS)})
    checks_in(app, north, "colleague")
    member, contact = _visitor(app, north), _visitor(app, north, "contact")
    for address in ("/directory", "/directory?here=1", f"/people/{person_id}", "/"):
        assert "Here now" in _main(member.get(address).text)
    assert _rows(member.get("/directory?here=1").text) == [str(person_id)]
    assert _rows(contact.get("/directory?here=1").text) == []
    assert "Here now, Leith Walk" in _main(member.get(f"/people/{person_id}").text)
    assert "Here now" not in _main(contact.get(f"/people/{person_id}").text)
    nobody = "Nobody has said so yet"
    assert nobody not in _main(member.get("/").text)
    assert nobody in _main(contact.get("/").text)


def test_somebody_checks_in_and_out(app: Flask, world: World) -> None:
    north = world.northlight
    lists(app, north, "member", visibility=WIDE | {HERE: str(Visibility.ONLY_ME)})
    member, colleague = _visitor(app, north), _visitor(app, north, "colleague")
    form = {"location_id": north.locations["Porto"]}
    answer = member.post(
        "/check-in", form, form="/directory", headers={"Referer": "http://localhost/directory?q=a"}
    )
    assert (answer.status_code, answer.location) == (303, "/directory?q=a")
    for address in ("/", "/directory"):
        page = _main(member.get(address).text)
        assert "You are at Porto until" in page
        assert "Only the front desk sees it." in page
    assert _rows(colleague.get("/directory?here=1").text) == []
    lists(app, north, "member")
    assert _rows(colleague.get("/directory?here=1").text) == [str(north.people["member"])]
    assert "Only the front desk sees it." not in _main(member.get("/").text)
    assert member.post("/check-in/end", form="/directory").status_code == 303
    assert "You are at Porto" not in _main(member.get("/").text)
    assert _rows(colleague.get("/directory?here=1").text) == []


def test_one_checks_in_only_where_one_can_be(app: Flask, world: World) -> None:
    north = world.northlight
    member = _visitor(app, north)
    for wrong in (world.harbour.locations["Porto"], "", "x", "9" * 30):
        assert member.post("/check-in", {"location_id": wrong}, form="/directory").status_code == 404
    assert member.post_bare("/check-in", {"location_id": north.locations["Porto"]}).status_code == 400
    assert rows(app, north, CheckIn) == []


def test_the_front_desk_sees_who_is_here(app: Flask, world: World) -> None:
    """Also those who let nobody know; staff who may not see people see nobody."""
    north = world.northlight
    checks_in(app, north, "contact")
    checks_in(app, north, "colleague", hours=-0.5)
    assert "Conny Contact" in _main(_visitor(app, north, "desk").get("/admin").text)
    assert "Colin Colleague" not in _main(_visitor(app, north, "desk").get("/admin").text)
    assert "Conny Contact" not in _main(_visitor(app, north).get("/").text)


def test_a_team_is_shown_when_it_agreed_with_those_who_did(app: Flask, world: World) -> None:
    north = world.northlight
    team = make_team(app, north, "member", "colleague", "contact", name="Tidewater & Söhne")
    owner = _visitor(app, north, "owner")
    address = f"/directory/teams/{team}"
    lists(app, north, "colleague")
    assert owner.get(address).status_code == 404
    member = _visitor(app, north)
    saved = member.post(
        f"/team/{team}/showing", {"listed": "y", "about": "We map\nthe tides."}, form=f"/team/{team}"
    )
    assert saved.status_code == 303
    for page in (owner.get("/directory/teams"), owner.get("/directory/teams?q=sohne"), owner.get(address)):
        assert page.status_code == 200
        assert "Tidewater &amp; Söhne" in page.text
    shown = _main(owner.get(address).text)
    assert "We map\nthe tides." in shown
    assert "1 person" in shown
    assert "Colin Colleague" in shown
    assert "Conny" not in shown
    assert "Maya" not in shown
    asked = owner.get("/directory/teams?q=copper").text
    assert "Tidewater" not in asked
    assert 'name="q" value="copper"' in asked  # what was asked stays in the field
    assert 'name="q" value=""' in owner.get("/directory/teams").text
    # Nobody of it lets others find them: it is not there.
    lists(app, north, "colleague", listed=False)
    assert owner.get(address).status_code == 404
    assert "Tidewater" not in owner.get("/directory/teams").text


def test_only_its_administrator_decides_for_a_team(app: Flask, world: World) -> None:
    north = world.northlight
    team = make_team(app, north, "member", "colleague")
    form = {"listed": "y", "about": ""}
    for who in ("colleague", "contact", "owner"):
        answer = _visitor(app, north, who).post(f"/team/{team}/showing", form, form="/directory")
        assert answer.status_code == 404, who
    long = {"listed": "y", "about": "x" * 401}
    member = _visitor(app, north)
    assert member.post(f"/team/{team}/showing", long, form=f"/team/{team}").status_code == 422
    assert rows(app, north, Team, id=team)[0].listed is False


def test_there_is_a_way_to_write_while_there_are_messages(app: Flask, world: World) -> None:
    north = world.northlight
    person_id = lists(app, north, "colleague")
    address = f"/messages/new?to={person_id}"
    assert address in _main(_visitor(app, north).get(f"/people/{person_id}").text)
    assert Desk(app, north, "owner").send(
        "/admin/settings/sections/messages/switch", {"state": "off"}
    ).status_code in {200, 303}
    assert address not in _main(_visitor(app, north).get(f"/people/{person_id}").text)
    own = _main(_visitor(app, north, "colleague").get(f"/people/{person_id}").text)
    assert "/account/profile" in own


def test_a_is_open_only_while_it_is_there_and_on(app: Flask, world: World) -> None:
    """What the Message button asks."""
    north = world.northlight
    cookie = _visitor(app, north).cookie()
    with app.test_request_context("/", headers={"Cookie": f"portico={cookie}"}):
        app.preprocess_request()
        assert is_open("directory")
        assert not is_open("no such section")
        request_session().rollback()


def test_the_archive_holds_ones_own_check_ins(app: Flask, world: World) -> None:
    north = world.northlight
    checks_in(app, north, "member")
    assert BY_TABLE["check_in"].export == "check_ins"
    assert _archive(app, north)["check_ins.json"].count("Leith Walk") == 1


def _archive(app: Flask, tenant: TenantWorld) -> dict[str, Any]:
    target = io.BytesIO()
    with inside(app, tenant) as session:
        write_archive(session, tenant.people["member"], target, lambda _digest: None, lambda _names: "")
    with zipfile.ZipFile(target) as archive:
        return {name: archive.read(name).decode() for name in archive.namelist()}
