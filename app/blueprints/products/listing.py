"""Every product that somebody may buy, and putting one into the basket."""

from flask import flash, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.blueprints.products.forms import QuantityForm
from app.blueprints.products.room import blueprint
from app.blueprints.products.words import BASKET_WORDS, card
from app.domain.products.basket import count_in_basket, put_in
from app.domain.products.showing import offers
from app.web import auth
from app.web.access import in_section, paid_up
from app.web.attempts import attempt
from app.web.auth import today
from app.web.database import session
from app.web.htmx import go_to
from app.web.prices import tax_note


@blueprint.get("/products")
@in_section("products")
def index() -> str:
    return _page({})


@blueprint.post("/products/<int:product_id>/basket")
@paid_up
@in_section("products")
def create_line(product_id: int) -> Response | tuple[str, int]:
    """Put so many into the basket. What cannot be had says why at its field, or above where it is on sale no more."""
    form = QuantityForm(product_id, asked=True)
    if attempt(
        form,
        lambda: put_in(session(), auth.signed_in(), product_id, form.quantity.data, today()),
        BASKET_WORDS,
    ):
        flash(_("It is in your basket."))
        return go_to(url_for("products.show_basket"))
    if all(each.product.id != product_id for each in offers(session(), auth.signed_in(), today())):
        flash(" ".join(form.quantity.errors))
        return go_to(url_for("products.index"))
    return _page({product_id: form}), 422


def _page(asked: dict[int, QuantityForm]) -> str:
    found = offers(session(), auth.signed_in(), today())
    forms = {each.product.id: QuantityForm(each.product.id) for each in found} | asked
    return render_template(
        "products/index.html",
        products=[card(each, forms[each.product.id]) for each in found],
        wrong=next(iter(asked.values()), None),
        basket=count_in_basket(session(), auth.signed_in().person_id),
        tax=tax_note() if found else "",
    )
