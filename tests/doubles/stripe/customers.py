"""Customers."""

from typing import Any

from tests.doubles.stripe.call import Call, created_within, list_of, merge_metadata
from tests.doubles.stripe.errors import invalid
from tests.doubles.stripe.world import Obj, new_id

PLAIN = ("address", "description", "email", "name", "phone", "preferred_locales", "shipping", "tax_exempt")


def create(call: Call) -> Obj:
    customer: Obj = {
        "id": new_id("cus")[:18],
        "object": "customer",
        "address": None,
        "balance": 0,
        "created": call.world.now(),
        "currency": None,
        "default_source": None,
        "delinquent": False,
        "description": None,
        "discount": None,
        "email": None,
        "invoice_prefix": new_id("x")[2:10].upper(),
        "invoice_settings": {
            "custom_fields": None,
            "default_payment_method": None,
            "footer": None,
            "rendering_options": None,
        },
        "livemode": False,
        "metadata": {},
        "name": None,
        "next_invoice_sequence": 1,
        "phone": None,
        "preferred_locales": [],
        "shipping": None,
        "tax_exempt": "none",
        "test_clock": None,
    }
    _fill(call, customer)
    call.account.add(customer)
    call.world.emit(call.account, "customer.created", customer)
    return customer


def _fill(call: Call, customer: Obj) -> None:
    email = call.get("email")
    if email and "@" not in email:
        raise invalid(f"Invalid email address: {email}", "email", "email_invalid")
    metadata = merge_metadata(customer["metadata"], call.get("metadata"))
    settings: Any = call.get("invoice_settings") or {}
    default = settings.get("default_payment_method")
    if default:
        method = call.account.find("payment_method", default, "invoice_settings[default_payment_method]")
        if method["customer"] != customer["id"]:
            message = f"The customer does not have a payment method with the ID {default}."
            raise invalid(message, "invoice_settings[default_payment_method]", "resource_missing")
    if default is not None:
        customer["invoice_settings"]["default_payment_method"] = default or None
    for name in PLAIN:
        if name in call.params:
            customer[name] = call.params[name] or None
    customer["metadata"] = metadata


def retrieve(call: Call) -> Obj:
    gone = call.account.table("deleted_customer").get(call.id)
    return gone or call.account.find("customer", call.id)


def update(call: Call) -> Obj:
    customer = call.account.find("customer", call.id)
    _fill(call, customer)
    call.world.emit(call.account, "customer.updated", customer)
    return customer


def delete(call: Call) -> Obj:
    customer = call.account.find("customer", call.id)
    del call.account.table("customer")[call.id]
    for method in call.account.table("payment_method").values():
        if method["customer"] == call.id:
            method["customer"], method["_gone"] = None, True
    call.world.emit(call.account, "customer.deleted", customer)
    gone = {"id": call.id, "object": "customer", "deleted": True}
    call.account.table("deleted_customer")[call.id] = gone
    return gone


def listing(call: Call) -> Obj:
    found = created_within(call, call.account.table("customer").values())
    email = call.get("email")
    return list_of(call, [each for each in found if email in (None, each["email"])])
