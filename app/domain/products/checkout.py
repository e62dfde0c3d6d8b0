"""What a purchase comes to before it is made: what is due now and what with the next invoice, each with its tax."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from app.domain.actor import Actor
from app.domain.billing.next_bill import next_bill_day
from app.domain.billing.subscription_charges import deal_of
from app.domain.invoicing.amounts import ONE, Amounts, added
from app.domain.invoicing.rates import RateRow, rates
from app.domain.invoicing.seller import payer_details, seller_if_known
from app.domain.invoicing.terms import PayerDetails
from app.domain.invoicing.treating import priced
from app.domain.plans.calculating import parts
from app.domain.plans.contracts import Held, held
from app.domain.plans.discounts import product_discount
from app.domain.products.basket import basket_lines
from app.domain.products.snags import Wanted, any_recurs, contract_for, snags_of
from app.domain.products.stock import left_of
from app.domain.products.terms import Snag
from app.kernel.cycles import Days
from app.kernel.money import WHOLE, share
from app.models import Contract, InvoiceLine, Product, ProductBilling, ProductSubscription


@dataclass(frozen=True, slots=True)
class Line:
    """Something that would be bought, with what of it is due on its first bill."""

    product: Product
    quantity: int
    bill_on: date
    unit_minor: int
    """Of one, as the tenant enters prices: of what recurs, for `days`."""
    discount_hundredths: int
    """What a plan took off that, in hundredths of a percent."""
    days: Days | None
    amounts: Amounts


@dataclass(frozen=True, slots=True)
class Checkout:
    """A purchase to be: what is billed now comes first. `seen` stands for all of it, so that nobody buys what they were
    not shown."""

    lines: tuple[Line, ...]
    snags: tuple[Snag, ...]
    today: date
    next_bill: date
    seen: str

    @property
    def now(self) -> tuple[Line, ...]:
        return tuple(each for each in self.lines if each.bill_on <= self.today)

    @property
    def later(self) -> tuple[Line, ...]:
        return tuple(each for each in self.lines if each.bill_on > self.today)


def total(lines: Sequence[Line]) -> Amounts:
    return added(each.amounts for each in lines)


def preview_checkout(session: Session, actor: Actor, today: date) -> Checkout:
    """What buying one's basket would come to. Raises NoRateYet."""
    return work_out(session, actor, actor.person_id, basket_lines(session, actor.person_id), today)


def work_out(
    session: Session,
    buyer: Actor | None,
    person_id: int,
    wanted: Sequence[Wanted],
    today: date,
    billing: ProductBilling | None = None,
    *,
    contract: Contract | None = None,
) -> Checkout:
    """What somebody's purchase comes to; `billing` in place of the products' own. Raises NoRateYet."""
    if contract is None and any_recurs(wanted):
        contract = contract_for(session, person_id, today)
    next_bill = next_bill_day(session, person_id, today)
    known, payer = (
        rates(session, {each.product.tax_rate_id for each in wanted}),
        payer_details(session, person_id),
    )
    setting = seller_if_known(session)
    with_tax = setting is None or setting.prices_include_tax
    found = None if contract is None else held(session, contract)
    discount = product_discount(session, person_id, today)
    lines = [
        _line(
            each,
            found,
            today,
            next_bill if (billing or each.product.billing) is ProductBilling.NEXT else today,
            known,
            payer,
            with_tax=with_tax,
            discount=0 if each.product.recurring else discount,
        )
        for each in wanted
    ]
    lines.sort(key=lambda each: each.bill_on)
    left = left_of(session, [each.product for each in wanted], today)
    return Checkout(
        tuple(lines),
        snags_of(buyer, wanted, left, on_plan=found is not None),
        today,
        next_bill,
        _seen(lines),
    )


def _line(
    wanted: Wanted,
    contract: Held | None,
    today: date,
    bill_on: date,
    known: list[RateRow],
    payer: PayerDetails,
    *,
    with_tax: bool,
    discount: int,
) -> Line:
    product, quantity = wanted.product, wanted.quantity
    unit_minor, days = reduced(product.price_minor, discount), None
    if product.recurring and contract is not None:
        unit_minor, days = _first(product, quantity, contract, today)
    line = InvoiceLine(
        quantity_thousandths=quantity * ONE,
        unit_minor=unit_minor,
        tax_rate_id=product.tax_rate_id,
        from_day=None if days is None else days.first,
    )
    (found,) = priced(known, [line], payer, bill_on, prices_include_tax=with_tax)
    return Line(product, quantity, bill_on, unit_minor, discount, days, found.amounts)


def reduced(price_minor: int, discount: int) -> int:
    """A price less so many hundredths of a percent."""
    return price_minor - share(price_minor, discount, WHOLE)


def _first(product: Product, quantity: int, contract: Held, today: date) -> tuple[int, Days | None]:
    """What the first days of something that recurs cost, of one."""
    begun = ProductSubscription(price_minor=product.price_minor, starts_on=today, quantity=quantity)
    part = next(parts(deal_of(begun, contract), today), None)
    return (0, None) if part is None else (part.unit_minor, part.days)


def _seen(lines: Sequence[Line]) -> str:
    facts = [
        (
            each.product.id,
            each.quantity,
            each.unit_minor,
            each.product.price_minor,
            str(each.bill_on),
            each.amounts.gross_minor,
        )
        for each in lines
    ]
    return hashlib.sha256(json.dumps(facts).encode()).hexdigest()[:32]
