"""Invitations: sent by staff, taken up once, and every way in which one no longer works."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask import Flask

from app.domain.joining.settings import Joining
from app.models import AuditEntry, Contract, Invitation, JoiningMode, LoginSession, Person
from tests.support.joining import open_joining, publish
from tests.support.mail import mailed
from tests.support.rows import change, rows
from tests.support.staff import Desk
from tests.support.visitor import Visitor
from tests.support.world import World

NOON = datetime(2030, 5, 6, 12, tzinfo=UTC)
GRACE = {"email": "Grace@Example.test", "first_name": "Grace", "last_name": "Hopper", "message": "Come in!"}
HER = {"first_name": "Grace", "last_name": "Hopper", "password": "a brand new pass phrase"}
LIST = "/admin/people/invitations"


@pytest.fixture
def desk(app: Flask, world: World) -> Desk:
    return Desk(app, world.northlight, "desk")


@pytest.fixture
def guest(app: Flask, world: World) -> Visitor:
    return Visitor(app, world.northlight)


def _invited(desk: Desk, **more: str) -> str:
    """The path of the link that was mailed."""
    answer = desk.send(LIST, GRACE | more)
    assert answer.status_code == 303, answer.text
    return mailed(desk.app, desk.tenant, "/invitation/")


def _only(desk: Desk) -> Invitation:
    (found,) = rows(desk.app, desk.tenant, Invitation)
    return found


def test_it_makes_a_person_with_a_plan_who_is_signed_in(desk: Desk, guest: Visitor) -> None:
    place, plan = desk.tenant.locations["Porto"], desk.tenant.plans["Residents"]
    path = _invited(desk, location_id=str(place), plan_id=str(plan))
    page = guest.get(path)
    assert page.status_code == 200
    assert "Come in!" in page.text
    assert 'value="Hopper"' in page.text
    answer = guest.post(path, HER | {"location_id": str(place)}, form=path)
    assert (answer.status_code, answer.location) == (303, "/")
    assert guest.is_signed_in()
    (person,) = rows(desk.app, desk.tenant, Person, email_key="grace@example.test")
    assert (person.location_id, person.email) == (place, "Grace@Example.test")
    (contract,) = rows(desk.app, desk.tenant, Contract, person_id=person.id)
    assert (contract.plan_id, contract.ends_on) == (plan, None)
    assert _only(desk).person_id == person.id
    assert {"invitation.created", "invitation.accepted", "person.joined", "contract.started"} <= {
        each.action for each in desk.audit()
    }


def test_the_list_tells_what_became_of_it(desk: Desk, guest: Visitor) -> None:
    answer = desk.send(LIST, GRACE)
    assert answer.status_code == 303
    assert "On its way" in desk.get(LIST).text
    path = mailed(desk.app, desk.tenant, "/invitation/")
    assert ">Sent<" in desk.get(LIST).text
    guest.get(path)
    assert ">Opened<" in desk.get(LIST).text
    guest.post(path, HER, form=path)
    assert "grace" not in desk.get(LIST).text.casefold()
    accepted = desk.get(f"{LIST}?show=accepted").text
    assert ">Accepted<" in accepted
    assert "Grace Hopper" in accepted


def test_it_works_once(desk: Desk, guest: Visitor) -> None:
    path = _invited(desk)
    guest.post(path, HER, form=path)
    other = Visitor(desk.app, desk.tenant)
    page = other.get(path)
    assert page.status_code == 404
    assert "used up" in page.text
    assert other.post(path, HER).status_code == 404
    assert not other.is_signed_in()
    assert len(rows(desk.app, desk.tenant, Person, email_key="grace@example.test")) == 1


def test_it_dies_after_seven_days(desk: Desk, guest: Visitor, app: Flask) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        path = _invited(Desk(app, desk.tenant, "desk"))
        clock.shift(timedelta(days=6, hours=23))
        assert guest.get(path).status_code == 200
        clock.shift(timedelta(hours=1))
        assert guest.get(path).status_code == 404
        assert guest.post(path, HER).status_code == 404
        assert ">Expired<" in Desk(app, desk.tenant, "desk").get(f"{LIST}?show=over").text


def test_a_revoked_one_leads_nowhere(desk: Desk, guest: Visitor) -> None:
    path = _invited(desk)
    assert desk.send(f"{LIST}/{_only(desk).id}/removal").status_code == 303
    assert guest.get(path).status_code == 404
    assert ">Revoked<" in desk.get(f"{LIST}?show=over").text
    again = desk.send(f"{LIST}/{_only(desk).id}/mail", follow_redirects=True)
    assert "accepted or revoked meanwhile" in again.text
    assert desk.audit()[-1].action == "invitation.revoked"


def test_sent_again_only_the_newer_link_works(desk: Desk, guest: Visitor) -> None:
    first = _invited(desk)
    assert desk.send(f"{LIST}/{_only(desk).id}/mail").status_code == 303
    second = mailed(desk.app, desk.tenant, "/invitation/")
    assert guest.get(first).status_code == 404
    assert guest.get(second).status_code == 200


def test_the_other_tenants_is_404(desk: Desk, world: World) -> None:
    path = _invited(desk)
    stranger = Visitor(desk.app, world.harbour)
    assert stranger.get(path).status_code == 404
    assert stranger.post(path, HER).status_code == 404
    theirs = Desk(desk.app, world.harbour, "owner")
    assert theirs.send(f"{LIST}/{_only(desk).id}/mail").status_code == 404
    assert theirs.send(f"{LIST}/{_only(desk).id}/removal").status_code == 404
    assert "Grace" not in theirs.get(LIST).text


def test_who_became_a_person_meanwhile_is_sent_to_the_sign_in_page(desk: Desk, guest: Visitor) -> None:
    path = _invited(desk)
    change(desk.app, desk.tenant, Person, desk.tenant.people["member"], email_key="grace@example.test")
    page = guest.get(path)
    assert page.status_code == 200
    assert "You have an account" in page.text
    assert "You have an account" in guest.post(path, HER).text
    assert not guest.is_signed_in()


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"email": "member@example.test"}, "has this e-mail already"),
        ({"email": "nobody"}, "looks like"),
        ({"email": "a" * 100_000}, "too many"),
        ({"email": "gra\0ce@example.test"}, "cannot be shown"),
        ({"first_name": "Gr\u202eace"}, "cannot be shown"),
        ({"first_name": "", "last_name": "Hopper"}, "too short"),
        ({"message": "x" * 1001}, "too many"),
        ({"location_id": "999999"}, "from the list"),
        ({"plan_id": "1e5"}, "from the list"),
    ],
)
@pytest.mark.parametrize("engine", ["sqlite"])
def test_nonsense_is_answered_at_the_field(desk: Desk, changed: dict[str, str], says: str) -> None:
    answer = desk.send(LIST, GRACE | changed)
    assert answer.status_code == 422
    assert says in answer.text
    assert rows(desk.app, desk.tenant, Invitation) == []


def test_one_open_invitation_an_e_mail(desk: Desk) -> None:
    _invited(desk)
    answer = desk.send(LIST, GRACE | {"email": "GRACE@example.test"})
    assert answer.status_code == 422
    assert "is open" in answer.text


def test_a_weak_password_leaves_the_link(desk: Desk, guest: Visitor) -> None:
    path = _invited(desk)
    answer = guest.post(path, HER | {"password": "short"}, form=path)
    assert answer.status_code == 422
    assert "at least 10" in answer.text
    assert guest.post(path, HER, form=path).status_code == 303


def test_whoever_was_signed_in_on_that_browser_is_signed_out(desk: Desk, guest: Visitor) -> None:
    path = _invited(desk)
    guest.sign_in("member")
    before = len(rows(desk.app, desk.tenant, LoginSession, person_id=desk.tenant.people["member"]))
    assert "will be signed out" in guest.get(path).text
    assert guest.post(path, HER, form=path).status_code == 303
    after = len(rows(desk.app, desk.tenant, LoginSession, person_id=desk.tenant.people["member"]))
    assert (before, after) == (1, 0)
    assert "Grace" in guest.get("/account").text


def test_off_means_that_no_invitation_works(desk: Desk, guest: Visitor) -> None:
    path = _invited(desk)
    open_joining(desk.app, desk.tenant, mode=JoiningMode.OFF)
    assert "by invitation" in guest.get(path).text
    assert desk.send(LIST, GRACE | {"email": "x@example.test"}).status_code == 422
    # A person whom staff added is in already, and only lacks the password.
    change(desk.app, desk.tenant, Person, desk.tenant.people["contact"], password_hash=None)
    assert desk.send(f"/admin/people/{desk.tenant.people['contact']}/invitation").status_code == 303
    path = mailed(desk.app, desk.tenant, "/invitation/")
    assert guest.post(path, HER, form=path).status_code == 303
    assert guest.is_signed_in()


def test_terms_are_accepted_with_it(desk: Desk, guest: Visitor) -> None:
    number = publish(desk.app, desk.tenant)
    path = _invited(desk)
    assert "Wash your cup" in guest.get(path).text
    without = guest.post(path, HER | {"terms_number": str(number)}, form=path)
    assert without.status_code == 422
    assert "Accept the terms" in without.text
    answer = guest.post(path, HER | {"terms_number": str(number), "accepts": "y"}, form=path)
    assert (answer.status_code, answer.location) == (303, "/")
    assert guest.get("/").status_code == 200


def test_the_token_is_stored_nowhere(desk: Desk) -> None:
    token = _invited(desk).rpartition("/")[2]
    invitation = _only(desk)
    assert invitation.token_hash
    entries = " ".join(str(each.after) for each in rows(desk.app, desk.tenant, AuditEntry))
    assert token not in f"{invitation.token_hash} {entries}"


def test_members_find_no_invitations(app: Flask, world: World) -> None:
    member = Desk(app, world.northlight, "member")
    assert member.get(LIST).status_code == 404
    assert member.post(LIST, GRACE).status_code == 404


def test_the_default_is_by_invitation() -> None:
    assert Joining().mode is JoiningMode.INVITED
