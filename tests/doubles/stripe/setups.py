"""SetupIntents: a card is kept for later."""

from typing import Any

from tests.doubles.stripe.call import (
    Call,
    check_types,
    client_secret,
    created_within,
    list_of,
    merge_metadata,
)
from tests.doubles.stripe.cards import UNAUTHENTICATED, Decline
from tests.doubles.stripe.errors import StripeError, invalid
from tests.doubles.stripe.methods import attach_to, card_of, find_method
from tests.doubles.stripe.world import Account, Obj, World, new_id, visible


def make_setup(world: World, account: Account, **given: Any) -> Obj:
    setup_id = new_id("seti")
    setup = {
        "id": setup_id,
        "object": "setup_intent",
        "application": None,
        "automatic_payment_methods": None,
        "cancellation_reason": None,
        "client_secret": client_secret(setup_id),
        "created": world.now(),
        "customer": None,
        "description": None,
        "flow_directions": None,
        "last_setup_error": None,
        "latest_attempt": None,
        "livemode": False,
        "mandate": None,
        "metadata": {},
        "next_action": None,
        "on_behalf_of": None,
        "payment_method": None,
        "payment_method_configuration_details": None,
        "payment_method_options": {"card": {"request_three_d_secure": "automatic"}},
        "payment_method_types": ["card"],
        "single_use_mandate": None,
        "status": "requires_payment_method",
        "usage": "off_session",
        **given,
    }
    account.add(setup)
    world.emit(account, "setup_intent.created", setup)
    return setup


def attempt_setup(world: World, account: Account, setup: Obj, method: Obj) -> Decline | None:
    """Try to keep that card: done, or its holder is wanted, or the bank says no."""
    card = card_of(method)
    setup["payment_method"], setup["last_setup_error"] = method["id"], None
    if card.decline is not None and not card.saves and card.secure == "never":
        return _fail(world, account, setup, method, card.decline)
    if card.secure != "never":
        setup["status"] = "requires_action"
        world.emit(account, "setup_intent.requires_action", setup)
        return None
    _succeed(world, account, setup, method)
    return None


def authenticate_setup(world: World, account: Account, setup: Obj, *, succeeds: bool) -> Decline | None:
    method = account.find("payment_method", setup["payment_method"])
    if not succeeds:
        return _fail(world, account, setup, method, UNAUTHENTICATED)
    _succeed(world, account, setup, method)
    return None


def _succeed(world: World, account: Account, setup: Obj, method: Obj) -> None:
    setup.update(status="succeeded", next_action=None)
    method["_seen"] = True
    if setup["customer"]:
        attach_to(world, account, method, setup["customer"])
    world.emit(account, "setup_intent.succeeded", setup)


def _fail(world: World, account: Account, setup: Obj, method: Obj, decline: Decline) -> Decline:
    error = {**decline.fields(), "payment_method": visible(method)}
    setup.update(
        status="requires_payment_method", payment_method=None, next_action=None, last_setup_error=error
    )
    world.emit(account, "setup_intent.setup_failed", setup)
    return decline


def withdraw_setup(world: World, account: Account, setup: Obj, reason: str | None) -> None:
    setup.update(status="canceled", cancellation_reason=reason, next_action=None)
    world.emit(account, "setup_intent.canceled", setup)


# --- the API ---------------------------------------------------------------------------------------------------------


def create(call: Call) -> Obj:
    check_types(call)
    customer = call.get("customer")
    if customer is not None:
        call.account.find("customer", customer, "customer")
    method = find_method(call, call.params["payment_method"]) if "payment_method" in call.params else None
    if call.get("confirm") and method is None:
        raise invalid("You must provide a payment method to confirm.", "payment_method", "parameter_missing")
    setup = make_setup(
        call.world,
        call.account,
        customer=customer,
        description=call.get("description"),
        metadata=merge_metadata({}, call.get("metadata")),
        usage=call.get("usage", "off_session"),
    )
    if method is not None:
        setup.update(payment_method=method["id"], status="requires_confirmation")
    if call.get("confirm") and method is not None:
        _confirm(call, setup, method)
    return setup


def _confirm(call: Call, setup: Obj, method: Obj) -> None:
    setup["_return_url"] = call.get("return_url")
    decline = attempt_setup(call.world, call.account, setup, method)
    if decline is not None:
        more = {**decline.fields(), "setup_intent": visible(setup), "payment_method": visible(method)}
        message = more.pop("message")
        raise StripeError(402, more.pop("type"), message, executed=True, **more)
    if setup["status"] == "requires_action":
        back = {"url": f"{call.world.origin}/3ds/{setup['id']}", "return_url": setup["_return_url"]}
        action = {"type": "redirect_to_url", "redirect_to_url": back}
        setup["next_action"] = (
            action if setup["_return_url"] else {"type": "use_stripe_sdk", "use_stripe_sdk": {}}
        )


def confirm(call: Call) -> Obj:
    setup = call.account.find("setup_intent", call.id)
    _must_be_open(setup, "confirm")
    wanted = call.get("payment_method", setup["payment_method"])
    if wanted is None:
        raise invalid("You must provide a payment method to confirm.", "payment_method", "parameter_missing")
    _confirm(call, setup, find_method(call, wanted))
    return setup


def cancel(call: Call) -> Obj:
    setup = call.account.find("setup_intent", call.id)
    _must_be_open(setup, "cancel")
    withdraw_setup(call.world, call.account, setup, call.get("cancellation_reason"))
    return setup


def _must_be_open(setup: Obj, verb: str) -> None:
    if setup["status"] in ("succeeded", "canceled"):
        message = f"You cannot {verb} this SetupIntent because it has a status of {setup['status']}."
        raise invalid(message, code="setup_intent_unexpected_state")


def retrieve(call: Call) -> Obj:
    return call.account.find("setup_intent", call.id)


def listing(call: Call) -> Obj:
    found = created_within(call, call.account.table("setup_intent").values())
    for name in ("customer", "payment_method"):
        found = [each for each in found if call.get(name) in (None, each[name])]
    return list_of(call, found)
