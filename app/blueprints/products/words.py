"""The shop in the reader's words."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from app.blueprints.products.forms import QuantityForm
from app.domain.invoicing.amounts import Amounts
from app.domain.products.checkout import Line, reduced, total
from app.domain.products.showing import Bought, Had, Offer
from app.domain.products.snags import Wanted
from app.domain.products.terms import BasketFull, CannotBuy, Snag, Trouble
from app.kernel.cycles import Days
from app.models import Product, ProductBilling, PurchaseLine
from app.web import credit_words, wording
from app.web.attempts import Words
from app.web.invoices import Badge, percent

_FEW = 5


@dataclass(frozen=True, slots=True)
class Card:
    """A product on sale."""

    id: int
    name: str
    description: str
    picture: str | None
    price: str
    cycle: str
    facts: list[str]
    sold_out: bool
    form: QuantityForm


@dataclass(frozen=True, slots=True)
class Row:
    """A product in the basket."""

    id: int
    name: str
    price: str
    sum: str
    snag: str
    """Why it cannot be bought now."""
    form: QuantityForm


@dataclass(frozen=True, slots=True)
class Charged:
    """A line of the checkout."""

    what: str
    detail: str
    amount: str


@dataclass(frozen=True, slots=True)
class Sums:
    """What lines come to with their tax."""

    lines: list[Charged]
    net: str
    tax: str
    gross: str


@dataclass(frozen=True, slots=True)
class Mine:
    """Something that recurs and that one has."""

    id: int
    name: str
    badge: Badge
    days: str
    price: str
    next_bill: str
    can_stop: bool
    can_keep: bool


@dataclass(frozen=True, slots=True)
class Receipt:
    """A purchase in a list."""

    href: str
    what: str
    day: str


def card(offer: Offer, form: QuantityForm) -> Card:
    product = offer.product
    return Card(
        product.id,
        product.name,
        product.description,
        url_for("media.show_file", digest=offer.photo) if offer.photo else None,
        wording.tenant_money(product.price_minor),
        cycle_words(product),
        _facts(offer),
        offer.sold_out,
        form,
    )


def row(wanted: Wanted, discount: int, snags: Sequence[Snag], form: QuantityForm) -> Row:
    """`discount` is what comes off the price of this product, in hundredths of a percent."""
    product = wanted.product
    unit_minor = reduced(product.price_minor, discount)
    price = off_words(discount, product.price_minor) or wording.tenant_money(product.price_minor)
    snag = next((each for each in snags if each.product_id == product.id), None)
    return Row(
        product.id,
        product.name,
        f"{price} {cycle_words(product)}".strip(),
        wording.tenant_money(unit_minor * wanted.quantity),
        "" if snag is None else snag_words(snag),
        form,
    )


def sums(lines: Sequence[Line]) -> Sums | None:
    """None where there are no lines."""
    if not lines:
        return None
    found: Amounts = total(lines)
    return Sums(
        [_charged(each) for each in lines],
        wording.tenant_money(found.net_minor),
        wording.tenant_money(found.tax_minor),
        wording.tenant_money(found.gross_minor),
    )


def mine(had: Had, day: date) -> Mine:
    subscription, ends_on = had.subscription, had.ends_on
    price = wording.tenant_money(subscription.price_minor * subscription.quantity)
    return Mine(
        subscription.id,
        _times(had.name, subscription.quantity),
        Badge(_("Active"), "positive") if ends_on is None else Badge(_("Ending"), "caution"),
        _("Since %(day)s", day=wording.day_inside(subscription.starts_on, day))
        if ends_on is None
        else _("Until %(day)s", day=wording.day_inside(ends_on, day)),
        _("%(price)s a month", price=price),
        ""
        if had.next_bill is None
        else _("Billed next: %(day)s", day=wording.day_inside(had.next_bill, day)),
        can_stop=subscription.ends_on is None,
        can_keep=subscription.ends_on is not None and subscription.ends_on >= day,
    )


def receipt(bought: Bought, day: date, made_on: date) -> Receipt:
    return Receipt(
        url_for("products.show_purchase", purchase_id=bought.purchase.id),
        ", ".join(_times(each.name, each.quantity) for each in bought.lines),
        wording.day(made_on, day),
    )


def bought_line(line: PurchaseLine) -> Charged:
    return Charged(
        _times(line.name, line.quantity),
        _("%(percent)s off with your plan", percent=percent(line.discount_hundredths))
        if line.discount_hundredths
        else "",
        wording.tenant_money(line.unit_minor * line.quantity),
    )


def off_words(hundredths: int, price_minor: int) -> str:
    """What a plan takes off the price of one; nothing where it takes nothing."""
    if not hundredths or not price_minor:
        return ""
    price = wording.tenant_money(price_minor)
    return _("%(percent)s off %(price)s with your plan", percent=percent(hundredths), price=price)


def cycle_words(product: Product) -> str:
    return _("a month") if product.recurring else ""


def snag_words(snag: Snag) -> str:
    """Why something cannot be bought now, in one sentence."""
    if snag.trouble is Trouble.TOO_FEW:
        return ngettext(
            "Only %(num)s is left of %(product)s.",
            "Only %(num)s are left of %(product)s.",
            snag.left,
            product=snag.name,
        )
    return _SNAGS[snag.trouble](snag.name)


def _charged(line: Line) -> Charged:
    product = line.product
    detail = off_words(line.discount_hundredths, product.price_minor)
    if product.recurring:
        price = wording.tenant_money(product.price_minor * line.quantity)
        then = _("then %(price)s a month", price=price)
        detail = then if line.days is None else f"{_days(line.days)}, {then}"
    return Charged(
        _times(product.name, line.quantity),
        detail,
        wording.tenant_money(line.unit_minor * line.quantity),
    )


def _days(days: Days) -> str:
    return _("%(first)s to %(last)s", first=wording.short_day(days.first), last=wording.short_day(days.last))


def _times(name: str, quantity: int) -> str:
    return name if quantity == 1 else f"{quantity} × {name}"


def _facts(offer: Offer) -> list[str]:
    product, found = offer.product, _gives(offer)
    if offer.place:
        found.append(_("At %(place)s", place=offer.place))
    if offer.left is not None and 0 < offer.left <= _FEW:
        found.append(ngettext("%(num)s is left", "%(num)s are left", offer.left))
    if product.recurring:
        found.append(_("Comes with your plan, and stops when you say so"))
    if product.billing is ProductBilling.NEXT:
        found.append(_("Billed with your next invoice"))
    return found


def _gives(offer: Offer) -> list[str]:
    """What it carries, and until when that can be used."""
    product, found = offer.product, [credit_words.given(each) for each in offer.gives]
    if product.recurring:
        return [_("%(credit)s a month", credit=each) for each in found]
    if found and product.credit_days is not None:
        found.append(
            ngettext("To be used on that day", "To be used within %(num)s days", product.credit_days)
        )
    return found


_SNAGS: dict[Trouble, Callable[[str], str]] = {
    Trouble.GONE: lambda name: _("%(product)s is no longer on sale.", product=name),
    Trouble.NOT_FOR_YOU: lambda name: _("%(product)s is for others.", product=name),
    Trouble.SOLD_OUT: lambda name: _("%(product)s is sold out.", product=name),
    Trouble.NO_PLAN: lambda name: _(
        "%(product)s is billed with a plan, so it takes one that runs.", product=name
    ),
}


def _full(refusal: BasketFull) -> tuple[str, str]:
    if refusal.of_one:
        return "quantity", _("No more than %(most)s of it at a time.", most=refusal.most)
    return "quantity", _(
        "Your basket holds %(most)s products. Buy them first, or take one out.", most=refusal.most
    )


BASKET_WORDS: Words = {
    CannotBuy: lambda refusal: ("quantity", " ".join(snag_words(each) for each in refusal.snags)),
    BasketFull: _full,
}
