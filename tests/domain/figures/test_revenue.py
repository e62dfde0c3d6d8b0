"""Revenue by month against documents added up one by one."""

from collections import Counter
from datetime import UTC, date, datetime

from sqlalchemy.orm import Session

from app.domain.billing.charging import NewCharge, gather, put_charge
from app.domain.billing.reasons import Sold, booking_key, cycle_key, deposit_key, purchase_key, signup_key
from app.domain.figures.revenue import earned, received
from app.domain.invoicing.crediting import credit
from app.domain.invoicing.issuing import issue, lines_of
from app.domain.invoicing.settling import receive, void_payment
from app.domain.invoicing.terms import CreditLines, ReceiveMoney
from app.models import DocumentKind, Invoice, PaymentWay
from app.tenancy import begin_writing
from tests.support.office import Office


def _charged(office: Office, *charges: tuple[str, int, int]) -> Invoice:
    """An invoice of charges: reason key, minor units, percent."""
    begin_writing(office.session)
    payer, today = office.tenant.people["member"], office.now.date()
    for key, minor, percent in charges:
        charge = NewCharge(payer, key, key, minor, office.rates[percent], today)
        put_charge(office.session, charge, office.tick())
    office.session.commit()
    draft = gather(office.session, None, payer, today, office.tick())
    assert draft is not None
    office.session.commit()
    invoice = issue(office.session, office.owner, draft.id, office.tick())
    office.session.commit()
    return invoice


def _credit(office: Office, invoice: Invoice, *amounts: int) -> Invoice:
    lines = lines_of(office.session, invoice.id)
    wish = CreditLines(invoice.id, {line.id: minor for line, minor in zip(lines, amounts, strict=False)}, "x")
    note = credit(office.session, office.owner, wish, office.tick())
    office.session.commit()
    return note


def test_months_are_sums_of_their_documents(session: Session, office: Office) -> None:
    office.now = datetime(2026, 9, 30, 9, tzinfo=UTC)
    first = _charged(
        office,
        (cycle_key(7, date(2026, 9, 1)), 18599, 20),
        (signup_key(7), 5001, 20),
        (deposit_key(7), 10000, 5),
        (booking_key(12), 3333, 5),
    )
    office.now = datetime(2026, 10, 1, 9, tzinfo=UTC)
    _charged(office, (purchase_key(3), 999, 20), (cycle_key(8, date(2026, 10, 1)), 7777, 20))
    _credit(office, first, 1001, 0, 0, 3333)
    office.now = datetime(2026, 12, 24, 9, tzinfo=UTC)
    by_hand = office.issued(office.line(1234, percent=5, quantity=1500), office.line(-100))
    _credit(office, by_hand, 500)
    office.draft(office.line(99999))

    sums: Counter[tuple[int, str]] = Counter()
    for document in session.query(Invoice).filter(Invoice.issued_at.is_not(None)):
        assert document.issued_on is not None
        assert document.document is not None
        sign = -1 if document.kind is DocumentKind.CREDIT_NOTE else 1
        for line in document.document["lines"]:
            if line["description"] == deposit_key(7):
                continue
            for name in ("net_minor", "tax_minor", "gross_minor"):
                sums[document.issued_on.month, name] += sign * line[name]

    found = earned(session, date(2026, 8, 31), date(2026, 12, 1))
    assert [each.month for each in found] == [date(2026, month, 1) for month in range(8, 13)]
    for each in found:
        for name in ("net_minor", "tax_minor", "gross_minor"):
            assert getattr(each.amounts, name) == sums[each.month.month, name]
    _august, september, october, november, december = found
    assert set(september.net_by_kind) == {Sold.PLANS, Sold.DEPOSITS, Sold.BOOKINGS}
    assert september.net_by_kind[Sold.DEPOSITS] == 9524  # 100.00 at 5 % with tax
    assert october.net_by_kind[Sold.BOOKINGS] == -september.net_by_kind[Sold.BOOKINGS]
    assert october.net_by_kind[Sold.PRODUCTS] == 833  # 9.99 at 20 %, rounded half up
    assert not november.net_by_kind
    assert set(december.net_by_kind) == {Sold.BY_HAND}
    for each in found:
        net = sum(minor for kind, minor in each.net_by_kind.items() if kind is not Sold.DEPOSITS)
        assert net == each.amounts.net_minor


def test_what_came_in_and_what_is_open(session: Session, office: Office) -> None:
    office.now = datetime(2026, 9, 30, 9, tzinfo=UTC)
    first, second = office.issued(office.line(10000)), office.issued(office.line(5000))
    today = date(2026, 11, 2)

    def take(invoice: Invoice, minor: int, on: date) -> int:
        wish = ReceiveMoney(invoice.id, PaymentWay.TRANSFER, minor, on)
        payment = receive(session, office.owner, wish, today, office.tick())
        session.commit()
        return payment.id

    take(first, 4000, date(2026, 9, 30))
    take(first, 1000, date(2026, 11, 1))
    mistaken = take(second, 5000, date(2026, 11, 2))
    void_payment(session, office.owner, mistaken, office.tick())
    session.commit()
    office.now = datetime(2026, 11, 2, 9, tzinfo=UTC)
    office.issued(office.line(700))
    _credit(office, second, 2000)
    found = {each.month.month: each for each in received(session, date(2026, 9, 1), today)}
    assert {month: each.received_minor for month, each in found.items()} == {9: 4000, 10: 0, 11: 1000}
    assert {month: each.open_minor for month, each in found.items()} == {9: 5000 + 3000, 10: 0, 11: 700}
