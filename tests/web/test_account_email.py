"""Another e-mail: nothing changes before the new address confirmed, and the old one can stop it for a week."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask import Flask
from werkzeug.test import TestResponse

from app.models import AuditEntry, EmailChange, Notice, PasswordReset, Person
from tests.support.mail import found, newest_mails
from tests.support.rows import change, rows
from tests.support.staff import Desk
from tests.support.visitor import Visitor
from tests.support.world import PASSWORD, TenantWorld, World

NEW = "maya@new.example"
OLD = "member@example.test"
NOON = datetime(2030, 5, 6, 12, tzinfo=UTC)


@pytest.fixture
def member(app: Flask, world: World) -> Visitor:
    visitor = Visitor(app, world.northlight)
    visitor.sign_in("member")
    return visitor


def _ask(visitor: Visitor, email: str = NEW, current: str = PASSWORD) -> TestResponse:
    return visitor.post("/account/email", {"email": email, "current": current}, form="/account")


def _mails(app: Flask, tenant: TenantWorld) -> dict[str, str]:
    """The newest mail to each address."""
    return {mail.to: mail.text for mail in reversed(newest_mails(app, tenant))}


def _path(text: str, kind: str) -> str:
    return found(rf"http://[^/]+(/email/{kind}/\S+)", text)


def _asked(app: Flask, visitor: Visitor) -> tuple[str, str]:
    """Ask for another address; the paths that confirm it and that stop it."""
    assert _ask(visitor).status_code == 303
    mails = _mails(app, visitor.tenant)
    return _path(mails[NEW], "confirm"), _path(mails[OLD], "stop")


def _email(app: Flask, world: World) -> str:
    return rows(app, world.northlight, Person, id=world.northlight.people["member"])[0].email


def _press(app: Flask, tenant: TenantWorld, path: str) -> int:
    """Open a link in a browser of its own and press its button."""
    visitor = Visitor(app, tenant)
    if visitor.get(path).status_code == 404:
        return 404
    return visitor.post(path, form=path).status_code


def test_it_changes_when_the_new_address_confirms(member: Visitor, app: Flask, world: World) -> None:
    confirm, _stop = _asked(app, member)
    assert _email(app, world) == OLD
    # A mail program that opens the link changes nothing.
    assert Visitor(app, world.northlight).get(confirm).status_code == 200
    assert _email(app, world) == OLD
    assert NEW in member.get("/account/email").text
    assert _press(app, world.northlight, confirm) == 200
    assert _email(app, world) == NEW
    assert member.is_signed_in()
    other = Visitor(app, world.northlight)
    assert other.post("/login", {"email": OLD, "password": PASSWORD}).status_code == 422
    assert other.post("/login", {"email": NEW, "password": PASSWORD}).status_code == 303
    (entry,) = rows(app, world.northlight, AuditEntry, action="email.changed")
    assert (entry.before, entry.after) == ({"email": OLD}, {"email": NEW})
    assert NEW in _mails(app, world.northlight)[OLD]


def test_it_needs_the_password(member: Visitor, app: Flask, world: World) -> None:
    assert _ask(member, current="not my password").status_code == 422
    assert rows(app, world.northlight, EmailChange) == []
    assert rows(app, world.northlight, Notice) == []
    assert _ask(member).status_code == 303


def test_who_has_no_password_is_not_asked_for_one(member: Visitor, app: Flask, world: World) -> None:
    assert 'name="current"' in member.get("/account/email").text
    change(app, world.northlight, Person, world.northlight.people["member"], password_hash=None)
    assert 'name="current"' not in member.get("/account/email").text
    assert member.post("/account/email", {"email": NEW}, form="/account").status_code == 303


def test_it_is_no_place_to_guess_and_ends_no_lockout(member: Visitor, app: Flask) -> None:
    app.config["LIMITS"]["password by account and address"] = "3 per 15 minutes"
    assert [_ask(member, current=f"guess number {n}").status_code for n in range(2)] == [422, 422]
    assert _ask(member).status_code == 303
    assert _ask(member).status_code == 429


def test_it_mails_no_more_than_a_few(member: Visitor, app: Flask) -> None:
    app.config["LIMITS"]["e-mail change by account"] = "2 per hour"
    assert [_ask(member, f"n{n}@new.example").status_code for n in range(3)] == [303, 303, 429]


def test_somebody_elses_address_is_answered_like_a_free_one(
    member: Visitor, app: Flask, world: World
) -> None:
    free, taken = _ask(member), _ask(member, "Colleague@Example.test")
    assert (free.status_code, free.location) == (taken.status_code, taken.location)
    assert "Colleague@Example.test" in member.get("/account/email").text
    mails = _mails(app, world.northlight)
    # Only its holder hears of it, and gets no link that could make it so.
    assert "/email/confirm/" not in mails["colleague@example.test"]
    assert "Colleague@Example.test" in mails[OLD]
    assert "/email/stop/" in mails[OLD]
    (waiting,) = rows(app, world.northlight, EmailChange, stopped_at=None)
    assert (waiting.new_email, waiting.confirm_hash) == ("Colleague@Example.test", None)


def test_an_address_that_was_taken_meanwhile_stays_whose_it_is(
    member: Visitor, app: Flask, world: World
) -> None:
    confirm, _stop = _asked(app, member)
    change(app, world.northlight, Person, world.northlight.people["colleague"], email=NEW, email_key=NEW)
    assert _press(app, world.northlight, confirm) == 404
    assert _email(app, world) == OLD


def test_the_old_address_stops_it_before(member: Visitor, app: Flask, world: World) -> None:
    confirm, stop = _asked(app, member)
    assert _press(app, world.northlight, stop) == 200
    assert _press(app, world.northlight, confirm) == 404
    assert _email(app, world) == OLD
    assert not member.is_signed_in()


def test_the_old_address_takes_it_back_after(member: Visitor, app: Flask, world: World) -> None:
    confirm, stop = _asked(app, member)
    _press(app, world.northlight, confirm)
    # The thief goes on: what they asked for since must not win the account back.
    assert _ask(member, "again@new.example").status_code == 303
    again = _mails(app, world.northlight)
    assert _press(app, world.northlight, stop) == 200
    assert _email(app, world) == OLD
    assert not member.is_signed_in()
    assert _press(app, world.northlight, _path(again["again@new.example"], "confirm")) == 404
    assert _press(app, world.northlight, _path(again[NEW], "stop")) == 404
    assert "/password/reset/" in _mails(app, world.northlight)[OLD]


@pytest.mark.parametrize("which", [0, 1])
def test_a_link_works_once(member: Visitor, app: Flask, world: World, which: int) -> None:
    path = _asked(app, member)[which]
    assert _press(app, world.northlight, path) == 200
    assert _press(app, world.northlight, path) == 404


@pytest.mark.parametrize(("which", "lives"), [(0, timedelta(days=1)), (1, timedelta(days=7))])
def test_a_link_dies(app: Flask, world: World, which: int, lives: timedelta) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        member = Visitor(app, world.northlight)
        member.sign_in("member")
        path = _asked(app, member)[which]
        clock.move_to(NOON + lives - timedelta(seconds=1))
        assert member.get(path).status_code == 200
        clock.move_to(NOON + lives)
        assert member.get(path).status_code == 404
        assert _press(app, world.northlight, path) == 404


def test_it_can_be_withdrawn_and_another_wish_takes_its_place(
    member: Visitor, app: Flask, world: World
) -> None:
    confirm, _stop = _asked(app, member)
    second = _asked(app, member)[0]
    assert _press(app, world.northlight, confirm) == 404
    assert member.get(second).status_code == 200
    assert member.post("/account/email/cancellation", form="/account").status_code == 303
    assert member.get(second).status_code == 404
    assert _email(app, world) == OLD


def test_a_mail_that_is_late_makes_no_other_wish_come_true(member: Visitor, app: Flask, world: World) -> None:
    for email in (NEW, "second@new.example"):
        assert _ask(member, email).status_code == 303
    mails = _mails(app, world.northlight)
    assert _press(app, world.northlight, _path(mails[NEW], "confirm")) == 404
    assert _press(app, world.northlight, _path(mails["second@new.example"], "confirm")) == 200
    assert _email(app, world) == "second@new.example"


def test_links_to_a_password_that_the_old_address_has_stop_working(
    member: Visitor, app: Flask, world: World
) -> None:
    member.post("/password/forgotten", {"email": OLD}, form="/account")
    assert "/password/reset/" in _mails(app, world.northlight)[OLD]
    assert len(rows(app, world.northlight, PasswordReset)) == 1
    _press(app, world.northlight, _asked(app, member)[0])
    assert rows(app, world.northlight, PasswordReset) == []


def test_the_suspended_change_nothing(member: Visitor, app: Flask, world: World) -> None:
    confirm, stop = _asked(app, member)
    change(app, world.northlight, Person, world.northlight.people["member"], suspended_at=NOON)
    assert _press(app, world.northlight, confirm) == 404
    assert _press(app, world.northlight, stop) == 404


def test_another_address_from_staff_ends_what_waits(member: Visitor, app: Flask, world: World) -> None:
    confirm, stop = _asked(app, member)
    desk, person_id = Desk(app, world.northlight, "desk"), world.northlight.people["member"]
    names = {"first_name": "Maya", "last_name": "Member", "company": "", "location_id": "", "locale": ""}
    assert desk.send(f"/admin/people/{person_id}", names | {"email": "third@example.test"}).status_code == 303
    assert _press(app, world.northlight, confirm) == 404
    assert _press(app, world.northlight, stop) == 404


def test_tokens_are_stored_nowhere(member: Visitor, app: Flask, world: World) -> None:
    tokens = [path.rpartition("/")[2] for path in _asked(app, member)]
    (waiting,) = rows(app, world.northlight, EmailChange)
    kept = str([vars(waiting), *(each.data for each in rows(app, world.northlight, Notice))])
    assert all(token not in kept for token in tokens)


@pytest.mark.parametrize(
    "email", ["", "no address", "a@b", "nul\0@new.example", "x" * 100_000, "MEMBER@example.test"]
)
@pytest.mark.parametrize("engine", ["sqlite"])
def test_nonsense_is_answered_at_the_field(member: Visitor, app: Flask, world: World, email: str) -> None:
    answer = _ask(member, email)
    assert answer.status_code == 422
    assert 'id="email-error"' in answer.text
    assert rows(app, world.northlight, EmailChange) == []
