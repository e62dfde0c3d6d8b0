"""Ways in that open one after the other: what one part of the portal hands out, another must not turn into an account."""

import re
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

import time_machine
from flask import Flask

from app.domain.privacy.merge import merge_people
from app.domain.privacy.terms import Merge
from app.models import Authenticator, EmailChange, LoginSession, Person, Role, Tenant
from tests.support.factors import give_app
from tests.support.limited import give
from tests.support.mail import mailed, newest_mails
from tests.support.rows import change, inside, rows
from tests.support.staff import Desk
from tests.support.visitor import Visitor
from tests.support.world import PASSWORD, TenantWorld, World

NOON = datetime(2030, 5, 6, 12, tzinfo=UTC)
NEW = "thief@new.example"
OLD = "member@example.test"
NAMES = {"first_name": "Grace", "last_name": "Hopper", "password": "a brand new pass phrase"}
PROOF = "/account/security/proof"
SECURITY = "/account/security"


def _invite_again(app: Flask, tenant: TenantWorld, who: str) -> str:
    """Let staff invite somebody of the cast who has no password; the path of the link in the mail."""
    change(app, tenant, Person, tenant.people[who], password_hash=None)
    owner = Desk(app, tenant, "owner")
    assert owner.send(f"/admin/people/{tenant.people[who]}/invitation").status_code == 303
    return mailed(app, tenant, "/invitation/")


def _link(app: Flask, tenant: TenantWorld, to: str, start: str) -> str:
    """The path of the newest mailed link to that address which starts like that."""
    for mail in newest_mails(app, tenant):
        found = re.search(rf"http\S+{start}\S+", mail.text)
        if mail.to == to and found:
            return urlsplit(found[0]).path
    raise AssertionError(f"no {start} for {to}")


def _ask_for_link(visitor: Visitor, app: Flask, email: str) -> str:
    """Ask for a way in by mail; the path of its link."""
    assert visitor.post("/login/link", {"email": email}, form="/login/link").status_code == 303
    return _link(app, visitor.tenant, email, "/login/link/")


def _require_factor(app: Flask, world: World) -> None:
    change(app, world.northlight, Tenant, world.northlight.id, staff_factor=True)


def test_an_invitation_does_not_get_around_a_second_factor(app: Flask, world: World) -> None:
    give_app(app, world.northlight, "contact", datetime.now(UTC))
    path = _invite_again(app, world.northlight, "contact")
    thief = Visitor(app, world.northlight)
    answer = thief.post(path, NAMES, form=path)
    assert (answer.status_code, answer.location) == (303, "/login/second")
    assert not thief.is_signed_in()


def test_staff_who_take_up_an_invitation_set_up_a_factor_first(app: Flask, world: World) -> None:
    _require_factor(app, world)
    path = _invite_again(app, world.northlight, "desk")
    desk = Visitor(app, world.northlight)
    assert desk.post(path, NAMES, form=path).status_code == 303
    answer = desk.get("/admin/people")
    assert (answer.status_code, answer.location) == (303, SECURITY)


def test_who_becomes_staff_sets_up_a_factor_first(app: Flask, world: World) -> None:
    _require_factor(app, world)
    member = Visitor(app, world.northlight)
    member.sign_in("member")
    assert member.get("/account").status_code == 200
    give(app, world.northlight, "member", Role.MANAGER)
    answer = member.get("/admin/people")
    assert (answer.status_code, answer.location) == (303, SECURITY)


def test_who_is_staff_already_goes_on_with_another_role(app: Flask, world: World) -> None:
    desk = Visitor(app, world.northlight)
    desk.sign_in("desk")
    _require_factor(app, world)
    give(app, world.northlight, "desk", Role.MANAGER)
    assert desk.get("/admin/people").status_code == 200, "as after the switch: at the next sign-in"


def test_an_address_is_not_changed_at_an_unlocked_device(app: Flask, world: World) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        member = Visitor(app, world.northlight)
        member.sign_in("member")
        change(app, world.northlight, Person, world.northlight.people["member"], password_hash=None)
        clock.shift(timedelta(minutes=16))
        answer = member.post("/account/email", {"email": NEW}, form="/account/email")
        assert (answer.status_code, answer.location) == (303, PROOF)
        assert rows(app, world.northlight, EmailChange) == []


def test_a_stopped_change_leaves_no_link_to_come_back_with(app: Flask, world: World) -> None:
    thief = Visitor(app, world.northlight)
    thief.sign_in("member")
    thief.post("/account/email", {"email": NEW, "current": PASSWORD}, form="/account")
    stop = _link(app, world.northlight, OLD, "/email/stop/")
    confirm = _link(app, world.northlight, NEW, "/email/confirm/")
    assert thief.post(confirm, form=confirm).status_code == 200
    elsewhere = Visitor(app, world.northlight)
    link = _ask_for_link(elsewhere, app, NEW)
    assert elsewhere.get(link).status_code == 200
    assert Visitor(app, world.northlight).post(stop, form=stop).status_code == 200
    assert elsewhere.post(link, form="/login").status_code == 404
    assert not elsewhere.is_signed_in()


def test_a_stopped_change_leaves_nothing_that_the_thief_knew_or_added(app: Flask, world: World) -> None:
    north = world.northlight
    with time_machine.travel(NOON, tick=False) as clock:
        give_app(app, north, "colleague", NOON)
        thief = Visitor(app, north)
        thief.sign_in("member")
        thief.post("/account/email", {"email": NEW, "current": PASSWORD}, form="/account")
        stop = _link(app, north, OLD, "/email/stop/")
        clock.shift(timedelta(minutes=1))
        give_app(app, north, "member", datetime.now(UTC))
        assert len(rows(app, north, Authenticator)) == 2
        assert Visitor(app, north).post(stop, form=stop).status_code == 200
        assert thief.sign_in("member").status_code == 422
        (left,) = rows(app, north, Authenticator)
        assert left.person_id == north.people["colleague"]
        path = _link(app, north, OLD, "/password/reset/")
        maya = Visitor(app, north)
        assert maya.post(path, {"password": NAMES["password"]}, form=path).location == "/"
        assert maya.is_signed_in()


def test_a_stopped_change_leaves_the_factor_that_was_there_before(app: Flask, world: World) -> None:
    north = world.northlight
    with time_machine.travel(NOON, tick=False) as clock:
        maya = Visitor(app, north)
        maya.sign_in("member")
        give_app(app, north, "member", NOON)
        clock.shift(timedelta(minutes=1))
        maya.post("/account/email", {"email": NEW, "current": PASSWORD}, form="/account")
        stop = _link(app, north, OLD, "/email/stop/")
        assert Visitor(app, north).post(stop, form=stop).status_code == 200
        assert len(rows(app, north, Authenticator)) == 1


def test_a_reinstatement_wakes_no_link_up(app: Flask, world: World) -> None:
    visitor, desk = Visitor(app, world.northlight), Desk(app, world.northlight, "desk")
    link = _ask_for_link(visitor, app, OLD)
    person = f"/admin/people/{world.northlight.people['member']}"
    assert visitor.get(link).status_code == 200
    assert desk.send(f"{person}/suspension").status_code == 303
    assert desk.send(f"{person}/reinstatement").status_code == 303
    assert rows(app, world.northlight, Person, email=OLD)[0].suspended_at is None
    assert visitor.post(link, form="/login").status_code == 404


def test_a_merger_that_changes_the_address_forgets_what_was_asked_of_the_old_one(
    app: Flask, world: World
) -> None:
    north = world.northlight
    thief = Visitor(app, north)
    thief.sign_in("member")
    thief.post("/account/email", {"email": NEW, "current": PASSWORD}, form="/account")
    confirm = _link(app, north, NEW, "/email/confirm/")
    wish = Merge(north.people["member"], north.people["contact"], take_email=True, take_name=False)
    with inside(app, north) as session:
        merge_people(session, north.actor("owner"), wish, lambda: datetime.now(UTC))
    assert thief.post(confirm, form="/login").status_code == 404
    assert rows(app, north, Person, email=NEW) == []


def test_an_owner_of_some_places_does_not_say_how_the_house_signs_in(app: Flask, world: World) -> None:
    _require_factor(app, world)
    page, switches = "/admin/settings/sign-on", "/admin/settings/sign-in"
    assert Desk(app, world.northlight, "owner").get(page).status_code == 200
    give(app, world.northlight, "desk", Role.OWNER, places=("Leith Walk",))
    limited = Desk(app, world.northlight, "desk")
    assert limited.get(page).status_code == 404
    assert limited.send(switches, {"mail_links": "y"}).status_code == 404
    assert rows(app, world.northlight, LoginSession) != []
    with inside(app, world.northlight) as session:
        assert session.get_one(Tenant, world.northlight.id).staff_factor
