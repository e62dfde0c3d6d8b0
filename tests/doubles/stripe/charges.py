"""Charges and refunds."""

from tests.doubles.stripe.balance import book
from tests.doubles.stripe.call import Call, created_within, list_of, merge_metadata, shown
from tests.doubles.stripe.cards import Decline
from tests.doubles.stripe.errors import invalid
from tests.doubles.stripe.methods import card_of
from tests.doubles.stripe.world import Account, Obj, World, new_id

FAILS_AFTER_S = 60


def make_charge(
    world: World, account: Account, intent: Obj, method: Obj, decline: Decline | None = None
) -> Obj:
    """What a card was charged, or would have been had the bank agreed."""
    paid = decline is None
    shared = (
        "brand",
        "checks",
        "country",
        "exp_month",
        "exp_year",
        "fingerprint",
        "funding",
        "last4",
        "wallet",
    )
    card = {name: method["card"][name] for name in shared}
    card |= {
        "amount_authorized": intent["amount"] if paid else None,
        "three_d_secure": None,
        "installments": None,
    }
    charge: Obj = {
        "id": new_id("ch"),
        "object": "charge",
        "amount": intent["amount"],
        "amount_captured": intent["amount"] if paid else 0,
        "amount_refunded": 0,
        "application": None,
        "application_fee": None,
        "application_fee_amount": None,
        "balance_transaction": None,
        "billing_details": method["billing_details"],
        "calculated_statement_descriptor": "TEST",
        "captured": paid,
        "created": world.now(),
        "currency": intent["currency"],
        "customer": intent["customer"],
        "description": intent["description"],
        "disputed": False,
        "failure_balance_transaction": None,
        "failure_code": decline.code if decline else None,
        "failure_message": decline.message if decline else None,
        "fraud_details": {},
        "livemode": False,
        "metadata": dict(intent["metadata"]),
        "on_behalf_of": None,
        "outcome": {
            "network_status": "approved_by_network" if paid else "declined_by_network",
            "reason": None if decline is None else decline.decline_code or decline.code,
            "risk_level": "normal",
            "seller_message": "Payment complete." if paid else "The bank did not return any further details.",
            "type": "authorized" if paid else "issuer_declined",
        },
        "paid": paid,
        "payment_intent": intent["id"],
        "payment_method": method["id"],
        "payment_method_details": {"card": card, "type": "card"},
        "receipt_email": intent["receipt_email"],
        "receipt_number": None,
        "receipt_url": f"{world.origin}/receipts/{intent['id']}" if paid else None,
        "refunded": False,
        "review": None,
        "shipping": None,
        "source_transfer": None,
        "statement_descriptor": None,
        "statement_descriptor_suffix": None,
        "status": "succeeded" if paid else "failed",
        "transfer_data": None,
        "transfer_group": None,
    }
    if paid:
        charge["balance_transaction"] = book(world, account, charge, charge["amount"], "charge")
    return account.add(charge)


def retrieve_charge(call: Call) -> Obj:
    return call.account.find("charge", call.id)


def list_charges(call: Call) -> Obj:
    found = created_within(call, call.account.table("charge").values())
    for name in ("customer", "payment_intent"):
        found = [each for each in found if call.get(name) in (None, each[name])]
    return list_of(call, found)


# --- refunds ---------------------------------------------------------------------------------------------------------


def create_refund(call: Call) -> Obj:
    charge = _refunded_charge(call)
    left = charge["amount"] - charge["amount_refunded"]
    if charge["status"] != "succeeded":
        raise invalid(
            "This charge has not succeeded, so it cannot be refunded.", code="charge_not_refundable"
        )
    if left == 0:
        message = f"Charge {charge['id']} has already been refunded."
        raise invalid(message, code="charge_already_refunded")
    amount = call.get("amount", left)
    if amount < 1:
        raise invalid("Invalid positive integer", "amount", "parameter_invalid_integer")
    if amount > left:
        currency = charge["currency"]
        message = f"Refund amount ({shown(amount, currency)}) is greater than unrefunded amount on charge"
        raise invalid(f"{message} ({shown(left, currency)})", "amount")
    return _refund(call, charge, amount)


def _refunded_charge(call: Call) -> Obj:
    if "charge" in call.params:
        return call.account.find("charge", call.params["charge"], "charge")
    if "payment_intent" not in call.params:
        message = "One of the following params should be provided for this request: payment_intent or charge."
        raise invalid(message, code="parameter_missing")
    intent = call.account.find("payment_intent", call.params["payment_intent"], "payment_intent")
    if intent["status"] != "succeeded":
        raise invalid(f"This PaymentIntent ({intent['id']}) does not have a successful charge to refund.")
    return call.account.find("charge", intent["latest_charge"])


def _refund(call: Call, charge: Obj, amount: int) -> Obj:
    world, account = call.world, call.account
    way = card_of(account.find("payment_method", charge["payment_method"])).refund
    refund: Obj = {
        "id": new_id("re"),
        "object": "refund",
        "amount": amount,
        "balance_transaction": None,
        "charge": charge["id"],
        "created": world.now(),
        "currency": charge["currency"],
        "customer": charge["customer"],
        "destination_details": {
            "card": {
                "reference_status": "pending",
                "reference_type": "acquirer_reference_number",
                "type": "refund",
            },
            "type": "card",
        },
        "metadata": merge_metadata({}, call.get("metadata")),
        "payment_intent": charge["payment_intent"],
        "payment_method": charge["payment_method"],
        "reason": call.get("reason"),
        "receipt_number": None,
        "source_transfer_reversal": None,
        "status": "pending" if way == "pending" else "succeeded",
        "transfer_reversal": None,
        "_turns": {"fails": "failed", "pending": "succeeded"}.get(way),
        "_turns_at": world.now() + FAILS_AFTER_S,
    }
    refund["balance_transaction"] = book(world, account, refund, -amount, "refund")
    account.add(refund)
    charge["amount_refunded"] += amount
    charge["refunded"] = charge["amount_refunded"] == charge["amount"]
    world.emit(account, "refund.created", refund)
    world.emit(account, "charge.refunded", charge)
    return refund


def turn_refund(world: World, account: Account, refund: Obj, status: str) -> None:
    """A refund ends otherwise than it began: what was pending succeeds, or the bank sends the money back."""
    refund["_turns"], refund["status"] = None, status
    if status == "failed":
        charge = account.find("charge", refund["charge"])
        charge["amount_refunded"] -= refund["amount"]
        charge["refunded"] = False
        refund["failure_reason"] = "lost_or_stolen_card"
        booked = book(world, account, refund, refund["amount"], "refund_failure")
        refund["failure_balance_transaction"] = booked
        world.emit(account, "refund.failed", refund)
    for kind in ("refund.updated", "charge.refund.updated"):
        world.emit(account, kind, refund)


def retrieve_refund(call: Call) -> Obj:
    return call.account.find("refund", call.id)


def update_refund(call: Call) -> Obj:
    refund = call.account.find("refund", call.id)
    refund["metadata"] = merge_metadata(refund["metadata"], call.get("metadata"))
    call.world.emit(call.account, "refund.updated", refund)
    return refund


def list_refunds(call: Call) -> Obj:
    found = created_within(call, call.account.table("refund").values())
    for name in ("charge", "payment_intent"):
        found = [each for each in found if call.get(name) in (None, each[name])]
    return list_of(call, found)
