"""What this Stripe knows: accounts, what lies in each, and the clock."""

import secrets
import string
import threading
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from typing import Any

from stripe import _api_version

from tests.doubles.stripe.errors import StripeError, missing

VERSION = _api_version._ApiVersion.CURRENT
LETTERS = string.ascii_letters + string.digits

Obj = dict[str, Any]


def new_id(prefix: str) -> str:
    return f"{prefix}_" + "".join(secrets.choice(LETTERS) for _ in range(24))


def no_access(wanted: str) -> StripeError:
    """A key that may not act for that account; whether it exists is not said."""
    message = (
        f"The provided key does not have access to account '{wanted}' (or that account does not exist). "
        "Application access may have been revoked."
    )
    return StripeError(403, "invalid_request_error", message, code="account_invalid")


@dataclass
class Account:
    """One account: its objects by kind and id, and the answers it gave under an idempotency key."""

    id: str
    platform: str | None = None
    tables: dict[str, dict[str, Obj]] = field(default_factory=dict)
    replies: dict[str, Obj] = field(default_factory=dict)

    def table(self, kind: str) -> dict[str, Obj]:
        return self.tables.setdefault(kind, {})

    def add(self, obj: Obj) -> Obj:
        self.table(obj["object"])[obj["id"]] = obj
        return obj

    def find(self, kind: str, wanted: str, param: str = "id") -> Obj:
        found = self.table(kind).get(wanted)
        if found is None:
            raise missing(kind, wanted, param)
        return found

    def any(self, wanted: str) -> Obj | None:
        """The object of that id, of whatever kind."""
        return next((table[wanted] for table in self.tables.values() if wanted in table), None)


class World:
    """All of it. Whoever reads or writes holds `lock`."""

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self.origin = ""
        self.offset = 0
        self.keys: dict[str, str] = {}
        self.accounts: dict[str, Account] = {}
        self.request: Obj = {"id": None, "idempotency_key": None}
        self.on_event: Callable[[Account, Obj], None] = lambda _account, _event: None

    def now(self) -> int:
        return int(time.time()) + self.offset

    def add_key(self, key: str) -> Account:
        """Make a secret key known. Each key opens an account of its own."""
        account = Account(new_id("acct")[:21])
        self.accounts[account.id] = account
        self.keys[key] = account.id
        account.add(account_object(account.id, self.now(), ready=True))
        return account

    def behind(self, key: str | None, wanted: str | None) -> Account:
        """The account that a call is about: the key's own, or one connected to it."""
        if not key:
            raise StripeError(401, "invalid_request_error", "You did not provide an API key.")
        if key not in self.keys:
            raise StripeError(
                401, "invalid_request_error", f"Invalid API Key provided: {key[:8]}***{key[-4:]}"
            )
        own = self.accounts[self.keys[key]]
        if wanted is None or wanted == own.id:
            return own
        found = self.accounts.get(wanted)
        if found is None or found.platform != own.id:
            raise no_access(wanted)
        return found

    def emit(self, account: Account, kind: str, obj: Obj) -> None:
        """Note that something happened to an object, and let those who listen know."""
        event = {
            "id": new_id("evt"),
            "object": "event",
            "api_version": VERSION,
            "created": self.now(),
            "data": {"object": visible(obj)},
            "livemode": False,
            "pending_webhooks": 0,
            "request": dict(self.request),
            "type": kind,
        }
        if account.platform:
            event["account"] = account.id
        account.add(event)
        self.on_event(account, event)

    def dump(self) -> Obj:
        accounts = {each.id: asdict(each) for each in self.accounts.values()}
        return {"offset": self.offset, "keys": self.keys, "accounts": accounts}

    def load(self, saved: Obj) -> None:
        self.offset, self.keys = saved["offset"], saved["keys"]
        self.accounts = {key: Account(**each) for key, each in saved["accounts"].items()}

    def reset(self) -> None:
        """Forget what happened. Keys, their accounts and the endpoints given at the start stay."""
        self.offset = 0
        self.accounts = {key: each for key, each in self.accounts.items() if key in self.keys.values()}
        for account in self.accounts.values():
            endpoints = account.table("webhook_endpoint")
            kept = {key: each for key, each in endpoints.items() if each.get("_kept")}
            account.tables = {"account": account.table("account"), "webhook_endpoint": kept}
            account.replies = {}


def visible(value: Any) -> Any:
    """A copy without what only the double knows."""
    if isinstance(value, dict):
        return {key: visible(each) for key, each in value.items() if not key.startswith("_")}
    if isinstance(value, list):
        return [visible(each) for each in value]
    return value


def account_object(account_id: str, now: int, *, ready: bool, email: str | None = None) -> Obj:
    """An account that may take money, or one whose owner has not told Stripe who they are."""
    due = [] if ready else ["business_type", "external_account", "tos_acceptance.date"]
    state = "active" if ready else "inactive"
    return {
        "id": account_id,
        "object": "account",
        "business_profile": None,
        "business_type": None,
        "capabilities": {"card_payments": state, "transfers": state},
        "charges_enabled": ready,
        "country": "DE",
        "created": now,
        "default_currency": "eur",
        "details_submitted": ready,
        "email": email,
        "metadata": {},
        "payouts_enabled": ready,
        "requirements": {
            "alternatives": [],
            "current_deadline": None,
            "currently_due": due,
            "disabled_reason": None if ready else "requirements.past_due",
            "errors": [],
            "eventually_due": due,
            "past_due": due,
            "pending_verification": [],
        },
        "settings": None,
        "type": "standard",
    }


def everything(account: Account) -> Obj:
    """All objects of an account, by kind."""
    return {kind: [visible(each) for each in table.values()] for kind, table in account.tables.items()}
