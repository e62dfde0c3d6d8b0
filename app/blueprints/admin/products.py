"""Products: put on sale, edited, counted, retired, and given a photograph."""

from typing import Any

from flask import Blueprint, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.blueprints.admin.answers import done, page
from app.blueprints.admin.days import places_in_reach
from app.blueprints.admin.product_forms import (
    PRODUCT_WORDS,
    STOCK_WORDS,
    ProductForm,
    ProductPhotoForm,
    StockForm,
)
from app.domain.actor import Permission
from app.domain.invoicing.rates import rates
from app.domain.lookup import one
from app.domain.passes.choices import pass_choices
from app.domain.products.keeping import (
    create_product,
    details_of,
    edit_product,
    products_of,
    restock,
    retire_product,
    set_product_photo,
)
from app.domain.products.stock import left_of, taken
from app.domain.spaces.choices import type_pairs
from app.domain.stored_file import digest_of
from app.models import Location, Product
from app.web import auth, wording
from app.web.access import staff
from app.web.attempts import attempt
from app.web.auth import signed_in, today
from app.web.database import session
from app.web.uploads import keep_photo

blueprint = Blueprint("products", __name__, url_prefix="/products")


@blueprint.get("")
@staff(Permission.SPACES, whole_house=True)
def index() -> Response:
    products = products_of(session())
    left = left_of(session(), products, today())
    return page("admin/products/index.html", rows=[_row(each, left[each.id]) for each in products])


@blueprint.get("/new")
@staff(Permission.SPACES, whole_house=True)
def new() -> Response:
    return _new(_form(None, formdata=None))


@blueprint.post("")
@staff(Permission.SPACES, whole_house=True)
def create() -> Response:
    form, made = _form(None), list[Product]()
    if not attempt(
        form,
        lambda: made.append(create_product(session(), signed_in(), form.details(), auth.now())),
        PRODUCT_WORDS,
    ):
        return _new(form, wrong=True)
    return done(_url(made[0].id), _("%(name)s is added.", name=made[0].name))


@blueprint.get("/<int:product_id>")
@staff(Permission.SPACES, whole_house=True)
def show(product_id: int) -> Response:
    return _show(product_id)


@blueprint.post("/<int:product_id>")
@staff(Permission.SPACES, whole_house=True)
def update(product_id: int) -> Response:
    form = _form(one(session(), Product, product_id))
    if not attempt(
        form,
        lambda: edit_product(session(), signed_in(), product_id, form.details(), auth.now()),
        PRODUCT_WORDS,
    ):
        return _show(product_id, form=form)
    return done(_url(product_id), _("Saved."))


@blueprint.post("/<int:product_id>/stock")
@staff(Permission.SPACES, whole_house=True)
def update_stock(product_id: int) -> Response:
    """Add to what there is, or take away from it."""
    one(session(), Product, product_id)
    form = StockForm()
    if not attempt(
        form,
        lambda: restock(session(), signed_in(), product_id, form.change.data, auth.now()),
        STOCK_WORDS,
    ):
        return _show(product_id, stock=form)
    return done(_url(product_id), _("Saved."))


@blueprint.post("/<int:product_id>/stock/removal")
@staff(Permission.SPACES, whole_house=True)
def destroy_stock(product_id: int) -> Response:
    """Count it no more."""
    restock(session(), signed_in(), product_id, None, auth.now())
    session().commit()
    return done(_url(product_id), _("It is not counted any more: there is any number of it."))


@blueprint.post("/<int:product_id>/photo")
@staff(Permission.SPACES, whole_house=True)
def update_photo(product_id: int) -> Response:
    product = one(session(), Product, product_id)
    form = ProductPhotoForm()

    def keep() -> None:
        photo = keep_photo(product.tenant_id, form.photo.data, auth.now())
        set_product_photo(session(), signed_in(), product_id, photo, auth.now())

    if not attempt(form, keep):
        return _show(product_id, photo=form)
    return done(_url(product_id), _("The photograph is in place."))


@blueprint.post("/<int:product_id>/photo/removal")
@staff(Permission.SPACES, whole_house=True)
def destroy_photo(product_id: int) -> Response:
    set_product_photo(session(), signed_in(), product_id, None, auth.now())
    session().commit()
    return done(_url(product_id), _("The photograph is gone."))


@blueprint.post("/<int:product_id>/retirement")
@staff(Permission.SPACES, whole_house=True)
def create_retirement(product_id: int) -> Response:
    retire_product(session(), signed_in(), product_id, auth.now(), retired=True)
    session().commit()
    return done(_url(product_id), _("Nobody buys it any more. Who has it keeps it."))


@blueprint.post("/<int:product_id>/return")
@staff(Permission.SPACES, whole_house=True)
def destroy_retirement(product_id: int) -> Response:
    retire_product(session(), signed_in(), product_id, auth.now(), retired=False)
    session().commit()
    return done(_url(product_id), _("It is on sale again."))


def _form(product: Product | None, **kwargs: Any) -> ProductForm:
    places = {place.id: place.name for place in places_in_reach()}
    own = None if product is None else product.location_id
    if own is not None and own not in places:  # retired since
        places[own] = one(session(), Location, own).name
    known = None if product is None else details_of(session(), product)
    return ProductForm(
        rates(session()),
        places.items(),
        type_pairs(session()),
        pass_choices(session()),
        today(),
        known,
        **kwargs,
    )


def _new(form: ProductForm, *, wrong: bool = False) -> Response:
    return page("admin/products/new.html", wrong=wrong, form=form)


def _show(
    product_id: int,
    *,
    form: ProductForm | None = None,
    stock: StockForm | None = None,
    photo: ProductPhotoForm | None = None,
) -> Response:
    product = one(session(), Product, product_id)
    digest = digest_of(session(), product.photo_id)
    had = taken(session(), [product.id], today()).get(product.id, 0) if product.recurring else 0
    return page(
        "admin/products/show.html",
        wrong=any((form, stock, photo)),
        product=product,
        form=form or _form(product, formdata=None),
        stock_form=stock or StockForm(formdata=None),
        photo_form=photo or ProductPhotoForm(formdata=None),
        photo=url_for("media.show_file", digest=digest) if digest else None,
        had=had,
    )


def _row(product: Product, left: int | None) -> dict[str, Any]:
    price = wording.tenant_money(product.price_minor)
    return {
        "href": _url(product.id),
        "name": product.name,
        "price": _("%(price)s a month", price=price) if product.recurring else price,
        "left": left,
        "retired": product.retired_at is not None,
        "hidden": not product.visible,
    }


def _url(product_id: int) -> str:
    return url_for("admin.products.show", product_id=product_id)
