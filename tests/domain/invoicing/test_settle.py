"""Settling and crediting: nothing is paid twice, nothing is taken off twice, and no cent stays behind."""

from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.domain.invoicing.crediting import credit, left_to_credit
from app.domain.invoicing.issuing import lines_of
from app.domain.invoicing.seller import close_until, set_payer
from app.domain.invoicing.settling import open_column, open_minor, receive, void_payment
from app.domain.invoicing.terms import (
    CreditLines,
    MoreThanBilled,
    MoreThanOpen,
    NothingToIssue,
    NotYet,
    PayerDetails,
    PeriodClosed,
    ReceiveMoney,
)
from app.domain.invoicing.verifying import verify
from app.kernel.errors import NotFound
from app.models import Allocation, Invoice, Payment, PaymentWay, PersonProfile, TaxTreatment
from tests.support.office import Office


def _paid(office: Office, invoice: Invoice, minor: int, day: date | None = None) -> Payment:
    command = ReceiveMoney(invoice.id, PaymentWay.TRANSFER, minor, day or office.today, "Ref 7")
    payment = receive(office.session, office.owner, command, office.today, office.tick())
    office.session.commit()
    return payment


def _taken_off(office: Office, invoice: Invoice, minors: dict[int, int]) -> Invoice:
    note = credit(office.session, office.owner, CreditLines(invoice.id, minors, "Cancelled"), office.tick())
    office.session.commit()
    return note


def test_parts_make_the_whole_and_nothing_more(office: Office) -> None:
    invoice = office.issued(office.line(18600))
    _paid(office, invoice, 8600)
    assert open_minor(office.session, invoice) == 10000
    with pytest.raises(MoreThanOpen) as refused:
        _paid(office, invoice, 10001)
    assert refused.value.open_minor == 10000
    office.session.rollback()
    _paid(office, invoice, 10000)
    assert open_minor(office.session, invoice) == 0
    with pytest.raises(MoreThanOpen):
        _paid(office, invoice, 1)


def test_what_was_billed_without_tax_is_credited_when_the_tax_id_is_gone(office: Office) -> None:
    member = office.tenant.people["member"]
    set_payer(office.session, office.owner, member, PayerDetails(TaxTreatment.REVERSE_CHARGE), office.tick)
    profile = PersonProfile(person_id=member, tax_id="IE1234567FA", billing_name="Maya Ltd")
    office.session.add(profile)
    office.session.commit()
    invoice = office.issued(office.line(12000))
    profile.tax_id = ""
    office.session.commit()
    (line,) = lines_of(office.session, invoice.id)
    note = _taken_off(office, invoice, {line.id: 10000})
    assert (note.net_minor, note.tax_minor) == (invoice.net_minor, 0)


@pytest.mark.parametrize("minor", [0, -1, -(2**63), 2**63])
def test_odd_amounts_are_refused(office: Office, minor: int) -> None:
    invoice = office.issued(office.line(18600))
    with pytest.raises(MoreThanOpen):
        _paid(office, invoice, minor)


def test_money_does_not_come_tomorrow_or_in_a_closed_period(office: Office, session: Session) -> None:
    invoice = office.issued(office.line(18600))
    with pytest.raises(NotYet):
        _paid(office, invoice, 1, office.today + timedelta(days=1))
    session.rollback()
    yesterday = office.today - timedelta(days=1)
    earlier = _paid(office, invoice, 1, yesterday)
    close_until(session, office.owner, yesterday, office.today, office.tick)
    session.commit()
    with pytest.raises(PeriodClosed):
        _paid(office, invoice, 1, yesterday)
    session.rollback()
    with pytest.raises(PeriodClosed):
        void_payment(session, office.owner, earlier.id, office.tick())


def test_a_draft_is_not_paid(office: Office) -> None:
    drafted = office.draft(office.line(100))
    with pytest.raises(NotFound):
        _paid(office, office.session.get_one(Invoice, drafted), 100)


def test_a_payment_written_down_by_mistake_is_taken_back_once(office: Office, session: Session) -> None:
    invoice = office.issued(office.line(18600))
    payment = _paid(office, invoice, 18600)
    void_payment(session, office.owner, payment.id, office.tick())
    session.commit()
    assert open_minor(session, invoice) == 18600
    assert session.get_one(Payment, payment.id).voided_at is not None
    with pytest.raises(NotFound):
        void_payment(session, office.owner, payment.id, office.tick())


def test_a_credit_note_takes_off_what_is_open(office: Office, session: Session) -> None:
    invoice = office.issued(office.line(18600), office.line(2400, what="Locker"))
    _plan, locker = lines_of(session, invoice.id)
    note = _taken_off(office, invoice, {locker.id: 2400})
    assert (note.number, note.total_minor, note.due_on) == ("C2026-0001", 2400, None)
    assert (note.document or {})["corrects"]["number"] == invoice.number
    assert open_minor(session, invoice) == 18600
    assert dict(left_to_credit(session, invoice))[locker] == 0
    assert verify(session).faults == ()


def test_a_credit_note_for_what_is_paid_leaves_it_to_be_paid_back(office: Office, session: Session) -> None:
    invoice = office.issued(office.line(18600))
    _paid(office, invoice, 18000)
    (line,) = lines_of(session, invoice.id)
    note = _taken_off(office, invoice, {line.id: 18600})
    settled = session.scalar(
        select(func.sum(Allocation.amount_minor)).where(Allocation.credit_note_id == note.id)
    )
    assert (settled, open_minor(session, invoice)) == (600, 0)


def test_it_takes_off_no_more_than_was_billed(office: Office, session: Session) -> None:
    invoice, other = office.issued(office.line(18600)), office.issued(office.line(500))
    (line,), (others,) = lines_of(session, invoice.id), lines_of(session, other.id)
    _taken_off(office, invoice, {line.id: 18000})
    with pytest.raises(MoreThanBilled) as refused:
        _taken_off(office, invoice, {line.id: 601})
    assert refused.value.left_minor == 600
    session.rollback()
    for minors, error in (({others.id: 1}, NotFound), ({}, NothingToIssue), ({line.id: 0}, NothingToIssue)):
        with pytest.raises(error):
            _taken_off(office, invoice, minors)
        session.rollback()
    note = _taken_off(office, invoice, {line.id: 600})
    with pytest.raises(NotFound):
        _taken_off(office, note, {lines_of(session, note.id)[0].id: 1})


def test_it_has_the_tax_that_was_billed(office: Office, session: Session) -> None:
    invoice = office.issued(office.line(12000))
    office.now = office.now.replace(year=2027)
    (line,) = lines_of(session, invoice.id)
    note = _taken_off(office, invoice, {line.id: 12000})
    assert (note.net_minor, note.tax_minor) == (10000, 2000)
    assert (note.document or {})["taxes"] == (invoice.document or {})["taxes"]


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    price=st.integers(1, 99_999),
    cuts=st.lists(st.integers(1, 99_999), max_size=6),
    percent=st.sampled_from([5, 20]),
)
def test_parts_taken_off_come_to_the_whole(
    office: Office, session: Session, price: int, cuts: list[int], percent: int
) -> None:
    invoice = office.issued(office.line(price, percent=percent))
    (line,) = lines_of(session, invoice.id)
    notes = []
    for cut in [*cuts, price]:
        left = dict(left_to_credit(session, invoice))[line]
        if left:
            notes.append(_taken_off(office, invoice, {line.id: min(cut, left)}))
    for name in ("net_minor", "tax_minor", "total_minor"):
        assert sum(getattr(note, name) for note in notes) == getattr(invoice, name)
    assert open_minor(session, invoice) == 0


def test_a_list_counts_as_a_page_does(office: Office, session: Session) -> None:
    some = [office.issued(office.line(minor)) for minor in (100, 200, 300)]
    _paid(office, some[1], 50)
    _paid(office, some[2], 300)
    drafted = office.draft(office.line(1))
    counted = {row.id: row.open_minor for row in session.execute(select(Invoice.id, open_column()))}
    assert counted == {each.id: open_minor(session, each) for each in some} | {drafted: 0}
    assert [counted[each.id] for each in some] == [100, 150, 0]
