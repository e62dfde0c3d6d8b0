"""What is done about the money of bookings: when it is paid, billing it, paying it, and giving up on it."""

from sqlalchemy import func, select

from app.domain.billing.running import run_billing
from app.domain.billing.settings import BillingChoice, choose_billing
from app.domain.billing.unpaid import bill_and_cancel
from app.domain.house_day import house_day
from app.domain.invoicing.settling import open_minor, receive
from app.domain.invoicing.terms import ReceiveMoney
from app.models import DocumentKind, Invoice, PaymentWay, PayWhen
from tests.support.busy.house import PAY_WITHIN
from tests.support.busy.steps import House, NothingToDo, Step, Verb
from tests.support.tariffs import WORDS


def _choose_when(house: House, step: Step) -> None:
    """What is booked stays as it was agreed; those without a plan pay at once mostly."""
    members = tuple(PayWhen)[step.more % 3]
    contacts = PayWhen.NOW if step.which < 4 else PayWhen.INVOICE
    choice = BillingChoice(members_pay=members, contacts_pay=contacts, pay_within_minutes=PAY_WITHIN)
    choose_billing(house.session, house.tenant.actor("owner"), choice, house.clock)


def _bill(house: House, _step: Step) -> None:
    """What the worker does each minute, which cancels as well what was not paid."""
    before = _documents(house)
    cancelled = bill_and_cancel(house.session, WORDS, house.clock)
    if _documents(house) == before and not cancelled:
        raise NothingToDo


def _cancel_unpaid(house: House, _step: Step) -> None:
    if not bill_and_cancel(house.session, WORDS, house.clock):
        raise NothingToDo


def _run(house: House, _step: Step) -> None:
    """What the worker does each day."""
    before = _documents(house)
    run_billing(house.session, house_day(house.session, house.clock()), WORDS, house.clock)
    if _documents(house) == before:
        raise NothingToDo


def _pay(house: House, step: Step) -> None:
    """One invoice of which something is open; once in a while a part of that."""
    issued = Invoice.kind == DocumentKind.INVOICE, Invoice.issued_at.is_not(None)
    found = house.session.scalars(select(Invoice).where(*issued).order_by(Invoice.id.desc())).all()
    left = [(each, open_minor(house.session, each)) for each in found]
    owed = [each for each in left if each[1] > 0]
    if not owed:
        raise NothingToDo
    invoice, minor = owed[step.which % len(owed)]
    today = house_day(house.session, house.clock())
    amount = max(minor // 3, 1) if step.more == 5 else minor
    money = ReceiveMoney(invoice.id, PaymentWay.DESK, amount, today)
    receive(house.session, house.manager, money, today, house.clock())


def _documents(house: House) -> int:
    return house.session.scalar(select(func.count(Invoice.id))) or 0


VERBS: dict[str, Verb] = {
    "choose when to pay": _choose_when,
    "bill": _bill,
    "cancel unpaid": _cancel_unpaid,
    "run the bills": _run,
    "pay": _pay,
}
