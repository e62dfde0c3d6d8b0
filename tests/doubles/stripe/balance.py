"""What charges and refunds make of the balance. Stripe's fee is nothing here, so that sums are easy to compare."""

from typing import Any

from tests.doubles.stripe.call import Call, created_within, list_of
from tests.doubles.stripe.world import Account, Obj, World, new_id


def book(world: World, account: Account, source: Obj, amount: int, kind: str) -> str:
    booked = account.add(
        {
            "id": new_id("txn"),
            "object": "balance_transaction",
            "amount": amount,
            "available_on": world.now(),
            "balance_type": "payments",
            "created": world.now(),
            "currency": source["currency"],
            "description": source.get("description"),
            "exchange_rate": None,
            "fee": 0,
            "fee_details": [],
            "net": amount,
            "reporting_category": kind,
            "source": source["id"],
            "status": "available",
            "type": kind,
        }
    )
    booked_id: str = booked["id"]
    return booked_id


def balances(account: Account) -> dict[str, int]:
    """What charges brought less what went back, by currency."""
    sums: dict[str, int] = {}
    for each in account.table("balance_transaction").values():
        sums[each["currency"]] = sums.get(each["currency"], 0) + each["net"]
    return sums


def retrieve_balance(call: Call) -> Obj:
    default = call.account.find("account", call.account.id)["default_currency"]
    sums = balances(call.account) or {default: 0}
    rows = [{"amount": sums[key], "currency": key, "source_types": {"card": sums[key]}} for key in sums]
    pending: list[Any] = [{**row, "amount": 0, "source_types": {"card": 0}} for row in rows]
    return {"object": "balance", "available": rows, "livemode": False, "pending": pending}


def retrieve_transaction(call: Call) -> Obj:
    return call.account.find("balance_transaction", call.id)


def list_transactions(call: Call) -> Obj:
    found = created_within(call, call.account.table("balance_transaction").values())
    for name in ("source", "type", "currency"):
        found = [each for each in found if call.get(name) in (None, each[name])]
    return list_of(call, found)
