"""SQL that is compiled once in a process.

SQLAlchemy keeps what it compiled by engine and by mapper, with the engine's dialect in the key. Each test has an engine
of its own, so all of it would be compiled again for each, and the mappers would keep the dialects of all.
"""

from collections.abc import Callable
from typing import Any

from sqlalchemy import URL, Dialect, Engine, Pool
from sqlalchemy.util import LRUCache

_STATEMENTS = 5_000
_dialects: dict[type[Dialect], Dialect] = {}
_compiled: dict[type[Dialect], LRUCache[Any, Any]] = {}


def compile_once() -> None:
    """Let the engines that are made from here on share one dialect of a kind, and what was compiled for it."""
    Engine.__init__ = _sharing(Engine.__init__)  # type: ignore[method-assign]


def _sharing(make: Callable[..., None]) -> Callable[..., None]:
    # The arguments are spelled out because `create_engine` reads their names to know which of its own belong here.
    def init(
        self: Engine,
        pool: Pool,
        dialect: Dialect,
        url: URL,
        logging_name: str | None = None,
        echo: bool | None = None,  # noqa: FBT001 - theirs
        query_cache_size: int = 500,
        execution_options: Any = None,
        hide_parameters: bool = False,  # noqa: FBT001, FBT002 - theirs
    ) -> None:
        kind = type(dialect)
        # Only a dialect that has met its server knows what to write.
        if getattr(_dialects.get(kind), "server_version_info", None) is None:
            _dialects[kind], _compiled[kind] = dialect, LRUCache(_STATEMENTS)
        make(
            self,
            pool,
            _dialects[kind],
            url,
            logging_name,
            echo,
            query_cache_size,
            execution_options,
            hide_parameters,
        )
        self._compiled_cache = _compiled[kind]

    return init
