"""My account: names, language, home; changing the password; the devices that are signed in."""

import pytest
from flask import Flask

from app.models import AuditEntry, LoginSession, Notice, Person
from tests.support.rows import rows
from tests.support.visitor import Visitor
from tests.support.world import PASSWORD, World

NEW = "a brand new pass phrase"
PROFILE = {"first_name": "Maya", "last_name": "Member", "locale": "", "location_id": ""}
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
IPHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    "Version/18.0 Mobile/15E148 Safari/604.1"
)


@pytest.fixture
def member(app: Flask, world: World) -> Visitor:
    return _signed_in(app, world, "member")


def _signed_in(app: Flask, world: World, who: str) -> Visitor:
    visitor = Visitor(app, world.northlight)
    visitor.sign_in(who)
    return visitor


def _person(app: Flask, world: World) -> Person:
    return rows(app, world.northlight, Person, id=world.northlight.people["member"])[0]


# --- profile ---------------------------------------------------------------------------------------------------------


def test_it_shows_what_is_known(member: Visitor) -> None:
    page = member.get("/account/profile").text
    assert 'value="Maya"' in page
    assert "member@example.test" in page


def test_it_saves_and_remembers_what_changed(member: Visitor, app: Flask, world: World) -> None:
    home = world.northlight.locations["Porto"]
    answer = member.post(
        "/account/profile",
        {"first_name": " Zoë-Marie ", "last_name": "O’Brien d'Árc", "locale": "es", "location_id": str(home)},
        form="/account",
    )
    assert answer.status_code == 303
    person = _person(app, world)
    assert (person.first_name, person.last_name, person.locale, person.location_id) == (
        "Zoë-Marie",
        "O’Brien d'Árc",
        "es",
        home,
    )
    (entry,) = rows(app, world.northlight, AuditEntry, action="person.updated")
    assert entry.before == {"first_name": "Maya", "last_name": "Member", "locale": None, "location_id": None}
    assert entry.after["location_id"] == home
    page = member.get("/account").text
    assert 'lang="es"' in page


def test_saving_the_same_is_not_on_record(member: Visitor, app: Flask, world: World) -> None:
    assert member.post("/account/profile", PROFILE, form="/account").status_code == 303
    assert rows(app, world.northlight, AuditEntry, action="person.updated") == []


@pytest.mark.parametrize("name", ["محمد", "李四", "Ana María", "D’Arcy", "J. R.", "Åse-Lill"])
@pytest.mark.parametrize("engine", ["sqlite"])
def test_names_of_any_script_are_names(member: Visitor, app: Flask, world: World, name: str) -> None:
    assert member.post("/account/profile", PROFILE | {"first_name": name}, form="/account").status_code == 303
    assert _person(app, world).first_name == name


@pytest.mark.parametrize(
    ("field", "text"),
    [
        ("first_name", ""),
        ("first_name", "M"),
        ("first_name", "Maya2"),
        ("first_name", "<b>Maya</b>"),
        ("first_name", "--"),
        ("last_name", ""),
        ("last_name", "Memb\0er"),
        ("last_name", "Memb\u202eer"),
        ("last_name", "x" * 100_000),
        ("last_name", "@home"),
        ("locale", "xx"),
        ("locale", "e\0s"),
        ("location_id", "999999"),
        ("location_id", "9" * 30),
        ("location_id", "one"),
        ("location_id", "1\u202e"),
    ],
)
@pytest.mark.parametrize("engine", ["sqlite"])
def test_nonsense_is_answered_at_the_field_and_the_rest_is_kept(
    member: Visitor, app: Flask, world: World, field: str, text: str
) -> None:
    typed = {"first_name": "Maria", "last_name": "Other", "locale": "es", "location_id": "", field: text}
    answer = member.post("/account/profile", typed, form="/account")
    assert answer.status_code == 422
    assert f'id="{field}-error"' in answer.text
    kept = "last_name" if field == "first_name" else "first_name"
    assert f'value="{typed[kept]}"' in answer.text
    assert _person(app, world).first_name == "Maya"


def test_the_other_tenants_location_is_none_of_the_choices(member: Visitor, world: World) -> None:
    foreign = str(world.harbour.locations["Porto"])
    assert foreign not in map(str, world.northlight.locations.values())
    assert (
        member.post("/account/profile", PROFILE | {"location_id": foreign}, form="/account").status_code
        == 422
    )


def test_htmx_gets_the_form_alone(member: Visitor) -> None:
    answer = member.post(
        "/account/profile", PROFILE | {"first_name": "2"}, form="/account", headers={"HX-Request": "true"}
    )
    assert answer.status_code == 422
    assert answer.text.lstrip().startswith("<form")
    saved = member.post("/account/profile", PROFILE, form="/account", headers={"HX-Request": "true"})
    assert saved.headers["HX-Redirect"] == "/account/profile"


def test_only_staff_see_the_way_to_the_front_desk(app: Flask, world: World, member: Visitor) -> None:
    assert 'href="/admin"' in _signed_in(app, world, "desk").get("/account").text
    assert 'href="/admin"' not in member.get("/account").text


@pytest.mark.parametrize("path", ["/account", "/account/password", "/account/sessions"])
def test_a_visitor_signs_in_first(app: Flask, world: World, path: str) -> None:
    assert Visitor(app, world.northlight).get(path).location == f"/login?next={path}"


@pytest.mark.parametrize(
    "path",
    [
        "/account/profile",
        "/account/password",
        "/account/sessions/1/ending",
        "/account/sessions/others/ending",
    ],
)
def test_without_csrf_token_nothing_is_written(member: Visitor, app: Flask, world: World, path: str) -> None:
    before = len(rows(app, world.northlight, AuditEntry))
    assert member.post_bare(path, PROFILE | {"current": PASSWORD, "new": NEW}).status_code == 400
    assert len(rows(app, world.northlight, AuditEntry)) == before


# --- password --------------------------------------------------------------------------------------------------------


def _change(visitor: Visitor, current: str, new: str) -> int:
    return visitor.post(
        "/account/password", {"current": current, "new": new}, form="/account/password"
    ).status_code


def test_a_new_password_ends_the_other_sessions_and_not_this_one(
    member: Visitor, app: Flask, world: World
) -> None:
    phone, colleague = _signed_in(app, world, "member"), _signed_in(app, world, "colleague")
    assert phone.is_signed_in()
    assert _change(member, PASSWORD, NEW) == 303
    assert member.is_signed_in()
    assert not phone.is_signed_in()
    assert colleague.is_signed_in()
    assert phone.sign_in("member").status_code == 422
    assert phone.sign_in("member", NEW).status_code == 303
    (notice,) = rows(app, world.northlight, Notice)
    assert (notice.kind, notice.person_id) == ("password.changed", world.northlight.people["member"])
    assert len(rows(app, world.northlight, AuditEntry, action="password.changed")) == 1


def test_it_asks_for_the_current_password(member: Visitor, app: Flask, world: World) -> None:
    assert _change(member, "not my password", NEW) == 422
    assert rows(app, world.northlight, Notice) == []
    assert Visitor(app, world.northlight).sign_in("member").status_code == 303


@pytest.mark.parametrize(
    "new",
    [
        "short",
        "a" * 201,
        "Member@example.test",
        "qwertyuiop",
        "nul\0in the middle of it",
        "bidi\u202ein the middle of it",
        "y" * 100_000,
        "",
    ],
)
@pytest.mark.parametrize("engine", ["sqlite"])
def test_a_weak_password_is_refused(member: Visitor, app: Flask, world: World, new: str) -> None:
    answer = member.post("/account/password", {"current": PASSWORD, "new": new}, form="/account/password")
    assert answer.status_code == 422
    assert 'id="new-error"' in answer.text
    assert rows(app, world.northlight, Notice) == []


def test_an_unlocked_device_is_no_place_to_guess(member: Visitor, app: Flask) -> None:
    app.config["LIMITS"]["password by account and address"] = "2 per 15 minutes"
    assert [_change(member, f"guess number {n}", NEW) for n in range(3)] == [422, 422, 429]
    assert _change(member, PASSWORD, NEW) == 429


# --- devices ---------------------------------------------------------------------------------------------------------


def _with_two_devices(app: Flask, world: World) -> tuple[Visitor, Visitor]:
    desk, phone = Visitor(app, world.northlight), Visitor(app, world.northlight, "198.51.100.7")
    for visitor, agent in ((desk, FIREFOX), (phone, IPHONE)):
        visitor.post(
            "/login", {"email": "member@example.test", "password": PASSWORD}, headers={"User-Agent": agent}
        )
    return desk, phone


def test_it_names_the_devices(app: Flask, world: World) -> None:
    desk, _phone = _with_two_devices(app, world)
    page = desk.get("/account/sessions").text
    assert "Firefox on Linux" in page
    assert "Safari on iPhone" in page
    assert "198.51.100.7" in page
    assert page.count("This device") == 1


def test_one_is_ended_from_afar(app: Flask, world: World) -> None:
    desk, phone = _with_two_devices(app, world)
    ids = [login.id for login in rows(app, world.northlight, LoginSession)]
    answer = desk.post(f"/account/sessions/{ids[1]}/ending", form="/account")
    assert answer.location == "/account/security#devices"
    assert desk.is_signed_in()
    assert not phone.is_signed_in()


def test_all_others_are_ended(app: Flask, world: World) -> None:
    desk, phone = _with_two_devices(app, world)
    colleague = _signed_in(app, world, "colleague")
    desk.post("/account/sessions/others/ending", form="/account")
    assert desk.is_signed_in()
    assert not phone.is_signed_in()
    assert colleague.is_signed_in()


def test_nobody_elses_session_can_be_ended(app: Flask, world: World, member: Visitor) -> None:
    colleague = _signed_in(app, world, "colleague")
    stranger = Visitor(app, world.harbour)
    stranger.sign_in("member")
    theirs = rows(app, world.northlight, LoginSession, person_id=world.northlight.people["colleague"])[0].id
    foreign = rows(app, world.harbour, LoginSession)[0].id
    for session_id in (theirs, foreign, 10**17, 2**63, 10**40):
        assert member.post(f"/account/sessions/{session_id}/ending", form="/account").status_code == 404
    assert colleague.is_signed_in()
    assert stranger.is_signed_in()
