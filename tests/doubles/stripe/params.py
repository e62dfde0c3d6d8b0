"""Parameters as they travel, and whether they are what Stripe's own types ask for."""

import re
import sys
import typing
from functools import cache
from types import UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints
from urllib.parse import parse_qsl

from stripe import _stripe_object

from tests.doubles.stripe.errors import StripeError, invalid

# What the library takes from the same dictionary but never sends.
OPTIONS = {
    "api_key",
    "stripe_version",
    "stripe_account",
    "stripe_context",
    "max_network_retries",
    "idempotency_key",
    "content_type",
    "headers",
}
NAMESPACE = {**vars(typing), **vars(_stripe_object), "StripeContext": str}

Tree = dict[str, Any]


def decode(text: str) -> Tree:
    """Read `items[0][price]=p1&metadata[t]=1` as a tree of dictionaries; lists still have their places as keys."""
    tree: Tree = {}
    for name, value in parse_qsl(text, keep_blank_values=True):
        head = name.split("[", 1)[0]
        path = [head, *re.findall(r"\[([^\]]*)\]", name)]
        _put(tree, path, value, name)
    return tree


def _put(tree: Tree, path: list[str], value: str, name: str) -> None:
    place = tree
    for step in path[:-1]:
        place = place.setdefault(step, {})
        if not isinstance(place, dict):
            raise invalid(f"Invalid parameter: {name} is given both as a value and as an object", name)
    last = path[-1] or str(len(place))
    if isinstance(place.get(last), dict):
        raise invalid(f"Invalid parameter: {name} is given both as a value and as an object", name)
    place[last] = value


@cache
def _fields(kind: Any) -> dict[str, Any]:
    names = {**NAMESPACE, **vars(sys.modules[kind.__module__])}
    hints = get_type_hints(kind, localns=names)
    return {name: hint for name, hint in hints.items() if name not in OPTIONS}


def check(kind: Any, given: Tree, at: str = "") -> Tree:
    """Return the values in their Python types, or raise what Stripe would answer."""
    fields = _fields(kind)
    unknown = [_name(at, name) for name in given if name not in fields]
    if unknown:
        plural = "s" if len(unknown) > 1 else ""
        message = f"Received unknown parameter{plural}: {', '.join(unknown)}"
        raise invalid(message, unknown[0], "parameter_unknown")
    for name in sorted(kind.__required_keys__):
        if name in fields and name not in given:
            full = _name(at, name)
            raise invalid(f"Missing required param: {full}.", full, "parameter_missing")
    return {name: _value(fields[name], value, _name(at, name)) for name, value in given.items()}


def _name(at: str, name: str) -> str:
    return f"{at}[{name}]" if at else name


def _value(hint: Any, value: str | Tree, at: str) -> Any:
    options = _options(hint)
    if isinstance(value, dict):
        return _container(options, value, at)
    literals = [each for option in options if get_origin(option) is Literal for each in get_args(option)]
    if value in literals:
        return value
    if value == "":
        message = f"You passed an empty string for '{at}'. However '{at}' cannot be unset."
        raise invalid(message, at, "parameter_invalid_empty")
    enum = [each for each in literals if each]
    # An enumeration is typed `Literal[…] | str`, which would let a bad value pass: the Literal is read strictly.
    for plain, read in READERS.items():
        if plain in options and not (plain is str and enum):
            found = read(value)
            if found is not None:
                return found
    raise _wrong_text(options, enum, value, at)


def _wrong_text(options: list[Any], enum: list[str], value: str, at: str) -> StripeError:
    if enum:
        return invalid(f"Invalid {at}: must be one of {', '.join(enum)}", at)
    if int in options:
        return invalid(f"Invalid integer: {value}", at, "parameter_invalid_integer")
    if bool in options:
        return invalid(f"Invalid boolean: {value}", at)
    wanted = "array" if any(get_origin(option) is list for option in options) else "object"
    return invalid(f"Invalid {wanted}", at)


def _container(options: list[Any], value: Tree, at: str) -> Any:
    for option in options:
        if hasattr(option, "__required_keys__"):
            return check(option, value, at)
        if get_origin(option) is list and all(key.isdigit() for key in value):
            (inner,) = get_args(option)
            return [_value(inner, value[key], f"{at}[{key}]") for key in sorted(value, key=int)]
        if get_origin(option) is dict:
            inner = get_args(option)[1]
            return {key: _entry(inner, each, f"{at}[{key}]") for key, each in value.items()}
    wanted = "string" if str in options else "value"
    raise invalid(f"Invalid {wanted}: an object or array was given", at)


def _entry(hint: Any, value: str | Tree, at: str) -> Any:
    # An empty entry takes it away, so it is allowed where an empty parameter is not.
    return "" if value == "" and hint is str else _value(hint, value, at)


def _options(hint: Any) -> list[Any]:
    if get_origin(hint) in (Union, UnionType):
        return [option for each in get_args(hint) for option in _options(each)]
    if get_origin(hint) is _stripe_object.UntypedStripeObject or hint is type(None):
        return []
    return [hint]


def _integer(text: str) -> int | None:
    return int(text) if re.fullmatch(r"-?[0-9]{1,18}", text) else None


def _boolean(text: str) -> bool | None:
    return {"true": True, "false": False}.get(text)


def _float(text: str) -> float | None:
    return float(text) if re.fullmatch(r"-?[0-9]+(\.[0-9]+)?", text) else None


def _string(text: str) -> str | None:
    return text


READERS: dict[Any, typing.Callable[[str], Any]] = {
    int: _integer,
    bool: _boolean,
    float: _float,
    str: _string,
}
