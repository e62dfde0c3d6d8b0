"""Invited into a team: the mail, the link, and every way in which it does not open the door."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from app.models import AuditEntry, Delivery, Person, TeamInvitation, TeamMember
from tests.support.mail import mailed
from tests.support.rows import inside, rows
from tests.support.teams import make_team
from tests.support.visitor import Visitor
from tests.support.world import TenantWorld, World

STRANGER = "Ines@Elsewhere.test"
ANEW = {"first_name": "Ines", "last_name": "Łoś", "password": "a few words in a row"}
NOON = datetime(2030, 5, 6, 12, tzinfo=UTC)


@pytest.fixture
def north(world: World) -> TenantWorld:
    return world.northlight


@pytest.fixture
def maya(app: Flask, north: TenantWorld) -> Visitor:
    """The team's administrator."""
    return _signed_in(app, north, "member")


@pytest.fixture
def team_id(app: Flask, north: TenantWorld) -> int:
    return make_team(app, north, "member")


def _signed_in(app: Flask, tenant: TenantWorld, who: str) -> Visitor:
    visitor = Visitor(app, tenant)
    visitor.sign_in(who)
    return visitor


def _invite(maya: Visitor, team_id: int, email: str, **more: str) -> int:
    data = {"email": email, "may_book": "y", **more}
    return maya.post(f"/team/{team_id}/invitations", data, form=f"/team/{team_id}").status_code


def _people(app: Flask, tenant: TenantWorld, team_id: int) -> list[int]:
    return [row.person_id for row in rows(app, tenant, TeamMember, team_id=team_id)]


def _press(visitor: Visitor, path: str) -> int:
    return visitor.post(path, form="/account").status_code


def test_somebody_who_is_known_joins_while_signed_in(
    app: Flask, north: TenantWorld, maya: Visitor, team_id: int
) -> None:
    assert _invite(maya, team_id, north.email("colleague"), may_see_invoices="y") == 303
    path = mailed(app, north, "/team/invitation/")
    colin = Visitor(app, north)
    assert "Sign in to join" in colin.get(path).text
    colin.sign_in("colleague")
    page = colin.get(path)
    assert page.status_code == 200
    assert "Maya Member would like you in this team" in page.text
    answer = colin.post(path, form=path)
    assert (answer.status_code, answer.location) == (303, "/")
    joined = rows(app, north, TeamMember, person_id=north.people["colleague"])[0]
    assert (joined.team_id, joined.may_see_invoices, joined.administrator) == (team_id, True, False)
    assert "Tidewater" in colin.get("/team").text


def test_somebody_new_chooses_a_name_and_a_password(
    app: Flask, north: TenantWorld, maya: Visitor, team_id: int
) -> None:
    _invite(maya, team_id, STRANGER)
    path = mailed(app, north, "/team/invitation/")
    ines = Visitor(app, north)
    answer = ines.post(path, ANEW, form=path)
    assert answer.status_code == 303, answer.text
    assert ines.is_signed_in()
    person = rows(app, north, Person, email_key=STRANGER.casefold())[0]
    assert (person.name, person.email) == ("Ines Łoś", STRANGER)
    assert person.id in _people(app, north, team_id)
    again = Visitor(app, north)
    data = {"email": STRANGER, "password": ANEW["password"]}
    assert again.post("/login", data).status_code == 303
    assert {"person.joined", "team.member_added"} <= {each.action for each in rows(app, north, AuditEntry)}


@pytest.mark.parametrize(
    ("field", "typed", "sentence"),
    [
        ("first_name", "I", "too short"),
        ("first_name", "Ines 3", "A name has letters"),
        ("last_name", "x" * 100_000, "100,000 characters"),
        ("last_name", "Lo\u202es", "cannot be shown"),
        ("last_name", "Lo\0s", "cannot be shown"),
        ("password", "short", "at least 10 characters"),
        ("password", "", "is needed"),
    ],
)
def test_nonsense_is_refused_and_the_link_still_works(
    app: Flask, north: TenantWorld, maya: Visitor, team_id: int, field: str, typed: str, sentence: str
) -> None:
    _invite(maya, team_id, STRANGER)
    path = mailed(app, north, "/team/invitation/")
    ines = Visitor(app, north)
    answer = ines.post(path, ANEW | {field: typed}, form=path)
    assert answer.status_code == 422
    assert sentence in answer.text
    assert rows(app, north, Person, email_key=STRANGER.casefold()) == []
    assert ines.post(path, ANEW, form=path).status_code == 303


def _used(app: Flask, north: TenantWorld, maya: Visitor, team_id: int, path: str) -> None:
    assert Visitor(app, north).post(path, ANEW, form=path).status_code == 303


def _revoked(app: Flask, north: TenantWorld, maya: Visitor, team_id: int, path: str) -> None:
    invitation = rows(app, north, TeamInvitation)[0]
    assert _press(maya, f"/team/{team_id}/invitations/{invitation.id}/removal") == 303


def _sent_again(app: Flask, north: TenantWorld, maya: Visitor, team_id: int, path: str) -> None:
    invitation = rows(app, north, TeamInvitation)[0]
    assert _press(maya, f"/team/{team_id}/invitations/{invitation.id}/mail") == 303
    assert mailed(app, north, "/team/invitation/") != path


def _retired(app: Flask, north: TenantWorld, maya: Visitor, team_id: int, path: str) -> None:
    assert _press(_signed_in(app, north, "desk"), f"/admin/teams/{team_id}/retirement") == 303


@pytest.mark.parametrize("spoil", [_used, _revoked, _sent_again, _retired])
def test_a_link_that_is_spoilt_is_gone(
    app: Flask, north: TenantWorld, maya: Visitor, team_id: int, spoil: object
) -> None:
    assert callable(spoil)
    _invite(maya, team_id, STRANGER)
    path = mailed(app, north, "/team/invitation/")
    assert Visitor(app, north).get(path).status_code == 200
    spoil(app, north, maya, team_id, path)
    before = _people(app, north, team_id)
    late = Visitor(app, north)
    assert late.get(path).status_code == 404
    assert late.post(path, ANEW | {"first_name": "Late"}).status_code == 404
    assert not late.is_signed_in()
    assert _people(app, north, team_id) == before


def test_a_link_works_for_seven_days(app: Flask, north: TenantWorld, maya: Visitor, team_id: int) -> None:
    with time_machine.travel(NOON, tick=False) as now:
        maya = _signed_in(app, north, "member")
        _invite(maya, team_id, STRANGER)
        path = mailed(app, north, "/team/invitation/")
        now.shift(timedelta(days=7, seconds=-1))
        assert Visitor(app, north).get(path).status_code == 200
        now.shift(timedelta(seconds=1))
        assert Visitor(app, north).get(path).status_code == 404
        assert Visitor(app, north).post(path, ANEW).status_code == 404


def test_somebody_elses_link_does_not_let_one_in(
    app: Flask, north: TenantWorld, maya: Visitor, team_id: int
) -> None:
    _invite(maya, team_id, north.email("colleague"))
    path = mailed(app, north, "/team/invitation/")
    conny = _signed_in(app, north, "contact")
    assert "You are signed in as contact@example.test" in conny.get(path).text
    assert conny.post(path, form="/account").status_code == 422
    assert north.people["contact"] not in _people(app, north, team_id)
    # Nor does it make a second account of an address that has one.
    assert Visitor(app, north).post(path, ANEW).status_code == 422


def test_the_other_tenants_link_is_404(app: Flask, world: World, maya: Visitor, team_id: int) -> None:
    _invite(maya, team_id, STRANGER)
    path = mailed(app, world.northlight, "/team/invitation/")
    assert Visitor(app, world.northlight).get(path).status_code == 200
    elsewhere = Visitor(app, world.harbour)
    assert elsewhere.get(path).status_code == 404
    assert elsewhere.post(path, ANEW).status_code == 404


@pytest.mark.parametrize("token", ["x", "x" * 4000, "..%2f", "%00", "é"])
def test_an_invented_token_is_404(app: Flask, north: TenantWorld, token: str) -> None:
    assert Visitor(app, north).get(f"/team/invitation/{token}").status_code == 404


def test_nobody_is_invited_twice_or_beyond_the_seats(app: Flask, north: TenantWorld, maya: Visitor) -> None:
    team_id = make_team(app, north, "member", name="Small", seats=2)
    assert _invite(maya, team_id, north.email("member")) == 422
    assert _invite(maya, team_id, STRANGER) == 303
    assert _invite(maya, team_id, STRANGER.upper()) == 422
    assert _invite(maya, team_id, "third@elsewhere.test") == 422
    assert len(rows(app, north, TeamInvitation)) == 1


def test_a_team_that_filled_up_meanwhile_says_so(app: Flask, north: TenantWorld, maya: Visitor) -> None:
    team_id = make_team(app, north, "member", name="Small", seats=2)
    _invite(maya, team_id, STRANGER)
    path = mailed(app, north, "/team/invitation/")
    desk = _signed_in(app, north, "desk")
    added = desk.post(f"/admin/teams/{team_id}/people", {"email": north.email("contact")}, form="/account")
    assert added.status_code == 303, added.text
    ines = Visitor(app, north)
    answer = ines.post(path, ANEW, form=path)
    assert answer.status_code == 422
    assert "full by now" in answer.text
    assert rows(app, north, Person, email_key=STRANGER.casefold()) == []


def test_a_plain_member_invites_nobody(app: Flask, north: TenantWorld, maya: Visitor) -> None:
    team_id = make_team(app, north, "member", "colleague", name="Pair")
    assert _invite(maya, team_id, STRANGER) == 303
    colin = _signed_in(app, north, "colleague")
    assert colin.get(f"/team/{team_id}").status_code == 200
    data = {"email": "b@elsewhere.test"}
    assert colin.post(f"/team/{team_id}/invitations", data, form="/account").status_code == 404
    invitation = rows(app, north, TeamInvitation)[0]
    for verb in ("removal", "mail"):
        path = f"/team/{team_id}/invitations/{invitation.id}/{verb}"
        assert colin.post(path, form="/account").status_code == 404
    assert "elsewhere.test" not in colin.get(f"/team/{team_id}").text


def test_what_is_taken_back_before_its_mail_went_is_not_mailed(
    app: Flask, north: TenantWorld, maya: Visitor, team_id: int
) -> None:
    work, outbox = app.extensions["portico_work"], app.extensions["portico_outbox"]
    _invite(maya, team_id, "first@elsewhere.test")
    assert work.deliver(north.id) == 1  # the opposite
    _invite(maya, team_id, STRANGER)
    waiting = rows(app, north, TeamInvitation, email=STRANGER)[0]
    assert _press(maya, f"/team/{team_id}/invitations/{waiting.id}/removal") == 303
    assert work.deliver(north.id) == 0
    assert [mail.to for mail in outbox.newest(north.id, 9)] == ["first@elsewhere.test"]


def test_a_mail_that_comes_back_is_shown_until_it_is_sent_again(
    app: Flask, north: TenantWorld, maya: Visitor, team_id: int
) -> None:
    _invite(maya, team_id, STRANGER)
    assert "Came back" not in maya.get(f"/team/{team_id}").text
    with inside(app, north) as session:
        delivery = session.scalars(select(Delivery)).one()
        delivery.gave_up_at, delivery.next_try_at = delivery.next_try_at, None
    assert "Came back" in maya.get(f"/team/{team_id}").text
    invitation = rows(app, north, TeamInvitation)[0]
    assert _press(maya, f"/team/{team_id}/invitations/{invitation.id}/mail") == 303
    assert "Came back" not in maya.get(f"/team/{team_id}").text
