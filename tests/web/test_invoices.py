"""Invoices over HTTP: set up, written, issued, paid, corrected; and what their reader sees."""

from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask

from app.cli import init_commands
from app.models import DocumentSeries, Invoice, Notice, Payment, Person, TaxRate
from tests.support.invoices import SELLER_FORM
from tests.support.rows import change, inside, rows
from tests.support.sign_in import sign_in_client
from tests.support.staff import Desk
from tests.support.visitor import Visitor
from tests.support.world import World

YEAR = datetime.now(UTC).year


@pytest.fixture
def desk(app: Flask, world: World) -> Desk:
    """A front desk whose owner has said who bills, and that VAT is 20 %."""
    owner = Desk(app, world.northlight, "owner")
    assert owner.send("/admin/settings/invoices", SELLER_FORM).status_code == 303
    rate = {"name": "VAT", "category": "S", "percent": "20", "starts_on": "2020-01-01"}
    assert owner.send("/admin/settings/invoices/rates", rate).status_code == 303
    return Desk(app, world.northlight, "desk")


def _line(desk: Desk, **more: str) -> dict[str, str]:
    (rate,) = rows(desk.app, desk.tenant, TaxRate)
    wanted = {"description": "Studio plan", "quantity": "1", "unit": "186.00", "tax_rate_id": str(rate.id)}
    return wanted | more


def _draft(desk: Desk, who: str = "member") -> str:
    answer = desk.send("/admin/invoices", {"person": str(desk.tenant.people[who])})
    assert answer.status_code == 303
    return str(answer.location)


def _issued(desk: Desk, who: str = "member") -> str:
    here = _draft(desk, who)
    assert desk.send(f"{here}/lines", _line(desk)).status_code == 303
    assert desk.send(f"{here}/issue").status_code == 303
    return here


def _reader(desk: Desk, who: str) -> Visitor:
    visitor = Visitor(desk.app, desk.tenant)
    sign_in_client(desk.app, visitor.client, desk.tenant, who)
    return visitor


def test_staff_find_one_by_number_and_by_name_whatever_its_accents(desk: Desk) -> None:
    change(desk.app, desk.tenant, Person, desk.tenant.people["member"], first_name="Zoë")
    _issued(desk)
    _issued(desk, "contact")
    for words, found in (("zoe", 1), ("ZOË nl-", 1), ("0002", 1), ("nl-", 2), ("zoe conny", 0)):
        sheet = desk.get(f"/admin/invoices.csv?q={words}").text
        assert len(sheet.splitlines()) == found + 1, words


def test_from_a_draft_to_a_paid_invoice(desk: Desk) -> None:
    here = _draft(desk)
    maya = _reader(desk, "member")
    assert desk.send(f"{here}/lines", _line(desk)).status_code == 303
    assert "£155.00" in desk.get(here).text
    assert "No invoice yet" in maya.get("/invoices").text
    assert maya.get(here.removeprefix("/admin")).status_code == 404
    assert desk.send(f"{here}/issue").status_code == 303
    listed = maya.get("/invoices").text
    assert "£186.00" in listed
    assert "GB33BUKB20201555555555" in listed
    sheet = maya.get(here.removeprefix("/admin")).text
    for words in (
        f"NL-{YEAR}-0001",
        "Northlight Spaces Ltd",
        "Studio plan",
        "£155.00",
        "£31.00",
        "Still to pay",
    ):
        assert words in sheet
    today = f"{datetime.now(UTC):%Y-%m-%d}"
    part = {"way": "transfer", "amount": "86.00", "received_on": today, "note": "Ref 7"}
    assert desk.send(f"{here}/payments", part).status_code == 303
    assert "£100.00 open" in desk.get("/admin/invoices").text
    assert desk.send(f"{here}/payments", part | {"amount": "100.01"}).status_code == 422
    assert desk.send(f"{here}/payments", part | {"amount": "100.00", "way": "desk"}).status_code == 303
    assert "Still to pay" not in maya.get(here.removeprefix("/admin")).text
    (first, _second) = rows(desk.app, desk.tenant, Payment)
    assert desk.send(f"{here}/payments/{first.id}/removal").status_code == 303
    assert "Still open: £86.00" in desk.get(here).text


def test_what_is_wrong_is_corrected_by_a_credit_note(desk: Desk) -> None:
    here = _issued(desk)
    (invoice,) = rows(desk.app, desk.tenant, Invoice)
    page = desk.get(here).text
    field = page.split('name="line-')[1].split('"')[0]
    too_much = desk.send(f"{here}/credit-notes", {f"line-{field}": "186.01", "reason": "Cancelled"})
    assert too_much.status_code == 422
    assert "No more than £186.00 is left of that line." in too_much.text
    assert 'value="186.01"' in too_much.text
    for typed in ("-1", "x", "1e3", "0.001", "\u0661"):
        assert desk.send(f"{here}/credit-notes", {f"line-{field}": typed, "reason": "x"}).status_code == 422
    assert desk.send(f"{here}/credit-notes", {f"line-{field}": "", "reason": "x"}).status_code == 422
    done = desk.send(f"{here}/credit-notes", {f"line-{field}": "186.00", "reason": "Cancelled"})
    assert done.status_code == 303
    maya = _reader(desk, "member")
    listed = maya.get("/invoices").text
    assert "−£186.00" in listed
    note = rows(desk.app, desk.tenant, Invoice)[-1]
    assert f"corrects {invoice.number}" in maya.get(f"/invoices/{note.id}").text


def test_nobody_reads_anybody_elses(desk: Desk) -> None:
    path = _issued(desk).removeprefix("/admin")
    assert _reader(desk, "member").get(path).status_code == 200
    other = _reader(desk, "colleague")
    assert other.get(path).status_code == 404
    assert "£186.00" not in other.get("/invoices").text
    assert "Studio plan" not in other.get("/invoices.csv").text
    for admin in ("/admin/invoices", "/admin/invoices.csv", f"/admin{path}", "/admin/settings/invoices"):
        assert other.get(admin).status_code == 404


def test_a_csv_for_oneself_and_for_staff(desk: Desk) -> None:
    _issued(desk)
    assert "Studio plan,186.00,186.00,GBP" in _reader(desk, "member").get("/invoices.csv").text
    assert "Maya Member,Studio plan,186.00,186.00,GBP" in desk.get("/admin/invoices.csv").text


@pytest.mark.parametrize(
    ("field", "typed", "sentence"),
    [
        ("description", "", "This is needed."),
        ("description", "a\x00", "characters that cannot be shown"),
        ("quantity", "0", "A number from 0.001"),
        ("quantity", "1.0001", "with 3 decimals at most"),
        ("quantity", "1e9", "A number from"),
        ("quantity", "NaN", "A number from"),
        ("unit", "-5", "An amount from 0"),
        ("unit", "1,000.001", "Write an amount"),
        ("unit", "99999999999", "An amount from 0"),
        ("tax_rate_id", "999999", "Choose one from the list."),
        ("from_day", "2026-11-01", "A period has a first and a last day."),
        ("from_day", "2026-02-30", "There is no such day"),
    ],
)
def test_a_line_that_is_wrong_is_said_at_its_field(desk: Desk, field: str, typed: str, sentence: str) -> None:
    here = _draft(desk)
    before = desk.counts()
    answer = desk.send(f"{here}/lines", _line(desk, **{field: typed}))
    assert answer.status_code == 422
    assert sentence in answer.text
    assert desk.counts() == before


def test_a_discount_takes_off_and_no_invoice_is_less_than_nothing(desk: Desk) -> None:
    here = _draft(desk)
    desk.send(f"{here}/lines", _line(desk, takes_off="y"))
    answer = desk.send(f"{here}/issue")
    assert answer.status_code == 422
    assert "less than zero" in answer.text


def test_an_empty_draft_is_not_issued_and_thrown_away(desk: Desk) -> None:
    here = _draft(desk)
    assert "There is nothing on it yet." in desk.send(f"{here}/issue").text
    assert desk.send(f"{here}/removal").status_code == 303
    assert desk.get(here).status_code == 404


def test_what_is_issued_stays(desk: Desk) -> None:
    here = _issued(desk)
    assert desk.send(f"{here}/lines", _line(desk)).status_code == 422
    assert desk.send(f"{here}/issue").status_code == 422
    assert desk.send(f"{here}/removal").status_code == 303
    assert desk.get(here).status_code == 200


@pytest.mark.parametrize(
    ("field", "typed", "sentence"),
    [
        ("seller_name", "", "This is needed."),
        ("country", "", "This is needed."),
        ("iban", "GB34BUKB20201555555555", "This is no IBAN."),
        ("bic", "X", "A BIC has"),
        ("due_days", "366", "At most"),
        ("invoice_pattern", "{number}", "A pattern has"),
        ("invoice_pattern", "{year}{number}", "A pattern has"),
        ("invoice_pattern", "{year}-{number}-{secret}", "A pattern has"),
    ],
)
def test_settings_that_are_wrong_are_said(
    app: Flask, world: World, field: str, typed: str, sentence: str
) -> None:
    owner = Desk(app, world.northlight, "owner")
    answer = owner.send("/admin/settings/invoices", SELLER_FORM | {field: typed})
    assert answer.status_code == 422
    assert sentence in answer.text


def test_rates_change_from_a_day_on(app: Flask, world: World, desk: Desk) -> None:
    owner = Desk(app, world.northlight, "owner")
    (rate,) = rows(app, world.northlight, TaxRate)
    here = f"/admin/settings/invoices/rates/{rate.id}"
    past = owner.send(here, {"percent": "21", "starts_on": "2026-01-01"})
    assert past.status_code == 422
    assert "From today on at the earliest" in past.text
    ahead = f"{datetime.now(UTC) + timedelta(days=30):%Y-%m-%d}"
    assert owner.send(here, {"percent": "21.5", "starts_on": ahead}).status_code == 303
    assert "21.5%" in owner.get("/admin/settings/invoices").text
    assert owner.send(f"{here}/retirement").status_code == 303
    assert desk.send(f"{_draft(desk)}/lines", _line(desk)).status_code == 422


def test_a_closed_period(app: Flask, world: World, desk: Desk) -> None:
    owner = Desk(app, world.northlight, "owner")
    today = datetime.now(UTC).date()
    assert owner.send("/admin/settings/invoices/closing", {"until": today.isoformat()}).status_code == 422
    yesterday = (today - timedelta(days=1)).isoformat()
    assert owner.send("/admin/settings/invoices/closing", {"until": yesterday}).status_code == 303
    here = _issued(desk)
    paid = {"way": "desk", "amount": "1.00", "received_on": yesterday}
    answer = desk.send(f"{here}/payments", paid)
    assert answer.status_code == 422
    assert "The books are closed until" in answer.text


def test_nobody_bills_before_it_is_known_who(app: Flask, world: World) -> None:
    desk = Desk(app, world.northlight, "desk")
    assert "Nobody has said yet who bills." in desk.get("/admin/invoices").text
    assert desk.send("/admin/invoices", {"person": str(world.northlight.people["member"])}).status_code == 303
    assert rows(app, world.northlight, Invoice) == []


@pytest.mark.parametrize("person", ["", "x", "0", "-1", "9" * 30, "\x00", "9223372036854775807"])
def test_odd_people_are_not_there(desk: Desk, person: str) -> None:
    assert desk.send("/admin/invoices", {"person": person}).status_code == 404


@pytest.mark.parametrize(
    "which", ["", "all", "drafts", "open", "overdue", "paid", "credit_notes", "odd", "\x00"]
)
def test_lists_are_cut_down(desk: Desk, which: str) -> None:
    _issued(desk)
    answer = desk.get("/admin/invoices", query_string={"which": which, "q": "MAYA"})
    assert answer.status_code == 200
    assert (f"NL-{YEAR}-0001" in answer.text) is (which in {"", "all", "open", "odd", "\x00"})


def test_the_chain_is_read_from_the_command_line(desk: Desk) -> None:
    init_commands(desk.app)
    runner = desk.app.test_cli_runner()
    _issued(desk)
    fine = runner.invoke(args=["invoices", "verify"])
    assert fine.exit_code == 0, fine.output
    assert "northlight  1 documents, 0 faults" in fine.output
    with inside(desk.app, desk.tenant) as session:
        # Somebody with the database in hand, who forgets the numbers
        session.query(DocumentSeries).update({"next_number": 5})
    wrong = runner.invoke(args=["invoices", "verify"])
    assert wrong.exit_code == 1
    assert "4 numbers were given to 1 documents" in wrong.output


def test_how_somebody_is_billed_is_set_on_a_page_of_their_own(desk: Desk) -> None:
    person = desk.tenant.people["member"]
    here = f"/admin/invoices/payers/{person}"
    assert "Empty means as for everybody: 14 days." in desk.get(here).text
    for wrong, sentence in (
        ({"treatment": "exempt"}, "The law wants the reason printed."),
        ({"treatment": "usual", "due_days": "366"}, "366"),
        ({"treatment": "nothing"}, "Choose one"),
    ):
        refused = desk.send(here, wrong)
        assert refused.status_code == 422, wrong
        assert sentence in refused.text, wrong
    wish = {"treatment": "exempt", "reason": "Art. 132 of the directive", "due_days": "30"}
    assert desk.send(here, wish).status_code == 303
    assert 'value="30"' in desk.get(here).text
    issued = _issued(desk)
    (invoice,) = rows(desk.app, desk.tenant, Invoice)
    assert invoice.tax_minor == 0
    assert invoice.issued_on is not None
    assert invoice.due_on == invoice.issued_on + timedelta(days=30)
    sheet = desk.get(here).text
    assert issued in sheet
    assert "£155.00 open" in sheet
    assert desk.get("/admin/invoices/payers/999999").status_code == 404
    assert desk.send("/admin/invoices/payers/999999", wish).status_code == 404


def test_reader_and_staff_download_the_document(desk: Desk) -> None:
    here = _issued(desk)
    number = here.rsplit("/", 1)[-1]
    mine = _reader(desk, "member").get(f"/invoices/{number}.pdf")
    assert (mine.status_code, mine.mimetype) == (200, "application/pdf")
    assert mine.headers["Content-Disposition"] == f"attachment; filename=NL-{YEAR}-0001.pdf"
    assert mine.data.startswith(b"%PDF-1.7")
    assert desk.get(f"{here}.pdf").data == mine.data
    assert f"/invoices/{number}.pdf" in _reader(desk, "member").get(f"/invoices/{number}").text


def test_without_a_tax_id_it_is_a_pdf_and_no_e_invoice_and_says_why(desk: Desk) -> None:
    here = _issued(desk)
    answer = desk.get(f"{here}.xml")
    assert answer.status_code == 409
    assert "the tax id of who bills was not filled in" in answer.text
    assert "the tax id of who bills was not filled in" in desk.get(here).text
    assert b"factur-x.xml" not in desk.get(f"{here}.pdf").data


def test_with_a_tax_id_the_e_invoice_is_in_it_and_by_itself(desk: Desk) -> None:
    owner = Desk(desk.app, desk.tenant, "owner")
    assert owner.send("/admin/settings/invoices", SELLER_FORM | {"tax_id": "GB123456789"}).status_code == 303
    here = _issued(desk)
    xml = desk.get(f"{here}.xml")
    assert (xml.status_code, xml.mimetype) == (200, "application/xml")
    assert b"factur-x.xml" in desk.get(f"{here}.pdf").data
    number = here.rsplit("/", 1)[-1]
    assert _reader(desk, "member").get(f"/invoices/{number}.xml").data == xml.data


def test_drafts_and_documents_of_others_are_no_files(desk: Desk) -> None:
    draft, here = _draft(desk), _issued(desk)
    number = here.rsplit("/", 1)[-1]
    other = _reader(desk, "colleague")
    for suffix in ("pdf", "xml"):
        assert desk.get(f"{draft}.{suffix}").status_code == 404
        assert other.get(f"/invoices/{number}.{suffix}").status_code == 404


def test_home_says_what_is_unpaid_and_nothing_when_nothing_is(desk: Desk) -> None:
    reader = _reader(desk, "member")
    assert 'id="unpaid-title"' not in reader.get("/").text
    _issued(desk)
    page = reader.get("/").text
    assert 'id="unpaid-title"' in page
    assert "£186.00" in page


def test_an_issued_invoice_is_told_of(desk: Desk) -> None:
    here = _issued(desk)
    (notice,) = [each for each in rows(desk.app, desk.tenant, Notice) if each.kind == "invoice.issued"]
    assert notice.person_id == desk.tenant.people["member"]
    assert here.endswith(f"/{notice.data['invoice_id']}")
    assert notice.data["total_minor"] == 18600
