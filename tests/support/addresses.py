"""Addresses that are compiled when they are first written.

Werkzeug compiles a function for each address as it is added. That is right for a server, which starts once; here each
test has an application of its own, which costs 90 ms for 260 addresses of which a test writes ten.
"""

from collections.abc import Callable
from functools import cache

from werkzeug.routing import Rule


class LateRule(Rule):
    """A rule whose two builders are compiled on first use; matching is untouched."""

    def _compile_builder(self, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:  # noqa: FBT001, FBT002 - theirs
        compile_once = cache(super()._compile_builder)

        def build(rule: Rule, **values: object) -> tuple[str, str]:
            return compile_once(append_unknown)(rule, **values)

        return build
