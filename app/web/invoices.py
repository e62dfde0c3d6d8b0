"""Invoices in the reader's words: rows of lists, and a stored document as a page shows it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from babel.numbers import format_decimal
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from sqlalchemy.orm import Session

from app.domain.cards.refunding import refunds_of
from app.domain.invoicing.amounts import price_of
from app.domain.invoicing.listing import InvoiceRow, Standing
from app.domain.invoicing.showing import Issued, Receipt, credit_notes_of
from app.kernel.money import Money
from app.models import DocumentKind, Invoice, PaymentWay, RefundState, TaxCategory
from app.web import wording
from app.web.language import formats_locale

_REFUNDS = {
    RefundState.ASKED: _l("Refund asked for"),
    RefundState.PENDING: _l("On its way to the card"),
    RefundState.DONE: _l("Sent back to the card"),
    RefundState.FAILED: _l("The card could not take it back"),
}


@dataclass(frozen=True, slots=True)
class Badge:
    words: str
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """A document in a list."""

    id: int
    number: str
    what: str
    who: str
    day: str
    amount: str
    badge: Badge | None
    credit: bool

    @property
    def when(self) -> str:
        """Number and day; nothing for a draft."""
        return " · ".join(each for each in (self.number, self.day) if each)

    @property
    def facts(self) -> str:
        """Number, day and what it is for, as far as it has them, in one line."""
        return " · ".join(each for each in (self.number, self.day, self.what) if each)


def row_of(row: InvoiceRow, today: date) -> Row:
    credit = row.kind is DocumentKind.CREDIT_NOTE
    minor = -row.total_minor if credit else row.total_minor
    return Row(
        row.id,
        row.number or "",
        about(row),
        row.payer,
        "" if row.issued_on is None else wording.day(row.issued_on, today),
        "" if row.number is None else wording.money(Money(minor, row.currency)),
        standing_badge(row.standing(today), row.open_minor, row.currency),
        credit,
    )


def about(row: InvoiceRow) -> str:
    """What it is for: its first line, and how many more there are."""
    if not row.lines:
        return _("Nothing on it yet")
    more = row.lines - 1
    what = row.about
    if more:
        what = ngettext("%(what)s and %(num)s more", "%(what)s and %(num)s more", more, what=what)
    return _("Credit for %(what)s", what=what) if row.kind is DocumentKind.CREDIT_NOTE else what


def standing_badge(standing: Standing, open_minor: int, currency: str) -> Badge | None:
    """Where a document stands, in a word; nothing for what is paid, for that is the usual."""
    match standing:
        case Standing.DRAFT:
            return Badge(_("Draft"))
        case Standing.OPEN:
            return Badge(_("Open"))
        case Standing.OVERDUE:
            return Badge(_("Overdue"), "caution")
        case Standing.PART_PAID:
            return Badge(_("%(amount)s open", amount=wording.money(Money(open_minor, currency))))
        case Standing.CREDIT_NOTE:
            return Badge(_("Credit note"), "positive")
        case Standing.PAID:
            return None


def due_words(day: date | None, today: date) -> str:
    """When what is due first is due."""
    if day is None:
        return ""
    words = wording.day_inside(day, today)
    return _("Overdue since %(day)s", day=words) if day < today else _("Due %(day)s", day=words)


def quantity(thousandths: int) -> str:
    """`1`, `1.5`, in the reader's format."""
    return str(format_decimal(thousandths / 1000, "#,##0.###", locale=formats_locale()))


def percent(hundredths: int) -> str:
    """`20%`, `5.5%`, in the reader's format."""
    number = format_decimal(hundredths / 100, "0.##", locale=formats_locale())
    return _("%(number)s%%", number=number)


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a document in words."""

    what: str
    period: str
    quantity: str
    unit: str
    tax: str
    amount: str


@dataclass(frozen=True, slots=True)
class ReceiptLine:
    """What settled a part of it, in words."""

    words: str
    day: str
    amount: str
    note: str
    payment_id: int | None


@dataclass(frozen=True, slots=True)
class Sheet:
    """An issued document, as its page shows it."""

    id: int
    title: str
    number: str
    credit: bool
    badge: Badge | None
    issued_on: str
    due_on: str
    seller: dict[str, Any]
    customer: dict[str, Any]
    lines: list[Line]
    taxes: list[tuple[str, str]]
    net: str
    total: str
    with_tax: bool
    open_minor: int
    open: str
    note: str
    corrects: str
    receipts: list[ReceiptLine]


def sheet_of(found: Issued, today: date) -> Sheet:
    """A stored document in the reader's words; what is said of money stands as it was issued."""
    document, currency = found.document, found.document["currency"]
    credit = document["kind"] == DocumentKind.CREDIT_NOTE

    def say(minor: int) -> str:
        return wording.money(Money(-minor if credit else minor, currency))

    return Sheet(
        found.invoice.id,
        _("Credit note") if credit else _("Invoice"),
        document["number"],
        credit,
        standing_badge(found.standing, found.open_minor, currency) or Badge(_("Paid"), "positive"),
        wording.full_day(date.fromisoformat(document["issued_on"])),
        wording.full_day(date.fromisoformat(document["due_on"])) if document["due_on"] else "",
        document["seller"],
        document["customer"],
        [line_of(each, say) for each in document["lines"]],
        [(tax_words(each), say(each["tax_minor"])) for each in document["taxes"]],
        say(document["net_minor"]),
        say(document["total_minor"]),
        document["prices_include_tax"],
        found.open_minor,
        wording.money(Money(found.open_minor, currency)),
        document["note"],
        document["corrects"]["number"] if document["corrects"] else "",
        [_receipt(each, currency, today) for each in found.receipts],
    )


def line_of(part: dict[str, Any], say: Callable[[int], str]) -> Line:
    """A stored line; `say` says an amount of minor units."""
    period = ""
    if part["from_day"]:
        first, last = date.fromisoformat(part["from_day"]), date.fromisoformat(part["until_day"])
        period = wording.full_day(first)
        if first != last:
            period = _("%(first)s to %(last)s", first=period, last=wording.full_day(last))
    amount = price_of(part["unit_minor"], part["quantity_thousandths"])
    tax = percent(part["tax"]["percent_hundredths"])
    return Line(
        part["description"],
        period,
        quantity(part["quantity_thousandths"]),
        say(part["unit_minor"]),
        tax,
        say(amount),
    )


def tax_words(part: dict[str, Any]) -> str:
    """`VAT 20 %`, and where none is due why."""
    if part["category"] == TaxCategory.REVERSE_CHARGE:
        return _("Reverse charge: you owe the tax where you are")
    words = _("%(name)s %(percent)s", name=part["name"], percent=percent(part["percent_hundredths"]))
    return f"{words} · {part['reason']}" if part["reason"] else words


def refund_rows(session: Session, invoice: Invoice) -> list[tuple[str, str]]:
    """What went back to cards for a credit note: how it stands, and how much."""
    if invoice.kind is not DocumentKind.CREDIT_NOTE:
        return []
    return [
        (str(_REFUNDS[each.state]), wording.money(Money(each.amount_minor, each.currency)))
        for each in refunds_of(session, invoice.id)
    ]


@dataclass(frozen=True, slots=True)
class Correction:
    """A credit note as the page of its invoice names it."""

    id: int
    number: str
    day: str
    amount: str


def corrections_of(session: Session, found: Issued, today: date) -> list[Correction]:
    """The credit notes that take something of a document back. No statement where there is none."""
    if not found.corrected:
        return []
    return [
        Correction(
            each.id,
            each.number or "",
            wording.day(each.issued_on, today) if each.issued_on else "",
            wording.money(Money(-each.total_minor, each.currency)),
        )
        for each in credit_notes_of(session, found.invoice.id)
    ]


def _receipt(each: Receipt, currency: str, today: date) -> ReceiptLine:
    ways = {
        PaymentWay.TRANSFER: _("By transfer"),
        PaymentWay.DESK: _("At the desk"),
        PaymentWay.CARD: _("By card"),
    }
    words = ways[each.way] if each.way else _("Credit note %(number)s", number=each.number)
    amount = wording.money(Money(each.amount_minor, currency))
    # What came by card did come: nobody takes it back as a mistake
    by_hand = None if each.way is PaymentWay.CARD else each.payment_id
    return ReceiptLine(words, wording.day(each.on, today), amount, each.note, by_hand)
