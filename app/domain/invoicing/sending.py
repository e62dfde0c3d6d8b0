"""Mailing a document once more: to who says that it never came, or who lost it."""

from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.domain.actor import Actor
from app.domain.audit import record
from app.domain.invoicing.issuing import tell_issued
from app.domain.invoicing.terms import ISSUED, CannotBeMailed, JustSent
from app.domain.lookup import one
from app.domain.notices import mail_again
from app.kernel.errors import NotFound
from app.models import Invoice, Notice, Person
from app.tenancy import begin_writing

AGAIN_AFTER = timedelta(minutes=10)


def send_again(session: Session, actor: Actor, invoice_id: int, now: datetime) -> None:
    """Mail an issued document with its PDF to its payer, whatever they want mailed. Audited.

    Raises NotFound (a draft as well), JustSent within `AGAIN_AFTER` of the last time, issuing included, and
    CannotBeMailed.
    """
    begin_writing(session)
    # Held, so that of two at once one finds what the other has sent
    invoice = one(session, Invoice, invoice_id, lock=True)
    if invoice.issued_at is None:
        raise NotFound
    last = session.scalar(
        select(func.max(Notice.created_at)).where(Notice.kind == ISSUED, Notice.about == str(invoice.id))
    )
    if last is not None and now - last < AGAIN_AFTER:
        raise JustSent
    payer = session.get_one(Person, invoice.payer_id)
    notice = None if payer.mail_bounces or payer.anonymised_at else tell_issued(session, invoice, now)
    if notice is None:
        raise CannotBeMailed
    mail_again(session, notice, now)
    record(
        session,
        now,
        actor.person_id,
        "invoice.sent_again",
        subject="invoice",
        subject_id=invoice.id,
        for_id=invoice.payer_id,
        after={"number": invoice.number},
    )
    session.flush()
