"""Parts of pages that look the same whenever the same facts are true: laid out once, then taken from memory.

Half of a page's time went into its frame, which is the same for one person from page to page. A part is kept under the
values it was made of, never under a name that stands for them, so there is nothing to invalidate: other facts are
another key. Measured on the rooms page: docs/performance.md.
"""

import secrets
import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Any

from flask import Flask, current_app, g
from flask_wtf.csrf import generate_csrf
from markupsafe import Markup

_MOST = 2048
"""Parts kept per process; they average 3 kB."""
_HOLE = f"csrf-{secrets.token_hex(16)}"
"""Stands in a kept part where each answer has the asking browser's CSRF token. Random, so that no text can hold it."""


class Fragments:
    """Kept parts of one application, those not asked for longest forgotten first."""

    def __init__(self, most: int = _MOST) -> None:
        self._most = most
        self._parts: OrderedDict[Hashable, str] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: Hashable) -> str | None:
        """The part of that key, or None."""
        with self._lock:
            part = self._parts.get(key)
            if part is not None:
                self._parts.move_to_end(key)
            return part

    def put(self, key: Hashable, part: str) -> None:
        """Keep a part."""
        with self._lock:
            self._parts[key] = part
            while len(self._parts) > self._most:
                self._parts.popitem(last=False)


def recall(key: Hashable, lay_out: Callable[[], tuple[str, bool]]) -> Markup:
    """The part kept under `key`, else what `lay_out` makes of it now, with whether to keep that.

    The key must hold every value the part shows; the CSRF token alone is put in anew each time.
    """
    fragments: Fragments = current_app.extensions["portico_fragments"]
    token = generate_csrf()
    part = fragments.get(key)
    if part is None:
        g.csrf_token = _HOLE  # where Flask-WTF looks first
        try:
            laid_out, keep = lay_out()
            part = str(laid_out)
        finally:
            g.csrf_token = token
        if keep:
            fragments.put(key, part)
    # Markup: a template made it, and escaped what it was given.
    return Markup(part.replace(_HOLE, token))  # noqa: S704


def _remember(name: str, *facts: Any, caller: Callable[[], str]) -> Markup:
    """`{% call remember("rail", tenant, nav) %}…{% endcall %}`: keep the block under its name and these facts."""
    key = (name, *(tuple(fact) if isinstance(fact, list) else fact for fact in facts))
    return recall(key, lambda: (caller(), True))


def init_fragments(app: Flask) -> None:
    app.extensions["portico_fragments"] = Fragments()
    app.jinja_env.globals["remember"] = _remember
