"""What a purchase comes to, the button, and what was bought."""

from typing import Any

from flask import current_app, flash, render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response
from wtforms import HiddenField
from wtforms.validators import ValidationError

from app.blueprints.products.basket import basket_page
from app.blueprints.products.room import blueprint
from app.blueprints.products.words import bought_line, sums
from app.domain.billing.at_once import bill_at_once
from app.domain.invoicing.terms import NoRateYet
from app.domain.products.buying import buy
from app.domain.products.checkout import Checkout, preview_checkout
from app.domain.products.showing import purchase_of
from app.domain.products.terms import (
    BasketChanged,
    BasketEmpty,
    Buy,
    CannotBuy,
)
from app.kernel.request_keys import fresh_request_key, is_request_key
from app.models import Purchase
from app.web import auth, wording
from app.web.access import in_section, is_open, paid_up
from app.web.attempts import Words, attempt, say
from app.web.auth import today
from app.web.charge_words import ChargeSentences
from app.web.database import session
from app.web.forms import Form
from app.web.htmx import go_to

_CHANGED = _l("Something has changed since you looked. Look at it again before you buy.")


class BuyForm(Form):
    """`request_key` is made with the page, so that two taps buy once; `seen` stands for what it showed."""

    request_key = HiddenField()
    seen = HiddenField()

    def validate_request_key(self, field: Any) -> None:
        if not is_request_key(field.data):
            raise ValidationError(str(_CHANGED))


@blueprint.get("/products/checkout")
@in_section("products")
def show_checkout() -> Response | str:
    """The money before the button."""
    return _checkout_page(None)


@blueprint.post("/products/checkout")
@paid_up
@in_section("products")
def create() -> Response | tuple[str, int]:
    """Buy all of it, be billed for what is due, and be led to what was bought."""
    form, made = BuyForm(), list[Purchase]()

    def go_on() -> None:
        wish = Buy(form.request_key.data or "", form.seen.data or "")
        made.append(buy(session(), auth.signed_in(), wish, today(), auth.now()))

    try:
        bought = attempt(form, go_on, _WORDS)
    except CannotBuy:
        return basket_page(), 422
    except BasketEmpty:
        flash(_("There is nothing in your basket."))
        return go_to(url_for("products.show_basket"))
    except NoRateYet:
        return _no_rate()
    if not bought:
        answer = _checkout_page(form)
        return (answer, 422) if isinstance(answer, str) else answer
    purchase_id = made[0].id
    bill_at_once(session(), auth.signed_in().person_id, today(), ChargeSentences(current_app), auth.now())
    flash(_("It is yours."))
    return go_to(url_for("products.show_purchase", purchase_id=purchase_id))


@blueprint.get("/products/purchases/<int:purchase_id>")
@in_section("products")
def show_purchase(purchase_id: int) -> str:
    """What was bought, with the way to its invoice."""
    found = purchase_of(session(), auth.signed_in(), purchase_id)
    coming = sorted({each.bill_on for each in found.lines if each.bill_on > today()})
    return render_template(
        "products/purchase.html",
        lines=[bought_line(each) for each in found.lines],
        recurring=any(each.subscription_id for each in found.lines),
        invoices=[
            url_for("invoices.show", invoice_id=each) for each in found.invoice_ids if is_open("invoices")
        ],
        waits=not found.invoice_ids and any(each.bill_on <= today() for each in found.lines),
        next_bill=wording.full_day(coming[0]) if coming else "",
    )


def _checkout_page(form: BuyForm | None) -> Response | str:
    try:
        found = preview_checkout(session(), auth.signed_in(), today())
    except NoRateYet:
        return _no_rate()
    if not found.lines or found.snags:
        return go_to(url_for("products.show_basket"))
    shown = form or BuyForm(formdata=None)
    shown.request_key.data, shown.seen.data = fresh_request_key(), found.seen
    return render_template(
        "products/checkout.html",
        form=shown,
        now=sums(found.now),
        later=sums(found.later),
        next_bill=wording.full_day(found.next_bill),
        recurring=any(each.product.recurring for each in found.lines),
        button=_button(found),
    )


def _button(found: Checkout) -> str:
    due = sums(found.now)
    return _("Buy, %(amount)s now", amount=due.gross) if due else _("Buy")


def _no_rate() -> Response:
    flash(_("The front desk has yet to fill in a tax. Ask them, and try again."))
    return go_to(url_for("products.show_basket"))


_WORDS: Words = {BasketChanged: say("", lambda: str(_CHANGED))}
