"""PaymentIntents as the API has them."""

from tests.doubles.stripe.attempts import attempt, make_intent, withdraw
from tests.doubles.stripe.call import (
    Call,
    check_money,
    check_open_for_business,
    check_types,
    check_url,
    created_within,
    list_of,
    merge_metadata,
)
from tests.doubles.stripe.errors import StripeError, invalid
from tests.doubles.stripe.methods import find_method
from tests.doubles.stripe.world import Obj, visible

OPEN = ("requires_payment_method", "requires_confirmation", "requires_action")


def create(call: Call) -> Obj:
    check_open_for_business(call)
    check_types(call)
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
