"""Extras: what can be ordered with a booking, at which price, how many of it, and until when."""

from typing import Any

from flask import Blueprint, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from app.blueprints.admin.answers import done, page
from app.blueprints.admin.extra_forms import EXTRA_FORM_WORDS, ExtraForm
from app.domain.actor import Permission
from app.domain.extras.keeping import (
    create_extra,
    edit_extra,
    extra_details,
    offers_kept,
    resource_pairs,
    retire_extra,
)
from app.domain.invoicing.rates import rates
from app.domain.lookup import one
from app.domain.spaces.choices import type_pairs
from app.models import BookingExtraOffer
from app.web import auth
from app.web.access import staff
from app.web.attempts import attempt
from app.web.auth import signed_in, today
from app.web.database import session
from app.web.extras import price_words

blueprint = Blueprint("extras", __name__, url_prefix="/extras")


@blueprint.get("")
@staff(Permission.SPACES, whole_house=True)
def index() -> Response:
    return page("admin/extras/index.html", rows=[_row(each) for each in offers_kept(session())])


@blueprint.get("/new")
@staff(Permission.SPACES, whole_house=True)
def new() -> Response:
    return _new(_form(None, formdata=None))


@blueprint.post("")
@staff(Permission.SPACES, whole_house=True)
def create() -> Response:
    form, made = _form(None), list[BookingExtraOffer]()
    if not attempt(
        form,
        lambda: made.append(create_extra(session(), signed_in(), form.details(), auth.now())),
        EXTRA_FORM_WORDS,
    ):
        return _new(form, wrong=True)
    return done(_url(made[0].id), _("%(name)s is added.", name=made[0].name))


@blueprint.get("/<int:extra_id>")
@staff(Permission.SPACES, whole_house=True)
def show(extra_id: int) -> Response:
    row = one(session(), BookingExtraOffer, extra_id)
    return _show(row, _form(row, formdata=None))


@blueprint.post("/<int:extra_id>")
@staff(Permission.SPACES, whole_house=True)
def update(extra_id: int) -> Response:
    form = _form(one(session(), BookingExtraOffer, extra_id))
    if not attempt(
        form,
        lambda: edit_extra(session(), signed_in(), extra_id, form.details(), auth.now()),
        EXTRA_FORM_WORDS,
    ):
        return _show(one(session(), BookingExtraOffer, extra_id), form, wrong=True)
    return done(_url(extra_id), _("Saved."))


@blueprint.post("/<int:extra_id>/retirement")
@staff(Permission.SPACES, whole_house=True)
def create_retirement(extra_id: int) -> Response:
    retire_extra(session(), signed_in(), extra_id, auth.now(), retired=True)
    session().commit()
    return done(_url(extra_id), _("It is offered no more. Who ordered it has it."))


@blueprint.post("/<int:extra_id>/return")
@staff(Permission.SPACES, whole_house=True)
def destroy_retirement(extra_id: int) -> Response:
    retire_extra(session(), signed_in(), extra_id, auth.now(), retired=False)
    session().commit()
    return done(_url(extra_id), _("It is on offer again."))


def _form(row: BookingExtraOffer | None, **kwargs: Any) -> ExtraForm:
    known = extra_details(session(), row) if row else None
    return ExtraForm(
        rates(session()), type_pairs(session()), resource_pairs(session()), today(), known, **kwargs
    )


def _new(form: ExtraForm, *, wrong: bool = False) -> Response:
    return page("admin/extras/new.html", wrong=wrong, form=form)


def _show(row: BookingExtraOffer, form: ExtraForm, *, wrong: bool = False) -> Response:
    return page("admin/extras/show.html", wrong=wrong, row=row, form=form)


def _row(each: BookingExtraOffer) -> dict[str, Any]:
    facts = [price_words(each.price_minor, each.pricing, auth.portal().currency)]
    if each.price_minor and each.tax_rate_id is None:
        facts.append(_("not billed"))
    if each.stock is not None:
        facts.append(ngettext("%(num)s at a time", "%(num)s at a time", each.stock))
    if each.lead_hours:
        facts.append(ngettext("until %(num)s hour before", "until %(num)s hours before", each.lead_hours))
    return {
        "href": _url(each.id),
        "name": each.name,
        "detail": " · ".join(facts),
        "retired": each.retired_at is not None,
    }


def _url(extra_id: int) -> str:
    return url_for("admin.extras.show", extra_id=extra_id)
