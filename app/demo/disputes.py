"""A card payment that is disputed, so that the front desk of the demo has one to look at."""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import (
    Allocation,
    AttemptInvoice,
    AttemptKind,
    AttemptPayment,
    AttemptState,
    CardAttempt,
    CardDispute,
    DisputeState,
    Payment,
    PaymentWay,
)
from app.tenancy import tenant_of

_ANSWER_WITHIN = timedelta(days=9)


def dispute_payment(session: Session, now: datetime) -> None:
    """Let the last payment by card be disputed, unless cards were used before."""
    if session.scalars(select(CardAttempt.id).limit(1)).first() is not None:
        return
    paid = select(Payment, Allocation.invoice_id).join(
        Allocation, (Allocation.tenant_id == Payment.tenant_id) & (Allocation.payment_id == Payment.id)
    )
    last = paid.where(Payment.way == PaymentWay.CARD).order_by(Payment.id.desc()).limit(1)
    found = session.execute(last).first()
    if found is None:
        return
    payment, invoice_id = found
    attempt = CardAttempt(
        payer_id=payment.payer_id,
        kind=AttemptKind.PAGE,
        state=AttemptState.PAID,
        token=f"{tenant_of(session)}.demo",
        account="acct_demo",
        amount_minor=payment.amount_minor,
        currency=payment.currency,
        intent="pi_demo",
        begun_at=payment.recorded_at,
    )
    session.add(attempt)
    session.flush()
    session.add_all(
        [
            AttemptInvoice(attempt_id=attempt.id, invoice_id=invoice_id, amount_minor=payment.amount_minor),
            AttemptPayment(attempt_id=attempt.id, payment_id=payment.id),
            CardDispute(
                attempt_id=attempt.id,
                dispute="dp_demo",
                amount_minor=payment.amount_minor,
                currency=payment.currency,
                reason="unrecognized",
                state=DisputeState.ASKS,
                answer_by=now + _ANSWER_WITHIN,
                found_at=now,
            ),
        ]
    )
    session.commit()
