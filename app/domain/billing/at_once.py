"""Billing one person without waiting for the daily run, so that who joins sees their invoice."""

from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.billing.running import bill_payers
from app.domain.billing.settings import billing_choice
from app.domain.billing.words import ChargeWords
from app.models import Invoice
from app.tenancy import begin_writing


def bill_now(session: Session, payer_id: int, today: date, words: ChargeWords, now: datetime) -> int | None:
    """Bill somebody for all that is due; the invoice that they can pay, or None where staff issue it later.

    Raises as `bill_payers`; what it could not do the daily run tries again.
    """
    begin_writing(session)
    choice = billing_choice(session)
    if not bill_payers(session, [payer_id], today, choice, words, now) or not choice.issue_at_once:
        return None
    session.flush()
    query = select(Invoice.id).where(Invoice.payer_id == payer_id, Invoice.number.is_not(None))
    return session.scalars(query.order_by(Invoice.id.desc()).limit(1)).one_or_none()
