"""Looking for words in texts that are kept folded (`kernel.folding`): the same on both engines, which fold otherwise."""

from typing import Any

from sqlalchemy import Boolean, ColumnElement
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

from app.kernel.folding import fold

LONGEST_WORDS = 120
"""Characters; what is typed beyond narrows nothing down."""


class holds(FunctionElement[bool]):  # noqa: N801 - it reads as the function that it is
    """Whether a text holds another, letter for letter: nothing in it means anything, and its length is nobody's matter.
    Takes PostgreSQL half the time of LIKE."""

    type = Boolean()
    inherit_cache = True


@compiles(holds)
def _look_for(element: holds, compiler: SQLCompiler, **how: Any) -> str:
    name = "instr" if compiler.dialect.name == "sqlite" else "strpos"
    return f"({name}({compiler.process(element.clauses, **how)}) > 0)"


def folded_words(words: str) -> list[str]:
    """What was typed as it is looked for: folded, and cut at the spaces."""
    return list(dict.fromkeys(fold(words[:LONGEST_WORDS]).split()))


def holds_all(text: ColumnElement[str] | Any, words: str) -> list[ColumnElement[bool]]:
    """That a folded text holds each of the words, anywhere."""
    return [holds(text, word) for word in folded_words(words)]
