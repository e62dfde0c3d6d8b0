"""A PaymentIntent and what becomes of it: each attempt to pay, the bank's page, the end."""

from typing import Any

from tests.doubles.stripe.call import client_secret
from tests.doubles.stripe.cards import NEEDS_HOLDER, UNAUTHENTICATED, Decline
from tests.doubles.stripe.charges import make_charge
from tests.doubles.stripe.methods import attach_to, card_of
from tests.doubles.stripe.world import Account, Obj, World, new_id, visible


def make_intent(world: World, account: Account, amount: int, currency: str, **given: Any) -> Obj:
    """An intent that waits for a card."""
    intent_id = new_id("pi")
    intent = {
        "id": intent_id,
        "object": "payment_intent",
        "amount": amount,
        "amount_capturable": 0,
        "amount_details": {"tip": {}},
        "amount_received": 0,
        "application": None,
        "application_fee_amount": None,
        "automatic_payment_methods": None,
        "canceled_at": None,
        "cancellation_reason": None,
        "capture_method": "automatic_async",
        "client_secret": client_secret(intent_id),
        "confirmation_method": "automatic",
        "created": world.now(),
        "currency": currency,
        "customer": None,
        "description": None,
        "last_payment_error": None,
        "latest_charge": None,
        "livemode": False,
        "metadata": {},
        "next_action": None,
        "on_behalf_of": None,
        "payment_method": None,
        "payment_method_configuration_details": None,
        "payment_record": None,
        "payment_method_options": {"card": {"request_three_d_secure": "automatic"}},
        "payment_method_types": ["card"],
        "processing": None,
        "receipt_email": None,
        "review": None,
        "setup_future_usage": None,
        "shipping": None,
        "source": None,
        "statement_descriptor": None,
        "statement_descriptor_suffix": None,
        "status": "requires_payment_method",
        "transfer_data": None,
        "transfer_group": None,
        **given,
    }
    account.add(intent)
    world.emit(account, "payment_intent.created", intent)
    return intent


def attempt(
    world: World, account: Account, intent: Obj, method: Obj, *, off_session: bool = False
) -> Decline | None:
    """Try to take the money with that card. Afterwards the intent has succeeded, or wants its holder
    (`requires_action`), or waits for another card, and then the reason is returned."""
    card = card_of(method)
    intent["payment_method"], intent["last_payment_error"], intent["next_action"] = method["id"], None, None
    wanted = card.secure == "always" or (card.secure == "until_saved" and not method["_seen"])
    if wanted and off_session:
        return fail(world, account, intent, method, NEEDS_HOLDER)
    if wanted:
        intent["status"] = "requires_action"
        world.emit(account, "payment_intent.requires_action", intent)
        return None
    return settle(world, account, intent, method)


def settle(world: World, account: Account, intent: Obj, method: Obj) -> Decline | None:
    """The bank decides, with its holder seen where it wanted to."""
    decline = card_of(method).decline
    if decline is not None:
        return fail(world, account, intent, method, decline)
    charge = make_charge(world, account, intent, method)
    intent.update(
        status="succeeded",
        amount_received=intent["amount"],
        latest_charge=charge["id"],
        next_action=None,
        last_payment_error=None,
    )
    if intent["setup_future_usage"] and intent["customer"]:
        method["_seen"] = method["_seen"] or intent["setup_future_usage"] == "off_session"
        attach_to(world, account, method, intent["customer"])
    world.emit(account, "charge.succeeded", charge)
    world.emit(account, "payment_intent.succeeded", intent)
    return None


def fail(world: World, account: Account, intent: Obj, method: Obj, decline: Decline) -> Decline:
    """Note why it did not work; the intent waits for another card."""
    error = {**decline.fields(), "payment_method": visible(method)}
    if decline is not UNAUTHENTICATED:
        charge = make_charge(world, account, intent, method, decline)
        error["charge"] = intent["latest_charge"] = charge["id"]
        world.emit(account, "charge.failed", charge)
    intent.update(
        status="requires_payment_method", payment_method=None, next_action=None, last_payment_error=error
    )
    world.emit(account, "payment_intent.payment_failed", intent)
    return decline


def authenticate(world: World, account: Account, intent: Obj, *, succeeds: bool) -> Decline | None:
    """The holder was at their bank's page."""
    method = account.find("payment_method", intent["payment_method"])
    if not succeeds:
        return fail(world, account, intent, method, UNAUTHENTICATED)
    return settle(world, account, intent, method)


def withdraw(world: World, account: Account, intent: Obj, reason: str | None) -> None:
    """Nothing will be paid any more."""
    intent.update(status="canceled", canceled_at=world.now(), cancellation_reason=reason, next_action=None)
    world.emit(account, "payment_intent.canceled", intent)
