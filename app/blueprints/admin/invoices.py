"""Invoices at the front desk: found, written, issued, paid, corrected."""

from flask import Blueprint, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.blueprints.admin.answers import done, page, refused
from app.blueprints.admin.invoice_forms import (
    INVOICING,
    LineForm,
    NoteForm,
    already_issued,
)
from app.blueprints.admin.invoice_list import asked, show_list
from app.blueprints.admin.invoice_page import invoice_url, press, show_invoice
from app.domain.actor import Permission
from app.domain.invoicing.drafting import add_line, discard_draft, remove_line, set_note, start_draft
from app.domain.invoicing.issuing import issue
from app.domain.invoicing.listing import every_invoice
from app.domain.invoicing.rates import rates
from app.domain.invoicing.terms import (
    AlreadyIssued,
    SellerUnknown,
)
from app.domain.lookup import one
from app.domain.people.listing import find_people
from app.kernel.money import plain
from app.models import DocumentKind, Invoice, Person
from app.models.base import LARGEST_ID
from app.web import auth
from app.web.access import staff
from app.web.attempts import Nothing, attempt
from app.web.auth import signed_in, today
from app.web.csv_files import csv_answer
from app.web.database import session
from app.web.forms import Form, SearchField, WholeField, id_of
from app.web.invoices import about
from app.web.paper_files import pdf_answer, xml_answer

blueprint = Blueprint("invoices", __name__)


class _Payer(Form):
    class Meta:
        csrf = False

    q = SearchField()
    person = WholeField(least=1, most=LARGEST_ID, required=False)


@blueprint.get("/invoices")
@staff(Permission.MONEY, whole_house=True)
def index() -> Response:
    return show_list()


@blueprint.get("/invoices.csv")
@staff(Permission.MONEY, whole_house=True)
def export() -> Response:
    words, which, _number = asked()
    head = (_("Number"), _("Date"), _("Due"), _("Customer"), _("For"), _("Amount"), _("Open"), _("Currency"))
    rows = (
        (
            each.number or "",
            str(each.issued_on or ""),
            str(each.due_on or ""),
            each.payer,
            about(each),
            plain(
                -each.total_minor if each.kind is DocumentKind.CREDIT_NOTE else each.total_minor,
                each.currency,
            ),
            plain(each.open_minor, each.currency),
            each.currency,
        )
        for each in every_invoice(session(), today(), words, which)
    )
    return csv_answer("invoices.csv", head, rows)


@blueprint.get("/invoices/new")
@staff(Permission.MONEY, whole_house=True)
def new() -> Response:
    """Whom it is for: searched, or given."""
    form = _Payer(request.args)
    form.validate()
    words = form.q.data or ""
    people = find_people(session(), signed_in(), today(), words) if words else ()
    chosen = one(session(), Person, form.person.data) if form.person.data and not form.person.errors else None
    return page("admin/invoices/new.html", q=words, people=people, chosen=chosen, form=Nothing(formdata=None))


@blueprint.post("/invoices")
@staff(Permission.MONEY, whole_house=True)
def create() -> Response:
    payer_id = id_of(request.form.get("person", "")) or 0
    try:
        made = start_draft(session(), signed_in(), payer_id, None, auth.now())
    except SellerUnknown:
        return refused(
            url_for("admin.invoices.index"), _("Fill in first who bills, under Settings, Invoices.")
        )
    session().commit()
    return done(invoice_url(made.id), _("It is a draft. Add what it is for."))


@blueprint.get("/invoices/<int:invoice_id>")
@staff(Permission.MONEY, whole_house=True)
def show(invoice_id: int) -> Response:
    return show_invoice(invoice_id)


@blueprint.get("/invoices/<int:invoice_id>.pdf")
@staff(Permission.MONEY, whole_house=True)
def show_pdf(invoice_id: int) -> Response:
    return pdf_answer(one(session(), Invoice, invoice_id))


@blueprint.get("/invoices/<int:invoice_id>.xml")
@staff(Permission.MONEY, whole_house=True)
def show_xml(invoice_id: int) -> Response:
    """The e-invoice by itself."""
    return xml_answer(one(session(), Invoice, invoice_id))


@blueprint.post("/invoices/<int:invoice_id>/lines")
@staff(Permission.MONEY, whole_house=True)
def create_line(invoice_id: int) -> Response:
    form = LineForm(rates(session()), today())
    if not attempt(form, lambda: add_line(session(), invoice_id, form.to_command()), INVOICING):
        return show_invoice(invoice_id, line=form)
    return done(invoice_url(invoice_id), _("Added."))


@blueprint.post("/invoices/<int:invoice_id>/lines/<int:line_id>/removal")
@staff(Permission.MONEY, whole_house=True)
def destroy_line(invoice_id: int, line_id: int) -> Response:
    return press(invoice_id, lambda: remove_line(session(), invoice_id, line_id), _("Removed."))


@blueprint.post("/invoices/<int:invoice_id>/note")
@staff(Permission.MONEY, whole_house=True)
def update_note(invoice_id: int) -> Response:
    form = NoteForm()
    if not attempt(form, lambda: set_note(session(), invoice_id, form.note.data), INVOICING):
        return show_invoice(invoice_id, note=form)
    return done(invoice_url(invoice_id), _("Saved."))


@blueprint.post("/invoices/<int:invoice_id>/removal")
@staff(Permission.MONEY, whole_house=True)
def destroy(invoice_id: int) -> Response:
    try:
        discard_draft(session(), signed_in(), invoice_id, auth.now())
    except AlreadyIssued as refusal:
        return refused(invoice_url(invoice_id), already_issued(refusal))
    session().commit()
    return done(url_for("admin.invoices.index"), _("The draft is thrown away."))


@blueprint.post("/invoices/<int:invoice_id>/issue")
@staff(Permission.MONEY, whole_house=True)
def create_issue(invoice_id: int) -> Response:
    return press(
        invoice_id, lambda: issue(session(), signed_in(), invoice_id, auth.now()), _("It is issued.")
    )
