"""What the demo's people owe: a firm that bills, a rate of tax, a dunning ladder, invoices of the last months, one draft."""

from datetime import date, datetime, timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from app.demo.spaces import DemoSpace
from app.domain.actor import Actor
from app.domain.billing.reasons import cycle_key
from app.domain.billing.settings import BillingChoice, choose_billing
from app.domain.dunning.ladder import add_step
from app.domain.invoicing.crediting import credit
from app.domain.invoicing.drafting import put_line, start_draft
from app.domain.invoicing.issuing import issue_in_hand, lines_of
from app.domain.invoicing.rates import NewRate, create_rate
from app.domain.invoicing.seller import set_seller
from app.domain.invoicing.settling import receive
from app.domain.invoicing.terms import ISSUED, CreditLines, NewLine, ReceiveMoney, SellerDetails
from app.kernel.walltime import local_date, zone
from app.models import (
    Charge,
    Contract,
    Delivery,
    DunningAction,
    Invoice,
    InvoiceLine,
    Notice,
    PaymentWay,
    PayWhen,
    Person,
    Role,
    TaxCategory,
)
from app.tenancy import tenant_of

_MONTH = timedelta(days=30)
_WEEK = timedelta(days=7)
_SELLERS = {
    "northlight": SellerDetails(
        "Northlight Spaces Ltd",
        "12 Leith Walk",
        "EH6 5AA",
        "Edinburgh",
        "GB",
        tax_id="GB123456789",
        email="accounts@northlight.test",
        iban="GB33BUKB20201555555555",
        how_to_pay="In cash or by card at the front desk.",
        invoice_pattern="NL-{year}-{number:4}",
        credit_note_pattern="NLC-{year}-{number:4}",
    ),
    "harbour": SellerDetails(
        "Harbour Coworking SL",
        "Carrer de la Mar 4",
        "46003",
        "València",
        "ES",
        tax_id="ESB12345674",
        email="facturas@harbour.test",
        iban="ES9121000418450200051332",
        how_to_pay="En efectivo o con tarjeta en recepción.",
        invoice_pattern="H-{year}-{number:4}",
        credit_note_pattern="HR-{year}-{number:4}",
    ),
}
_CHOICES = {
    "northlight": BillingChoice(contacts_pay=PayWhen.NOW, pay_within_minutes=24 * 60),
    "harbour": BillingChoice(),
}
"""Who has no plan pays for bookings at once in the one house, with the next invoice in the other."""
_LADDER = ((3, DunningAction.REMIND), (10, DunningAction.LIMIT), (30, DunningAction.SUSPEND))
_TAX = {"northlight": ("VAT", 2000), "harbour": ("IVA", 2100)}
_WORDS = {
    "northlight": ("Studio plan", "Meeting room, 2 h", "Locker", "Cancelled in time"),
    "harbour": ("Plan Estudio", "Sala de reuniones, 2 h", "Taquilla", "Cancelada a tiempo"),
}


def bill_people(session: Session, space: DemoSpace, now: datetime) -> None:
    """Bill the member and two others, unless somebody was billed before."""
    slug = space.tenant.slug
    if session.scalars(select(Invoice.id).limit(1)).first() is not None:
        return
    owner = demo_owner(session)
    set_seller(session, owner, _SELLERS[slug], lambda: now)
    session.commit()
    name, percent = _TAX[slug]
    rate = NewRate(name, TaxCategory.STANDARD, percent, date(2020, 1, 1))
    rate_id = create_rate(session, owner, rate, lambda: now).id
    session.commit()
    choose_billing(session, owner, _CHOICES[slug], lambda: now)
    session.commit()
    for days, action in _LADDER:
        add_step(session, owner, days, action, lambda: now)
        session.commit()
    plan, room, locker, why = _WORDS[slug]
    member, *others = _people(session, slug)
    zone_name = space.tenant.zone
    for months, way in ((3, PaymentWay.TRANSFER), (2, PaymentWay.CARD), (1, PaymentWay.CARD)):
        at = now - months * _MONTH - timedelta(days=2)
        paid = _bill(session, owner, member, at, [NewLine(plan, 1000, 18600, rate_id)], of_plan=True)
        _pay(session, owner, paid, at + timedelta(days=5), zone_name, way)
    at = now - _MONTH
    hired = _bill(session, owner, member, at, [NewLine(room, 3000, 2160, rate_id)])
    _pay(session, owner, hired, at, zone_name, PaymentWay.DESK)
    cancelled = _bill(session, owner, member, now - timedelta(days=20), [NewLine(room, 2000, 2160, rate_id)])
    amounts = {lines_of(session, cancelled.id)[0].id: 4320}
    session.commit()
    credit(session, owner, CreditLines(cancelled.id, amounts, why), now - timedelta(days=19))
    session.commit()
    for other in others:
        line = NewLine(plan, 1000, 18600, rate_id)
        _bill(session, owner, other, now - timedelta(days=18), [line], of_plan=True)
    _bill(
        session,
        owner,
        member,
        now - timedelta(days=3),
        [NewLine(plan, 1000, 18600, rate_id), NewLine(locker, 1000, 1200, rate_id)],
        of_plan=True,
    )
    draft = start_draft(session, owner, member, None, now)
    put_line(session, draft, NewLine(room, 1500, 2160, rate_id))
    _leave_old_news(session, now)
    session.commit()


def _leave_old_news(session: Session, now: datetime) -> None:
    """Who looks around in the demo finds the last invoice new; of earlier ones nobody is mailed today, and they were read."""
    old = Notice.kind == ISSUED, Notice.created_at < now - _WEEK
    session.execute(
        delete(Delivery).where(Delivery.notice_id.in_(select(Notice.id).where(*old))),
        execution_options={"synchronize_session": False},
    )
    session.execute(
        update(Notice).where(*old).values(read_at=Notice.created_at),
        execution_options={"synchronize_session": False},
    )
    session.expire_all()


def demo_owner(session: Session) -> Actor:
    """Whoever runs the space, as the verbs want them."""
    person = session.scalars(select(Person).where(Person.role == Role.OWNER).limit(1)).one()
    return Actor(
        person_id=person.id,
        tenant_id=tenant_of(session),
        role=person.role,
        is_member=False,
        first_name=person.first_name,
        last_name=person.last_name,
        email=person.email,
        location_id=None,
        locale=None,
    )


def _people(session: Session, slug: str) -> list[int]:
    """The member whose password is on the sign-in page, and two others."""
    known = select(Person.id).where(Person.role == Role.NONE)
    member = session.scalars(known.where(Person.email_key == f"member@{slug}.test")).one()
    others = session.scalars(known.where(Person.id != member).order_by(Person.id).limit(2))
    return [member, *others]


def _bill(
    session: Session,
    owner: Actor,
    payer_id: int,
    at: datetime,
    lines: list[NewLine],
    *,
    of_plan: bool = False,
) -> Invoice:
    """`of_plan`: the first line is for a month of their plan, as far as they have one."""
    invoice = start_draft(session, owner, payer_id, None, at)
    for line in lines:
        put_line(session, invoice, line)
    if of_plan:
        _charge_for_plan(session, payer_id, lines_of(session, invoice.id)[0], at)
    issue_in_hand(session, owner, invoice, at)
    session.commit()
    return invoice


def _charge_for_plan(session: Session, payer_id: int, line: InvoiceLine, at: datetime) -> None:
    """Had the portal billed it, figures would count it with the plans."""
    contract = session.scalars(select(Contract).where(Contract.person_id == payer_id).limit(1)).first()
    if contract is None:
        return
    charge = Charge(
        payer_id=payer_id,
        reason_key=cycle_key(contract.id, at.date()),
        description=line.description,
        unit_minor=line.unit_minor,
        tax_rate_id=line.tax_rate_id,
        bill_on=at.date(),
        created_at=at,
    )
    session.add(charge)
    session.flush()
    line.charge_id = charge.id
    session.flush()


def _pay(
    session: Session, owner: Actor, invoice: Invoice, at: datetime, zone_name: str, way: PaymentWay
) -> None:
    day = local_date(at, zone(zone_name))
    whole = ReceiveMoney(invoice.id, way, invoice.total_minor, day)
    receive(session, owner, whole, day, at)
    session.commit()
