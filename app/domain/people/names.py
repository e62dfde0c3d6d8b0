"""What counts as a name: letters of any script, and the few signs that stand between them."""

import unicodedata

from app.domain.people.terms import SHORTEST_FIRST_NAME, BadName, NameFault

_BETWEEN = frozenset(" '’ʼ-‐.·")  # noqa: RUF001 - apostrophes and hyphens as keyboards make them
# Joiners shape letters of Persian and of Indic scripts.
_JOINERS = frozenset("\u200c\u200d")


def check_names(first_name: str, last_name: str) -> None:
    """Raises BadName for the first of the two that is none."""
    _check("first_name", first_name, SHORTEST_FIRST_NAME)
    _check("last_name", last_name, 1)


def only_letters(name: str) -> str:
    """What is left of a name without whatever no name has in it, for one that nobody can be asked about."""
    words = ("".join(char for char in word if _belongs(char)) for word in name.split())
    return " ".join(word for word in words if word)


def _check(field: str, name: str, shortest: int) -> None:
    if not all(_belongs(char) for char in name):
        raise BadName(field, NameFault.NOT_LETTERS)
    if sum(unicodedata.category(char).startswith("L") for char in name) < shortest:
        raise BadName(field, NameFault.TOO_SHORT)


def _belongs(char: str) -> bool:
    return unicodedata.category(char)[0] in {"L", "M"} or char in _BETWEEN or char in _JOINERS
