"""A forgotten password: the link, its single use, and what nobody can learn by asking."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask import Flask

from app.jobs.work import Work
from app.models import AuditEntry, Delivery, Notice, PasswordReset, Person
from tests.support.mail import mailed, mailed_address
from tests.support.rows import change, rows
from tests.support.visitor import Visitor
from tests.support.world import World

LINK = "/password/reset/"
NEW = "a brand new pass phrase"
NOON = datetime(2030, 5, 6, 12, tzinfo=UTC)


@pytest.fixture
def visitor(app: Flask, world: World) -> Visitor:
    return Visitor(app, world.northlight)


def _work(app: Flask) -> Work:
    work = app.extensions["portico_work"]
    assert isinstance(work, Work)
    return work


def _ask(visitor: Visitor, email: str = "member@example.test") -> str:
    answer = visitor.post("/password/forgotten", {"email": email}, form="/password/forgotten")
    assert answer.status_code == 303, answer.text
    return answer.location


def _asked_path(visitor: Visitor, app: Flask) -> str:
    _ask(visitor)
    return mailed(app, visitor.tenant, LINK)


def _choose(visitor: Visitor, path: str, password: str = NEW) -> int:
    return visitor.post(path, {"password": password}, form="/login").status_code


def test_a_link_leads_back_in(visitor: Visitor, app: Flask) -> None:
    path = _asked_path(visitor, app)
    page = visitor.get(path)
    assert page.status_code == 200
    assert "member@example.test" in page.text
    answer = visitor.post(path, {"password": NEW}, form=path)
    assert (answer.status_code, answer.location) == (303, "/")
    assert visitor.is_signed_in()
    again = Visitor(app, visitor.tenant)
    assert again.sign_in("member").status_code == 422
    assert again.sign_in("member", NEW).status_code == 303


def test_it_ends_every_session_and_mails_a_note(visitor: Visitor, app: Flask, world: World) -> None:
    thief = Visitor(app, world.northlight)
    thief.sign_in("member")
    assert thief.is_signed_in()
    _choose(visitor, _asked_path(visitor, app))
    assert not thief.is_signed_in()
    assert len(rows(app, world.northlight, Notice, kind="password.changed")) == 1
    assert len(rows(app, world.northlight, AuditEntry, action="password.changed")) == 1


def test_unknown_and_known_get_the_same_answer_and_the_same_work(
    visitor: Visitor, app: Flask, world: World
) -> None:
    assert _ask(visitor, "nobody@example.test") == _ask(visitor, "colleague@example.test")
    (notice,) = rows(app, world.northlight, Notice)
    assert notice.person_id == world.northlight.people["colleague"]


def test_the_suspended_get_no_mail(visitor: Visitor, app: Flask, world: World) -> None:
    change(app, world.northlight, Person, world.northlight.people["member"], suspended_at=NOON)
    _ask(visitor)
    assert rows(app, world.northlight, Notice) == []


def test_a_link_works_once(visitor: Visitor, app: Flask) -> None:
    path = _asked_path(visitor, app)
    assert _choose(visitor, path) == 303
    other = Visitor(app, visitor.tenant)
    assert other.get(path).status_code == 404
    assert _choose(other, path, "yet another pass phrase") == 404
    assert not other.is_signed_in()


def test_only_the_latest_link_counts(visitor: Visitor, app: Flask) -> None:
    first = _asked_path(visitor, app)
    second = _asked_path(visitor, app)
    assert visitor.get(first).status_code == 404
    assert visitor.get(second).status_code == 200


def test_a_link_dies_after_an_hour(visitor: Visitor, app: Flask) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        path = _asked_path(visitor, app)
        clock.shift(timedelta(minutes=59))
        assert visitor.get(path).status_code == 200
        clock.shift(timedelta(minutes=1))
        gone = visitor.get(path)
        assert gone.status_code == 404
        assert "/password/forgotten" in gone.text
        assert _choose(visitor, path) == 404


def test_the_other_tenant_does_not_know_the_link(visitor: Visitor, app: Flask, world: World) -> None:
    path = _asked_path(visitor, app)
    stranger = Visitor(app, world.harbour)
    assert stranger.get(path).status_code == 404
    assert _choose(stranger, path) == 404
    assert visitor.get(path).status_code == 200


def test_the_token_is_stored_nowhere(visitor: Visitor, app: Flask, world: World) -> None:
    token = _asked_path(visitor, app).rpartition("/")[2]
    (reset,) = rows(app, world.northlight, PasswordReset)
    (notice,) = rows(app, world.northlight, Notice)
    assert token not in f"{reset.token_hash} {notice.data}"


def test_the_link_bears_the_host_that_was_asked(app: Flask, world: World) -> None:
    visitor = Visitor(app, world.harbour)
    _ask(visitor)
    assert mailed_address(app, world.harbour, LINK).startswith("http://harbour.localhost/password/reset/")


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "localhost:6666"},
        {"X-Forwarded-Host": "evil.example"},
        {"Forwarded": "host=evil.example"},
        {"X-Original-Host": "evil.example"},
    ],
)
@pytest.mark.parametrize("engine", ["sqlite"])
def test_no_header_bends_the_link(visitor: Visitor, app: Flask, headers: dict[str, str]) -> None:
    visitor.post(
        "/password/forgotten", {"email": "member@example.test"}, form="/password/forgotten", headers=headers
    )
    assert mailed_address(app, visitor.tenant, LINK).startswith("http://localhost/password/reset/")


def test_an_unknown_host_asks_for_nothing(visitor: Visitor, app: Flask, world: World) -> None:
    evil = {"Host": "evil.example"}
    assert visitor.get("/password/forgotten", headers=evil).status_code == 404
    # Its cookie belongs to the real host, so the form counts as forged.
    asked = visitor.post("/password/forgotten", {"email": "member@example.test"}, headers=evil)
    assert asked.status_code == 400
    assert rows(app, world.northlight, Notice) == []


@pytest.mark.parametrize(
    ("password", "says"),
    [
        ("short", "at least 10"),
        ("a" * 201, "at most 200"),
        ("x" * 100_000, "at most 200"),
        ("member@example.test", "your e-mail"),
        ("Password123", "common"),
        ("aaaaaaaaaaaa", "common"),
        ("long\0enough to be one", "invisible"),
        ("long\u202eenough to be one", "invisible"),
        ("", "needed"),
    ],
)
@pytest.mark.parametrize("engine", ["sqlite"])
def test_a_weak_password_is_refused_and_the_link_stays(
    visitor: Visitor, app: Flask, password: str, says: str
) -> None:
    path = _asked_path(visitor, app)
    answer = visitor.post(path, {"password": password}, form=path)
    assert answer.status_code == 422
    assert says in answer.text
    assert _choose(visitor, path) == 303


@pytest.mark.parametrize(
    "email", ["", "nobody", "mem\0ber@example.test", "mem\u202eber@example.test", "a" * 100_000]
)
@pytest.mark.parametrize("engine", ["sqlite"])
def test_nonsense_is_answered_at_the_field(visitor: Visitor, app: Flask, world: World, email: str) -> None:
    answer = visitor.post("/password/forgotten", {"email": email}, form="/password/forgotten")
    assert answer.status_code == 422
    assert 'id="email-error"' in answer.text
    assert rows(app, world.northlight, Delivery) == []


def test_it_asks_for_patience_by_account_and_by_address(app: Flask, world: World) -> None:
    app.config["LIMITS"] |= {"link by account": "1 per hour", "link by address": "3 per hour"}
    visitor = Visitor(app, world.northlight)
    codes = [
        visitor.post("/password/forgotten", {"email": email}, form="/password/forgotten").status_code
        for email in (
            "member@example.test",
            "member@example.test",
            "nobody@example.test",
            "owner@example.test",
        )
    ]
    assert codes == [303, 429, 303, 429]
    assert len(rows(app, world.northlight, Notice)) == 1


def test_guessing_links_is_limited(app: Flask, visitor: Visitor) -> None:
    app.config["LIMITS"]["reset by address"] = "2 per hour"
    assert [_choose(visitor, f"/password/reset/guess-{n}") for n in range(3)] == [404, 404, 429]
    path = _asked_path(visitor, app)
    assert _choose(visitor, path) == 429


def test_without_csrf_token_nothing_happens(visitor: Visitor, app: Flask, world: World) -> None:
    assert visitor.post_bare("/password/forgotten", {"email": "member@example.test"}).status_code == 400
    assert rows(app, world.northlight, Notice) == []
    path = _asked_path(visitor, app)
    assert visitor.post_bare(path, {"password": NEW}).status_code == 400
    assert _choose(visitor, path) == 303
