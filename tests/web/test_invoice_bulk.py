"""Several invoices at once: mailed again, issued, taken along as PDFs; with and without trouble."""

import re
from datetime import UTC, datetime, timedelta
from io import BytesIO
from zipfile import ZipFile

import pytest
from flask import Flask
from pypdf import PdfReader
from werkzeug.test import TestResponse

from app.models import AuditEntry, Delivery, Invoice, Notice, Person
from app.notice_kinds import Channel
from tests.support.invoices import bill
from tests.support.rows import change, inside, rows
from tests.support.sign_in import sign_in_client
from tests.support.staff import Desk
from tests.support.visitor import Visitor
from tests.support.world import World

CHOSEN = "/admin/invoices/chosen"
LONG_AGO = timedelta(minutes=11)


@pytest.fixture
def ids(app: Flask, world: World) -> list[dict[str, int]]:
    """An issued invoice and a draft of each of two people, issued eleven minutes ago and mailed then."""
    with inside(app, world.northlight) as session:
        made = [
            bill(session, world.northlight, who, datetime.now(UTC) - LONG_AGO)
            for who in ("member", "colleague")
        ]
        for delivery in session.query(Delivery):
            delivery.delivered_at, delivery.next_try_at = datetime.now(UTC), None
        session.commit()
    return made


@pytest.fixture
def desk(app: Flask, world: World, ids: list[dict[str, int]]) -> Desk:
    assert ids
    return Desk(app, world.northlight, "desk")


def _choose(desk: Desk, action: str, *chosen: int, **more: str) -> TestResponse:
    return desk.send(f"{CHOSEN}/{action}", {"invoice": [str(each) for each in chosen], **more})


def _said(desk: Desk, answer: TestResponse) -> str:
    assert answer.status_code == 303
    return desk.get(str(answer.location)).text


def _mails(desk: Desk) -> list[Delivery]:
    found = rows(desk.app, desk.tenant, Delivery)
    return [each for each in found if each.channel == Channel.MAIL and each.next_try_at is not None]


def test_several_are_mailed_again_once_in_ten_minutes(desk: Desk, ids: list[dict[str, int]]) -> None:
    first, second = (each["invoice_id"] for each in ids)
    assert not _mails(desk)
    text = _said(desk, _choose(desk, "mailings", first, second, ids[0]["draft"]))
    assert "2 documents are mailed again." in text
    assert "1 is a draft: issue it first." in text
    assert len(_mails(desk)) == 2
    text = _said(desk, _choose(desk, "mailings", first, second))
    assert "0 documents are mailed again." in text
    assert "2 are not: It was mailed within the last ten minutes." in text
    assert (
        len([each for each in rows(desk.app, desk.tenant, AuditEntry) if each.action == "invoice.sent_again"])
        == 2
    )


def test_what_was_just_issued_is_not_mailed_again(app: Flask, desk: Desk) -> None:
    with inside(app, desk.tenant) as session:
        fresh = bill(session, desk.tenant, "contact", datetime.now(UTC))["invoice_id"]
    text = _said(desk, _choose(desk, "mailings", fresh))
    assert "1 is not: It was mailed within the last ten minutes." in text


def test_who_has_read_it_gets_another_notice(app: Flask, desk: Desk, ids: list[dict[str, int]]) -> None:
    before = rows(app, desk.tenant, Notice)
    for each in before:
        change(app, desk.tenant, Notice, each.id, read_at=datetime.now(UTC))
    _said(desk, _choose(desk, "mailings", ids[0]["invoice_id"]))
    assert len(rows(app, desk.tenant, Notice)) == len(before) + 1
    assert len(_mails(desk)) == 1


def test_an_address_that_does_not_work_is_said(app: Flask, desk: Desk, ids: list[dict[str, int]]) -> None:
    change(app, desk.tenant, Person, desk.tenant.people["member"], bounced_email="member@example.test")
    text = _said(desk, _choose(desk, "mailings", *(each["invoice_id"] for each in ids)))
    assert "1 document is mailed again." in text
    assert "1 is not: Mail does not reach who is to pay." in text


def test_drafts_are_issued_and_the_others_say_why_not(
    app: Flask, desk: Desk, ids: list[dict[str, int]]
) -> None:
    tenant = desk.tenant
    owner = Desk(app, tenant, "owner")
    assert (
        owner.send(
            f"/admin/invoices/payers/{tenant.people['member']}", {"treatment": "reverse_charge"}
        ).status_code
        == 303
    )
    drafts = [each["draft"] for each in ids]
    empty = int(
        str(desk.send("/admin/invoices", {"person": str(tenant.people["contact"])}).location).split("/")[-1]
    )
    text = _said(desk, _choose(desk, "issues", *drafts, empty, ids[0]["invoice_id"]))
    assert "1 document is issued." in text
    assert "1 is not: Reverse charge takes a tax id of the customer." in text
    assert "1 is not: There is nothing on it yet." in text
    issued = {each.id for each in rows(app, tenant, Invoice) if each.number}
    assert issued == {drafts[1], *(each["invoice_id"] for each in ids)}
    numbers = sorted(each.number for each in rows(app, tenant, Invoice) if each.number)
    assert [number[-4:] for number in numbers] == ["0001", "0002", "0003"]


def test_pdfs_come_as_one_file(desk: Desk, ids: list[dict[str, int]]) -> None:
    answer = _choose(desk, "archives", *(each["invoice_id"] for each in ids))
    assert answer.mimetype == "application/zip"
    assert "filename=invoices.zip" in answer.headers["Content-Disposition"]
    with ZipFile(BytesIO(answer.data)) as packed:
        names = packed.namelist()
        texts = [PdfReader(BytesIO(packed.read(name))).pages[0].extract_text() for name in names]
    assert len(names) == 2
    for name, text in zip(names, texts, strict=True):
        assert name.removesuffix(".pdf") in text


@pytest.mark.parametrize("action", ["mailings", "issues", "archives"])
def test_nothing_and_too_many_are_refused_and_the_choice_stays(
    desk: Desk, ids: list[dict[str, int]], action: str
) -> None:
    answer = _choose(desk, action, which="open", q="maya")
    assert answer.status_code == 422
    assert "Choose at least one." in answer.text
    assert "Maya Member" in answer.text
    assert "Colin Colleague" not in answer.text
    first = ids[0]["invoice_id"]
    answer = _choose(desk, action, first, *range(10**6, 10**6 + 50))
    assert answer.status_code == 422
    assert "Choose 50 at most." in answer.text
    assert re.findall(r'name="invoice" value="(\d+)" checked', answer.text) == [str(first)]


def test_a_draft_has_no_pdf(desk: Desk, ids: list[dict[str, int]]) -> None:
    answer = _choose(desk, "archives", ids[0]["invoice_id"], ids[0]["draft"])
    assert answer.status_code == 422
    assert "A draft has no PDF yet." in answer.text
    answer = _choose(desk, "issues", ids[0]["invoice_id"])
    assert answer.status_code == 422
    assert "There is no draft among those chosen." in answer.text


@pytest.mark.parametrize("action", ["mailings", "issues", "archives"])
def test_what_is_another_tenants_is_not_there(
    app: Flask, world: World, desk: Desk, ids: list[dict[str, int]], action: str
) -> None:
    with inside(app, world.harbour) as session:
        theirs = bill(session, world.harbour, "member", datetime.now(UTC) - LONG_AGO)
    before = desk.counts()
    for each in (theirs["invoice_id"], theirs["draft"], 10**17):
        assert _choose(desk, action, ids[0]["draft"], each).status_code == 404
    assert desk.send(f"{CHOSEN}/{action}", {"invoice": "nonsense"}).status_code == 404
    assert desk.counts() == before
    visitor = Visitor(app, desk.tenant)
    sign_in_client(app, visitor.client, desk.tenant, "member")
    assert (
        visitor.post(f"{CHOSEN}/{action}", {"invoice": str(ids[0]["draft"])}, form="/account").status_code
        == 404
    )


def test_all_of_a_page_can_be_chosen_without_scripts(desk: Desk) -> None:
    page = desk.get("/admin/invoices").text
    assert " checked" not in page
    (address,) = re.findall(r'href="([^"]+choose=all[^"]*)"', page)
    assert desk.get(address).text.count(" checked>") == 4
