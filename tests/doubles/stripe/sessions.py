"""A Checkout Session as it is when it is made."""

from tests.doubles.stripe.call import Call, merge_metadata
from tests.doubles.stripe.errors import invalid, unsupported
from tests.doubles.stripe.world import Obj, new_id

MINUTE_S = 60
DAY_S = 24 * 60 * MINUTE_S


def make_session(call: Call, mode: str, customer: Obj | None) -> Obj:
    now, session_id = call.world.now(), "cs_test_" + new_id("x")[2:] + new_id("x")[2:]
    expires_at = call.get("expires_at", now + DAY_S)
    if not now + 30 * MINUTE_S - 5 <= expires_at <= now + DAY_S + 5:
        message = "The `expires_at` timestamp must be between 30 minutes and 24 hours from Checkout Session creation."
        raise invalid(message, "expires_at")
    email = customer["email"] if customer else call.get("customer_email")
    return {
        "id": session_id,
        "object": "checkout.session",
        "adaptive_pricing": None,
        "after_expiration": None,
        "allow_promotion_codes": None,
        "amount_subtotal": None,
        "amount_total": None,
        "automatic_tax": {"enabled": False, "liability": None, "provider": None, "status": None},
        "billing_address_collection": None,
        "cancel_url": call.get("cancel_url"),
        "client_reference_id": call.get("client_reference_id"),
        "client_secret": None,
        "collected_information": None,
        "consent": None,
        "consent_collection": None,
        "created": now,
        "currency": None,
        "currency_conversion": None,
        "custom_fields": [],
        "custom_text": {
            "after_submit": None,
            "shipping_address": None,
            "submit": None,
            "terms_of_service_acceptance": None,
        },
        "customer": customer["id"] if customer else None,
        "customer_creation": None if customer else call.get("customer_creation", "if_required"),
        "customer_details": None if email is None else _details(email, customer),
        "customer_email": call.get("customer_email"),
        "expires_at": expires_at,
        "invoice": None,
        "invoice_creation": None,
        "livemode": False,
        "locale": call.get("locale"),
        "metadata": merge_metadata({}, call.get("metadata")),
        "mode": mode,
        "payment_intent": None,
        "payment_link": None,
        "payment_method_collection": "if_required" if mode == "payment" else "always",
        "payment_method_configuration_details": None,
        "payment_method_options": {"card": {"request_three_d_secure": "automatic"}},
        "payment_method_types": ["card"],
        "payment_status": "unpaid" if mode == "payment" else "no_payment_required",
        "phone_number_collection": {"enabled": False},
        "recovered_from": None,
        "return_url": None,
        "setup_intent": None,
        "shipping_address_collection": None,
        "shipping_cost": None,
        "shipping_options": [],
        "status": "open",
        "submit_type": call.get("submit_type"),
        "subscription": None,
        "success_url": call.params["success_url"],
        "total_details": None,
        "ui_mode": "hosted_page",
        "url": f"{call.world.origin}/c/pay/{session_id}",
        "_problem": None,
    }


def _details(email: str, customer: Obj | None) -> Obj:
    name = customer["name"] if customer else None
    return {
        "address": None,
        "email": email,
        "name": name,
        "phone": None,
        "tax_exempt": "none",
        "tax_ids": None,
    }


def make_line(given: Obj, at: str) -> Obj:
    if "price" in given:
        raise unsupported(f"{at}[price]")
    price = given.get("price_data")
    if price is None:
        raise invalid(f"Missing required param: {at}[price_data].", f"{at}[price_data]", "parameter_missing")
    name, amount = price.get("product_data", {}).get("name"), price.get("unit_amount")
    for wanted, value in (("product_data", name), ("unit_amount", amount)):
        if value is None:
            full = f"{at}[price_data][{wanted}]"
            raise invalid(f"Missing required param: {full}.", full, "parameter_missing")
    quantity = given.get("quantity")
    if quantity is None or quantity < 1 or amount < 0:
        raise invalid("Quantity must be at least 1, and the amount no less than 0.", f"{at}[quantity]")
    currency = price["currency"].lower()
    return {
        "id": new_id("li"),
        "object": "item",
        "adjustable_quantity": None,
        "amount_discount": 0,
        "amount_subtotal": amount * quantity,
        "amount_tax": 0,
        "amount_total": amount * quantity,
        "currency": currency,
        "description": name,
        "metadata": {},
        "price": None,
        "quantity": quantity,
    }
