"""Terms: read by everybody, accepted by who joins, and asked for again where a version is for everybody."""

import pytest
from flask import Flask

from app.domain.joining.fields import FIELDS
from app.models import AuditEntry, Person, Terms, TermsAcceptance
from tests.support.joining import join_form, open_joining, publish
from tests.support.mail import mailed
from tests.support.rows import change, rows
from tests.support.staff import Desk
from tests.support.visitor import Visitor
from tests.support.world import World

ME = {"first_name": "Ada", "last_name": "Byron", "password": "a brand new pass phrase"}
SETTINGS = "/admin/settings/joining"


@pytest.fixture
def member(app: Flask, world: World) -> Visitor:
    return Visitor(app, world.northlight)


def _accepted(app: Flask, visitor: Visitor, who: str) -> list[TermsAcceptance]:
    return rows(app, visitor.tenant, TermsAcceptance, person_id=visitor.tenant.people[who])


def test_the_current_ones_are_for_everybody_to_read(app: Flask, member: Visitor, world: World) -> None:
    assert member.get("/terms").status_code == 404
    publish(app, member.tenant, "First")
    publish(app, member.tenant, "Second <b>rules</b>")
    page = member.get("/terms")
    assert page.status_code == 200
    assert "Second &lt;b&gt;rules" in page.text
    assert "First" not in page.text
    assert Visitor(app, world.harbour).get("/terms").status_code == 404


def test_a_version_for_everybody_is_asked_for_at_the_next_sign_in(app: Flask, member: Visitor) -> None:
    inside = Visitor(app, member.tenant)
    inside.sign_in("member")
    publish(app, member.tenant)
    # Not in the middle of the day, only as somebody signs in.
    assert inside.get("/bookings/search").status_code == 200
    member.sign_in("member")
    answer = member.get("/account/sessions")
    assert (answer.status_code, answer.location) == (302, "/terms/acceptance?next=/account/sessions")
    assert member.post("/account/profile", {}, form="/terms/acceptance").status_code == 303
    page = member.get("/terms/acceptance?next=/account/sessions")
    assert "Wash your cup" in page.text
    (terms,) = rows(app, member.tenant, Terms)
    answer = member.post(
        "/terms/acceptance", {"terms": terms.id, "next": "/account/sessions"}, form="/terms/acceptance"
    )
    assert (answer.status_code, answer.location) == (303, "/account/sessions")
    assert member.get("/account/sessions").status_code == 200
    (accepted,) = _accepted(app, member, "member")
    assert accepted.terms_id == terms.id
    assert len(rows(app, member.tenant, AuditEntry, action="terms.accepted")) == 1
    again = Visitor(app, member.tenant)
    again.sign_in("member")
    assert again.get("/account").status_code == 200


def test_a_version_for_newcomers_leaves_the_others_alone(app: Flask, member: Visitor) -> None:
    publish(app, member.tenant, for_everybody=False)
    member.sign_in("member")
    assert member.get("/account").status_code == 200
    (terms,) = rows(app, member.tenant, Terms)
    change(app, member.tenant, Person, member.tenant.people["colleague"], created_at=terms.published_at)
    newer = Visitor(app, member.tenant)
    newer.sign_in("colleague")
    assert newer.get("/account").status_code == 302


def test_who_does_not_accept_can_leave_and_read(app: Flask, member: Visitor) -> None:
    publish(app, member.tenant)
    member.sign_in("member")
    assert member.get("/").status_code == 302
    assert member.get("/terms").status_code == 200
    assert member.get("/manifest.webmanifest").status_code == 200
    assert member.post("/logout", form="/terms/acceptance").status_code == 303
    assert _accepted(app, member, "member") == []


@pytest.mark.parametrize("shown", ["", "0", "99999", "x", "9" * 400, "\0"])
@pytest.mark.parametrize("engine", ["sqlite"])
def test_only_the_version_that_holds_is_accepted(app: Flask, member: Visitor, shown: str) -> None:
    publish(app, member.tenant)
    member.sign_in("member")
    answer = member.post("/terms/acceptance", {"terms": shown}, form="/terms/acceptance")
    assert answer.status_code == 422
    assert "changed meanwhile" in answer.text
    assert _accepted(app, member, "member") == []


def test_next_leads_nowhere_else(app: Flask, member: Visitor) -> None:
    publish(app, member.tenant)
    member.sign_in("member")
    (terms,) = rows(app, member.tenant, Terms)
    form = {"terms": terms.id, "next": "//evil.example/"}
    assert member.post("/terms/acceptance", form, form="/terms/acceptance").location == "/"


def test_strangers_accept_nothing(app: Flask, member: Visitor) -> None:
    publish(app, member.tenant)
    assert member.get("/terms/acceptance").status_code == 404
    assert member.post("/terms/acceptance", {"terms": "1"}).status_code == 404


def test_who_joins_accepts_them_and_is_not_asked_again(app: Flask, member: Visitor) -> None:
    open_joining(app, member.tenant, needs_approval=True)
    old, new = publish(app, member.tenant, "Old"), publish(app, member.tenant, "New")
    member.post("/join", join_form(member, "ada@example.test"), form="/join")
    path = mailed(app, member.tenant, "/join/link/")
    stale = member.post(path, ME | {"terms_number": str(old), "accepts": "y"}, form=path)
    assert stale.status_code == 422
    assert "changed meanwhile" in stale.text
    assert member.post(path, ME | {"accepts": "y"}, form=path).status_code == 422
    right = ME | {"terms_number": str(new), "accepts": "y"}
    assert member.post(path, right, form=path).status_code == 303
    desk = Desk(app, member.tenant, "owner")
    page = desk.get("/admin/people/waiting").text
    decision = page.partition('action="')[2]
    assert decision
    desk.send(next(part.partition('"')[0] for part in page.split('action="') if "approval" in part[:80]))
    assert member.post("/login", {"email": "ada@example.test", "password": ME["password"]}).status_code == 303
    assert member.get("/account").status_code == 200
    (ada,) = rows(app, member.tenant, Person, email_key="ada@example.test")
    (accepted,) = rows(app, member.tenant, TermsAcceptance, person_id=ada.id)
    assert accepted.accepted_at <= ada.created_at


def test_an_operator_publishes_and_sees_who_accepted(app: Flask, world: World) -> None:
    desk = Desk(app, world.northlight, "owner")
    answer = desk.send(
        f"{SETTINGS}/terms", {"title": "Rules", "text": "One.\r\n\r\nTwo.", "for_everybody": "no"}
    )
    assert answer.status_code == 303
    (terms,) = rows(app, world.northlight, Terms)
    assert (terms.number, terms.text, terms.for_everybody) == (1, "One.\n\nTwo.", False)
    page = desk.get(SETTINGS).text
    assert "Version 1" in page
    assert "accepted by 1 person" in page
    assert desk.audit()[-1].action == "terms.published"


@pytest.mark.parametrize(
    "wrong",
    [
        {"title": ""},
        {"text": " \n "},
        {"text": "x" * 60_001},
        {"title": "a\0b"},
        {"text": "a\u202eb"},
        {"for_everybody": "perhaps"},
    ],
)
@pytest.mark.parametrize("engine", ["sqlite"])
def test_terms_that_are_none_are_refused(app: Flask, world: World, wrong: dict[str, str]) -> None:
    desk = Desk(app, world.northlight, "owner")
    form = {"title": "Rules", "text": "One.", "for_everybody": "yes"} | wrong
    assert desk.send(f"{SETTINGS}/terms", form).status_code == 422
    assert rows(app, world.northlight, Terms) == []


def test_the_settings_are_kept_and_audited(app: Flask, world: World) -> None:
    desk = Desk(app, world.northlight, "owner")
    form = {f"wish_{field.key}": "hidden" for field in FIELDS} | {
        "mode": "open",
        "needs_approval": "y",
        "wish_company": "required",
        "wish_location_id": "hidden",
    }
    assert desk.send(SETTINGS, form).status_code == 303
    entry = desk.audit()[-1]
    assert (entry.action, entry.before["mode"], entry.after["mode"]) == ("joining.changed", "invited", "open")
    visitor = Visitor(app, world.northlight)
    visitor.post("/join", join_form(visitor, "ada@example.test"), form="/join")
    page = visitor.get(mailed(app, world.northlight, "/join/link/")).text
    assert 'name="company"' in page
    assert 'name="location_id"' not in page
    for wrong in ({"mode": "x"}, {"wish_company": "maybe"}):
        assert desk.send(SETTINGS, form | wrong).status_code == 422
    assert Desk(app, world.northlight, "member").get(SETTINGS).status_code == 404
