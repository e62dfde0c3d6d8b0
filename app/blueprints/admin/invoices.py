"""Invoices at the front desk: found, written, issued, paid, corrected."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response
from wtforms.validators import ValidationError

from app.blueprints.admin.answers import around, done, page, refused, today
from app.blueprints.admin.invoice_forms import (
    INVOICING,
    CreditForm,
    FindInvoices,
    LineForm,
    NoteForm,
    PaymentForm,
    already_issued,
)
from app.domain.actor import Permission
from app.domain.invoicing.crediting import credit, left_to_credit
from app.domain.invoicing.drafting import add_line, discard_draft, remove_line, set_note, start_draft
from app.domain.invoicing.issuing import issue, lines_of, preview
from app.domain.invoicing.listing import Which, every_invoice, list_invoices
from app.domain.invoicing.rates import RateRow, rates
from app.domain.invoicing.seller import seller_if_known
from app.domain.invoicing.settling import receive, void_payment
from app.domain.invoicing.showing import issued
from app.domain.invoicing.terms import (
    AlreadyIssued,
    CreditLines,
    NoRateYet,
    PeriodClosed,
    ReceiveMoney,
    SellerUnknown,
)
from app.domain.lookup import one
from app.domain.people.listing import find_people
from app.kernel.money import Money, plain
from app.models import DocumentKind, Invoice, PaymentWay, Person
from app.models.base import LARGEST_ID
from app.web import auth, wording
from app.web.access import staff
from app.web.attempts import Nothing, attempt
from app.web.auth import signed_in
from app.web.csv_files import csv_answer
from app.web.database import session
from app.web.forms import Form, SearchField, WholeField, only_text, parse_money
from app.web.invoices import about, percent, quantity, row_of, sheet_of

blueprint = Blueprint("invoices", __name__)
_FILTERS = {
    Which.ALL: _l("All"),
    Which.DRAFTS: _l("Drafts"),
    Which.OPEN: _l("Open"),
    Which.OVERDUE: _l("Overdue"),
    Which.PAID: _l("Paid"),
    Which.CREDIT_NOTES: _l("Credit notes"),
}


class _Payer(Form):
    class Meta:
        csrf = False

    q = SearchField()
    person = WholeField(least=1, most=LARGEST_ID, required=False)


@blueprint.get("/invoices")
@staff(Permission.MONEY, whole_house=True)
def index() -> Response:
    words, which, number = _asked()
    found = list_invoices(session(), today(), words, which, number)
    return page(
        "admin/invoices/index.html",
        rows=[row_of(each, today()) for each in found.rows],
        q=words,
        which=which,
        filters=[(str(label), _list_url(words, each), each is which) for each, label in _FILTERS.items()],
        export=url_for("admin.invoices.export", q=words or None, which=which.value),
        known=seller_if_known(session()) is not None,
        **around(found.at, lambda to: _list_url(words, which, to)),
    )


@blueprint.get("/invoices.csv")
@staff(Permission.MONEY, whole_house=True)
def export() -> Response:
    words, which, _number = _asked()
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
    typed = request.form.get("person", "")
    payer_id = int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 19 else 0
    try:
        made = start_draft(session(), signed_in(), payer_id, None, auth.now())
    except SellerUnknown:
        return refused(
            url_for("admin.invoices.index"), _("Fill in first who bills, under Settings, Invoices.")
        )
    session().commit()
    return done(_url(made.id), _("It is a draft. Add what it is for."))


@blueprint.get("/invoices/<int:invoice_id>")
@staff(Permission.MONEY, whole_house=True)
def show(invoice_id: int) -> Response:
    return _show(invoice_id)


@blueprint.post("/invoices/<int:invoice_id>/lines")
@staff(Permission.MONEY, whole_house=True)
def create_line(invoice_id: int) -> Response:
    form = LineForm(rates(session()), today())
    if not attempt(form, lambda: add_line(session(), invoice_id, form.to_command()), INVOICING):
        return _show(invoice_id, line=form)
    return done(_url(invoice_id), _("Added."))


@blueprint.post("/invoices/<int:invoice_id>/lines/<int:line_id>/removal")
@staff(Permission.MONEY, whole_house=True)
def destroy_line(invoice_id: int, line_id: int) -> Response:
    return _press(invoice_id, lambda: remove_line(session(), invoice_id, line_id), _("Removed."))


@blueprint.post("/invoices/<int:invoice_id>/note")
@staff(Permission.MONEY, whole_house=True)
def update_note(invoice_id: int) -> Response:
    form = NoteForm()
    if not attempt(form, lambda: set_note(session(), invoice_id, form.note.data), INVOICING):
        return _show(invoice_id, note=form)
    return done(_url(invoice_id), _("Saved."))


@blueprint.post("/invoices/<int:invoice_id>/removal")
@staff(Permission.MONEY, whole_house=True)
def destroy(invoice_id: int) -> Response:
    try:
        discard_draft(session(), signed_in(), invoice_id, auth.now())
    except AlreadyIssued as refusal:
        return refused(_url(invoice_id), already_issued(refusal))
    session().commit()
    return done(url_for("admin.invoices.index"), _("The draft is thrown away."))


@blueprint.post("/invoices/<int:invoice_id>/issue")
@staff(Permission.MONEY, whole_house=True)
def create_issue(invoice_id: int) -> Response:
    return _press(
        invoice_id, lambda: issue(session(), signed_in(), invoice_id, auth.now()), _("It is issued.")
    )


@blueprint.post("/invoices/<int:invoice_id>/payments")
@staff(Permission.MONEY, whole_house=True)
def create_payment(invoice_id: int) -> Response:
    form = PaymentForm()

    def take() -> None:
        command = ReceiveMoney(
            invoice_id, PaymentWay(form.way.data), form.amount.data, form.received_on.data, form.note.data
        )
        receive(session(), signed_in(), command, today(), auth.now())

    if not attempt(form, take, INVOICING):
        return _show(invoice_id, payment=form)
    return done(_url(invoice_id), _("Taken down."))


@blueprint.post("/invoices/<int:invoice_id>/payments/<int:payment_id>/removal")
@staff(Permission.MONEY, whole_house=True)
def destroy_payment(invoice_id: int, payment_id: int) -> Response:
    try:
        void_payment(session(), signed_in(), payment_id, auth.now())
    except PeriodClosed as refusal:
        day = wording.full_day(refusal.until)
        return refused(_url(invoice_id), _("The books are closed until %(day)s.", day=day))
    session().commit()
    return done(_url(invoice_id), _("It is open again."))


@blueprint.post("/invoices/<int:invoice_id>/credit-notes")
@staff(Permission.MONEY, whole_house=True)
def create_credit_note(invoice_id: int) -> Response:
    form, amounts = CreditForm(), {}
    invoice = one(session(), Invoice, invoice_id)
    wrong = ""
    for line in lines_of(session(), invoice.id):
        typed = only_text(request.form.getlist(form.amount_of(line.id))).strip()
        try:
            amounts[line.id] = parse_money(typed, invoice.currency) if typed else 0
        except ValidationError as error:
            wrong = str(error)
    made: list[Invoice] = []
    if wrong:
        form.validate()
        form.say("", wrong)
        return _show(invoice_id, crediting=form)

    def take_off() -> None:
        command = CreditLines(invoice_id, amounts, form.reason.data)
        made.append(credit(session(), signed_in(), command, auth.now()))

    if not attempt(form, take_off, INVOICING):
        return _show(invoice_id, crediting=form)
    return done(_url(invoice_id), _("Credit note %(number)s is issued.", number=made[0].number))


def _show(
    invoice_id: int,
    *,
    line: LineForm | None = None,
    note: NoteForm | None = None,
    payment: PaymentForm | None = None,
    crediting: CreditForm | None = None,
    pressed: Nothing | None = None,
) -> Response:
    """A draft with its editor, or an issued document with what was paid."""
    invoice = one(session(), Invoice, invoice_id)
    payer = one(session(), Person, invoice.payer_id)
    wrong = any((line, note, payment, crediting, pressed))
    common: dict[str, Any] = {"payer": payer, "pressed": pressed or Nothing(formdata=None)}
    if invoice.document is None:
        known = rates(session())
        return page(
            "admin/invoices/draft.html",
            wrong=wrong,
            invoice=invoice,
            lines=_draft_lines(invoice, known),
            form=line or LineForm(known, today(), formdata=None),
            beside=note or NoteForm(formdata=None, data={"note": invoice.note}),
            **common,
        )
    found = issued(session(), invoice, today())
    left = left_to_credit(session(), invoice) if invoice.kind is DocumentKind.INVOICE else {}
    descriptions = {each.id: each.description for each in lines_of(session(), invoice.id)}
    return page(
        "admin/invoices/issued.html",
        wrong=wrong,
        sheet=sheet_of(found, today()),
        payment=payment or _payment_form(found.open_minor),
        crediting=crediting or CreditForm(formdata=None),
        left=[
            (each, descriptions[each], wording.money(Money(minor, invoice.currency)))
            for each, minor in left.items()
            if minor
        ],
        typed=request.form,
        **common,
    )


def _payment_form(open_minor: int) -> PaymentForm:
    data = {"way": PaymentWay.TRANSFER.value, "amount": open_minor, "received_on": today()}
    return PaymentForm(formdata=None, data=data)


def _draft_lines(invoice: Invoice, known: list[RateRow]) -> dict[str, Any]:
    """A draft's lines with today's taxes, and what they come to; without these where a rate has none yet."""
    try:
        shown = preview(session(), invoice, today(), known)
    except NoRateYet:
        rows = lines_of(session(), invoice.id)
        return {"rows": [(each.id, each.description, "", "", "") for each in rows], "total": "", "net": ""}

    def say(minor: int) -> str:
        return wording.money(Money(minor, invoice.currency))

    return {
        "rows": [
            (
                each.line.id,
                each.line.description,
                _(
                    "%(quantity)s × %(price)s",
                    quantity=quantity(each.line.quantity_thousandths),
                    price=say(each.unit_minor),
                ),
                percent(each.tax.percent_hundredths),
                say(each.amounts.gross_minor if shown.prices_include_tax else each.amounts.net_minor),
            )
            for each in shown.lines
        ],
        "net": say(shown.net_minor),
        "tax": say(shown.tax_minor),
        "total": say(shown.total_minor),
    }


def _press(invoice_id: int, act: Callable[[], object], sentence: str) -> Response:
    form = Nothing()
    if not attempt(form, act, INVOICING):
        return _show(invoice_id, pressed=form)
    return done(_url(invoice_id), sentence)


def _asked() -> tuple[str, Which, int]:
    form = FindInvoices(request.args)
    form.validate()
    given = request.args.get("which", "")
    which = Which(given) if given in set(Which) else Which.ALL
    return form.q.data or "", which, form.page.data or 1


def _list_url(words: str, which: Which, number: int = 1) -> str:
    return url_for(
        "admin.invoices.index",
        q=words or None,
        which=None if which is Which.ALL else which.value,
        page=number if number > 1 else None,
    )


def _url(invoice_id: int) -> str:
    return url_for("admin.invoices.show", invoice_id=invoice_id)
