"""Paper: documents as PDF files, laid out and in words already."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class PaperLine:
    """One line of a document's table."""

    what: str
    period: str
    quantity: str
    unit: str
    tax: str
    amount: str


@dataclass(frozen=True, slots=True)
class PaperColours:
    """As `#rrggbb`."""

    fill: str
    text: str
    """The main colour as text on white."""
    soft: str


@dataclass(frozen=True, slots=True)
class PaperSheet:
    """An invoice or a credit note, with every word that is printed. Pairs are a label and what it labels."""

    language: str
    """Of the words, as BCP 47 has it."""
    name: str
    """Of the house, as members know it; stands where there is no logo."""
    logo: bytes | None
    """SVG, PNG, JPEG or WebP."""
    colours: PaperColours
    kind: str
    number: str
    author: str
    to: str
    customer: tuple[str, ...]
    seller: tuple[str, ...]
    facts: tuple[tuple[str, str], ...]
    headline: tuple[str, str]
    """What is to be paid, or was taken off: large, under the addresses."""
    columns: tuple[str, str, str, str, str]
    lines: tuple[PaperLine, ...]
    sums: tuple[tuple[str, str], ...]
    total: tuple[str, str]
    paying: tuple[str, ...]
    """How one pays, in sentences; its first is a heading."""
    bank: tuple[tuple[str, str], ...]
    remarks: tuple[str, ...]
    footer: tuple[str, ...]
    pages: str
    """`Page {page} of {pages}` in the document's language, with these two fields."""


class PaperNotMade(Exception):
    """The document could not be made, or not in time. What it says is for the log."""


class Paper(Protocol):
    def make(self, sheet: PaperSheet, at: datetime, e_invoice: bytes | None) -> bytes:
        """The sheet as PDF/A-3, dated `at`; the e-invoice, where there is one, goes with it as Factur-X has it.

        The same in gives the same bytes out. Raises PaperNotMade.
        """
