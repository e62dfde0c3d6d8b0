"""Issuing: numbers, the chain, what is stored, and every reason for a no; nothing is half-issued."""

import copy
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import CursorResult, delete, func, select, text, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from app.domain.invoicing.drafting import add_line, discard_draft, remove_line, start_draft
from app.domain.invoicing.issuing import issue, lines_of, preview
from app.domain.invoicing.rates import NewRate, change_rate, create_rate, rates
from app.domain.invoicing.seller import close_until, set_payer, set_seller
from app.domain.invoicing.terms import (
    AlreadyIssued,
    LessThanNothing,
    NoRateYet,
    NothingToIssue,
    OnlyForward,
    PayerDetails,
    PeriodClosed,
    RateBackwards,
    SellerUnknown,
    TaxIdMissing,
    TooMuch,
)
from app.domain.invoicing.verifying import verify
from app.kernel.errors import NotFound
from app.models import DocumentSeries, Invoice, PersonProfile, TaxCategory, TaxTreatment
from app.tenancy import begin_writing, reviewed
from tests.support.invoices import SELLER
from tests.support.office import Office
from tests.support.world import World

_ONE_MORE_LINE = """
    INSERT INTO invoice_line (tenant_id, invoice_id, position, description, quantity_thousandths, unit_minor,
        tax_rate_id, tax_category, percent_hundredths, net_minor, tax_minor, gross_minor)
    SELECT tenant_id, invoice_id, 9, '', 1, 1, tax_rate_id, '', 0, 0, 0, 0 FROM invoice_line"""


def test_it_gets_number_days_sums_and_a_place_in_the_chain(office: Office) -> None:
    first = office.issued(office.line(18600), office.line(450, percent=5, quantity=2500, what="Coffee"))
    assert (first.number, first.issued_on, first.due_on) == (
        "2026-0001",
        office.today,
        office.today + timedelta(days=14),
    )
    # 186.00 and 11.25 with tax: 155.00 + 31.00, 10.71 + 0.54
    assert (first.net_minor, first.tax_minor, first.total_minor) == (16571, 3154, 19725)
    second = office.issued(office.line(100))
    assert (second.number, second.chain_position) == ("2026-0002", 2)
    assert verify(office.session).faults == ()
    assert verify(office.session).documents == 2


def test_the_document_holds_all_that_it_shows(office: Office, world: World) -> None:
    document = office.issued(office.line(18600)).document
    assert document is not None
    assert document["seller"]["name"] == "Northlight Spaces Ltd"
    assert document["customer"]["name"] == "Maya Member"
    assert document["lines"][0]["description"] == "Studio plan"
    assert document["taxes"] == [
        {
            "name": "VAT",
            "category": "S",
            "percent_hundredths": 2000,
            "reason": "",
            "net_minor": 15500,
            "tax_minor": 3100,
        }
    ]
    assert document["look"]["name"] == "Northlight"


def test_what_changes_afterwards_does_not_change_it(office: Office) -> None:
    invoice = office.issued(office.line(18600))
    before = copy.deepcopy(invoice.document)
    set_seller(office.session, office.owner, replace(SELLER, seller_name="Other Ltd"), office.tick)
    office.session.commit()
    office.session.refresh(invoice)
    assert invoice.document == before
    after = office.issued(office.line(1)).document or {}
    assert after["seller"]["name"] == "Other Ltd"


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE invoice SET total_minor = 0, net_minor = 0, tax_minor = 0",
        "UPDATE invoice SET currency = 'JPY'",
        "UPDATE invoice SET note = 'paid'",
        "DELETE FROM invoice",
        "UPDATE invoice_line SET description = 'Nothing'",
        "DELETE FROM invoice_line",
        _ONE_MORE_LINE,
    ],
)
def test_the_database_keeps_what_is_issued(office: Office, change: str) -> None:
    drafted = office.draft(office.line(100))
    begin_writing(office.session)
    # The same is done to a draft without a word
    done = office.session.execute(reviewed(text(change)))
    assert isinstance(done, CursorResult)
    assert done.rowcount == 1
    office.session.rollback()
    issue(office.session, office.owner, drafted, office.tick())
    office.session.commit()
    with pytest.raises(DBAPIError, match="never changes"):
        office.session.execute(reviewed(text(change)))
    office.session.rollback()


def test_a_changed_text_is_found(office: Office, session: Session) -> None:
    office.issued(office.line(18600))
    middle = office.issued(office.line(100))
    office.issued(office.line(200))
    assert verify(session).faults == ()
    document = copy.deepcopy(middle.document) or {}
    session.expire_all()
    _without_guard(session)
    document["note"] = "Paid in cash"
    session.execute(update(Invoice).where(Invoice.id == middle.id).values(document=document))
    assert verify(session).faults == (f"{middle.number}: its text does not belong to its hash",)
    session.rollback()


def test_a_missing_end_is_found(office: Office, session: Session) -> None:
    office.issued(office.line(18600))
    last = office.issued(office.line(100))
    session.expire_all()
    _without_guard(session)
    session.execute(delete(Invoice).where(Invoice.id == last.id))
    assert verify(session).faults == (
        "the chain ends before its end: the last documents are missing",
        "2 numbers were given to 1 documents",
    )
    session.rollback()


def _without_guard(session: Session) -> None:
    """What somebody with the database in hand could do. Undone with the transaction."""
    begin_writing(session)
    names = ("invoice_kept_update", "invoice_kept_delete", "invoice_line_kept_delete")
    for name in names:
        table = "invoice_line" if "line" in name else "invoice"
        on = f" ON {table}" if session.get_bind().dialect.name == "postgresql" else ""
        if on:
            session.execute(reviewed(text("RESET ROLE")))
        session.execute(reviewed(text(f"DROP TRIGGER {name}{on}")))


def test_numbers_begin_anew_with_the_year(office: Office) -> None:
    office.issued(office.line(100))
    office.now = office.now.replace(year=2027, month=1, day=1, hour=0, minute=5)
    assert office.issued(office.line(100)).number == "2027-0001"


def test_the_date_is_the_tenants(office: Office) -> None:
    # Five past midnight in London on 1 July is still the 30th of June in UTC
    office.now = office.now.replace(month=6, day=30, hour=23, minute=5)
    assert office.issued(office.line(100)).issued_on == date(2026, 7, 1)


def test_a_refusal_uses_no_number(office: Office, session: Session) -> None:
    drafted = office.draft()
    with pytest.raises(NothingToIssue):
        issue(session, office.owner, drafted, office.tick())
    session.rollback()
    assert session.scalar(select(func.count()).select_from(DocumentSeries)) == 0
    assert office.issued(office.line(1)).number == "2026-0001"


def test_it_is_issued_once(office: Office, session: Session) -> None:
    drafted = office.draft(office.line(100))
    issue(session, office.owner, drafted, office.tick())
    session.commit()
    for again in (
        lambda: issue(session, office.owner, drafted, office.tick()),
        lambda: add_line(session, drafted, office.line(1)),
        lambda: discard_draft(session, office.owner, drafted, office.tick()),
    ):
        with pytest.raises(AlreadyIssued):
            again()
        session.rollback()


def test_less_than_nothing_is_no_invoice(office: Office, session: Session) -> None:
    drafted = office.draft(office.line(100), office.line(-101, what="Discount"))
    with pytest.raises(LessThanNothing):
        issue(session, office.owner, drafted, office.tick())
    session.rollback()
    assert office.issued(office.line(100), office.line(-100, what="Discount")).total_minor == 0


@pytest.mark.parametrize(
    ("quantity", "unit"), [(0, 1), (-1000, 1), (1000, 10**13), (10**8, 10**10), (2**63, 1)]
)
def test_what_nobody_means_is_refused(office: Office, quantity: int, unit: int) -> None:
    drafted = office.draft()
    with pytest.raises(TooMuch):
        add_line(office.session, drafted, replace(office.line(unit), quantity_thousandths=quantity))


def test_nobody_bills_before_it_is_known_who(session: Session, world: World) -> None:
    desk = world.northlight.actor("desk")
    with pytest.raises(SellerUnknown):
        start_draft(
            session, desk, world.northlight.people["member"], None, datetime(2026, 11, 24, tzinfo=UTC)
        )


def test_people_of_another_tenant_are_not_there(office: Office, world: World) -> None:
    taken = set(world.northlight.people.values())
    stranger = next(each for each in world.harbour.people.values() if each not in taken)
    with pytest.raises(NotFound):
        start_draft(office.session, office.owner, stranger, None, office.tick())


def test_a_line_takes_the_rate_of_its_day(office: Office, session: Session) -> None:
    next_year = date(2027, 1, 1)
    change_rate(session, office.owner, office.rates[20], 2500, next_year, office.today, office.tick)
    session.commit()
    invoice = office.issued(
        office.line(10000),
        replace(office.line(10000), from_day=next_year, until_day=date(2027, 1, 31)),
    )
    assert [line.percent_hundredths for line in lines_of(session, invoice.id)] == [2000, 2500]
    with pytest.raises(RateBackwards):
        change_rate(
            session,
            office.owner,
            office.rates[20],
            1,
            office.today - timedelta(days=1),
            office.today,
            office.tick,
        )


def test_a_rate_that_begins_later_is_none_yet(office: Office, session: Session) -> None:
    late = create_rate(
        session, office.owner, NewRate("New", TaxCategory.STANDARD, 900, date(2027, 1, 1)), office.tick
    )
    session.commit()
    drafted = office.draft(replace(office.line(100), tax_rate_id=late.id))
    with pytest.raises(NoRateYet):
        issue(session, office.owner, drafted, office.tick())


def test_a_closed_period_stays_closed(office: Office, session: Session) -> None:
    yesterday = office.today - timedelta(days=1)
    with pytest.raises(OnlyForward):
        close_until(session, office.owner, office.today, office.today, office.tick)
    session.rollback()
    close_until(session, office.owner, yesterday, office.today, office.tick)
    session.commit()
    with pytest.raises(OnlyForward):
        close_until(session, office.owner, yesterday - timedelta(days=1), office.today, office.tick)
    session.rollback()
    assert office.issued(office.line(100)).number == "2026-0001"
    office.now -= timedelta(days=2)
    drafted = office.draft(office.line(100))
    with pytest.raises(PeriodClosed):
        issue(session, office.owner, drafted, office.tick())


def test_reverse_charge_takes_the_tax_off_and_two_tax_ids(office: Office, session: Session) -> None:
    member = office.tenant.people["member"]
    set_payer(session, office.owner, member, PayerDetails(TaxTreatment.REVERSE_CHARGE), office.tick)
    session.commit()
    drafted = office.draft(office.line(12000))
    with pytest.raises(TaxIdMissing) as missing:
        issue(session, office.owner, drafted, office.tick())
    assert missing.value.whose == "customer"
    session.rollback()
    begin_writing(session)
    session.add(PersonProfile(person_id=member, tax_id="IE1234567FA", billing_name="Maya Ltd"))
    session.commit()
    invoice = issue(session, office.owner, drafted, office.tick())
    session.commit()
    assert (invoice.net_minor, invoice.tax_minor) == (10000, 0)
    document = invoice.document or {}
    assert (document["prices_include_tax"], document["taxes"][0]["category"]) == (False, "AE")
    assert document["customer"]["name"] == "Maya Ltd"
    # Who is not billed so pays the tax
    assert office.issued(office.line(12000), payer="colleague").tax_minor == 2000


def test_a_preview_is_what_is_issued(office: Office, session: Session) -> None:
    drafted = office.draft(office.line(18600), office.line(333, percent=5))
    shown = preview(session, session.get_one(Invoice, drafted), office.today, rates(session))
    issued = issue(session, office.owner, drafted, office.tick())
    assert (shown.net_minor, shown.tax_minor, shown.total_minor) == (
        issued.net_minor,
        issued.tax_minor,
        issued.total_minor,
    )


def test_a_line_of_another_draft_is_not_there(office: Office, session: Session) -> None:
    one, other = office.draft(office.line(1)), office.draft(office.line(2))
    line_id = lines_of(session, other)[0].id
    with pytest.raises(NotFound):
        remove_line(session, one, line_id)
    session.rollback()
    remove_line(session, other, line_id)
    session.commit()
    assert lines_of(session, other) == []


def test_rates_are_read_in_two_statements(office: Office, session: Session) -> None:
    assert [(each.name, each.versions[0][1]) for each in rates(session)] == [("Reduced", 500), ("VAT", 2000)]
