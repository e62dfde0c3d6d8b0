"""Half-open spans of time: `[start, end)`, so that a booking until 10:00 and one from 10:00 do not touch."""

from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A span of aware UTC moments. `start` belongs to it, `end` does not.

    Raises ValueError when it would be empty or run backwards.
    """

    start: datetime
    end: datetime

    def __post_init__(self) -> None:
        if self.end <= self.start:
            raise ValueError(f"a span must end after it starts: {self.start} to {self.end}")

    @property
    def length(self) -> timedelta:
        return self.end - self.start

    @property
    def minutes(self) -> int:
        """Whole minutes, rounded down."""
        return int(self.length.total_seconds() // 60)

    def overlaps(self, other: "Span") -> bool:
        return self.start < other.end and other.start < self.end

    def padded(self, before: timedelta, after: timedelta) -> "Span":
        """This span with buffers around it."""
        return Span(self.start - before, self.end + after)
