"""What is about accounts and not about money: connected accounts, webhook endpoints, events."""

from urllib.parse import urlsplit

from tests.doubles.stripe.call import Call, check_url, created_within, list_of, merge_metadata
from tests.doubles.stripe.errors import invalid, unsupported
from tests.doubles.stripe.world import Account, Obj, World, account_object, new_id, no_access

LINK_LIVES_S = 300


# --- accounts --------------------------------------------------------------------------------------------------------


def connect(world: World, platform: Account, *, ready: bool, email: str | None = None) -> Account:
    """An account connected to a platform."""
    account = Account(new_id("acct")[:21], platform.id)
    account.add(account_object(account.id, world.now(), ready=ready, email=email))
    world.accounts[account.id] = account
    return account


def own_account(call: Call) -> Obj:
    return call.account.find("account", call.account.id)


def create_account(call: Call) -> Obj:
    if call.account.platform:
        raise invalid("Only a platform can create accounts.")
    if call.get("type") != "standard":
        raise unsupported("an account that is not of type standard")
    account = connect(call.world, call.account, ready=False, email=call.get("email"))
    made = account.find("account", account.id)
    made["metadata"] = merge_metadata({}, call.get("metadata"))
    made["country"] = call.get("country", "DE")
    return made


def retrieve_account(call: Call) -> Obj:
    """An account connected to the caller, or the caller's own; any other is refused like a foreign header."""
    if call.id == call.account.id:
        return own_account(call)
    wanted = call.world.accounts.get(call.id)
    if wanted is None or wanted.platform != call.account.id:
        raise no_access(call.id)
    return wanted.find("account", call.id)


def list_accounts(call: Call) -> Obj:
    connected = [each for each in call.world.accounts.values() if each.platform == call.account.id]
    return list_of(call, [each.find("account", each.id) for each in connected])


def create_link(call: Call) -> Obj:
    """The page where an account's owner tells Stripe who they are."""
    wanted = call.world.accounts.get(call.params["account"])
    if wanted is None or wanted.platform != call.account.id:
        raise invalid(f"No such account: '{call.params['account']}'", "account", "resource_missing")
    if call.params["type"] != "account_onboarding":
        raise unsupported("type")
    for name in ("refresh_url", "return_url"):
        if name not in call.params:
            raise invalid(f"Missing required param: {name}.", name, "parameter_missing")
        check_url(call.params[name], name)
    token, ends = new_id("link"), call.world.now() + LINK_LIVES_S
    link = {"object": "account_link", "created": call.world.now(), "expires_at": ends}
    link |= {"url": f"{call.world.origin}/setup/{token}"}
    wanted.table("account_link")[token] = {
        **link,
        "_back": call.params["return_url"],
        "_again": call.params["refresh_url"],
    }
    return link


def open_for_business(world: World, account: Account) -> None:
    """Its owner has told Stripe all it wants to know."""
    made = account.find("account", account.id)
    made.update(
        account_object(account.id, made["created"], ready=True, email=made["email"])
        | {"metadata": made["metadata"]}
    )
    world.emit(account, "account.updated", made)


# --- webhook endpoints -----------------------------------------------------------------------------------------------


def add_endpoint(
    world: World,
    account: Account,
    url: str,
    *,
    secret: str | None = None,
    connected: bool = False,
    kept: bool = False,
    events: list[str] | None = None,
) -> Obj:
    """Where events go. This double calls nobody but its own machine."""
    host = urlsplit(check_url(url, "url")).hostname or ""
    if host not in ("localhost", "127.0.0.1", "::1") and not host.endswith(".localhost"):
        raise invalid("Invalid URL: this test double delivers to its own machine only.", "url", "url_invalid")
    return account.add(
        {
            "id": new_id("we"),
            "object": "webhook_endpoint",
            "api_version": None,
            "application": None,
            "created": world.now(),
            "description": None,
            "enabled_events": events or ["*"],
            "livemode": False,
            "metadata": {},
            "status": "enabled",
            "url": url,
            "_secret": secret or new_id("whsec"),
            "_connected": connected,
            "_kept": kept,
        }
    )


def create_endpoint(call: Call) -> Obj:
    events, url = call.params["enabled_events"], call.params["url"]
    connected = call.get("connect", False)
    made = add_endpoint(call.world, call.account, url, connected=connected, events=events)
    made["description"] = call.get("description")
    made["metadata"] = merge_metadata({}, call.get("metadata"))
    # Shown once, when it is made.
    return {**made, "secret": made["_secret"]}


def retrieve_endpoint(call: Call) -> Obj:
    return call.account.find("webhook_endpoint", call.id)


def update_endpoint(call: Call) -> Obj:
    made = retrieve_endpoint(call)
    if "url" in call.params:
        made["url"] = check_url(call.params["url"], "url")
    if "enabled_events" in call.params:
        made["enabled_events"] = call.params["enabled_events"]
    if "disabled" in call.params:
        made["status"] = "disabled" if call.params["disabled"] else "enabled"
    return made


def delete_endpoint(call: Call) -> Obj:
    del call.account.table("webhook_endpoint")[retrieve_endpoint(call)["id"]]
    return {"id": call.id, "object": "webhook_endpoint", "deleted": True}


def list_endpoints(call: Call) -> Obj:
    return list_of(call, call.account.table("webhook_endpoint").values())


# --- events ----------------------------------------------------------------------------------------------------------


def retrieve_event(call: Call) -> Obj:
    return call.account.find("event", call.id)


def list_events(call: Call) -> Obj:
    found = created_within(call, call.account.table("event").values())
    wanted = set(call.get("types") or [])
    if "type" in call.params:
        wanted.add(call.params["type"])
    return list_of(call, [each for each in found if not wanted or matches(each["type"], wanted)])


def matches(kind: str, wanted: set[str]) -> bool:
    """Whether an event's type is among those asked for; `payment_intent.*` asks for all of them."""
    return any(kind == each or (each.endswith("*") and kind.startswith(each[:-1])) for each in wanted)
