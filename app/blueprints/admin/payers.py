"""How one person is billed: their tax, their days to pay, and what they were billed for."""

from flask import Blueprint, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.blueprints.admin.answers import done, page
from app.blueprints.admin.invoice_forms import PayerForm
from app.domain.actor import Permission
from app.domain.invoicing.listing import documents_of, owed_by
from app.domain.invoicing.seller import payer_details, seller_if_known, set_payer
from app.domain.lookup import one
from app.models import Person
from app.web import wording
from app.web.access import staff
from app.web.attempts import attempt
from app.web.auth import clock, signed_in, today
from app.web.database import session
from app.web.invoices import row_of

blueprint = Blueprint("payers", __name__)


@blueprint.get("/invoices/payers/<int:person_id>")
@staff(Permission.MONEY, whole_house=True)
def show(person_id: int) -> Response:
    return _show(person_id)


@blueprint.post("/invoices/payers/<int:person_id>")
@staff(Permission.MONEY, whole_house=True)
def update(person_id: int) -> Response:
    form = PayerForm()
    if not attempt(form, lambda: set_payer(session(), signed_in(), person_id, form.details(), clock()), {}):
        return _show(person_id, form)
    return done(url_for("admin.payers.show", person_id=person_id), _("Saved."))


def _show(person_id: int, form: PayerForm | None = None) -> Response:
    person, setting = one(session(), Person, person_id), seller_if_known(session())
    _count, owed, _first = owed_by(session(), person_id)
    return page(
        "admin/invoices/payer.html",
        wrong=form is not None,
        person=person,
        form=form or PayerForm(obj=payer_details(session(), person_id), formdata=None),
        usual_days=None if setting is None else setting.due_days,
        owed=wording.tenant_money(owed) if owed else "",
        rows=[row_of(each, today()) for each in documents_of(session(), person_id)],
    )
