"""Pages and parts of pages that look the same whenever the same facts are true: laid out once, then taken from memory.

They are kept under the values that they were made of, never under a name that stands for those values, so there is
nothing to invalidate: other facts are another key. docs/performance.md says what it saves.
"""

import re
import secrets
import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Any, cast

from flask import Flask, current_app, g
from markupsafe import Markup

from app.web.security import csrf_token

_MOST_CHARACTERS = 8_000_000
"""Kept per process: the rooms page of 300 people, or their frames alone for ten times as many."""

Part = tuple[str, ...]
"""Text, and between each two texts the name of what is put in there anew. Searching 25 kB for the places took 90 µs."""


def _size(part: Part) -> int:
    return sum(map(len, part))


class Fragments:
    """Kept parts of one application, those not asked for longest forgotten first."""

    def __init__(self, most_characters: int = _MOST_CHARACTERS) -> None:
        self._room = most_characters
        self._parts: OrderedDict[Hashable, Part] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: Hashable) -> Part | None:
        """The part of that key, or None."""
        with self._lock:
            part = self._parts.get(key)
            if part is not None:
                self._parts.move_to_end(key)
            return part

    def put(self, key: Hashable, part: Part) -> None:
        """Keep a part, and forget others where there is no room for all."""
        with self._lock:
            self._room += _size(self._parts.pop(key, ())) - _size(part)
            self._parts[key] = part
            while self._room < 0:
                self._room += _size(self._parts.popitem(last=False)[1])


def page_key() -> str:
    """This answer's own key, for forms that must count once however often they are sent."""
    if "page_key" not in g:
        g.page_key = secrets.token_urlsafe(12)
    return cast("str", g.page_key)


# What no two answers share stands in a kept part as a hole: random, so that no text can hold it by chance or by intent.
_FRESH: dict[str, tuple[Callable[[], str], str]] = {
    "csrf_token": (csrf_token, f"csrf-{secrets.token_hex(16)}"),
    "page_key": (page_key, f"page-{secrets.token_hex(16)}"),
}
_HOLES = re.compile("|".join(f"({hole})" for _make, hole in _FRESH.values()))
_NAMES = {hole: name for name, (_make, hole) in _FRESH.items()}


def recall(key: Hashable, lay_out: Callable[[], tuple[str, bool]]) -> Markup:
    """The part kept under `key`, else what `lay_out` makes of it now, with whether to keep that.

    The key must hold every value that the part shows, but for `csrf_token()` and `page_key()`: these are put in anew.
    """
    fragments: Fragments = current_app.extensions["portico_fragments"]
    fresh = {name: make() for name, (make, _hole) in _FRESH.items()}
    part = fragments.get(key)
    if part is None:
        text, keep = _with_holes(lay_out, fresh)
        part = _part(text)
        if keep:
            fragments.put(key, part)
    # Markup: a template made it, and escaped what it was given.
    return Markup("".join([fresh[each] if at % 2 else each for at, each in enumerate(part)]))  # noqa: S704


def _part(text: str) -> Part:
    pieces, at = [], 0
    for hole in _HOLES.finditer(text):
        pieces += [text[at : hole.start()], _NAMES[hole[0]]]
        at = hole.end()
    return (*pieces, text[at:])


def _with_holes(lay_out: Callable[[], tuple[str, bool]], fresh: dict[str, str]) -> tuple[str, bool]:
    for name, (_make, hole) in _FRESH.items():
        setattr(g, name, hole)  # where their makers look first
    try:
        part, keep = lay_out()
    finally:
        for name, value in fresh.items():
            setattr(g, name, value)
    return str(part), keep


def _remember(name: str, *facts: Any, caller: Callable[[], str]) -> Markup:
    """`{% call remember("rail", tenant, nav) %}…{% endcall %}`: keep the block under its name and these facts."""
    key = (name, *(tuple(fact) if isinstance(fact, list) else fact for fact in facts))
    return recall(key, lambda: (caller(), True))


def init_fragments(app: Flask) -> None:
    app.extensions["portico_fragments"] = Fragments()
    app.jinja_env.globals["remember"] = _remember
    app.jinja_env.globals["page_key"] = page_key
