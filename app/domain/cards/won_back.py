"""A dispute that was lost and is won after all: the money is here again, and settles what was made due again because of it."""

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.domain.invoicing.settling import note_first_due, open_minor
from app.domain.lookup import one
from app.models import (
    Allocation,
    AttemptInvoice,
    AttemptPayment,
    CardDispute,
    DisputeState,
    HeldMoney,
    HoldReason,
    Invoice,
    Payment,
)


def win_back(session: Session, dispute: CardDispute, payer_id: int, now: datetime) -> None:
    """Turn a loss around. Within a transaction that holds the payer.

    What staff had made due again is settled by the same payment; of what was paid otherwise meanwhile, staff decide as of all
    money that does not fit. Where nothing was due again the payment settles its invoices still.
    """
    spare = _settle_again(session, dispute, now)
    dispute.state, dispute.won_back_at = DisputeState.WON, now
    dispute.won_back_minor = dispute.amount_minor - spare
    dispute.due_again_minor = 0
    dispute.settled_at = dispute.settled_at or now
    if spare:
        _keep_for_staff(session, dispute, spare, now)
    session.flush()
    note_first_due(session, payer_id)


def _settle_again(session: Session, dispute: CardDispute, now: datetime) -> int:
    """How much of what was due again nothing asks for any more, in minor units."""
    left = dispute.due_again_minor
    paid_for = select(AttemptInvoice.invoice_id).where(AttemptInvoice.attempt_id == dispute.attempt_id)
    for invoice_id in session.scalars(paid_for.order_by(AttemptInvoice.invoice_id)).all():
        invoice = one(session, Invoice, invoice_id, lock=True)
        for payment_id, unused in _unused(session, dispute.attempt_id):
            part = min(left, unused, open_minor(session, invoice))
            if part > 0:
                left -= part
                session.add(
                    Allocation(invoice_id=invoice.id, payment_id=payment_id, amount_minor=part, at=now)
                )
                session.flush()
    return left


def _unused(session: Session, attempt_id: int) -> list[tuple[int, int]]:
    """The payments of an attempt, and what of each settles nothing."""
    settles = (
        select(func.coalesce(func.sum(Allocation.amount_minor), 0))
        .where(Allocation.tenant_id == Payment.tenant_id, Allocation.payment_id == Payment.id)
        .correlate(Payment)
        .scalar_subquery()
    )
    rows = session.execute(
        select(Payment.id, Payment.amount_minor - settles)
        .join(
            AttemptPayment,
            (AttemptPayment.tenant_id == Payment.tenant_id) & (AttemptPayment.payment_id == Payment.id),
        )
        .where(AttemptPayment.attempt_id == attempt_id)
        .order_by(Payment.id)
    )
    return [(payment_id, int(unused)) for payment_id, unused in rows]


def _keep_for_staff(session: Session, dispute: CardDispute, minor: int, now: datetime) -> None:
    """An attempt has one row of what does not fit; what was decided of it before is in the audit trail."""
    held = session.scalars(
        select(HeldMoney).where(HeldMoney.attempt_id == dispute.attempt_id).with_for_update()
    ).one_or_none()
    if held is None:
        session.add(
            HeldMoney(
                attempt_id=dispute.attempt_id,
                reason=HoldReason.SETTLED,
                amount_minor=minor,
                currency=dispute.currency,
                came_at=now,
            )
        )
        return
    held.amount_minor = minor + (held.amount_minor if held.settled_at is None else 0)
    held.settled_at = held.settled_by_id = None
    held.came_at, held.note = now, ""
