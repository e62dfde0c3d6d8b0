"""Checkout Sessions: what is bought or which card is kept, and the page where that happens."""

from typing import Any

from tests.doubles.stripe.attempts import attempt, authenticate, make_intent, withdraw
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
from tests.doubles.stripe.cards import Decline
from tests.doubles.stripe.errors import invalid, unsupported
from tests.doubles.stripe.sessions import make_line, make_session
from tests.doubles.stripe.setups import attempt_setup, authenticate_setup, make_setup, withdraw_setup
from tests.doubles.stripe.world import Account, Obj, World

PLACE = "{CHECKOUT_SESSION_ID}"


def create(call: Call) -> Obj:
    check_open_for_business(call)
    mode = call.get("mode")
    if mode not in ("payment", "setup"):
        raise (
            unsupported(f"mode={mode}")
            if mode
            else invalid("Missing required param: mode.", "mode", "parameter_missing")
        )
    if call.get("ui_mode", "hosted_page") != "hosted_page":
        raise unsupported("ui_mode")
    check_types(call)
    if "success_url" not in call.params:
        raise invalid("Missing required param: success_url.", "success_url", "parameter_missing")
    for name in ("success_url", "cancel_url"):
        if name in call.params:
            check_url(call.params[name], name)
    if len(call.get("client_reference_id", "")) > 200:
        raise invalid("Invalid string: must be at most 200 characters", "client_reference_id")
    customer = _customer(call)
    session = make_session(call, mode, customer)
    (_sell if mode == "payment" else _keep)(call, session)
    call.account.add(session)
    return session


def _customer(call: Call) -> Obj | None:
    if "customer" not in call.params:
        return None
    for name in ("customer_email", "customer_creation"):
        if name in call.params:
            raise invalid(f"You may only specify one of these parameters: customer, {name}.", name)
    return call.account.find("customer", call.params["customer"], "customer")


def _sell(call: Call, session: Obj) -> None:
    items = [make_line(each, f"line_items[{n}]") for n, each in enumerate(call.get("line_items") or [])]
    if not items:
        message = "`line_items` is required in `payment` mode."
        raise invalid(message, "line_items", "parameter_missing")
    if "setup_intent_data" in call.params:
        raise invalid("You can not pass `setup_intent_data` in `payment` mode.", "setup_intent_data")
    if len({each["currency"] for each in items}) > 1:
        raise invalid("All prices on a Checkout Session must use the same currency.", "line_items")
    total = sum(each["amount_total"] for each in items)
    session["currency"] = check_money(total, items[0]["currency"], "line_items")
    session["amount_subtotal"] = session["amount_total"] = total
    session["total_details"] = {"amount_discount": 0, "amount_shipping": 0, "amount_tax": 0}
    given = call.get("payment_intent_data") or {}
    unknown = set(given) - {"description", "metadata", "receipt_email", "setup_future_usage"}
    if unknown:
        raise unsupported(f"payment_intent_data[{min(unknown)}]")
    session["_intent"] = {**given, "metadata": merge_metadata({}, given.get("metadata"))}
    session["_x_line_items"] = {
        "object": "list",
        "data": items,
        "has_more": False,
        "url": f"/v1/checkout/sessions/{session['id']}/line_items",
    }


def _keep(call: Call, session: Obj) -> None:
    for name in ("line_items", "payment_intent_data"):
        if name in call.params:
            raise invalid(f"You can not pass `{name}` in `setup` mode.", name)
    if "currency" not in call.params and "payment_method_types" not in call.params:
        message = "`currency` is required in `setup` mode unless `payment_method_types` is given."
        raise invalid(message, "currency", "parameter_missing")
    session["currency"] = call.get("currency")
    given = call.get("setup_intent_data") or {}
    setup = make_setup(
        call.world,
        call.account,
        customer=session["customer"],
        description=given.get("description"),
        metadata=merge_metadata({}, given.get("metadata")),
    )
    session["setup_intent"] = setup["id"]


def retrieve(call: Call) -> Obj:
    return call.account.find("checkout.session", call.id)


def line_items(call: Call) -> Obj:
    items = retrieve(call).get("_x_line_items", {"data": []})["data"]
    return list_of(call, reversed(items))


def listing(call: Call) -> Obj:
    found = created_within(call, call.account.table("checkout.session").values())
    for name in ("customer", "payment_intent", "status"):
        found = [each for each in found if call.get(name) in (None, each[name])]
    return list_of(call, found)


def update(call: Call) -> Obj:
    session = retrieve(call)
    session["metadata"] = merge_metadata(session["metadata"], call.get("metadata"))
    return session


def expire(call: Call) -> Obj:
    session = retrieve(call)
    if session["status"] != "open":
        message = (
            'Only Checkout Sessions with a status in ["open"] can be expired. This Checkout Session has a status of '
            f"`{session['status']}`."
        )
        raise invalid(message)
    end(call.world, call.account, session)
    return session


def end(world: World, account: Account, session: Obj) -> None:
    """Nobody can pay here any more."""
    session.update(status="expired", url=None)
    if session["payment_intent"]:
        withdraw(world, account, account.find("payment_intent", session["payment_intent"]), "expired")
    if session["setup_intent"]:
        withdraw_setup(world, account, account.find("setup_intent", session["setup_intent"]), None)
    world.emit(account, "checkout.session.expired", session)


# --- what its page does ----------------------------------------------------------------------------------------------


def submit(world: World, account: Account, session: Obj, method: Obj) -> Decline | None:
    """A card was typed: the session is complete, or waits for the bank's page, or says why not."""
    if session["mode"] == "setup":
        setup = account.find("setup_intent", session["setup_intent"])
        return _after(world, account, session, attempt_setup(world, account, setup, method))
    if session["payment_intent"] is None:
        given: dict[str, Any] = {
            "customer": session["customer"],
            "_session": session["id"],
            **session["_intent"],
        }
        intent = make_intent(world, account, session["amount_total"], session["currency"], **given)
        session["payment_intent"] = intent["id"]
    intent = account.find("payment_intent", session["payment_intent"])
    return _after(world, account, session, attempt(world, account, intent, method))


def return_from_bank(world: World, account: Account, session: Obj, *, succeeds: bool) -> Decline | None:
    """The holder was at their bank's page."""
    if session["mode"] == "setup":
        setup = account.find("setup_intent", session["setup_intent"])
        return _after(world, account, session, authenticate_setup(world, account, setup, succeeds=succeeds))
    intent = account.find("payment_intent", session["payment_intent"])
    return _after(world, account, session, authenticate(world, account, intent, succeeds=succeeds))


def under_way(account: Account, session: Obj) -> Obj | None:
    """The intent of an open session that waits for the bank's page."""
    intent = account.any(session["payment_intent"] or session["setup_intent"] or "")
    return intent if intent is not None and intent["status"] == "requires_action" else None


def _after(world: World, account: Account, session: Obj, decline: Decline | None) -> Decline | None:
    session["_problem"] = decline.message if decline else None
    intent = account.any(session["payment_intent"] or session["setup_intent"])
    if intent is not None and intent["status"] == "succeeded":
        session.update(status="complete", url=None)
        if session["mode"] == "payment":
            session["payment_status"] = "paid"
        world.emit(account, "checkout.session.completed", session)
    return decline


def landing(session: Obj) -> str:
    """Where the browser goes once all is done."""
    url: str = session["success_url"]
    return url.replace(PLACE, session["id"])
