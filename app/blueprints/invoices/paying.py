"""Paying by card: to the provider's page and back, by the payer or by whoever was given the link."""

from collections.abc import Collection

from flask import Response as FlaskResponse
from flask import make_response, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.blueprints.invoices.routes import blueprint
from app.domain.cards.attempts import attempt_by_token
from app.domain.cards.guests import invoice_of_link, make_link, withdraw_link
from app.domain.cards.looking import look
from app.domain.cards.paying import Wish, page_to_pay
from app.domain.cards.terms import CardsAway, NoCards, ProviderRefuses
from app.domain.invoicing.showing import issued, issued_to
from app.kernel.errors import NotFound
from app.kernel.money import Money
from app.models import AttemptKind, AttemptState, CardAttempt
from app.web import auth, wording
from app.web.access import in_section
from app.web.attempts import Nothing, attempt
from app.web.auth import clock, signed_in, today
from app.web.cards import CARD_WORDS, addresses, lead_to, till
from app.web.database import session
from app.web.forms import id_of
from app.web.htmx import go_to
from app.web.invoices import sheet_of
from app.web.limits import by_account, by_address, wait_sentence
from app.web.ports import cards


@blueprint.post("/invoices/payments")
@in_section("invoices")
def create_payment() -> Response:
    """Pay the invoices that were chosen, together."""
    who = signed_in()
    chosen = {found for each in request.form.getlist("invoice") if (found := id_of(each)) is not None}
    back = url_for("invoices.index")
    if len(chosen) == 1:
        back = url_for("invoices.show", invoice_id=min(chosen))
    if not chosen:
        return lead_to("", _("Choose what you want to pay."), back)
    if wait := by_account("payment by account", who.email).spend():
        return lead_to("", wait_sentence(wait), back)
    return _to_page(who.person_id, chosen, back, keeps_card="keep" in request.form)


@blueprint.get("/invoices/payments/<token>")
@in_section("invoices", visitors=True)
def show_paid(token: str) -> FlaskResponse:
    """What became of it. Whoever comes from the provider's page may have another browser than who was sent there."""
    found = attempt_by_token(session(), token)
    if found is None:
        raise NotFound
    unsure = found.state is AttemptState.OPEN
    if not by_address("outcome by address").spend():
        try:
            found, unsure = look(session(), cards(), found.id, clock()), False
        except (CardsAway, NoCards, ProviderRefuses):
            found = attempt_by_token(session(), token) or found
    return make_response(render_template("invoices/paid.html", **_outcome(found, unsure=unsure)))


@blueprint.post("/invoices/<int:invoice_id>/link")
@in_section("invoices")
def create_link(invoice_id: int) -> Response:
    """Let somebody else pay it."""
    found = issued_to(session(), signed_in().person_id, invoice_id, today())
    make_link(session(), signed_in(), found.invoice, auth.now())
    session().commit()
    return go_to(url_for("invoices.show", invoice_id=invoice_id, _anchor="link"))


@blueprint.post("/invoices/<int:invoice_id>/link/removal")
@in_section("invoices")
def destroy_link(invoice_id: int) -> Response:
    found = issued_to(session(), signed_in().person_id, invoice_id, today())
    withdraw_link(session(), signed_in(), found.invoice, auth.now())
    session().commit()
    return lead_to(
        "", _("Nobody pays by that link any more."), url_for("invoices.show", invoice_id=invoice_id)
    )


@blueprint.get("/pay/<token>")
@in_section("invoices", visitors=True)
def show_guest(token: str) -> FlaskResponse:
    """An invoice for somebody without an account: what it is for, what is open, and the button. 404 for a link that is
    dead, or never was one."""
    try:
        found = issued(session(), invoice_of_link(session(), token), today())
    except NotFound:
        return make_response(render_template("invoices/link_ended.html"), 404)
    answer = make_response(
        render_template(
            "invoices/guest.html",
            sheet=sheet_of(found, today()),
            till=till(),
            token=token,
        )
    )
    answer.headers["X-Robots-Tag"] = "noindex"
    return answer


@blueprint.post("/pay/<token>")
@in_section("invoices", visitors=True)
def create_guest_payment(token: str) -> Response:
    found, back = invoice_of_link(session(), token), url_for("invoices.show_guest", token=token)
    if wait := by_address("payment by address").spend():
        return lead_to("", wait_sentence(wait), back)
    return _to_page(found.payer_id, {found.id}, back, keeps_card=False)


def _to_page(payer_id: int, chosen: Collection[int], back: str, *, keeps_card: bool) -> Response:
    wish = Wish(payer_id, chosen, keeps_card, lambda number: _("Invoice %(number)s", number=number))
    url, form = [""], Nothing()

    def open_page() -> None:
        url[0] = page_to_pay(session(), cards(), wish, addresses(), clock())

    attempt(form, open_page, CARD_WORDS)
    return lead_to(url[0], " ".join(form.form_errors), back)


def _outcome(found: CardAttempt, *, unsure: bool) -> dict[str, object]:
    """What became of an attempt, for its page. Nothing on it is anybody's secret but that somebody pays so much."""
    open_still = found.state is AttemptState.OPEN
    return {
        "amount": wording.money(Money(found.amount_minor, found.currency)) if found.amount_minor else "",
        "state": found.state.value,
        "keeps_only": found.kind is AttemptKind.CARD,
        "unsure": unsure,
        "waits": open_still and "away" not in request.args,
        "go_on": found.url if open_still else None,
        "mine": auth.actor() is not None and signed_in().person_id == found.payer_id,
    }
