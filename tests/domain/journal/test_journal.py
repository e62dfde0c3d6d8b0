"""The journal against the documents and payments themselves."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from app.domain.invoicing.crediting import credit
from app.domain.invoicing.issuing import lines_of
from app.domain.invoicing.settling import receive, void_payment
from app.domain.invoicing.terms import CreditLines, ReceiveMoney
from app.domain.journal.accounts import Accounts, accounts, choose_accounts
from app.domain.journal.entries import Entry
from app.domain.journal.reading import journal
from app.kernel.errors import NotFound
from app.models import DocumentKind, Invoice, Payment, PaymentWay
from tests.support.office import Office

FIRST, LAST = date(2026, 1, 1), date(2026, 12, 31)


@pytest.fixture
def year(office: Office) -> Office:
    """Invoices with discounts and two rates, a credit note, payments of each way, one of which was a mistake."""
    for month in range(1, 7):
        office.now = datetime(2026, month, 28, 9, tzinfo=UTC)
        office.today = office.now.date()
        invoice = office.issued(
            office.line(9999 + month),
            office.line(3333, percent=5, quantity=1500),
            office.line(-700),
        )
        _pay(office, invoice, 1000 + month, list(PaymentWay)[month % 3])
        if month == 3:
            lines = [line for line in lines_of(office.session, invoice.id) if line.gross_minor > 0]
            wish = CreditLines(invoice.id, {line.id: 501 for line in lines}, "Too much")
            credit(office.session, office.owner, wish, office.tick())
            office.session.commit()
    office.now = datetime(2026, 7, 1, 0, 30, tzinfo=UTC)
    payment = office.session.scalars(select(Payment).order_by(Payment.id)).first()
    assert payment is not None
    void_payment(office.session, office.owner, payment.id, office.tick())
    office.session.commit()
    return office


def _pay(office: Office, invoice: Invoice, minor: int, way: PaymentWay) -> None:
    wish = ReceiveMoney(invoice.id, way, minor, office.today, "by the desk")
    receive(office.session, office.owner, wish, office.today, office.tick())
    office.session.commit()


def _rows(session: Session, first: date = FIRST, last: date = LAST) -> list[Entry]:
    return list(journal(session, first, last))


def _balances(rows: list[Entry]) -> Counter[str]:
    found: Counter[str] = Counter()
    for row in rows:
        found[row.account] += row.debit_minor - row.credit_minor
    return found


def test_every_document_balances_and_comes_once(session: Session, year: Office) -> None:
    by_number: dict[str, list[Entry]] = {}
    for row in _rows(session):
        by_number.setdefault(row.number, []).append(row)
    assert len(by_number) == 6 + 1 + 6 + 1
    for rows in by_number.values():
        assert sum(row.debit_minor for row in rows) == sum(row.credit_minor for row in rows) > 0
        assert len({row.on for row in rows}) == 1


def test_accounts_come_to_what_documents_say(session: Session, year: Office) -> None:
    expected: Counter[str] = Counter()
    for invoice in session.scalars(select(Invoice)):
        assert invoice.document is not None
        sign = 1 if invoice.kind is DocumentKind.INVOICE else -1
        expected["1100"] += sign * invoice.document["total_minor"]
        expected["4000"] -= sign * invoice.document["net_minor"]
        expected["2200"] -= sign * sum(each["tax_minor"] for each in invoice.document["taxes"])
    into = {PaymentWay.TRANSFER: "1000", PaymentWay.DESK: "1010", PaymentWay.CARD: "1020"}
    for payment in session.scalars(select(Payment).where(Payment.voided_at.is_(None))):
        expected[into[payment.way]] += payment.amount_minor
        expected["1100"] -= payment.amount_minor
    assert {account: minor for account, minor in _balances(_rows(session)).items() if minor} == expected


def test_what_is_receivable_is_what_is_open(session: Session, year: Office) -> None:
    """Nothing is left between the journal and what the pages say."""
    owed = sum(
        invoice.total_minor * (1 if invoice.kind is DocumentKind.INVOICE else -1)
        for invoice in session.scalars(select(Invoice))
    ) - sum(payment.amount_minor for payment in session.scalars(select(Payment)) if payment.voided_at is None)
    assert _balances(_rows(session))["1100"] == owed


def test_days_go_on_and_their_parts_make_the_whole(session: Session, year: Office) -> None:
    whole = _rows(session)
    assert all(before.on <= after.on for before, after in pairwise(whole))
    cut = date(2026, 3, 28)
    assert _rows(session, FIRST, cut) + _rows(session, cut + timedelta(days=1), LAST) == whole
    assert _rows(session, date(2025, 1, 1), date(2025, 12, 31)) == []


def test_what_was_taken_back_is_written_on_its_own_local_day(session: Session, year: Office) -> None:
    """Half past midnight in London's summer is half past eleven of the day before in UTC."""
    (back,) = {(row.on, row.number) for row in _rows(session) if row.number.endswith("-R")}
    assert back[0] == date(2026, 7, 1)
    year.now = datetime(2026, 7, 1, 23, 30, tzinfo=UTC)
    at_the_desk = select(Payment).where(Payment.voided_at.is_(None), Payment.way == PaymentWay.DESK)
    second = session.scalars(at_the_desk.order_by(Payment.id)).first()
    assert second is not None
    void_payment(session, year.owner, second.id, year.tick())
    session.commit()
    days = {row.on for row in _rows(session) if row.number == f"P{second.id}-R"}
    assert days == {date(2026, 7, 2)}
    assert [row.number for row in _rows(session, date(2026, 7, 2), date(2026, 7, 2))] == [
        f"P{second.id}-R"
    ] * 2


def test_accounts_are_chosen_and_each_rate_may_have_its_own(session: Session, year: Office) -> None:
    assert accounts(session) == Accounts()
    chosen = Accounts("1400", "8400", "1710", "1776", "1200", "1000", "1360", {year.rates[5]: "1771"})
    choose_accounts(session, year.owner, chosen, year.tick)
    session.commit()
    assert accounts(session) == chosen
    assert set(_balances(_rows(session))) == {"1400", "8400", "1776", "1771", "1200", "1000", "1360"}
    choose_accounts(session, year.owner, Accounts(), year.tick)
    session.commit()
    assert accounts(session) == Accounts()
    with pytest.raises(NotFound):
        choose_accounts(session, year.owner, Accounts(tax_by_rate={10**9: "1"}), year.tick)


def test_statements_grow_with_months_alone(session: Session, year: Office) -> None:
    seen: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        seen.append(statement)

    engine = session.get_bind()
    event.listen(engine, "before_cursor_execute", note)
    counts = []
    for last in (date(2025, 12, 1), date(2026, 1, 31), date(2026, 12, 31)):
        session.commit()
        session.expire_all()
        seen.clear()
        list(journal(session, last.replace(month=1 if last == LAST else last.month, day=1), last))
        counts.append(len([each for each in seen if "set_config" not in each]))
    event.remove(engine, "before_cursor_execute", note)
    assert counts == [7, 7, 3 + 12 * 4]
