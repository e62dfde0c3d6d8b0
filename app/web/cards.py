"""Paying by card in the visitor's words: where the provider's page leads back to, and what is said when it does not go."""

from dataclasses import dataclass

from flask import flash, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.domain.cards.account import takes_cards
from app.domain.cards.guests import link_of
from app.domain.cards.terms import (
    MOST_INVOICES,
    Addresses,
    CardsAway,
    NoCardKept,
    NoCards,
    NothingOpen,
    NothingSettled,
    NotRefundable,
    PaidMeanwhile,
    ProviderRefuses,
    SeveralCurrencies,
    StillUnderWay,
    TooMany,
)
from app.kernel.errors import AlreadyDecided
from app.models import SavedCard
from app.web import wording
from app.web.attempts import Words, say
from app.web.auth import now
from app.web.database import session
from app.web.htmx import go_to
from app.web.language import language
from app.web.origin import request_origin

_BRANDS = {
    "amex": "American Express",
    "diners": "Diners Club",
    "discover": "Discover",
    "jcb": "JCB",
    "mastercard": "Mastercard",
    "unionpay": "UnionPay",
    "visa": "Visa",
}
CARD_WORDS: Words = {
    NoCards: say("", lambda: _("No card can be taken at the moment. Pay by transfer, or at the front desk.")),
    CardsAway: say(
        "", lambda: _("The card service does not answer. Nothing was paid; try again in a few minutes.")
    ),
    ProviderRefuses: say(
        "", lambda: _("The card service cannot take this payment. Pay by transfer, or at the front desk.")
    ),
    NothingOpen: say("", lambda: _("Nothing is open any more.")),
    NothingSettled: say(
        "", lambda: _("No invoice is paid with this money any more: note that it is dealt with.")
    ),
    SeveralCurrencies: say("", lambda: _("Invoices in different currencies are paid one by one.")),
    TooMany: say("", lambda: _("Choose up to %(most)s invoices at once.", most=MOST_INVOICES)),
    PaidMeanwhile: say("", lambda: _("It is paid already: your earlier payment went through.")),
    StillUnderWay: say(
        "", lambda: _("Your bank is still at work on an earlier payment. Look again in a few minutes.")
    ),
    NoCardKept: say("", lambda: _("Add a card first.")),
    AlreadyDecided: say("", lambda: _("Somebody else decided first.")),
    NotRefundable: lambda refusal: (
        "",
        _(
            "Only %(amount)s came by card and can go back there. Issue the credit note without it.",
            amount=wording.tenant_money(refusal.left_minor),
        )
        if refusal.left_minor
        else _("Nothing of it came by card. Issue the credit note without sending money back."),
    ),
}
"""Every no of card payment, in one clear sentence."""


@dataclass(frozen=True, slots=True)
class CardRow:
    """A card that is kept, as its owner sees it."""

    id: int
    words: str
    expires: str
    over: bool
    is_default: bool


@dataclass(frozen=True, slots=True)
class Till:
    """What a page must know to offer payment by card."""

    test: bool


def till() -> Till | None:
    """None where no card can be taken."""
    found = takes_cards(session())
    return Till(found.test) if found else None


def addresses() -> Addresses:
    """Where the provider's page leads back to on this portal's own address."""

    def back(token: str) -> str:
        return f"{request_origin()}{url_for('invoices.show_paid', token=token)}"

    def away(token: str) -> str:
        return f"{request_origin()}{url_for('invoices.show_paid', token=token, away='1')}"

    return Addresses(back, away, language())


def hook_address() -> str:
    """Where the provider's messages to this portal go."""
    return f"{request_origin()}{url_for('webhooks.create')}"


def link_address(invoice_id: int) -> str:
    """The link by which a guest pays an invoice, if there is one, as it is passed on."""
    token = link_of(session(), invoice_id)
    return f"{request_origin()}{url_for('invoices.show_guest', token=token)}" if token else ""


def lead_to(url: str, sentence: str, otherwise: str) -> Response:
    """To the provider's page; or on with a sentence why not."""
    if url:
        return go_to(url)
    flash(sentence)
    return go_to(otherwise)


def card_row(card: SavedCard) -> CardRow:
    today = now().date()
    return CardRow(
        card.id,
        _("%(brand)s ending in %(digits)s", brand=brand(card.brand), digits=card.last_digits),
        _("until %(month)s/%(year)s", month=f"{card.expires_month:02}", year=card.expires_year),
        (card.expires_year, card.expires_month) < (today.year, today.month),
        card.is_default,
    )


def brand(word: str) -> str:
    """The name on the card."""
    return _BRANDS.get(word, word.replace("_", " ").capitalize() or _("Card"))
