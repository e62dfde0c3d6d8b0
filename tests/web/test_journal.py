"""The journal over HTTP: which days, with which accounts, for whom, and harmless to a spreadsheet."""

import csv
from datetime import UTC, datetime, timedelta
from io import StringIO

import pytest
from flask import Flask

from app.models import AuditEntry, JournalSetting, PersonProfile, TaxRate
from tests.support.bookings import statements
from tests.support.invoices import bill
from tests.support.rows import inside, rows
from tests.support.sign_in import sign_in_client
from tests.support.staff import Desk
from tests.support.visitor import Visitor
from tests.support.world import World

ACCOUNTS = {
    "receivable": "1400",
    "revenue": "8400",
    "deposits": "1710",
    "tax": "1776",
    "bank": "1200",
    "cash": "1000",
    "card_clearing": "1360",
}


@pytest.fixture
def desk(app: Flask, world: World) -> Desk:
    """An owner, and an invoice of 186.00 to somebody whose company is a formula; 10.00 of it is paid."""
    tenant = world.northlight
    with inside(app, tenant) as session:
        profile = session.query(PersonProfile).filter_by(person_id=tenant.people["member"]).one_or_none()
        profile = profile or PersonProfile(person_id=tenant.people["member"])
        profile.billing_name = "=HYPERLINK(1)"
        session.add(profile)
        session.commit()
        bill(session, tenant, "member", datetime.now(UTC))
    return Desk(app, tenant, "owner")


def _address(days: int = 1) -> str:
    today = datetime.now(UTC).date()
    return f"/admin/invoices/journal.csv?from={today - timedelta(days=days)}&to={today + timedelta(days=1)}"


def _rows(desk: Desk, days: int = 1) -> list[dict[str, str]]:
    answer = desk.get(_address(days))
    assert answer.status_code == 200
    assert answer.text.startswith("\ufeff")
    return list(csv.DictReader(StringIO(answer.text.removeprefix("\ufeff"))))


def test_a_document_and_its_payment_are_double_entry(desk: Desk) -> None:
    found = [(row["Account"], row["Debit"], row["Credit"], row["Tax code"]) for row in _rows(desk)]
    assert found == [
        ("1100", "186.00", "", ""),
        ("4000", "", "155.00", "S20"),
        ("2200", "", "31.00", "S20"),
        ("1010", "10.00", "", ""),
        ("1100", "", "10.00", ""),
    ]
    assert {row["Currency"] for row in _rows(desk)} == {"GBP"}


def test_a_name_is_no_formula(desk: Desk) -> None:
    assert _rows(desk)[0]["Payer"] == "'=HYPERLINK(1)"


def test_accounts_are_chosen_in_the_settings(app: Flask, desk: Desk) -> None:
    (rate,) = rows(app, desk.tenant, TaxRate)
    wish = ACCOUNTS | {f"rate-{rate.id}": "1771"}
    assert desk.send("/admin/settings/invoices/accounts", wish).status_code == 303
    assert {row["Account"] for row in _rows(desk)} == {"1400", "8400", "1771", "1000"}
    text = desk.get("/admin/settings/invoices").text
    for account in wish.values():
        assert f'value="{account}"' in text
    assert "1776, 1771" in desk.get("/admin/invoices/journal").text
    entry = rows(app, desk.tenant, AuditEntry)[-1]
    assert (entry.action, entry.after["rates"]) == ("journal_setting.changed", ["VAT: 1771"])
    assert "Numbered the accounts of the journal" in desk.get("/admin/audit").text


@pytest.mark.parametrize(
    ("field", "typed", "sentence"),
    [
        ("bank", "", "This is needed."),
        ("bank", "=1+1", "Letters, digits"),
        ("tax", "1" * 21, "fit"),
        ("rate-{rate}", "@x", "Letters, digits"),
    ],
)
def test_what_is_no_account_is_refused_at_its_field(
    app: Flask, desk: Desk, field: str, typed: str, sentence: str
) -> None:
    (rate,) = rows(app, desk.tenant, TaxRate)
    name = field.format(rate=rate.id)
    answer = desk.send("/admin/settings/invoices/accounts", ACCOUNTS | {"revenue": "8888", name: typed})
    assert answer.status_code == 422
    assert sentence in answer.text
    assert 'value="8888"' in answer.text
    assert not rows(app, desk.tenant, JournalSetting)


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        ("from=2026-01-01", "Choose a day."),
        ("from=2026-02-01&to=2026-01-01", "It ends before it begins."),
        ("from=2001-01-01&to=2026-01-01", "Five years at most."),
    ],
)
def test_days_that_make_no_sense_are_refused(desk: Desk, asked: str, sentence: str) -> None:
    answer = desk.get(f"/admin/invoices/journal.csv?{asked}")
    assert answer.status_code == 422
    assert sentence in answer.text


def test_only_who_sees_money_sees_it_and_only_who_keeps_accounts_numbers_them(app: Flask, desk: Desk) -> None:
    front = Desk(app, desk.tenant, "desk")
    assert front.get(_address()).status_code == 200
    assert "#accounts-title" not in front.get("/admin/invoices/journal").text
    assert front.send("/admin/settings/invoices/accounts", ACCOUNTS).status_code == 404
    visitor = Visitor(app, desk.tenant)
    sign_in_client(app, visitor.client, desk.tenant, "member")
    for path in ("/admin/invoices/journal", _address()):
        assert visitor.get(path).status_code == 404


def test_it_is_sent_while_it_is_read(app: Flask, desk: Desk) -> None:
    """Nothing is read of it before somebody takes it, and who stops in the middle leaves nothing open."""
    with statements(app) as seen:
        answer = desk.client.get(_address(400), base_url=f"http://{desk.tenant.host}")
        assert answer.status_code == 200
        assert answer.is_streamed
        assert not [each for each in seen if "FROM payment" in each]
        assert len(answer.text.splitlines()) == 6
        assert len([each for each in seen if "FROM payment" in each]) >= 2 * 12
    stopped = desk.client.get(_address(400), base_url=f"http://{desk.tenant.host}")
    stopped.close()
    assert len(_rows(desk)) == 5
