"""Double entry: whatever a document holds, its debits and credits come to the same."""

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from app.domain.journal.accounts import Accounts
from app.domain.journal.entries import (
    Document,
    Entry,
    Money,
    TaxedSum,
    entries_of,
    entries_of_money,
)
from app.models import DocumentKind, PaymentWay

DAY = date(2026, 11, 24)
ACCOUNTS = Accounts(tax_by_rate={2: "2205"})

amounts = st.integers(-(10**12), 10**12)
sums = st.builds(
    TaxedSum,
    rate_id=st.integers(1, 3),
    category=st.sampled_from(["S", "Z", "E", "AE", "O"]),
    percent_hundredths=st.integers(0, 10_000),
    deposit=st.booleans(),
    net_minor=amounts,
    tax_minor=amounts,
)
documents = st.builds(
    Document,
    on=st.just(DAY),
    number=st.just("2026-0001"),
    kind=st.sampled_from(DocumentKind),
    payer=st.text(max_size=5),
    currency=st.just("GBP"),
    sums=st.lists(sums, max_size=6).map(tuple),
)


def _sum(rate_id: int, category: str, percent: int, net: int, tax: int) -> TaxedSum:
    """What is outside of the tax is a deposit."""
    return TaxedSum(rate_id, category, percent, category == "O", net, tax)


def _balance(rows: list[Entry]) -> int:
    return sum(row.debit_minor - row.credit_minor for row in rows)


@given(documents)
def test_a_document_balances(document: Document) -> None:
    rows = list(entries_of(document, ACCOUNTS))
    assert _balance(rows) == 0
    for row in rows:
        # One side alone, and something on it.
        assert (row.debit_minor > 0) != (row.credit_minor > 0)
        assert min(row.debit_minor, row.credit_minor) == 0


@given(documents)
def test_a_credit_note_turns_its_invoice_around(document: Document) -> None:
    def net(kind: DocumentKind) -> dict[str, int]:
        as_kind = Document(DAY, "1", kind, "", "GBP", document.sums)
        found: dict[str, int] = {}
        for row in entries_of(as_kind, ACCOUNTS):
            found[row.account] = found.get(row.account, 0) + row.debit_minor - row.credit_minor
        return found

    there, back = net(DocumentKind.INVOICE), net(DocumentKind.CREDIT_NOTE)
    assert there == {account: -minor for account, minor in back.items()}


@given(
    st.builds(
        Money,
        on=st.just(DAY),
        payment_id=st.just(7),
        way=st.sampled_from(PaymentWay),
        payer=st.just("Maya Member"),
        currency=st.just("GBP"),
        amount_minor=st.integers(1, 10**12),
        invoice=st.just("2026-0001"),
        note=st.just(""),
        taken_back=st.booleans(),
    )
)
def test_money_balances(money: Money) -> None:
    rows = list(entries_of_money(money, ACCOUNTS))
    assert _balance(rows) == 0
    assert len(rows) == 2


def test_what_goes_where() -> None:
    sold = (
        _sum(1, "S", 2000, 10000, 2000),
        _sum(2, "S", 550, 1000, 55),
        _sum(3, "O", 0, 5000, 0),
    )
    document = Document(DAY, "2026-0001", DocumentKind.INVOICE, "Maya", "GBP", sold)
    found = [
        (row.account, row.debit_minor, row.credit_minor, row.tax_code)
        for row in entries_of(document, ACCOUNTS)
    ]
    assert found == [
        ("1100", 18055, 0, ""),
        ("4000", 0, 10000, "S20"),
        ("2200", 0, 2000, "S20"),
        ("4000", 0, 1000, "S5.5"),
        ("2205", 0, 55, "S5.5"),
        ("2300", 0, 5000, "O0"),
    ]
    for way, account in (("transfer", "1000"), ("desk", "1010"), ("card", "1020")):
        (into, out) = entries_of_money(
            Money(DAY, 7, PaymentWay(way), "Maya", "GBP", 100, "2026-0001", "cash"), ACCOUNTS
        )
        assert (into.account, into.debit_minor, out.account, out.credit_minor) == (account, 100, "1100", 100)
        assert (into.number, into.text) == ("P7", "2026-0001 · cash")
