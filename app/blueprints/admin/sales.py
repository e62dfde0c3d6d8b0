"""Selling something to somebody at the desk: at once, or on their next invoice; and stopping what they have by the month."""

from typing import Any

from flask import Blueprint, current_app, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.blueprints.admin.answers import done, page
from app.blueprints.admin.people import person_url
from app.blueprints.admin.product_forms import SALE_WORDS, SaleForm
from app.domain.actor import Permission
from app.domain.billing.at_once import bill_at_once
from app.domain.products.buying import sell
from app.domain.products.keeping import products_of
from app.domain.products.showing import Had, had_by
from app.domain.products.subscribing import stop
from app.domain.products.terms import Sell, StopsAlready
from app.domain.reach import person_in_reach
from app.kernel.errors import NotFound
from app.kernel.request_keys import fresh_request_key
from app.models import ProductBilling
from app.web import auth, wording
from app.web.access import staff
from app.web.attempts import attempt, press, say
from app.web.auth import signed_in, today
from app.web.charge_words import ChargeSentences
from app.web.database import session

blueprint = Blueprint("sales", __name__, url_prefix="/people/<int:person_id>/sales")


@blueprint.get("/new")
@staff(Permission.PEOPLE)
def new(person_id: int) -> Response:
    return _page(person_id)


@blueprint.post("")
@staff(Permission.PEOPLE)
def create(person_id: int) -> Response:
    person_in_reach(session(), signed_in(), person_id)
    form = SaleForm(products_of(session()))

    def go_on() -> None:
        wish = Sell(
            person_id,
            form.product_id.data,
            form.quantity.data,
            ProductBilling(form.billing.data),
            form.request_key.data or "",
        )
        sell(session(), signed_in(), wish, today(), auth.now())

    if not attempt(form, go_on, SALE_WORDS):
        return _page(person_id, form)
    if ProductBilling(form.billing.data) is ProductBilling.NEXT:
        return done(person_url(person_id), _("Sold. It comes with their next invoice."))
    if bill_at_once(session(), person_id, today(), ChargeSentences(current_app), auth.now()) is not None:
        return done(person_url(person_id), _("Sold, and they have the invoice."))
    return done(person_url(person_id), _("Sold. The next run makes the invoice."))


@blueprint.post("/<int:subscription_id>/stop")
@staff(Permission.PEOPLE, on_behalf=True)
def create_stop(person_id: int, subscription_id: int) -> Response:
    """Have it end with what is paid for."""
    if all(each.subscription.id != subscription_id for each in _had_by(person_id)):
        raise NotFound
    return press(
        url_for("admin.sales.new", person_id=person_id),
        lambda: stop(session(), signed_in(), subscription_id, today(), auth.now()),
        {StopsAlready: say("", lambda: _("It ends already."))},
        _("It ends with what is paid for."),
    )


def _had_by(person_id: int) -> list[Had]:
    return had_by(session(), person_in_reach(session(), signed_in(), person_id).id, today())


def _page(person_id: int, form: SaleForm | None = None) -> Response:
    person = person_in_reach(session(), signed_in(), person_id)
    if person.anonymised_at is not None:
        raise NotFound
    shown = form or SaleForm(products_of(session()), formdata=None)
    shown.request_key.data = shown.request_key.data or fresh_request_key()
    return page(
        "admin/products/sale.html",
        wrong=form is not None,
        person=person,
        form=shown,
        had=[_row(each) for each in had_by(session(), person_id, today())],
    )


def _row(had: Had) -> dict[str, Any]:
    subscription, ends_on = had.subscription, had.ends_on
    price = wording.tenant_money(subscription.price_minor * subscription.quantity)
    return {
        "id": subscription.id,
        "name": had.name if subscription.quantity == 1 else f"{subscription.quantity} × {had.name}",
        "price": _("%(price)s a month", price=price),
        "until": "" if ends_on is None else _("Until %(day)s", day=wording.day_inside(ends_on, today())),
        "can_stop": subscription.ends_on is None,
    }
