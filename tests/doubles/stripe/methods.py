"""Payment methods, which here are cards."""

from tests.doubles.stripe.call import Call, list_of, merge_metadata
from tests.doubles.stripe.cards import CARDS, DECLINED, TOKENS, Card, read_card
from tests.doubles.stripe.errors import StripeError, invalid, unsupported
from tests.doubles.stripe.world import Account, Obj, World, new_id


def make_method(world: World, account: Account, card: Card, month: int, year: int) -> Obj:
    """A card as it was typed. Of its number only the end is shown; what it does is remembered privately."""
    return account.add(
        {
            "id": new_id("pm"),
            "object": "payment_method",
            "allow_redisplay": "unspecified",
            "billing_details": {"address": None, "email": None, "name": None, "phone": None, "tax_id": None},
            "card": {
                "brand": card.brand,
                "checks": {
                    "address_line1_check": None,
                    "address_postal_code_check": None,
                    "cvc_check": "pass",
                },
                "country": "DE",
                "display_brand": card.brand,
                "exp_month": month,
                "exp_year": year,
                "fingerprint": f"fp{card.number[-8:]}{card.number[:6]}",
                "funding": "credit",
                "generated_from": None,
                "last4": card.number[-4:],
                "networks": {"available": [card.brand], "preferred": None},
                "three_d_secure_usage": {"supported": True},
                "wallet": None,
            },
            "created": world.now(),
            "customer": None,
            "livemode": False,
            "metadata": {},
            "type": "card",
            "_number": card.number,
            "_seen": False,
        }
    )


def card_of(method: Obj) -> Card:
    return CARDS[method["_number"]]


def find_method(call: Call, wanted: str, param: str = "payment_method") -> Obj:
    """The method of that id; each use of a `pm_card_…` token makes a card of its own, as at Stripe."""
    if wanted in TOKENS:
        return make_method(call.world, call.account, CARDS[TOKENS[wanted]], 12, 2034)
    return call.account.find("payment_method", wanted, param)


def attach_to(world: World, account: Account, method: Obj, customer: str) -> None:
    """Keep a card for a customer."""
    if method["customer"] is None:
        method["customer"] = customer
        world.emit(account, "payment_method.attached", method)


def create(call: Call) -> Obj:
    if call.get("type") != "card" or "card" not in call.params:
        raise unsupported("a payment method that is no card")
    given = call.params["card"]
    if "token" in given:
        raise unsupported("card[token]")
    month, year = str(given.get("exp_month", "")), str(given.get("exp_year", ""))
    found = read_card(given.get("number", ""), month, year, given.get("cvc", "123"), call.world.now())
    method = make_method(call.world, call.account, *found)
    return _describe(call, method)


def _describe(call: Call, method: Obj) -> Obj:
    method["metadata"] = merge_metadata(method["metadata"], call.get("metadata"))
    method["billing_details"].update(call.get("billing_details") or {})
    if "allow_redisplay" in call.params:
        method["allow_redisplay"] = call.params["allow_redisplay"]
    return method


def retrieve(call: Call) -> Obj:
    return call.account.find("payment_method", call.id)


def update(call: Call) -> Obj:
    return _describe(call, retrieve(call))


def attach(call: Call) -> Obj:
    if "customer" not in call.params:
        raise invalid("Missing required param: customer.", "customer", "parameter_missing")
    customer = call.account.find("customer", call.params["customer"], "customer")
    method = find_method(call, call.id, "id")
    if method["customer"] not in (None, customer["id"]):
        raise invalid("The payment method you provided has already been attached to a customer.")
    if method.get("_gone"):
        message = "This PaymentMethod was detached from its customer and may not be used again."
        raise invalid(message, "payment_method")
    card = card_of(method)
    if card.decline and not card.saves:
        raise StripeError(402, "card_error", DECLINED.message, **_without_message(card.decline.fields()))
    attach_to(call.world, call.account, method, customer["id"])
    return method


def _without_message(fields: Obj) -> Obj:
    return {key: value for key, value in fields.items() if key not in ("message", "type")}


def detach(call: Call) -> Obj:
    method = retrieve(call)
    if method["customer"] is None:
        message = "The payment method you provided is not attached to a customer so detachment is impossible."
        raise invalid(message)
    customer = call.account.find("customer", method["customer"])
    if customer["invoice_settings"]["default_payment_method"] == method["id"]:
        customer["invoice_settings"]["default_payment_method"] = None
    method["customer"], method["_gone"] = None, True
    call.world.emit(call.account, "payment_method.detached", method)
    return method


def listing(call: Call) -> Obj:
    """Those of one customer, whether asked by `/v1/customers/ID/payment_methods` or by the parameter."""
    customer = call.id if call.ids else call.get("customer")
    if customer is None:
        raise invalid("Missing required param: customer.", "customer", "parameter_missing")
    call.account.find("customer", customer, "id" if call.ids else "customer")
    methods = [each for each in call.account.table("payment_method").values() if each["customer"] == customer]
    return list_of(call, [each for each in methods if call.get("type", "card") == each["type"]])


def retrieve_of_customer(call: Call) -> Obj:
    method = call.account.find("payment_method", call.ids[1])
    if method["customer"] != call.id:
        raise invalid(f"No such PaymentMethod: '{method['id']}'", "payment_method", "resource_missing")
    return method
