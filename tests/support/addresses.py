"""Addresses that are taken apart and compiled once in a process.

Werkzeug takes an address apart and compiles two functions for it as it is added. That is right for a server, which
starts once; here each test has an application of its own, with the same six hundred addresses, of which it writes ten.
"""

from collections.abc import Callable
from functools import cache
from typing import Any

from werkzeug.routing import Rule

Builder = Callable[..., tuple[str, str]]

_MADE_OF_TEXT = ("_parts", "_trace", "_converters", "arguments")
_known: dict[tuple[object, ...], "KnownRule"] = {}


class KnownRule(Rule):
    """A rule that takes over what an earlier application's rule of the same text was compiled to."""

    def compile(self) -> None:
        """Compile the address the first time, and its two builders when they are first called."""
        defaults = tuple(sorted((self.defaults or {}).items()))
        key = (self.rule, self.subdomain, self.host, self.merge_slashes, defaults)
        if key not in _known:
            super().compile()
            _known[key] = self
            return
        first: Any = _known[key]
        for name in _MADE_OF_TEXT:
            setattr(self, name, getattr(first, name))
        self._build = first._build.__func__.__get__(self)
        self._build_unknown = first._build_unknown.__func__.__get__(self)

    def _compile_builder(self, *about: Any, **more: Any) -> Builder:
        compile_once = cache(super()._compile_builder)

        def build(rule: Rule, **values: object) -> tuple[str, str]:
            return compile_once(*about, **more)(rule, **values)

        return build
