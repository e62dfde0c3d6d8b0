"""SQL that is compiled once in a process.

SQLAlchemy keeps what it compiled by engine and by mapper, with the engine's dialect in the key. Each test has an engine
of its own, so all of it would be compiled again for each, and the mappers would keep the dialects of all.
"""

from typing import Any

import pytest
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import Dialect, Engine
from sqlalchemy.util import LRUCache

_STATEMENTS = 5_000
_known: dict[type[Dialect], tuple[Dialect, LRUCache[Any, Any]]] = {}


def compile_once(db: SQLAlchemy) -> None:
    """Let the engines of all applications share one dialect of a kind, and what was compiled for it."""
    make = db._make_engine
    pytest.MonkeyPatch().setattr(db, "_make_engine", lambda *about: share_compiled(make(*about)))


def share_compiled(engine: Engine) -> Engine:
    """The engine, which shares them from here on; before its first connection."""
    kind = type(engine.dialect)
    # Only a dialect that has met its server knows what to write
    if kind not in _known or getattr(_known[kind][0], "server_version_info", None) is None:
        _known[kind] = engine.dialect, LRUCache(_STATEMENTS)
    engine.dialect, engine._compiled_cache = _known[kind]
    return engine
