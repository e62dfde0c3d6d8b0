"""A person's own invoices: due first, then earlier ones; each with its lines and what was paid."""

from flask import Blueprint, make_response, render_template
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.domain.invoicing.listing import Standing, invoices_of
from app.domain.invoicing.seller import seller_if_known
from app.domain.invoicing.showing import issued_to
from app.kernel.money import Money, plain
from app.web import auth, wording
from app.web.access import in_section
from app.web.arrears import rungs
from app.web.cards import link_address, till
from app.web.csv_files import csv_answer
from app.web.database import session
from app.web.disputes import due_again_notes
from app.web.invoices import about, corrections_of, due_words, refund_rows, row_of, sheet_of
from app.web.paper_files import pdf_answer, xml_answer

blueprint = Blueprint("invoices", __name__)
_DUE = {Standing.OPEN, Standing.PART_PAID, Standing.OVERDUE}


@blueprint.get("/invoices")
@in_section("invoices")
def index() -> str:
    today = auth.today()
    found = invoices_of(session(), auth.signed_in().person_id)
    due = [each for each in found if each.standing(today) in _DUE]
    setting = seller_if_known(session()) if due else None
    first_due = min((each.due_on for each in due if each.due_on), default=None)
    return render_template(
        "invoices/index.html",
        due=[row_of(each, today) for each in due],
        owed=wording.money(Money(sum(each.open_minor for each in due), due[0].currency)) if due else "",
        first_due=due_words(first_due, today),
        ladder=rungs(first_due, today) if first_due else [],
        earlier=[row_of(each, today) for each in found if each not in due],
        pay=setting,
        till=till(),
    )


@blueprint.get("/invoices.csv")
@in_section("invoices")
def export() -> Response:
    """One's own documents as a spreadsheet."""
    head = (_("Number"), _("Date"), _("Due"), _("For"), _("Amount"), _("Open"), _("Currency"))
    rows = (
        (
            each.number or "",
            str(each.issued_on or ""),
            str(each.due_on or ""),
            about(each),
            plain(each.total_minor, each.currency),
            plain(each.open_minor, each.currency),
            each.currency,
        )
        for each in invoices_of(session(), auth.signed_in().person_id)
    )
    return csv_answer("invoices.csv", head, rows)


@blueprint.get("/invoices/<int:invoice_id>")
@in_section("invoices")
def show(invoice_id: int) -> Response:
    found = issued_to(session(), auth.signed_in().person_id, invoice_id, auth.today())
    payable = till() if found.open_minor else None
    sheet = sheet_of(found, auth.today())
    link = link_address(invoice_id) if payable else ""
    return make_response(
        render_template(
            "invoices/show.html",
            sheet=sheet,
            till=payable,
            link=link,
            refunds=refund_rows(session(), found.invoice),
            corrections=corrections_of(session(), found, auth.today()),
            due_again=due_again_notes(session(), invoice_id) if found.disputed and found.open_minor else [],
        )
    )


@blueprint.get("/invoices/<int:invoice_id>.pdf")
@in_section("invoices")
def show_pdf(invoice_id: int) -> Response:
    found = issued_to(session(), auth.signed_in().person_id, invoice_id, auth.today())
    return pdf_answer(found.invoice)


@blueprint.get("/invoices/<int:invoice_id>.xml")
@in_section("invoices")
def show_xml(invoice_id: int) -> Response:
    """The e-invoice by itself."""
    found = issued_to(session(), auth.signed_in().person_id, invoice_id, auth.today())
    return xml_answer(found.invoice)
