"""Words as the directory keeps them and looks for them: folded, and cut at everything that is no letter or digit."""

import re
from collections.abc import Iterable

from app.kernel.folding import fold

LONGEST_QUERY = 120
MOST_WORDS = 8
"""Of a query; further ones narrow nothing down."""
_WORD = re.compile(r"[^\W_]+")


def words_in(text: str) -> list[str]:
    """The words of a text, each once, in order. Nothing in them means anything to a LIKE."""
    return list(dict.fromkeys(_WORD.findall(fold(text))))


def document(texts: Iterable[str]) -> str:
    """A text in which a word that begins with some letters is found by a space and these letters."""
    return "".join(f" {word}" for word in words_in(" ".join(texts)))
