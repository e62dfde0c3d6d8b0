"""Telling who has not paid that a step of the ladder is reached: once for each invoice and step, by day."""

from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Select, exists, select
from sqlalchemy.orm import Session

from app.domain.dunning.ladder import Step, ladder
from app.domain.house_day import house_zone
from app.domain.invoicing.settling import open_column
from app.domain.notices import tell
from app.domain.or_nothing import insert_or_nothing
from app.models import DunningReminder, Invoice, Person

KIND = "invoice.overdue"
WAKING = range(8, 20)
"""The hours of the tenant's day in which somebody is reminded."""
MOST_AT_ONCE = 200


def remind(session: Session, now: datetime) -> int:
    """Tell everybody whose invoice has reached a step that they were not told of; how many. Runs within a transaction.

    Where several steps were reached since it ran last, only the last of them is told.
    """
    steps = ladder(session)
    if not steps:
        return 0
    local = now.astimezone(house_zone(session))
    if local.hour not in WAKING:
        return 0
    following: list[Step | None] = [*steps[1:], None]
    told = 0
    for step, after in zip(steps, following, strict=True):
        for invoice in session.scalars(_reached(step, after, local.date())).all():
            told += _remind_of(session, invoice, step, now)
    return told


def _reached(step: Step, after: Step | None, today: date) -> Select[Invoice]:
    """The open invoices that have come to this step and not to the next, and of which nobody was told.

    Asked of those alone who owe something since then, for what is open of an invoice is counted from all its payments.
    """
    latest = today - timedelta(days=step.days)
    reminded = exists().where(
        DunningReminder.tenant_id == Invoice.tenant_id,
        DunningReminder.invoice_id == Invoice.id,
        DunningReminder.days == step.days,
    )
    query = select(Invoice).where(
        Invoice.payer_id.in_(select(Person.id).where(Person.first_due_on <= latest)),
        Invoice.due_on <= latest,
        open_column() > 0,
        ~reminded,
    )
    if after is not None:
        query = query.where(Invoice.due_on > today - timedelta(days=after.days))
    return query.order_by(Invoice.id).limit(MOST_AT_ONCE)


def _remind_of(session: Session, invoice: Invoice, step: Step, now: datetime) -> bool:
    # Another worker may have been quicker.
    if insert_or_nothing(session, DunningReminder, invoice_id=invoice.id, days=step.days, at=now) is None:
        return False
    tell(session, now, invoice.payer_id, KIND, _facts(invoice, step))
    return True


def _facts(invoice: Invoice, step: Step) -> dict[str, Any]:
    return {
        "invoice_id": invoice.id,
        "number": invoice.number,
        "due_on": None if invoice.due_on is None else invoice.due_on.isoformat(),
        "action": str(step.action),
    }
