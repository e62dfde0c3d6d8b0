"""PaymentIntents: what is to be paid, and each attempt to do so."""

from typing import Any

from tests.doubles.stripe.call import (
    Call,
    check_money,
    check_open_for_business,
    check_url,
    client_secret,
    created_within,
    list_of,
    merge_metadata,
)
from tests.doubles.stripe.cards import NEEDS_HOLDER, UNAUTHENTICATED, Decline
from tests.doubles.stripe.charges import make_charge
from tests.doubles.stripe.errors import StripeError, invalid
from tests.doubles.stripe.methods import attach_to, card_of, find_method
from tests.doubles.stripe.world import Account, Obj, World, new_id, visible

OPEN = ("requires_payment_method", "requires_confirmation", "requires_action")


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


# --- the API ---------------------------------------------------------------------------------------------------------


def create(call: Call) -> Obj:
    check_open_for_business(call)
    currency = check_money(call.params["amount"], call.params["currency"])
    customer = call.get("customer")
    if customer is not None:
        call.account.find("customer", customer, "customer")
    if call.get("off_session") and not call.get("confirm"):
        raise invalid("You can only use `off_session` when `confirm` is true.", "off_session")
    given = {
        "metadata": merge_metadata({}, call.get("metadata")),
        **{
            name: call.get(name)
            for name in ("customer", "description", "receipt_email", "setup_future_usage")
        },
    }
    if "automatic_payment_methods" in call.params:
        given["automatic_payment_methods"] = {
            "allow_redirects": "always",
            **call.params["automatic_payment_methods"],
        }
    method = _method(call, customer)
    if call.get("confirm") and method is None:
        raise invalid("You must provide a payment method to confirm.", "payment_method", "parameter_missing")
    intent = make_intent(call.world, call.account, call.params["amount"], currency, **given)
    if method is not None:
        intent.update(payment_method=method["id"], status="requires_confirmation")
    if call.get("confirm") and method is not None:
        _confirm(call, intent, method)
    return intent


def _method(call: Call, customer: str | None) -> Obj | None:
    if "payment_method" not in call.params:
        return None
    method = find_method(call, call.params["payment_method"])
    if method.get("_gone") or (method["customer"] and method["customer"] != customer):
        message = (
            f"The provided PaymentMethod {method['id']} was previously used without being attached to a Customer, was "
            "detached from one, or belongs to another one; it may not be used here."
        )
        raise invalid(message, "payment_method")
    return method


def _confirm(call: Call, intent: Obj, method: Obj) -> None:
    if "return_url" in call.params:
        check_url(call.params["return_url"], "return_url")
    intent["_return_url"] = call.get("return_url")
    off_session = bool(call.get("off_session"))
    decline = attempt(call.world, call.account, intent, method, off_session=off_session)
    if decline is not None:
        more = {**decline.fields(), "charge": intent["latest_charge"], "payment_intent": visible(intent)}
        more |= {"payment_method": visible(method)}
        message = more.pop("message")
        raise StripeError(402, more.pop("type"), message, executed=True, **more)
    if intent["status"] == "requires_action":
        url = f"{call.world.origin}/3ds/{intent['id']}"
        back = {
            "type": "redirect_to_url",
            "redirect_to_url": {"url": url, "return_url": intent["_return_url"]},
        }
        intent["next_action"] = (
            back if intent["_return_url"] else {"type": "use_stripe_sdk", "use_stripe_sdk": {}}
        )


def confirm(call: Call) -> Obj:
    intent = call.account.find("payment_intent", call.id)
    _must_be_open(intent, "confirm")
    if "setup_future_usage" in call.params:
        intent["setup_future_usage"] = call.params["setup_future_usage"]
    method = _method(call, intent["customer"])
    if method is None and intent["payment_method"]:
        method = call.account.find("payment_method", intent["payment_method"])
    if method is None:
        raise invalid("You must provide a payment method to confirm.", "payment_method", "parameter_missing")
    _confirm(call, intent, method)
    return intent


def cancel(call: Call) -> Obj:
    intent = call.account.find("payment_intent", call.id)
    _must_be_open(intent, "cancel")
    if intent.get("_session"):
        raise invalid("You cannot cancel a PaymentIntent of a Checkout Session; expire the Session instead.")
    withdraw(call.world, call.account, intent, call.get("cancellation_reason"))
    return intent


def _must_be_open(intent: Obj, verb: str) -> None:
    if intent["status"] not in OPEN:
        message = f"You cannot {verb} this PaymentIntent because it has a status of {intent['status']}."
        error = invalid(message, code="payment_intent_unexpected_state")
        error.body["error"]["payment_intent"] = visible(intent)
        raise error


def retrieve(call: Call) -> Obj:
    return call.account.find("payment_intent", call.id)


def update(call: Call) -> Obj:
    intent = call.account.find("payment_intent", call.id)
    intent["metadata"] = merge_metadata(intent["metadata"], call.get("metadata"))
    if "description" in call.params:
        intent["description"] = call.params["description"] or None
    return intent


def listing(call: Call) -> Obj:
    found = created_within(call, call.account.table("payment_intent").values())
    return list_of(call, [each for each in found if call.get("customer") in (None, each["customer"])])
