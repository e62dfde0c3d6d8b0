"""Kinds of pass: when and where each lets somebody in, and which is used first; and what coming costs without one."""

from typing import Any

from flask import Blueprint, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.blueprints.admin.answers import done, page
from app.blueprints.admin.days import places_in_reach
from app.blueprints.admin.pass_forms import KINDS, PASS_WORDS, PassForm
from app.blueprints.admin.visit_price_form import VISIT_PRICE_WORDS, VisitPriceForm
from app.domain.actor import Permission
from app.domain.credits.visiting import needs_pass
from app.domain.invoicing.rates import rates
from app.domain.lookup import all_of, one
from app.domain.passes.fitting import Terms
from app.domain.passes.keeping import (
    create_pass,
    edit_pass,
    pass_details,
    pass_types_of,
    retire_pass,
    terms_by_type,
)
from app.domain.pay_as_you_go.setting import set_visit_price, visit_price
from app.models import Location, PassType
from app.web import auth
from app.web.access import staff
from app.web.attempts import attempt
from app.web.auth import signed_in
from app.web.database import session
from app.web.pass_words import terms_words
from app.web.prices import tax_note

blueprint = Blueprint("passes", __name__, url_prefix="/passes")


@blueprint.get("")
@staff(Permission.SPACES, whole_house=True)
def index() -> Response:
    return _index(None)


@blueprint.post("/pay-as-you-go")
@staff(Permission.SPACES, whole_house=True)
def update_visit_price() -> Response:
    """What is asked of who comes without a pass."""
    form = VisitPriceForm(rates(session()), auth.today(), visit_price(session()))
    if not attempt(
        form,
        lambda: set_visit_price(session(), signed_in(), form.price(), auth.today(), auth.now()),
        VISIT_PRICE_WORDS,
    ):
        return _index(form)
    return done(url_for("admin.passes.index"), _("Saved."))


@blueprint.get("/new")
@staff(Permission.SPACES, whole_house=True)
def new() -> Response:
    return _new(PassForm(_places(()).items(), formdata=None))


@blueprint.post("")
@staff(Permission.SPACES, whole_house=True)
def create() -> Response:
    form, made = PassForm(_places(()).items()), list[PassType]()
    if not attempt(
        form,
        lambda: made.append(create_pass(session(), signed_in(), form.details(), auth.now())),
        PASS_WORDS,
    ):
        return _new(form, wrong=True)
    return done(_url(made[0].id), _("%(name)s is added.", name=made[0].name))


@blueprint.get("/<int:pass_id>")
@staff(Permission.SPACES, whole_house=True)
def show(pass_id: int) -> Response:
    row = one(session(), PassType, pass_id)
    return _show(row, _form(row, formdata=None))


@blueprint.post("/<int:pass_id>")
@staff(Permission.SPACES, whole_house=True)
def update(pass_id: int) -> Response:
    row = one(session(), PassType, pass_id)
    form = _form(row)
    if not attempt(
        form,
        lambda: edit_pass(session(), signed_in(), pass_id, form.details(), auth.now()),
        PASS_WORDS,
    ):
        return _show(one(session(), PassType, pass_id), form, wrong=True)
    return done(_url(pass_id), _("Saved."))


@blueprint.post("/<int:pass_id>/retirement")
@staff(Permission.SPACES, whole_house=True)
def create_retirement(pass_id: int) -> Response:
    retire_pass(session(), signed_in(), pass_id, auth.now(), retired=True)
    session().commit()
    return done(_url(pass_id), _("It is offered no more. Who has it uses it."))


@blueprint.post("/<int:pass_id>/return")
@staff(Permission.SPACES, whole_house=True)
def destroy_retirement(pass_id: int) -> Response:
    retire_pass(session(), signed_in(), pass_id, auth.now(), retired=False)
    session().commit()
    return done(_url(pass_id), _("It is on offer again."))


def _index(form: VisitPriceForm | None) -> Response:
    """The kinds, and beside them the price without one; `form` where that was refused."""
    rows = pass_types_of(session())
    terms, names = terms_by_type(session(), rows), _places(())
    return page(
        "admin/passes/index.html",
        wrong=form is not None,
        rows=[_row(each, terms[each.id], names) for each in rows],
        form=form or VisitPriceForm(rates(session()), auth.today(), visit_price(session()), formdata=None),
        needs_pass=needs_pass(session()),
        tax=tax_note(),
    )


def _form(row: PassType, **kwargs: Any) -> PassForm:
    known = pass_details(session(), row)
    return PassForm(_places(known.place_ids).items(), known, **kwargs)


def _places(had: tuple[int, ...]) -> dict[int, str]:
    """Every location, and what is had already, retired since or not."""
    places = {place.id: place.name for place in places_in_reach()}
    gone = frozenset(had) - places.keys()
    return places | {place.id: place.name for place in (all_of(session(), Location, gone) if gone else ())}


def _new(form: PassForm, *, wrong: bool = False) -> Response:
    return page("admin/passes/new.html", wrong=wrong, form=form)


def _show(row: PassType, form: PassForm, *, wrong: bool = False) -> Response:
    return page("admin/passes/show.html", wrong=wrong, row=row, form=form, kind=KINDS[row.kind])


def _row(each: PassType, terms: Terms, names: dict[int, str]) -> dict[str, Any]:
    return {
        "href": _url(each.id),
        "name": each.name,
        "detail": " · ".join([str(KINDS[each.kind]), *terms_words(terms, names)]),
        "retired": each.retired_at is not None,
    }


def _url(pass_id: int) -> str:
    return url_for("admin.passes.show", pass_id=pass_id)
