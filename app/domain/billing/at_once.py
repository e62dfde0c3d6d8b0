"""Billing one person without waiting for the daily run, so that who joins sees their invoice."""

from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.billing.running import bill_payers
from app.domain.billing.settings import billing_choice
from app.domain.billing.words import ChargeWords
from app.kernel.errors import Refusal
from app.models import Invoice
from app.tenancy import begin_writing


def bill_at_once(
    session: Session, payer_id: int, today: date, words: ChargeWords, now: datetime
) -> int | None:
    """Bill somebody for all that is due, and commit; the invoice that they can pay, or None where staff issue it later, and
    where it cannot be made now: the daily run makes it then, and tells staff what is amiss.
    """
    try:
        invoice_id = _bill(session, payer_id, today, words, now)
        session.commit()
    except Refusal:
        session.rollback()
        return None
    return invoice_id


def _bill(session: Session, payer_id: int, today: date, words: ChargeWords, now: datetime) -> int | None:
    begin_writing(session)
    choice = billing_choice(session)
    if not bill_payers(session, [payer_id], today, choice, words, now) or not choice.issue_at_once:
        return None
    session.flush()
    query = select(Invoice.id).where(Invoice.payer_id == payer_id, Invoice.number.is_not(None))
    return session.scalars(query.order_by(Invoice.id.desc()).limit(1)).one_or_none()
