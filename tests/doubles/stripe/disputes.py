"""Disputes: somebody tells their bank that a payment was none of theirs."""

from typing import Any

from tests.doubles.stripe.balance import book
from tests.doubles.stripe.call import Call, created_within, list_of
from tests.doubles.stripe.world import Account, Obj, World, new_id

ANSWERED_WITHIN_S = 14 * 24 * 3600
_OVER = {"won", "lost", "warning_closed"}


def open_dispute(world: World, account: Account, intent_id: str, asked: dict[str, Any]) -> Obj:
    """The bank takes the money at once, unless it only asks (a status of `warning_…`)."""
    intent = account.find("payment_intent", intent_id)
    charge = account.find("charge", intent["latest_charge"])
    status = asked.get("status", "needs_response")
    dispute: Obj = {
        "id": new_id("dp"),
        "object": "dispute",
        "amount": asked.get("amount", charge["amount"]),
        "balance_transactions": [],
        "charge": charge["id"],
        "created": world.now(),
        "currency": charge["currency"],
        "enhanced_eligibility_types": [],
        "evidence": {"enhanced_evidence": {}},
        "evidence_details": {
            "due_by": world.now() + ANSWERED_WITHIN_S,
            "enhanced_eligibility": {},
            "has_evidence": False,
            "past_due": False,
            "submission_count": 0,
            "submission_method": "not_submitted",
        },
        "is_charge_refundable": status.startswith("warning_"),
        "livemode": False,
        "metadata": {},
        "payment_intent": intent["id"],
        "payment_method_details": None,
        "reason": asked.get("reason", "fraudulent"),
        "status": status,
    }
    account.add(dispute)
    charge["disputed"] = True
    if not status.startswith("warning_"):
        book(world, account, dispute, -dispute["amount"], "adjustment")
        world.emit(account, "charge.dispute.funds_withdrawn", dispute)
    world.emit(account, "charge.dispute.created", dispute)
    return dispute


def turn_dispute(world: World, account: Account, dispute: Obj, status: str) -> None:
    """It goes on: answered, won, lost."""
    dispute["status"] = status
    if status == "won":
        book(world, account, dispute, dispute["amount"], "adjustment")
        world.emit(account, "charge.dispute.funds_reinstated", dispute)
    world.emit(account, f"charge.dispute.{'closed' if status in _OVER else 'updated'}", dispute)


def retrieve_dispute(call: Call) -> Obj:
    return call.account.find("dispute", call.id)


def list_disputes(call: Call) -> Obj:
    found = created_within(call, call.account.table("dispute").values())
    for name in ("charge", "payment_intent"):
        found = [each for each in found if call.get(name) in (None, each[name])]
    return list_of(call, found)
