"""Text as a search compares it. Databases fold as their locale says, SQLite no more than ASCII; this is the same everywhere."""

import unicodedata

# Letters that are no plain one with a mark, for Unicode; keyboards without them write the plain one.
_PLAIN = str.maketrans(
    {"ł": "l", "ø": "o", "đ": "d", "ð": "d", "ħ": "h", "ı": "i", "æ": "ae", "œ": "oe", "þ": "th"}  # noqa: RUF001
)


def fold(text: str) -> str:
    """The text without case and accents."""
    bare = (
        char for char in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(char)
    )
    return "".join(bare).translate(_PLAIN)
