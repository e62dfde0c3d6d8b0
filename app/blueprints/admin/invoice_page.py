"""The page of one invoice at the front desk, as every press of a button on it shows it again."""

from collections.abc import Callable
from typing import Any

from flask import request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.blueprints.admin.answers import done, page
from app.blueprints.admin.invoice_forms import (
    INVOICING,
    CreditNoteForm,
    LineForm,
    NoteForm,
    PaymentForm,
)
from app.domain.cards.refunding import refundable
from app.domain.invoicing.crediting import left_to_credit
from app.domain.invoicing.issuing import lines_of, preview
from app.domain.invoicing.rates import RateRow, rates
from app.domain.invoicing.showing import Issued, issued
from app.domain.invoicing.terms import NoRateYet
from app.domain.lookup import one
from app.kernel.money import Money
from app.models import DocumentKind, Invoice, PaymentWay, Person
from app.web import wording
from app.web.attempts import Nothing, attempt
from app.web.auth import today
from app.web.cards import link_address, till
from app.web.database import session
from app.web.disputes import dispute_notes
from app.web.invoices import corrections_of, percent, quantity, refund_rows, sheet_of
from app.web.paper_files import lacking_words


def show_invoice(
    invoice_id: int,
    *,
    line: LineForm | None = None,
    note: NoteForm | None = None,
    payment: PaymentForm | None = None,
    crediting: CreditNoteForm | None = None,
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
    left = left_to_credit(session(), invoice) if invoice.kind is DocumentKind.INVOICE else []
    return page(
        "admin/invoices/issued.html",
        wrong=wrong,
        sheet=sheet_of(found, today()),
        lack=lacking_words(found.document),
        payment=payment or _payment_form(found.open_minor),
        crediting=crediting or CreditNoteForm(formdata=None),
        left=[
            (line.id, line.description, wording.money(Money(minor, invoice.currency)))
            for line, minor in left
            if minor
        ],
        typed=request.form,
        refundable=_say_refundable(found),
        refunds=refund_rows(session(), invoice),
        corrections=corrections_of(session(), found, today()),
        disputes=dispute_notes(session(), invoice_id, today()) if found.disputed else [],
        **_link(found),
        **common,
    )


def _link(found: Issued) -> dict[str, Any]:
    """The link by which a guest pays, where cards are taken and something is open."""
    offered = found.open_minor > 0 and till() is not None
    return {"offers_link": offered, "link": link_address(found.invoice.id) if offered else ""}


def _say_refundable(found: Issued) -> str:
    """What may go back to cards; empty where nothing came by one."""
    if not any(each.way is PaymentWay.CARD for each in found.receipts):
        return ""
    minor = refundable(session(), found.invoice.id)
    return wording.money(Money(minor, found.invoice.currency)) if minor else ""


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


def press(invoice_id: int, act: Callable[[], object], sentence: str) -> Response:
    form = Nothing()
    if not attempt(form, act, INVOICING):
        return show_invoice(invoice_id, pressed=form)
    return done(invoice_url(invoice_id), sentence)


def invoice_url(invoice_id: int) -> str:
    return url_for("admin.invoices.show", invoice_id=invoice_id)
