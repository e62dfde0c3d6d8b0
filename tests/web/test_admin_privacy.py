"""The front desk's side of privacy: two people who are one, somebody who is to be nobody, and how long what is kept."""

from datetime import timedelta

import pytest
from flask import Flask

from app.kernel.clock import system_clock
from app.models import AuditEntry, Booking, LoginSession, Merger, Person, PrivacySetting, Role
from tests.support.booking_rows import book
from tests.support.rows import change, inside, rows
from tests.support.staff import Desk
from tests.support.visitor import Visitor
from tests.support.world import World


@pytest.fixture
def desk(app: Flask, world: World) -> Desk:
    return Desk(app, world.northlight, "desk")


@pytest.fixture
def owner(app: Flask, world: World) -> Desk:
    return Desk(app, world.northlight, "owner")


def _url(desk: Desk, who: str, rest: str) -> str:
    return f"/admin/people/{desk.tenant.people[who]}/{rest}"


def _form(desk: Desk, who: str, *, email: str = "kept", name: str = "kept") -> dict[str, str]:
    return {"other": str(desk.tenant.people[who]), "email": email, "name": name}


def _person(desk: Desk, who: str) -> Person:
    return rows(desk.app, desk.tenant, Person, id=desk.tenant.people[who])[0]


def test_both_stand_side_by_side_before_anything_happens(app: Flask, desk: Desk) -> None:
    book(app, desk.tenant, "colleague", "Fern", 24)
    book(app, desk.tenant, "colleague", "Fern", 48)
    before = desk.counts()
    assert "Colin Colleague" in desk.get(_url(desk, "member", "merging?q=colin")).text
    page = desk.get(_url(desk, "member", f"merging?other={desk.tenant.people['colleague']}")).text
    assert "Nothing has happened yet" in page
    assert "Move to Maya Member" in page
    assert desk.counts() == before


def test_what_was_theirs_moves_and_their_sign_ins_end(app: Flask, desk: Desk) -> None:
    colleague, member = Desk(app, desk.tenant, "colleague"), Desk(app, desk.tenant, "member")
    booking = book(app, desk.tenant, "colleague", "Fern", 24, title="Standup", request_key="same")
    book(app, desk.tenant, "member", "Fern", 48, request_key="same")
    answer = desk.send(_url(desk, "member", "merging"), _form(desk, "colleague", email="gone", name="gone"))
    assert answer.status_code == 303
    kept, gone = _person(desk, "member"), _person(desk, "colleague")
    assert (kept.name, kept.email) == ("Colin Colleague", "colleague@example.test")
    assert (gone.name, gone.email, gone.anonymised_at is None) == (f"#{gone.id}", "", False)
    moved = rows(app, desk.tenant, Booking, id=booking)[0]
    assert (moved.person_id, moved.booked_by_id, moved.title) == (kept.id, kept.id, "Standup")
    assert not colleague.is_signed_in()
    assert not member.is_signed_in()
    assert [entry.action for entry in desk.audit()] == ["person.merged", "person.took_over"]
    assert rows(app, desk.tenant, Merger)[0].kept_id == kept.id
    assert Visitor(app, desk.tenant).sign_in("colleague").status_code == 303
    nobody = desk.get(_url(desk, "colleague", "").rstrip("/")).text
    assert "turned out to be somebody else" in nobody
    assert "Colin Colleague" in nobody


def test_merging_is_refused_with_a_sentence(app: Flask, desk: Desk, owner: Desk, world: World) -> None:
    before = desk.counts()
    for who, other, sentence in (
        ("member", "member", "That is the same person"),
        ("member", "owner", "belongs to staff"),
        ("owner", "member", "belongs to staff"),
        ("member", "desk", "cannot be the one that goes"),
    ):
        answer = desk.send(_url(desk, who, "merging"), _form(desk, other))
        assert (answer.status_code, sentence in answer.text) == (422, True), (who, other)
    nothing = desk.send(_url(desk, "member", "merging"), {"other": "", "email": "kept", "name": "kept"})
    assert nothing.status_code == 303
    foreign = {"other": "999999", "email": "kept", "name": "kept"}
    assert desk.send(_url(desk, "member", "merging"), foreign).status_code == 404
    assert desk.counts() == before
    assert owner.send(_url(owner, "member", "merging"), _form(owner, "desk")).status_code == 303
    assert _person(owner, "member").role is Role.FRONT_DESK


def test_somebody_of_the_other_tenant_is_not_there(app: Flask, desk: Desk, world: World) -> None:
    with inside(app, world.harbour) as session:
        session.add(
            Person(
                email="far@example.test",
                email_key="far@example.test",
                first_name="Far",
                last_name="Away",
                card_token="far",
                created_at=system_clock(),
            )
        )
    far = rows(app, world.harbour, Person, first_name="Far")[0].id
    assert rows(app, world.northlight, Person, id=far) == []
    form = {"other": str(far), "email": "kept", "name": "kept"}
    assert desk.send(_url(desk, "member", "merging"), form).status_code == 404
    assert desk.get(_url(desk, "member", f"merging?other={far}")).status_code == 404


def test_merged_twice_the_second_finds_nobody(desk: Desk) -> None:
    assert desk.send(_url(desk, "member", "merging"), _form(desk, "colleague")).status_code == 303
    assert desk.send(_url(desk, "contact", "merging"), _form(desk, "colleague")).status_code == 404


def test_anonymous_with_a_reason_by_who_may(app: Flask, desk: Desk, owner: Desk) -> None:
    path = _url(desk, "member", "anonymising")
    assert desk.get(path).status_code == 404
    assert desk.send(path, {"reason": "asked"}).status_code == 404
    assert owner.get(path).status_code == 200
    assert owner.send(path, {"reason": ""}).status_code == 422
    assert _person(owner, "member").anonymised_at is None
    assert owner.send(path, {"reason": "unused"}).status_code == 303
    assert _person(owner, "member").anonymised_at is not None
    assert owner.audit()[-1].after == {"reason": "unused"}
    assert owner.send(path, {"reason": "unused"}).status_code == 404
    assert "Anonymous since" in owner.get(_url(owner, "member", "").rstrip("/")).text
    edited = {
        "first_name": "Back",
        "last_name": "Again",
        "email": "back@example.test",
        "company": "",
        "location_id": "",
        "locale": "",
    }
    assert owner.send(_url(owner, "member", "").rstrip("/"), edited).status_code == 404
    assert "Maya" not in owner.get("/admin/people").text
    assert owner.send(_url(owner, "member", "reinstatement")).status_code == 404
    assert owner.send(_url(owner, "member", "role"), {"role": "owner"}).status_code == 404
    mine = owner.send(_url(owner, "owner", "anonymising"), {"reason": "asked"})
    assert (mine.status_code, "My account" in mine.text) == (422, True)


def test_suspending_also_ends_mailed_links(app: Flask, desk: Desk) -> None:
    desk.send(_url(desk, "contact", "invitation"))
    app.extensions["portico_work"].deliver(desk.tenant.id)
    mail = app.extensions["portico_outbox"].newest(desk.tenant.id, 1)[0]
    link = next(word for word in mail.text.split() if "/password/reset/" in word)
    path = "/password" + link.partition("/password")[2]
    assert Visitor(app, desk.tenant).get(path).status_code == 200
    desk.send(_url(desk, "contact", "suspension"))
    desk.send(_url(desk, "contact", "reinstatement"))
    assert Visitor(app, desk.tenant).get(path).status_code == 404


DAYS = {
    "grace_days": "7",
    "audit_days": "90",
    "notice_days": "30",
    "session_days": "10",
    "booking_days": "5",
    "check_in_days": "3",
}


def test_days_are_set_and_noted(desk: Desk, owner: Desk) -> None:
    path = "/admin/settings/privacy"
    assert desk.get(path).status_code == 404
    assert 'value="14"' in owner.get(path).text
    assert owner.send(path, DAYS | {"notice_days": ""}).status_code == 303
    setting = rows(owner.app, owner.tenant, PrivacySetting)[0]
    assert (setting.grace_days, setting.audit_days, setting.notice_days) == (7, 90, None)
    assert owner.audit()[-1].action == "privacy.changed"
    for field, typed in (
        ("audit_days", "29"),
        ("grace_days", ""),
        ("grace_days", "91"),
        ("booking_days", "x"),
    ):
        assert owner.send(path, DAYS | {field: typed}).status_code == 422, field
    assert rows(owner.app, owner.tenant, PrivacySetting)[0].notice_days is None


def test_the_night_lets_go_of_what_is_old(app: Flask, owner: Desk) -> None:
    owner.send("/admin/settings/privacy", DAYS)
    now = system_clock()
    old = book(app, owner.tenant, "member", "Fern", -24 * 6, title="Old")
    new = book(app, owner.tenant, "member", "Fern", -24 * 4, title="New")
    with inside(app, owner.tenant) as session:
        for days in (100, 91, 89):
            session.add(AuditEntry(at=now - timedelta(days=days), action=f"told.{days}"))
    stale = rows(app, owner.tenant, LoginSession)[0]
    change(app, owner.tenant, LoginSession, stale.id, last_seen_at=now - timedelta(days=11))
    app.extensions["portico_work"].forget()
    assert [rows(app, owner.tenant, Booking, id=each)[0].title for each in (old, new)] == ["", "New"]
    assert [entry.action for entry in owner.audit()] == ["privacy.changed", "told.89"]
    assert rows(app, owner.tenant, LoginSession) == []
