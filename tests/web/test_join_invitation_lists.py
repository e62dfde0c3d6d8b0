"""Inviting many at once: what a file may look like, what is wrong with a row, and that nobody hears of it before."""

import pytest
from flask import Flask

from app.models import Delivery, Invitation, InvitationList, Notice
from tests.support.mail import mailed
from tests.support.rows import rows
from tests.support.staff import Desk
from tests.support.world import World

LISTS = "/admin/people/invitations/lists"
PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + bytes(range(256)) * 8


@pytest.fixture
def desk(app: Flask, world: World) -> Desk:
    return Desk(app, world.northlight, "desk")


def _upload(desk: Desk, data: bytes) -> str:
    """The address of the page that shows the list."""
    answer = desk.upload(LISTS, "file", data, "people.csv")
    assert answer.status_code == 303, answer.text
    return answer.location


def test_it_is_looked_over_before_anybody_hears_of_it(desk: Desk) -> None:
    data = (
        "E-mail;First name;Last name;Location;Plan\n"
        "grace@example.test;Grace;Hopper;porto;Residents\n"
        "Ada@Example.test;;;;\n"
        "member@example.test;Maya;Member;;\n"
        "ADA@example.test;;;;\n"
        "nobody;Nobody;Here;;\n"
        "x@example.test;Xaver;Li;Atlantis;Gold\n"
        "y@example.test;Y2;Li;;\n"
    ).encode("utf-8-sig")
    address = _upload(desk, data)
    wrong = desk.get(address).text
    for sentence in (
        "has this e-mail already",
        "stands further up",
        "looks like name@example.com",
        "no such location",
        "no such plan",
        "in letters, or none",
        "2 people can be invited",
        "5 rows have errors",
    ):
        assert sentence in wrong, sentence
    assert "Grace Hopper" in desk.get(f"{address}?show=ready").text
    assert rows(desk.app, desk.tenant, Notice) == []
    assert rows(desk.app, desk.tenant, Invitation) == []

    assert desk.send(f"{address}/sending").status_code == 303
    grace, ada = rows(desk.app, desk.tenant, Invitation)
    assert (grace.email, grace.location_id) == ("grace@example.test", desk.tenant.locations["Porto"])
    assert (ada.email, ada.plan_id) == ("Ada@Example.test", None)
    assert len(rows(desk.app, desk.tenant, Delivery)) == 2
    assert mailed(desk.app, desk.tenant, "/invitation/")
    assert [each.action for each in desk.audit()] == [
        "invitation_list.uploaded",
        "invitation.created",
        "invitation.created",
        "invitation_list.sent",
    ]
    assert rows(desk.app, desk.tenant, InvitationList) == []
    assert desk.send(f"{address}/sending").status_code == 404


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "nobody in this file"),
        (b"\xef\xbb\xbf \r\n\r\n", "nobody in this file"),
        (b"e-mail,name\n", "nobody in this file"),
        (PNG, "no CSV file"),
        (b"PK\x03\x04" + PNG, "no CSV file"),
        (b"\xff\xfe\x00", "no CSV file"),
        (b"name,town\nAda,Oslo\n", "No column is called e-mail"),
        (b"a@b.test\n" * 5001, "more than 5,000 people"),
        (b"x" * (1024 * 1024 + 1), "larger than 1 MB"),
        (b'e-mail\n"' + b"x" * 200_000, "no CSV file"),
    ],
)
@pytest.mark.parametrize("engine", ["sqlite"])
def test_a_file_that_is_no_list_is_refused_in_a_sentence(desk: Desk, data: bytes, says: str) -> None:
    answer = desk.upload(LISTS, "file", data, "people.csv")
    assert answer.status_code == 422
    assert says in answer.text
    assert rows(desk.app, desk.tenant, InvitationList) == []


@pytest.mark.parametrize(
    "data",
    [
        "Correo electrónico;Nombre;Apellidos\nada@example.test;Áda;Muñoz\n".encode(),
        "Correo electrónico;Nombre;Apellidos\nada@example.test;Áda;Muñoz\n".encode("cp1252"),
        "E-mail\tFirst name\tLast name\r\nada@example.test\tÁda\tMuñoz\r\n".encode("utf-16"),
        "last name,first name,e-mail,e-mail\rMuñoz,Áda,ada@example.test,other@example.test".encode(),
        "ada@example.test,Áda,Muñoz".encode("utf-8-sig"),
    ],
)
@pytest.mark.parametrize("engine", ["sqlite"])
def test_it_reads_what_spreadsheets_write(desk: Desk, data: bytes) -> None:
    address = _upload(desk, data)
    assert desk.send(f"{address}/sending").status_code == 303
    (ada,) = rows(desk.app, desk.tenant, Invitation)
    assert (ada.email, ada.first_name, ada.last_name) == ("ada@example.test", "Áda", "Muñoz")


def test_five_thousand_rows_of_nonsense(desk: Desk) -> None:
    lines = ["e-mail,first name,last name,location"]
    lines += [f"\u202eno\0body{n}@{n},=1+1,@SUM(A1),{'x' * 90}" for n in range(4999)]
    address = _upload(desk, "\n".join([*lines, "ada@example.test,,,"]).encode())
    page = desk.get(f"{address}?page=50").text
    assert "4,999 rows have errors" in page
    assert "\0" not in page
    assert "\u202e" not in page
    assert desk.send(f"{address}/sending").status_code == 303
    assert [each.email for each in rows(desk.app, desk.tenant, Invitation)] == ["ada@example.test"]


def test_the_other_tenants_list_is_404(desk: Desk, world: World) -> None:
    address = _upload(desk, b"ada@example.test")
    stranger = Desk(desk.app, world.harbour, "owner")
    assert stranger.get(address).status_code == 404
    assert stranger.send(f"{address}/sending").status_code == 404
    assert desk.get(address).status_code == 200
