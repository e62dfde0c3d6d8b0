"""Lists in pages."""

from dataclasses import dataclass
from typing import Generic, TypeVar

PAGE_SIZE = 50
Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class Stretch:
    """Where one page stands in a list of `total` rows: `[start, stop)`, counted from 0. Pages count from 1."""

    page: int
    pages: int
    start: int
    stop: int
    total: int

    @property
    def rows(self) -> slice:
        return slice(self.start, self.stop)


@dataclass(frozen=True, slots=True)
class Paged(Generic[Row]):
    """The rows of one page."""

    rows: tuple[Row, ...]
    at: Stretch


def stretch(asked: int, total: int, size: int = PAGE_SIZE) -> Stretch:
    """The page that was asked for. One beyond the last gives the last, and one before the first the first."""
    pages = max(1, -(-total // size))
    page = min(max(asked, 1), pages)
    start = (page - 1) * size
    return Stretch(page, pages, start, min(start + size, total), total)
