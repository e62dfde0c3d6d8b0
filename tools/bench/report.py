"""The table: printed, and kept in docs/performance.md between two marks."""

from collections.abc import Sequence
from pathlib import Path

from tools.bench.processes import ROOT

PAGE = ROOT / "docs" / "performance.md"
BEGIN, END = "<!-- measured: written by `python -m tools.bench --write` -->", "<!-- end of measured -->"


class Table:
    """Rows of text under a heading, as Markdown that also reads well on a terminal."""

    def __init__(self, title: str, *columns: str) -> None:
        self.title = title
        self.rows: list[Sequence[str]] = [columns]
        self.notes: list[str] = []

    def add(self, *cells: str) -> None:
        """Add one row."""
        self.rows.append(cells)

    def note(self, words: str) -> None:
        """Say something under the table."""
        self.notes.append(words)

    def __str__(self) -> str:
        widths = [max(len(row[at]) for row in self.rows) for at in range(len(self.rows[0]))]
        lines = ["| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) + " |"
                 for row in self.rows]
        lines.insert(1, "|" + "|".join("-" * (width + 2) for width in widths) + "|")
        return "\n".join([f"### {self.title}", "", *lines, *([""] if self.notes else []), *self.notes])


def keep(measured: str, page: Path = PAGE) -> None:
    """Put the measured tables where the last ones stood. Raises ValueError when the marks are gone."""
    before, _, rest = page.read_text(encoding="utf-8").partition(BEGIN)
    _, mark, after = rest.partition(END)
    if not mark:
        raise ValueError(f"{page} has lost its marks")
    page.write_text(f"{before}{BEGIN}\n\n{measured}\n\n{END}{after}", encoding="utf-8")


def goal(*, reached: bool) -> str:
    """How a row says whether it reached its goal."""
    return "yes" if reached else "no"
