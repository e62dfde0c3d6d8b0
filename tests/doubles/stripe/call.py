"""One call of the API, and what all of them share: lists, expansion, metadata, money."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from tests.doubles.stripe.errors import invalid, missing, unsupported
from tests.doubles.stripe.world import Account, Obj, World, visible

# Enough of Stripe's list for what is sold in Europe and the English-speaking world, and two without cents.
CURRENCIES = frozenset(
    "aud bgn brl cad chf clp czk dkk eur gbp huf inr jpy mxn nok nzd pln ron sek sgd usd zar".split()  # noqa: SIM905 - a list to read
)
NO_CENTS = {"clp", "jpy"}
LEAST = 50
MOST = 99_999_999


@dataclass
class Call:
    """What a handler gets: checked parameters, the ids in the address, and the account it is about."""

    world: World
    account: Account
    params: Obj
    ids: list[str] = field(default_factory=list)
    path: str = ""

    @property
    def id(self) -> str:
        return self.ids[0]

    def get(self, name: str, default: Any = None) -> Any:
        return self.params.get(name, default)


def list_of(call: Call, objects: Iterable[Obj]) -> Obj:
    """A page of a list, newest first, as `limit`, `starting_after` and `ending_before` ask."""
    rows = list(reversed(list(objects)))
    limit = call.get("limit", 10)
    if not 1 <= limit <= 100:
        raise invalid("This value must be between 1 and 100.", "limit", "parameter_invalid_integer")
    ids = [row["id"] for row in rows]
    start, end = call.get("starting_after"), call.get("ending_before")
    if start is not None:
        rows = rows[_place(ids, start, "starting_after") + 1 :]
    if end is not None:
        rows = rows[: _place(ids, end, "ending_before")]
        more, rows = len(rows) > limit, rows[-limit:]
    else:
        more, rows = len(rows) > limit, rows[:limit]
    return {"object": "list", "data": rows, "has_more": more, "url": call.path}


def _place(ids: list[str], wanted: str, param: str) -> int:
    if wanted not in ids:
        raise missing("object", wanted, param)
    return ids.index(wanted)


def created_within(call: Call, objects: Iterable[Obj]) -> list[Obj]:
    """Those made when the parameter `created` asks for."""
    wanted = call.get("created")
    if wanted is None:
        return list(objects)
    if isinstance(wanted, int):
        return [each for each in objects if each["created"] == wanted]
    tests = {"gt": int.__gt__, "gte": int.__ge__, "lt": int.__lt__, "lte": int.__le__}
    return [
        each for each in objects if all(tests[key](each["created"], than) for key, than in wanted.items())
    ]


def render(account: Account, obj: Obj, expand: list[str]) -> Obj:
    """What leaves the house: nothing private, and ids replaced by their objects where that was asked for."""
    copy: Obj = visible(obj)
    for path in expand:
        _expand(account, copy, path.split("."), path, _hidden(obj))
    return copy


def _expand(account: Account, place: Any, path: list[str], whole: str, hidden: Obj) -> None:
    if isinstance(place, list):
        for each in place:
            _expand(account, each, path, whole, hidden)
        return
    head, rest = path[0], path[1:]
    if head in hidden and head not in place:
        place[head] = hidden[head]
    if not isinstance(place, dict) or head not in place:
        raise invalid(f"This property cannot be expanded ({whole}).", "expand")
    below: Obj = {}
    if isinstance(place[head], str):
        found = account.any(place[head])
        if found is None:
            raise invalid(f"This property cannot be expanded ({whole}).", "expand")
        place[head] = visible(found)
        below = _hidden(found)
    if rest and place[head] is not None:
        _expand(account, place[head], rest, whole, below)


def _hidden(obj: Obj) -> Obj:
    """What Stripe leaves out of an object unless it is asked for."""
    return {name.removeprefix("_x_"): visible(each) for name, each in obj.items() if name.startswith("_x_")}


def merge_metadata(old: Obj, given: Any) -> Obj:
    """Entries are added and replaced; an empty one goes, and an empty whole takes all."""
    if given == "":
        return {}
    merged = {**old, **(given or {})}
    merged = {key: value for key, value in merged.items() if value != ""}
    if len(merged) > 50:
        raise invalid("Metadata can have up to 50 keys.", "metadata")
    for key, value in merged.items():
        if len(key) > 40 or len(value) > 500:
            raise invalid("Metadata keys have up to 40 characters, values up to 500.", f"metadata[{key}]")
    return merged


def check_money(amount: int, currency: str, param: str = "amount") -> str:
    """Return the currency as Stripe writes it; refuse what no card can be charged."""
    written = currency.lower()
    if written not in CURRENCIES:
        raise invalid(f"Invalid currency: {currency}.", "currency")
    if amount < 1:
        raise invalid("This value must be greater than or equal to 1.", param, "parameter_invalid_integer")
    if amount < LEAST:
        raise invalid(f"Amount must be at least {shown(LEAST, written)}", param, "amount_too_small")
    if amount > MOST:
        raise invalid(f"Amount must be no more than {shown(MOST, written)}", param, "amount_too_large")
    return written


def shown(amount: int, currency: str) -> str:
    if currency in NO_CENTS:
        return f"{amount:,} {currency.upper()}"
    return f"{amount // 100:,}.{amount % 100:02} {currency.upper()}"


def check_open_for_business(call: Call) -> None:
    """An account whose owner has not told Stripe who they are takes no money."""
    if not call.account.find("account", call.account.id)["charges_enabled"]:
        raise invalid("Your account cannot currently make charges.")


def check_types(call: Call) -> None:
    """Cards are all that can be paid with here."""
    if call.get("payment_method_types", ["card"]) != ["card"]:
        raise unsupported("payment_method_types other than card")


def check_url(url: str, param: str) -> str:
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not re.fullmatch(r"[^\s/]+", parts.netloc):
        raise invalid("Not a valid URL", param, "url_invalid")
    return url


def client_secret(obj_id: str) -> str:
    return f"{obj_id}_secret_{obj_id[-12:][::-1]}"
