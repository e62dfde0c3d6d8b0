"""One's cards: added, chosen, removed, and whether they pay by themselves."""

from flask import render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.blueprints.invoices.routes import blueprint
from app.domain.cards.account import takes_cards
from app.domain.cards.paying import page_to_keep
from app.domain.cards.saved import allow_automatic, cards_of, choose_card, pays_automatically, remove_card
from app.kernel.errors import NotFound
from app.web import auth
from app.web.access import in_section
from app.web.attempts import Nothing, attempt, press
from app.web.auth import clock, signed_in
from app.web.cards import CARD_WORDS, addresses, card_row, lead_to, till
from app.web.database import session
from app.web.limits import by_account, wait_sentence
from app.web.ports import cards


@blueprint.get("/invoices/cards")
@in_section("invoices")
def index_cards() -> str:
    setting, who = takes_cards(session()), signed_in().person_id
    account = setting.account if setting else ""
    return render_template(
        "invoices/cards.html",
        cards=[card_row(each) for each in cards_of(session(), who, account)],
        automatic=pays_automatically(session(), who, account),
        till=till(),
    )


@blueprint.post("/invoices/cards")
@in_section("invoices")
def create_card() -> Response:
    """To the provider's page that keeps a card."""
    who, back, url, form = signed_in(), url_for("invoices.index_cards"), [""], Nothing()
    if wait := by_account("payment by account", who.email).spend():
        return lead_to("", wait_sentence(wait), back)

    def open_page() -> None:
        currency = auth.portal().currency
        url[0] = page_to_keep(session(), cards(), who.person_id, currency, addresses(), clock())

    attempt(form, open_page, CARD_WORDS)
    return lead_to(url[0], " ".join(form.form_errors), back)


@blueprint.post("/invoices/cards/<int:card_id>/choice")
@in_section("invoices")
def choose(card_id: int) -> Response:
    return press(
        url_for("invoices.index_cards"),
        lambda: choose_card(session(), signed_in(), card_id, auth.now()),
        CARD_WORDS,
        _("That card pays from now on."),
    )


@blueprint.post("/invoices/cards/<int:card_id>/removal")
@in_section("invoices")
def destroy_card(card_id: int) -> Response:
    return press(
        url_for("invoices.index_cards"),
        lambda: remove_card(session(), cards(), signed_in(), card_id, auth.now()),
        CARD_WORDS,
        _("The card is gone."),
    )


@blueprint.post("/invoices/cards/automatic")
@in_section("invoices")
def update_automatic() -> Response:
    """Allow it, or not any more."""
    allowed = request.form.get("allowed") == "1"
    account = _account()
    return press(
        url_for("invoices.index_cards"),
        lambda: allow_automatic(session(), signed_in(), account, allowed=allowed, now=auth.now()),
        CARD_WORDS,
        _("Your invoices are paid by themselves from now on.")
        if allowed
        else _("You pay each invoice yourself from now on."),
    )


def _account() -> str:
    """Raises NotFound where no card can be taken."""
    setting = takes_cards(session())
    if setting is None:
        raise NotFound
    return setting.account
