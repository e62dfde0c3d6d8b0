"""My data: a copy to take along, for nobody else, and the way out."""

import io
import json
import re
import zipfile
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask

from app.models import DataCopy, Deletion, LoginSession, Person
from tests.support.booking_rows import book
from tests.support.mail import newest_mails
from tests.support.rows import change, rows
from tests.support.visitor import Visitor
from tests.support.world import PASSWORD, TenantWorld, World

COPIES = "/account/data/copies"
PAGE = "/account/data"
PROOF = {"password": PASSWORD}


pytestmark = pytest.mark.usefixtures("tuesday")


@pytest.fixture
def member(app: Flask, world: World) -> Visitor:
    visitor = Visitor(app, world.northlight)
    visitor.sign_in("member")
    return visitor


def _made(app: Flask, tenant: TenantWorld) -> str:
    """Let the worker make what is waiting; the address of the copy."""
    app.extensions["portico_work"].deliver(tenant.id)
    return f"{COPIES}/{rows(app, tenant, DataCopy)[-1].id}"


def _mails(app: Flask, tenant: TenantWorld) -> list[str]:
    return [mail.subject for mail in newest_mails(app, tenant, 10)]


def _archive(visitor: Visitor, address: str) -> dict[str, Any]:
    answer = visitor.get(address)
    assert answer.status_code == 200
    assert answer.headers["Content-Disposition"].startswith("attachment")
    with zipfile.ZipFile(io.BytesIO(answer.data)) as archive:
        assert archive.testzip() is None
        return {
            name: json.loads(archive.read(name)) if name.endswith(".json") else archive.read(name).decode()
            for name in archive.namelist()
        }


def test_a_copy_holds_what_we_know_in_plain_words(app: Flask, world: World, member: Visitor) -> None:
    north = world.northlight
    book(app, north, "member", "Fern", 24, title="Standup")
    book(app, north, "colleague", "Fern", 48, title="Not hers")
    assert member.post(COPIES, form=PAGE).status_code == 303
    assert "Being made" in member.get(PAGE).text
    found = _archive(member, _made(app, north))
    assert {"README.txt", "profile.json", "bookings.json", "devices.json", "activity.json"} <= found.keys()
    assert "bookings.json" in found["README.txt"]
    assert found["profile.json"][0]["email"] == north.email("member")
    (booking,) = found["bookings.json"]
    assert (booking["title"], booking["resource"], booking["location"]) == ("Standup", "Fern", "Leith Walk")
    assert booking["booked_by"] == "you"
    everything = json.dumps(found)
    assert "Not hers" not in everything
    assert "argon2" not in everything
    assert _mails(app, north)[0] == "The copy of your data is ready"


def test_nobody_elses_and_no_longer_than_a_day(
    app: Flask, world: World, member: Visitor, tuesday: time_machine.Traveller
) -> None:
    member.post(COPIES, form=PAGE)
    address = _made(app, world.northlight)
    assert member.get(address).status_code == 200
    other = Visitor(app, world.northlight)
    other.sign_in("owner")
    assert other.get(address).status_code == 404
    assert Visitor(app, world.northlight).get(address).status_code == 302
    tuesday.shift(timedelta(hours=23))
    assert member.get(address).status_code == 200
    copy = rows(app, world.northlight, DataCopy)[0]
    tuesday.shift(timedelta(hours=2))
    assert member.get(address).status_code == 404
    app.extensions["portico_work"].sweep()
    assert rows(app, world.northlight, DataCopy) == []
    assert app.extensions["portico_files"].get(world.northlight.id, copy.digest) is None


def test_after_signing_out_it_is_not_there(app: Flask, world: World, member: Visitor) -> None:
    member.post(COPIES, form=PAGE)
    address = _made(app, world.northlight)
    member.post("/logout", form=PAGE)
    assert member.get(address).status_code == 302


def test_an_old_sign_in_takes_the_password(member: Visitor, tuesday: time_machine.Traveller) -> None:
    tuesday.shift(timedelta(minutes=11))
    assert 'name="password"' in member.get(PAGE).text
    assert "This is needed" in member.post(COPIES, form=PAGE).text
    wrong = member.post(COPIES, {"password": "nonsense"}, form=PAGE)
    assert wrong.status_code == 422
    assert "not your current password" in wrong.text
    assert member.post(COPIES, PROOF, form=PAGE).status_code == 303


def test_one_at_a_time_and_a_few_a_day(app: Flask, world: World, member: Visitor) -> None:
    for _each in range(2):
        assert member.post(COPIES, form=PAGE).status_code == 303
    assert len(rows(app, world.northlight, DataCopy)) == 1
    for _each in range(4):
        _made(app, world.northlight)
        assert member.post(COPIES, form=PAGE).status_code == 303
    _made(app, world.northlight)
    refused = member.post(COPIES, form=PAGE)
    assert (refused.status_code, "Retry-After" in refused.headers) == (429, True)


def test_leaving_signs_out_everywhere_and_says_what_happens(
    app: Flask, world: World, member: Visitor
) -> None:
    book(app, world.northlight, "member", "Fern", 24)
    phone = Visitor(app, world.northlight)
    phone.sign_in("member")
    page = member.get("/account/deletion").text
    assert "Your 1 upcoming booking is cancelled" in page
    assert "After 14 days" in page
    assert member.post("/account/deletion", form="/account/deletion").status_code == 303
    assert not member.is_signed_in()
    assert not phone.is_signed_in()
    assert _mails(app, world.northlight) == ["Your account will be deleted"]


def test_signing_in_again_offers_to_stay(app: Flask, world: World, member: Visitor) -> None:
    member.post("/account/deletion", form="/account/deletion")
    assert member.sign_in("member").status_code == 303
    for path in ("/", "/account", "/bookings/mine"):
        answer = member.get(path)
        assert (answer.status_code, answer.headers.get("Location")) == (303, "/account/deletion"), path
    page = member.get("/account/deletion").text
    assert "Tuesday 8 December" in page
    assert member.post("/account/deletion/keeping", form="/account/deletion").status_code == 303
    assert member.get("/").status_code == 200
    assert rows(app, world.northlight, Deletion) == []
    assert _mails(app, world.northlight)[0] == "Your account stays"


def test_asked_twice_it_is_asked_once(app: Flask, world: World, member: Visitor) -> None:
    token = re.search(r'name="csrf_token" value="([^"]+)"', member.get("/account/deletion").text)
    assert token
    member.post("/account/deletion", form="/account/deletion")
    member.sign_in("member")
    again = member.post("/account/deletion", form="/account/deletion")
    assert (again.status_code, again.headers["Location"]) == (303, "/account/deletion")
    assert len(rows(app, world.northlight, Deletion)) == 1


def test_after_the_grace_the_sweep_makes_them_nobody(
    app: Flask, world: World, member: Visitor, tuesday: time_machine.Traveller
) -> None:
    north = world.northlight
    member.post("/account/deletion", form="/account/deletion")
    tuesday.shift(timedelta(days=12))
    app.extensions["portico_work"].sweep()
    assert "Your account is about to be deleted" in _mails(app, north)
    tuesday.shift(timedelta(days=3))
    app.extensions["portico_work"].sweep()
    person = rows(app, north, Person, id=north.people["member"])[0]
    assert (person.email, person.company, person.password_hash) == ("", "", None)
    assert member.sign_in("member").status_code == 422
    assert rows(app, north, LoginSession, person_id=person.id) == []


def test_the_last_owner_is_told_why_not(app: Flask, world: World) -> None:
    owner = Visitor(app, world.northlight)
    owner.sign_in("owner")
    page = owner.get("/account/deletion")
    assert "You are the last owner" in page.text
    assert owner.post("/account/deletion", form=PAGE).status_code == 422
    change(app, world.northlight, Person, world.northlight.people["manager"], role="owner")
    assert owner.post("/account/deletion", form="/account/deletion").status_code == 303
