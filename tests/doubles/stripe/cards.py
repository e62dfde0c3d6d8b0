"""The card numbers that Stripe gives to testers, and what each of them does."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

from tests.doubles.stripe.errors import StripeError
from tests.doubles.stripe.world import Obj


@dataclass(frozen=True)
class Decline:
    """Why a bank says no."""

    code: str
    message: str
    decline_code: str | None = None

    def fields(self) -> Obj:
        named = {"decline_code": self.decline_code} if self.decline_code else {}
        return {"code": self.code, "message": self.message, "type": "card_error", **named}


@dataclass(frozen=True)
class Card:
    """A test card. `secure` says when the bank wants to see its holder: never, always, or until the card was saved
    in their presence."""

    number: str
    brand: str = "visa"
    decline: Decline | None = None
    saves: bool = False
    secure: Literal["never", "until_saved", "always"] = "never"
    refund: Literal["succeeds", "fails", "pending"] = "succeeds"


DECLINED = Decline("card_declined", "Your card was declined.", "generic_decline")
UNAUTHENTICATED = Decline(
    "payment_intent_authentication_failure",
    "We are unable to authenticate your payment method. Please choose a different payment method and try again.",
)
NEEDS_HOLDER = Decline(
    "authentication_required",
    "Your card was declined. This transaction requires authentication.",
    "authentication_required",
)

_CARDS = (
    Card("4242424242424242"),
    Card("4000056655665556"),
    Card("5555555555554444", "mastercard"),
    Card("378282246310005", "amex"),
    Card("4000000000000002", decline=DECLINED),
    Card("4000000000000341", decline=DECLINED, saves=True),
    Card(
        "4000000000009995",
        decline=Decline("card_declined", "Your card has insufficient funds.", "insufficient_funds"),
    ),
    Card("4000000000000069", decline=Decline("expired_card", "Your card has expired.", "expired_card")),
    Card(
        "4000000000000127",
        decline=Decline("incorrect_cvc", "Your card's security code is incorrect.", "incorrect_cvc"),
    ),
    Card(
        "4000000000000119",
        decline=Decline(
            "processing_error", "An error occurred while processing your card. Try again in a little bit."
        ),
    ),
    Card("4000002500003155", secure="until_saved"),
    Card("4000002760003184", secure="always"),
    Card("4000000000003220", secure="always"),
    Card("4000008400001629", decline=DECLINED, secure="always"),
    Card("4000000000005126", refund="fails"),
    Card("4000000000007726", refund="pending"),
)
CARDS = {card.number: card for card in _CARDS}
# What a test hands over in place of a card that a browser would have collected.
TOKENS = {
    "pm_card_visa": "4242424242424242",
    "pm_card_mastercard": "5555555555554444",
    "pm_card_amex": "378282246310005",
    "pm_card_visa_chargeDeclined": "4000000000000002",
    "pm_card_chargeCustomerFail": "4000000000000341",
    "pm_card_visa_chargeDeclinedInsufficientFunds": "4000000000009995",
    "pm_card_chargeDeclinedExpiredCard": "4000000000000069",
    "pm_card_authenticationRequiredOnSetup": "4000002500003155",
    "pm_card_authenticationRequired": "4000002760003184",
    "pm_card_threeDSecure2Required": "4000000000003220",
    "pm_card_refundFail": "4000000000005126",
    "pm_card_pendingRefund": "4000000000007726",
}


def card_error(code: str, message: str, param: str, decline_code: str | None = None) -> StripeError:
    return StripeError(402, "card_error", message, code=code, param=param, decline_code=decline_code)


def read_card(number: str, month: str, year: str, cvc: str, now: int) -> tuple[Card, int, int]:
    """The test card that was typed, with its month and year; raise what Stripe says about wrong entries."""
    digits = re.sub(r"[\s-]", "", number)
    if not re.fullmatch(r"[0-9]{12,19}", digits) or not _adds_up(digits):
        raise card_error("incorrect_number", "Your card number is incorrect.", "number")
    if not re.fullmatch(r"[0-9]{1,2}", month) or not 1 <= int(month) <= 12:
        raise card_error("invalid_expiry_month", "Your card's expiration month is invalid.", "exp_month")
    if not re.fullmatch(r"[0-9]{2}|[0-9]{4}", year):
        raise card_error("invalid_expiry_year", "Your card's expiration year is invalid.", "exp_year")
    whole = int(year) + 2000 if len(year) == 2 else int(year)
    today = datetime.fromtimestamp(now, UTC)
    if not (today.year, today.month) <= (whole, int(month)) <= (today.year + 50, 12):
        raise card_error("invalid_expiry_year", "Your card's expiration year is invalid.", "exp_year")
    if not re.fullmatch(r"[0-9]{3,4}", cvc):
        raise card_error("invalid_cvc", "Your card's security code is invalid.", "cvc")
    if digits not in CARDS:
        message = "Your card was declined. Your request was in test mode, but used a non test (live) card."
        raise card_error("card_declined", message, "number", "test_mode_live_card")
    return CARDS[digits], int(month), whole


def _adds_up(digits: str) -> bool:
    """The check digit of ISO/IEC 7812."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        doubled = int(digit) * (1 + place % 2)
        total += doubled // 10 + doubled % 10
    return total % 10 == 0
