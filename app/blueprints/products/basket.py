"""The basket: how many of what, and taking something out."""

from flask import flash, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.blueprints.products.forms import QuantityForm
from app.blueprints.products.room import blueprint
from app.blueprints.products.words import BASKET_WORDS, row
from app.domain.plans.discounts import product_discount
from app.domain.products.basket import basket_of, set_quantity, take_out
from app.domain.products.checkout import reduced
from app.web import auth, wording
from app.web.access import in_section
from app.web.attempts import attempt
from app.web.auth import today
from app.web.database import session
from app.web.htmx import go_to
from app.web.prices import tax_note


@blueprint.get("/products/basket")
@in_section("products")
def show_basket() -> str:
    return basket_page()


@blueprint.post("/products/basket/<int:product_id>")
@in_section("products")
def update_line(product_id: int) -> Response | tuple[str, int]:
    form = QuantityForm(product_id, asked=True)
    if not attempt(
        form,
        lambda: set_quantity(session(), auth.signed_in(), product_id, form.quantity.data, today()),
        BASKET_WORDS,
    ):
        return basket_page({product_id: form}), 422
    return go_to(url_for("products.show_basket"))


@blueprint.post("/products/basket/<int:product_id>/removal")
@in_section("products")
def destroy_line(product_id: int) -> Response:
    take_out(session(), auth.signed_in(), product_id)
    session().commit()
    flash(_("It is out of your basket."))
    return go_to(url_for("products.show_basket"))


def basket_page(asked: dict[int, QuantityForm] | None = None) -> str:
    """The basket as it is now, with whatever is wrong at each of its products."""
    found = basket_of(session(), auth.signed_in(), today())
    forms = {each.product.id: QuantityForm(each.product.id, each.quantity) for each in found.wanted}
    forms |= asked or {}
    discount = product_discount(session(), auth.signed_in().person_id, today()) if found.wanted else 0
    once = sum(
        reduced(each.product.price_minor, discount) * each.quantity
        for each in found.wanted
        if not each.product.recurring
    )
    monthly = sum(each.product.price_minor * each.quantity for each in found.wanted if each.product.recurring)
    return render_template(
        "products/basket.html",
        rows=[
            row(each, 0 if each.product.recurring else discount, found.snags, forms[each.product.id])
            for each in found.wanted
        ],
        wrong=next(iter((asked or {}).values()), None),
        blocked=bool(found.snags),
        once=wording.tenant_money(once) if once or not monthly else "",
        monthly=_("%(price)s a month", price=wording.tenant_money(monthly)) if monthly else "",
        tax=tax_note() if found.wanted else "",
    )
