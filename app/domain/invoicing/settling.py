"""Settling: money that came in is written down and allocated; what is open is counted from that."""

from collections.abc import Collection
from datetime import date, datetime

from sqlalchemy import ColumnElement, case, func, literal, select, update
from sqlalchemy.orm import Session

from app.domain.actor import Actor
from app.domain.audit import record
from app.domain.invoicing.seller import seller_if_known
from app.domain.invoicing.terms import MoreThanOpen, NotYet, PeriodClosed, ReceiveMoney
from app.domain.lookup import hold_person, one
from app.kernel.errors import NotFound
from app.models import (
    Allocation,
    AttemptInvoice,
    AttemptState,
    CardAttempt,
    DocumentKind,
    Invoice,
    Payment,
    PaymentWay,
    Person,
)
from app.tenancy import begin_writing


def open_minor(session: Session, invoice: Invoice) -> int:
    """What an issued invoice still asks for, in minor units; hold its row to rely on it."""
    settled = session.scalar(
        select(func.coalesce(func.sum(Allocation.amount_minor), 0)).where(Allocation.invoice_id == invoice.id)
    )
    return invoice.total_minor - int(settled or 0)


def open_column() -> ColumnElement[int]:
    """The same as a column of a list of invoices; nothing is open of a draft or a credit note."""
    settled = (
        select(func.coalesce(func.sum(Allocation.amount_minor), 0))
        .where(Allocation.tenant_id == Invoice.tenant_id, Allocation.invoice_id == Invoice.id)
        .correlate(Invoice)
        .scalar_subquery()
    )
    asks = (Invoice.kind == DocumentKind.INVOICE) & Invoice.issued_at.is_not(None)
    return case((asks, Invoice.total_minor - settled), else_=literal(0)).label("open_minor")


def note_first_due(session: Session, payer_id: int) -> None:
    """Keep beside somebody's name from when they owe, so that no page counts it; whoever changes what is open does it.

    Within a transaction that holds the payer and has written the change.
    """
    note_first_dues(session, [payer_id])


def note_first_dues(session: Session, payer_ids: Collection[int]) -> None:
    """The same of several."""
    owing = select(Invoice.payer_id, func.min(Invoice.due_on).label("day")).where(
        Invoice.payer_id.in_(payer_ids), open_column() > 0
    )
    first = {row.payer_id: row.day for row in session.execute(owing.group_by(Invoice.payer_id))}
    for person in session.scalars(select(Person).where(Person.id.in_(payer_ids))):
        person.first_due_on = first.get(person.id)
    session.flush()


def receive(session: Session, actor: Actor, command: ReceiveMoney, today: date, now: datetime) -> Payment:
    """Write down money for one invoice. Raises NotFound, MoreThanOpen, NotYet and PeriodClosed."""
    begin_writing(session)
    hold_person(session, one(session, Invoice, command.invoice_id).payer_id)
    invoice = one(session, Invoice, command.invoice_id, lock=True)
    if invoice.kind is not DocumentKind.INVOICE or invoice.issued_at is None:
        raise NotFound
    if command.received_on > today:
        raise NotYet
    setting = seller_if_known(session)
    if setting and setting.closed_until is not None and command.received_on <= setting.closed_until:
        raise PeriodClosed(setting.closed_until)
    left = open_minor(session, invoice)
    if not 0 < command.amount_minor <= left:
        raise MoreThanOpen(left)
    payment = Payment(
        payer_id=invoice.payer_id,
        way=command.way,
        amount_minor=command.amount_minor,
        currency=invoice.currency,
        received_on=command.received_on,
        note=command.note,
        recorded_at=now,
        recorded_by_id=actor.person_id,
    )
    session.add(payment)
    session.flush()
    session.add(
        Allocation(invoice_id=invoice.id, payment_id=payment.id, amount_minor=command.amount_minor, at=now)
    )
    _record(session, actor, "payment.recorded", invoice, payment, now)
    session.flush()
    note_first_due(session, invoice.payer_id)
    look_soon(session, invoice.id, now)
    return payment


def void_payment(session: Session, actor: Actor, payment_id: int, now: datetime) -> None:
    """Take back what was written down by mistake: its invoices are open again. Raises NotFound and PeriodClosed.

    Not what came by card: that did come, and goes back by a refund.
    """
    begin_writing(session)
    hold_person(session, one(session, Payment, payment_id).payer_id)
    payment = one(session, Payment, payment_id, lock=True)
    if payment.voided_at is not None or payment.way is PaymentWay.CARD:
        raise NotFound
    setting = seller_if_known(session)
    if setting and setting.closed_until is not None and payment.received_on <= setting.closed_until:
        raise PeriodClosed(setting.closed_until)
    payment.voided_at = now
    for allocation in session.scalars(select(Allocation).where(Allocation.payment_id == payment.id)).all():
        invoice = one(session, Invoice, allocation.invoice_id, lock=True)
        session.delete(allocation)
        _record(session, actor, "payment.voided", invoice, payment, now)
    session.flush()
    note_first_due(session, payment.payer_id)


def look_soon(session: Session, invoice_id: int, now: datetime) -> None:
    """Less is open of an invoice: a page where somebody may still pay all of it by card is to be closed."""
    under_way = select(AttemptInvoice.attempt_id).where(
        AttemptInvoice.tenant_id == CardAttempt.tenant_id, AttemptInvoice.invoice_id == invoice_id
    )
    session.execute(
        update(CardAttempt)
        .where(CardAttempt.state == AttemptState.OPEN, CardAttempt.id.in_(under_way))
        .values(look_at=now)
    )


def _record(
    session: Session, actor: Actor, action: str, invoice: Invoice, payment: Payment, now: datetime
) -> None:
    record(
        session,
        now,
        actor.person_id,
        action,
        subject="invoice",
        subject_id=invoice.id,
        for_id=invoice.payer_id,
        after={"number": invoice.number, "amount_minor": payment.amount_minor, "way": str(payment.way)},
    )
