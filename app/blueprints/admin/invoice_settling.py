"""What settles an invoice at the front desk: payments and credit notes."""

from flask import Blueprint, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response
from wtforms.validators import ValidationError

from app.blueprints.admin.answers import done, refused
from app.blueprints.admin.invoice_forms import INVOICING, CreditNoteForm, PaymentForm
from app.blueprints.admin.invoice_page import invoice_url, show_invoice
from app.domain.actor import Permission
from app.domain.cards.guests import make_link, withdraw_link
from app.domain.cards.refunding import credit_and_refund, refunds_of, send_back
from app.domain.cards.terms import CardsAway, NoCards, ProviderRefuses
from app.domain.invoicing.crediting import credit
from app.domain.invoicing.issuing import lines_of
from app.domain.invoicing.settling import receive, void_payment
from app.domain.invoicing.terms import CreditLines, PeriodClosed, ReceiveMoney
from app.domain.lookup import one
from app.domain.presses import only_once
from app.models import Invoice, PaymentWay, RefundState
from app.web import auth, wording
from app.web.access import staff
from app.web.attempts import attempt
from app.web.auth import signed_in, today
from app.web.cards import CARD_WORDS
from app.web.database import session
from app.web.forms import only_text, parse_money
from app.web.htmx import go_to
from app.web.ports import cards

blueprint = Blueprint("invoice_settling", __name__)


@blueprint.post("/invoices/<int:invoice_id>/payments")
@staff(Permission.MONEY, whole_house=True)
def create_payment(invoice_id: int) -> Response:
    form = PaymentForm()

    def take() -> None:
        command = ReceiveMoney(
            invoice_id, PaymentWay(form.way.data), form.amount.data, form.received_on.data, form.note.data
        )
        receive(session(), signed_in(), command, today(), auth.now())
        only_once(session(), form.request_key.key, auth.now())

    if not attempt(form, take, INVOICING):
        return show_invoice(invoice_id, payment=form)
    return done(invoice_url(invoice_id), _("Taken down."))


@blueprint.post("/invoices/<int:invoice_id>/payments/<int:payment_id>/removal")
@staff(Permission.MONEY, whole_house=True)
def destroy_payment(invoice_id: int, payment_id: int) -> Response:
    try:
        void_payment(session(), signed_in(), payment_id, auth.now())
    except PeriodClosed as refusal:
        day = wording.full_day(refusal.until)
        return refused(invoice_url(invoice_id), _("The books are closed until %(day)s.", day=day))
    session().commit()
    return done(invoice_url(invoice_id), _("It is open again."))


@blueprint.post("/invoices/<int:invoice_id>/link")
@staff(Permission.MONEY, whole_house=True)
def create_link(invoice_id: int) -> Response:
    """The address by which somebody without an account pays it."""
    make_link(session(), signed_in(), one(session(), Invoice, invoice_id), auth.now())
    session().commit()
    return go_to(f"{invoice_url(invoice_id)}#link")


@blueprint.post("/invoices/<int:invoice_id>/link/removal")
@staff(Permission.MONEY, whole_house=True)
def destroy_link(invoice_id: int) -> Response:
    withdraw_link(session(), signed_in(), one(session(), Invoice, invoice_id), auth.now())
    session().commit()
    return done(invoice_url(invoice_id), _("Nobody pays by that link any more."))


@blueprint.post("/invoices/<int:invoice_id>/credit-notes")
@staff(Permission.MONEY, whole_house=True)
def create_credit_note(invoice_id: int) -> Response:
    form, amounts = CreditNoteForm(), {}
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
        return show_invoice(invoice_id, crediting=form)

    def take_off() -> None:
        command = CreditLines(invoice_id, amounts, form.reason.data)
        issue_note = credit_and_refund if form.refund.data else credit
        made.append(issue_note(session(), signed_in(), command, auth.now()))
        only_once(session(), form.request_key.key, auth.now())

    if not attempt(form, take_off, {**INVOICING, **CARD_WORDS}):
        return show_invoice(invoice_id, crediting=form)
    if form.refund.data:
        return done(invoice_url(made[0].id), _sent_back(made[0].id))
    return done(invoice_url(invoice_id), _("Credit note %(number)s is issued.", number=made[0].number))


def _sent_back(note_id: int) -> str:
    """Bring the refunds of a credit note to the provider, and say how that went; what does not go now the worker repeats."""
    states = set()
    for refund_id in [each.id for each in refunds_of(session(), note_id)]:
        try:
            states.add(send_back(session(), cards(), refund_id, auth.clock()).state)
        except (CardsAway, NoCards, ProviderRefuses):
            states.add(RefundState.ASKED)
    if RefundState.FAILED in states:
        return _(
            "The credit note is issued, but the card could not take the money back. Send it by transfer."
        )
    if states == {RefundState.DONE}:
        return _("The credit note is issued, and the money is on its way to the card.")
    return _("The credit note is issued. The refund is asked for; we tell you should it fail.")
