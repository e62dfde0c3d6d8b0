"""How a tenant's runs go about it."""

from dataclasses import asdict, dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain import audit
from app.domain.actor import Actor
from app.domain.levels import hold_level
from app.kernel.clock import Clock
from app.models import BillingSetting, InvoiceSetting, PayWhen, Tenant
from app.tenancy import begin_writing, tenant_of


@dataclass(frozen=True, slots=True)
class BillingChoice:
    """See `models.BillingSetting`."""

    issue_at_once: bool = True
    run_hour: int = 5
    members_pay: PayWhen = PayWhen.INVOICE
    contacts_pay: PayWhen = PayWhen.INVOICE
    pay_within_minutes: int = 0


def billing_choice(session: Session) -> BillingChoice:
    """What the tenant has chosen, or the usual."""
    return _choice_of(session.scalars(select(BillingSetting)).one_or_none())


def choice_and_seller(session: Session) -> tuple[BillingChoice, InvoiceSetting | None]:
    """The same with who bills, None while nobody has said: one statement for a page that shows both."""
    row = session.execute(
        select(BillingSetting, InvoiceSetting)
        .select_from(Tenant)
        .outerjoin(BillingSetting, BillingSetting.tenant_id == Tenant.id)
        .outerjoin(InvoiceSetting, InvoiceSetting.tenant_id == Tenant.id)
        .where(Tenant.id == tenant_of(session))
    ).one()
    return _choice_of(row.BillingSetting), row.InvoiceSetting


def choose_billing(session: Session, actor: Actor, choice: BillingChoice, clock: Clock) -> None:
    """Have runs begin at another hour, leave drafts for staff, or have bookings paid at another time. Audited.

    What is booked stays as it was agreed.
    """
    begin_writing(session)
    # Pages keep it at its revision: the checkout says when a booking is paid
    hold_level(session, None).touch()
    old = billing_choice(session)
    row = session.scalars(select(BillingSetting)).one_or_none() or BillingSetting()
    for name in BillingChoice.__slots__:
        setattr(row, name, getattr(choice, name))
    session.add(row)
    before, after = audit.changes(asdict(old), asdict(choice))
    audit.record_tenant(session, actor, clock(), "billing_setting.changed", before, after)
    session.flush()


def _choice_of(row: BillingSetting | None) -> BillingChoice:
    if row is None:
        return BillingChoice()
    return BillingChoice(
        row.issue_at_once, row.run_hour, row.members_pay, row.contacts_pay, row.pay_within_minutes
    )
