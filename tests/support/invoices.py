"""Invoices as the tests of pages and walls need them."""

from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.invoicing.drafting import put_line, start_draft
from app.domain.invoicing.issuing import issue, lines_of
from app.domain.invoicing.rates import NewRate, create_rate
from app.domain.invoicing.seller import seller_if_known, set_seller
from app.domain.invoicing.settling import receive
from app.domain.invoicing.terms import NewLine, ReceiveMoney, SellerDetails
from app.models import DunningAction, DunningStep, PaymentWay, TaxCategory, TaxRate
from tests.support.world import TenantWorld

SELLER = SellerDetails(
    "Northlight Spaces Ltd", "12 Leith Walk", "EH6 5AA", "Edinburgh", "GB", tax_id="GB123456789"
)

SELLER_FORM = {
    "seller_name": "Northlight Spaces Ltd",
    "street": "12 Leith Walk",
    "postal_code": "EH6 5AA",
    "city": "Edinburgh",
    "country": "GB",
    "iban": "GB33 BUKB 2020 1555 5555 55",
    "prices_include_tax": "y",
    "due_days": "14",
    "invoice_pattern": "NL-{year}-{number:4}",
    "credit_note_pattern": "CN-{year}-{number:4}",
}
"""The same as the settings' page sends it."""


def bill(session: Session, tenant: TenantWorld, who: str, now: datetime) -> dict[str, int]:
    """Issue an invoice to somebody of the cast, of which a part is paid, and begin a draft; commits. Ids by what an
    address calls them; `draft` is that of the draft, and
    `step_id` that of a step of the dunning ladder which nobody has come to.
    """
    owner = tenant.actor("owner")
    if seller_if_known(session) is None:
        set_seller(session, owner, SELLER, lambda: now)
        session.commit()
    known = session.scalars(select(TaxRate.id).where(TaxRate.name == "VAT")).one_or_none()
    rate = NewRate("VAT", TaxCategory.STANDARD, 2000, date(2020, 1, 1))
    rate_id = known or create_rate(session, owner, rate, lambda: now).id
    session.commit()
    made = []
    for _each in range(2):
        invoice = start_draft(session, owner, tenant.people[who], None, now)  # begins to write
        put_line(session, invoice, NewLine("Studio plan", 1000, 18600, rate_id))
        session.commit()
        made.append(invoice)
    first, draft = made
    issue(session, owner, first.id, now)
    session.commit()
    paid = ReceiveMoney(first.id, PaymentWay.DESK, 1000, now.date())
    payment = receive(session, owner, paid, now.date(), now)
    session.commit()
    step = session.scalars(select(DunningStep)).first() or DunningStep(days=60, action=DunningAction.REMIND)
    session.add(step)
    session.commit()
    return {
        "step_id": step.id,
        "invoice_id": first.id,
        "line_id": lines_of(session, first.id)[0].id,
        "payment_id": payment.id,
        "rate_id": rate_id,
        "draft": draft.id,
    }
