"""Joining by oneself: what a stranger sees, what the mail says, and what nobody can learn by asking."""

import re
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask import Flask

from app.domain.joining.words import Wish
from app.models import AuditEntry, Delivery, JoiningMode, Notice, Person, Role, SignUp
from tests.support.joining import join_form, open_joining
from tests.support.limited import give
from tests.support.mail import mailed
from tests.support.rows import change, rows
from tests.support.staff import Desk
from tests.support.visitor import Visitor
from tests.support.world import TenantWorld, World

ADA = "Ada@Example.test"
NOON = datetime(2030, 5, 6, 12, tzinfo=UTC)
NEW = "a brand new pass phrase"
ME = {"first_name": "Ada", "last_name": "Byron", "password": NEW}


@pytest.fixture
def visitor(app: Flask, world: World) -> Visitor:
    open_joining(app, world.northlight)
    return Visitor(app, world.northlight)


def _ask(visitor: Visitor, email: str = ADA, **more: str) -> str:
    answer = visitor.post("/join", join_form(visitor, email) | more, form="/join")
    assert answer.status_code == 303, answer.text
    return answer.location


def _link(visitor: Visitor, app: Flask, email: str = ADA) -> str:
    _ask(visitor, email)
    return mailed(app, visitor.tenant, "/join/link/")


def test_an_e_mail_becomes_a_person_who_is_signed_in(visitor: Visitor, app: Flask) -> None:
    path = _link(visitor, app)
    page = visitor.get(path)
    assert page.status_code == 200
    assert ADA in page.text
    answer = visitor.post(path, ME | {"company": "Analytical"}, form=path)
    assert (answer.status_code, answer.location) == (303, "/")
    assert visitor.is_signed_in()
    (person,) = rows(app, visitor.tenant, Person, email_key=ADA.casefold())
    assert (person.name, person.company, person.email) == ("Ada Byron", "Analytical", ADA)
    assert len(rows(app, visitor.tenant, AuditEntry, action="person.joined")) == 1
    # The link is used up, and says what to do.
    again = Visitor(app, visitor.tenant)
    assert "You have an account" in again.get(path).text
    assert "You have an account" in again.post(path, ME).text
    assert not again.is_signed_in()


def test_who_has_an_account_gets_the_same_answer_and_is_told_by_mail_alone(
    visitor: Visitor, app: Flask
) -> None:
    assert _ask(visitor, "member@example.test") == _ask(visitor, ADA)
    first, second = rows(app, visitor.tenant, Notice)
    assert (first.kind, first.person_id) == ("sign_up.known", visitor.tenant.people["member"])
    assert (second.kind, second.email) == ("sign_up.asked", ADA)
    app.extensions["portico_work"].deliver(visitor.tenant.id)
    letters = {mail.to: mail.text for mail in app.extensions["portico_outbox"].newest(visitor.tenant.id, 2)}
    assert "You have an account already" in letters["member@example.test"]
    assert "/join/link/" in letters[ADA]


def test_the_suspended_hear_nothing(visitor: Visitor, app: Flask) -> None:
    change(app, visitor.tenant, Person, visitor.tenant.people["member"], suspended_at=NOON)
    _ask(visitor, "member@example.test")
    assert rows(app, visitor.tenant, Notice) == []


@pytest.mark.parametrize(
    "caught",
    [
        {"website": "https://spam.example"},
        {"stamp": ""},
        {"stamp": "x" * 100_000},
        {"stamp": "forged.stamp"},
    ],
)
@pytest.mark.parametrize("engine", ["sqlite"])
def test_a_program_gets_the_same_friendly_page_and_nothing_happens(
    visitor: Visitor, app: Flask, caught: dict[str, str]
) -> None:
    assert _ask(visitor, ADA, **caught) == "/join/sent"
    assert rows(app, visitor.tenant, SignUp) == []
    # The opposite: without what gave it away, the same form works.
    assert _ask(visitor, ADA) == "/join/sent"
    assert len(rows(app, visitor.tenant, SignUp)) == 1


def test_who_answers_at_once_is_a_program(visitor: Visitor, app: Flask) -> None:
    stamp = re.search(r'name="stamp" value="([^"]+)"', visitor.get("/join").text)
    assert stamp
    _ask(visitor, ADA, stamp=stamp[1])
    assert rows(app, visitor.tenant, SignUp) == []


def test_another_tenants_stamp_is_none(visitor: Visitor, app: Flask, world: World) -> None:
    open_joining(app, world.harbour)
    theirs = join_form(Visitor(app, world.harbour), ADA)["stamp"]
    _ask(visitor, ADA, stamp=theirs)
    assert rows(app, visitor.tenant, SignUp) == []


@pytest.mark.parametrize("engine", ["sqlite"])
def test_it_asks_for_patience(visitor: Visitor, app: Flask) -> None:
    app.config["LIMITS"] |= {
        "join by account": "1 per hour",
        "join by address": "4 per hour",
        "join by tenant": "2 per hour",
    }
    codes = [
        visitor.post("/join", join_form(visitor, email), form="/join").status_code
        for email in (ADA, ADA, "b@example.test", "c@example.test", "d@example.test")
    ]
    assert codes == [303, 429, 303, 429, 429]
    assert len(rows(app, visitor.tenant, SignUp)) == 2


@pytest.mark.parametrize("email", ["", "nobody", "a\0@example.test", "a\u202e@example.test", "a" * 100_000])
@pytest.mark.parametrize("engine", ["sqlite"])
def test_nonsense_is_answered_at_the_field(visitor: Visitor, app: Flask, email: str) -> None:
    answer = visitor.post("/join", join_form(visitor, email), form="/join")
    assert answer.status_code == 422
    assert 'id="email-error"' in answer.text
    assert rows(app, visitor.tenant, Delivery) == []


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"password": "short"}, "at least 10"),
        ({"first_name": "A"}, "too short"),
        ({"first_name": "Ad\0a"}, "cannot be shown"),
        ({"last_name": "x" * 100_000}, "too many"),
        ({"company": "x" * 121}, "too many"),
        ({"location_id": "99999"}, "from the list"),
        ({"location_id": ""}, "needed"),
    ],
)
@pytest.mark.parametrize("engine", ["sqlite"])
def test_a_form_that_is_refused_keeps_the_link(
    app: Flask, world: World, wrong: dict[str, str], says: str
) -> None:
    open_joining(app, world.northlight, wishes={"company": Wish.OPTIONAL, "location_id": Wish.REQUIRED})
    visitor = Visitor(app, world.northlight)
    path = _link(visitor, app)
    right = ME | {"location_id": str(world.northlight.locations["Porto"])}
    answer = visitor.post(path, right | wrong, form=path)
    assert answer.status_code == 422
    assert says in answer.text
    assert visitor.post(path, right, form=path).status_code == 303


def test_a_hidden_field_is_not_asked_for(app: Flask, world: World) -> None:
    open_joining(app, world.northlight, wishes={"company": Wish.HIDDEN, "location_id": Wish.OPTIONAL})
    visitor = Visitor(app, world.northlight)
    path = _link(visitor, app)
    page = visitor.get(path).text
    assert 'name="company"' not in page
    assert 'name="location_id"' in page
    visitor.post(path, ME | {"company": "Sneaked in"}, form=path)
    (person,) = rows(app, world.northlight, Person, email_key=ADA.casefold())
    assert person.company == ""


def test_a_link_dies_after_two_days_and_only_the_latest_counts(app: Flask, world: World) -> None:
    open_joining(app, world.northlight)
    visitor = Visitor(app, world.northlight)
    with time_machine.travel(NOON, tick=False) as clock:
        first = _link(visitor, app)
        clock.shift(timedelta(minutes=1))
        second = _link(visitor, app)
        assert [visitor.get(path).status_code for path in (first, second)] == [404, 200]
        clock.shift(timedelta(days=2))
        gone = visitor.get(second)
        assert gone.status_code == 404
        assert 'href="/join"' in gone.text
        app.extensions["portico_work"].sweep()
        assert rows(app, world.northlight, SignUp) == []


def test_closed_again_the_link_leads_nowhere(visitor: Visitor, app: Flask) -> None:
    path = _link(visitor, app)
    open_joining(app, visitor.tenant, mode=JoiningMode.INVITED)
    assert "by invitation" in visitor.get(path).text
    assert "by invitation" in visitor.post(path, ME).text
    assert not visitor.is_signed_in()


def test_where_it_is_closed_nothing_happens(app: Flask, world: World) -> None:
    visitor = Visitor(app, world.northlight)
    assert "/join" not in visitor.get("/login").text
    assert "by invitation" in visitor.get("/join").text
    visitor.post("/join", {"email": ADA})
    assert rows(app, world.northlight, SignUp) == []
    open_joining(app, world.northlight, mode=JoiningMode.OFF)
    assert visitor.get("/join").status_code == 404
    open_joining(app, world.northlight)
    assert 'href="/join"' in visitor.get("/login").text


# --- approval --------------------------------------------------------------------------------------------------------


@pytest.fixture
def waiting(app: Flask, world: World) -> Visitor:
    """Somebody whose request is with staff."""
    open_joining(app, world.northlight, needs_approval=True)
    visitor = Visitor(app, world.northlight)
    path = _link(visitor, app)
    answer = visitor.post(path, ME | {"company": "Analytical"}, form=path)
    assert (answer.status_code, answer.location) == (303, path)
    assert "Your request is with us" in visitor.get(path).text
    return visitor


def _decide(app: Flask, tenant: TenantWorld, what: str) -> Desk:
    desk = Desk(app, tenant, "desk")
    page = desk.get("/admin/people/waiting").text
    assert "Ada Byron" in page
    assert "Analytical" in page
    assert "Waiting (1)" in desk.get("/admin/people").text
    (asked,) = rows(app, tenant, SignUp)
    assert desk.send(f"/admin/people/waiting/{asked.id}/{what}").status_code == 303
    return desk


def test_who_waits_is_nobody_yet(waiting: Visitor, app: Flask) -> None:
    assert not waiting.is_signed_in()
    assert rows(app, waiting.tenant, Person, email_key=ADA.casefold()) == []
    assert waiting.post("/login", {"email": ADA, "password": NEW}).status_code == 422
    # Asking once more changes nothing of what staff look at.
    path = _link(waiting, app)
    assert "Your request is with us" in waiting.get(path).text
    assert "Your request is with us" in waiting.post(path, ME | {"first_name": "Eve"}).text


def test_approved_they_sign_in(waiting: Visitor, app: Flask) -> None:
    desk = _decide(app, waiting.tenant, "approval")
    assert waiting.post("/login", {"email": ADA, "password": NEW}).status_code == 303
    assert waiting.is_signed_in()
    app.extensions["portico_work"].deliver(waiting.tenant.id)
    mail = app.extensions["portico_outbox"].newest(waiting.tenant.id, 1)[0]
    assert (mail.to, "approved" in mail.text) == (ADA, True)
    (asked,) = rows(app, waiting.tenant, SignUp)
    assert (asked.password_hash, asked.details) == (None, {})
    assert desk.audit()[-2].action == "sign_up.approved"
    again = desk.send(f"/admin/people/waiting/{asked.id}/refusal", follow_redirects=True)
    assert "decided that before you" in again.text


def test_declined_they_hear_of_it_and_may_ask_again(waiting: Visitor, app: Flask) -> None:
    path = _link(waiting, app)
    _decide(app, waiting.tenant, "refusal")
    assert "Not this time" in waiting.get(path).text
    assert rows(app, waiting.tenant, Person, email_key=ADA.casefold()) == []
    app.extensions["portico_work"].deliver(waiting.tenant.id)
    mail = app.extensions["portico_outbox"].newest(waiting.tenant.id, 1)[0]
    assert (mail.to, "could not let you in" in mail.text) == (ADA, True)
    assert 'name="password"' in waiting.get(_link(waiting, app)).text


def test_who_became_a_person_meanwhile_cannot_be_let_in_twice(waiting: Visitor, app: Flask) -> None:
    change(app, waiting.tenant, Person, waiting.tenant.people["member"], email_key=ADA.casefold())
    (asked,) = rows(app, waiting.tenant, SignUp)
    desk = Desk(app, waiting.tenant, "desk")
    answer = desk.send(f"/admin/people/waiting/{asked.id}/approval", follow_redirects=True)
    assert "has this e-mail already" in answer.text


def test_an_invitation_ends_the_waiting(waiting: Visitor, app: Flask) -> None:
    desk = Desk(app, waiting.tenant, "desk")
    assert desk.send("/admin/people/invitations", {"email": ADA}).status_code == 303
    path = mailed(app, waiting.tenant, "/invitation/")
    assert waiting.post(path, ME, form=path).status_code == 303
    assert waiting.is_signed_in()
    assert "Nobody is waiting" in desk.get("/admin/people/waiting").text


def _told(app: Flask, tenant: TenantWorld) -> set[int | None]:
    return {notice.person_id for notice in rows(app, tenant, Notice, kind="sign_up.waiting")}


def test_whoever_may_decide_hears_of_it_and_nobody_else(app: Flask, waiting: Visitor, world: World) -> None:
    north = world.northlight
    assert _told(app, north) == {north.people[who] for who in ("owner", "manager", "desk")}
    assert rows(app, world.harbour, Notice, kind="sign_up.waiting") == []


def test_staff_of_one_location_and_of_other_work_do_not(app: Flask, visitor: Visitor, world: World) -> None:
    north = world.northlight
    open_joining(app, north, needs_approval=True)
    give(app, north, "desk", Role.FRONT_DESK, places=["Leith Walk"])
    give(app, north, "colleague", Role.CUSTOM, own="Event host")
    path = _link(visitor, app)
    visitor.post(path, ME, form=path)
    assert _told(app, north) == {north.people["owner"], north.people["manager"]}


@pytest.mark.parametrize("decision", ["approval", "refusal"])
def test_once_it_is_decided_nobodys_inbox_names_them(
    app: Flask, waiting: Visitor, world: World, decision: str
) -> None:
    north = world.northlight
    desk, other = Desk(app, north, "owner"), Desk(app, north, "manager")
    assert "Ada Byron asks to join" in other.get("/inbox").text
    (asked,) = rows(app, north, SignUp)
    assert desk.send(f"/admin/people/waiting/{asked.id}/{decision}").status_code == 303
    assert "Ada Byron" not in other.get("/inbox").text
    assert _told(app, north) == set()
