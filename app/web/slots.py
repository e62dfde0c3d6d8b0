"""A slot: one room for one span, as a button sends it. In UTC, so that no hour of a clock change is ambiguous."""

import re
from dataclasses import dataclass
from datetime import timedelta

from app.domain.booking.minutes import minute_of, moment_of
from app.kernel.spans import Span

_SHAPE = re.compile(r"(\d{1,18})\.(\d{1,9})\.(\d{1,5})", re.ASCII)

LENGTHS = (15, 30, 45, 60, 90, 120, 180, 240, 360, 480)
"""In minutes, as forms offer them; any other can be asked for by address."""


@dataclass(frozen=True, slots=True)
class Slot:
    """What somebody pressed."""

    resource_id: int
    span: Span


def slot_value(resource_id: int, span: Span) -> str:
    """`12.29384760.60`: resource, minutes since 1970 in UTC, length in minutes."""
    return f"{resource_id}.{minute_of(span.start)}.{span.minutes}"


def parse_slot(text: str) -> Slot | None:
    """The slot that a button sent; None for anything that no button of ours sends."""
    match = _SHAPE.fullmatch(text)
    if match is None:
        return None
    resource_id, start, minutes = (int(part) for part in match.groups())
    try:
        begin = moment_of(start)
        return Slot(resource_id, Span(begin, begin + timedelta(minutes=minutes)))
    except ValueError:
        return None
