"""Ids of rows as forms and addresses send them."""

import re
from typing import Any

from app.models.base import LARGEST_ID

_ID = re.compile(r"\d{1,19}", re.ASCII)


def id_of(text: str) -> int | None:
    """An id of a row; None for what no database could hold."""
    found = int(text) if _ID.fullmatch(text) else None
    return found if found is not None and found <= LARGEST_ID else None


def id_or_none(value: Any) -> int | None:
    """What the value of an option means: a database id, or None for the empty one. Raises ValueError."""
    text = str(value) if value is not None else ""
    if text in {"", "None"}:
        return None
    found = id_of(text)
    if found is None:
        raise ValueError(text)
    return found
