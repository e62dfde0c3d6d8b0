"""Names of people and portals, short and in full."""

import unicodedata

_FROM_THE_RIGHT = frozenset({"R", "AL", "AN"})


def full_name(first_name: str, last_name: str) -> str:
    """Both names as one; some people have only one of them."""
    return f"{first_name} {last_name}".strip()


def initials(name: str) -> str:
    """The first letters of the first and the last word, large, of any script: what stands in for a picture."""
    words = name.split()
    return "".join(word[0] for word in (*words[:1], *words[1:][-1:])).upper()


def isolated(words: str) -> str:
    """What somebody is called, inside of a sentence: where letters of it run from right to left, kept apart by Unicode's
    isolates, so that they cannot turn around what stands beside them. The rest stays as it is."""
    runs_back = any(unicodedata.bidirectional(char) in _FROM_THE_RIGHT for char in words)
    return f"\u2068{words}\u2069" if runs_back else words
