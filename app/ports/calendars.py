"""Asking for a calendar of somewhere else."""

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class CalendarAnswer:
    """What was answered; `data` is None where nothing has changed since the `etag` that was sent."""

    status: int
    data: bytes | None
    etag: str


class CalendarSource(Protocol):
    def ask(self, address: str, etag: str) -> CalendarAnswer:
        """GET it, unless it is what it was. Raises FetchRefused."""
