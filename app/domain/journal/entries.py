"""Double entry: a document's or a payment's rows, whose debits and credits come to the same. Nothing but arithmetic."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from app.domain.journal.accounts import Accounts
from app.models import DocumentKind, PaymentWay


@dataclass(frozen=True, slots=True)
class TaxedSum:
    """What the lines of a document come to that have one rate. Minor units; below zero where more was taken off."""

    rate_id: int
    category: str
    percent_hundredths: int
    deposit: bool
    net_minor: int
    tax_minor: int

    @property
    def tax_code(self) -> str:
        """`S20`, `S5.5`, `E0`: the category of UNTDID 5305 and the percentage."""
        return f"{self.category}{self.percent_hundredths / 100:g}"


@dataclass(frozen=True, slots=True)
class Document:
    """An issued invoice or credit note."""

    on: date
    number: str
    kind: DocumentKind
    payer: str
    currency: str
    sums: tuple[TaxedSum, ...]
    corrects: str = ""
    """The number of the invoice that a credit note takes something off."""


@dataclass(frozen=True, slots=True)
class Money:
    """A payment, one that was taken back, or a refund. It has no number of its own, so its id stands for one."""

    on: date
    payment_id: int
    way: PaymentWay
    payer: str
    currency: str
    amount_minor: int
    invoice: str
    """The number of what it was for; "" where that is not known any more."""
    note: str
    taken_back: bool = False
    refund: bool = False
    """It went back to a card, or by transfer where the card could not take it; `payment_id` is the refund's own then."""

    outside: bool = False
    """It went back by somebody's hand at the provider; the id is that row's own."""

    lost: bool = False
    """A bank took it back for its customer; the id is the dispute's own. Taken back, it was won after all."""

    @property
    def number(self) -> str:
        if self.lost:
            return f"D{self.payment_id}{'-R' if self.taken_back else ''}"
        if self.outside:
            return f"X{self.payment_id}{'-R' if self.taken_back else ''}"
        if not self.refund:
            return f"P{self.payment_id}{'-R' if self.taken_back else ''}"
        suffix = "-R" if self.taken_back else "-T" if self.way is PaymentWay.TRANSFER else ""
        return f"R{self.payment_id}{suffix}"

    @property
    def goes_out(self) -> bool:
        """What is taken back of what went out came back."""
        return self.refund != self.taken_back


@dataclass(frozen=True, slots=True)
class Entry:
    """One row of the journal: either a debit or a credit, in minor units and above zero."""

    on: date
    number: str
    account: str
    debit_minor: int
    credit_minor: int
    tax_code: str
    payer: str
    text: str
    currency: str


def entries_of(document: Document, accounts: Accounts) -> Iterator[Entry]:
    """What a document does: an invoice makes a receivable out of revenue and tax, and a credit note the other way round."""
    sign = 1 if document.kind is DocumentKind.INVOICE else -1
    total = sum(each.net_minor + each.tax_minor for each in document.sums)
    postings = [(accounts.receivable, sign * total, "")]
    for each in document.sums:
        earned = accounts.deposits if each.deposit else accounts.revenue
        postings.append((earned, -sign * each.net_minor, each.tax_code))
        postings.append((accounts.of_tax(each.rate_id), -sign * each.tax_minor, each.tax_code))
    yield from _rows(
        document.on, document.number, postings, document.payer, document.corrects, document.currency
    )


def entries_of_money(money: Money, accounts: Accounts) -> Iterator[Entry]:
    """Money that came settles a receivable, and what went back opens one; what was taken down by mistake is written the other way round, on the day on
    which that was found out, so that no journal that somebody has already changes."""
    amount = -money.amount_minor if money.goes_out else money.amount_minor
    postings = [(accounts.of_way(money.way), amount, ""), (accounts.receivable, -amount, "")]
    text = " · ".join(each for each in (money.invoice, money.note) if each)
    yield from _rows(money.on, money.number, postings, money.payer, text, money.currency)


def _rows(
    on: date, number: str, postings: Iterable[tuple[str, int, str]], payer: str, text: str, currency: str
) -> Iterator[Entry]:
    """Above zero is a debit, below it a credit; nothing is no row."""
    for account, minor, tax_code in postings:
        if minor:
            yield Entry(on, number, account, max(minor, 0), max(-minor, 0), tax_code, payer, text, currency)
