"""The words that the verbs of invoicing share: what staff ask for, and every reason for a no."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from app.kernel.errors import Refusal
from app.models.invoice import TaxTreatment
from app.models.payment import PaymentWay

ISSUED = "invoice.issued"
"""The kind of notice that tells of a new invoice or credit note."""
DEAREST_MINOR = 100_000_000_00
"""No price and no document comes to more: what is larger was mistyped."""
MOST_THOUSANDTHS = 100_000 * 1000
MOST_LINES = 500


class SellerUnknown(Refusal):
    """Nobody has filled in yet who bills: the law wants a name and an address on an invoice."""


class NothingToIssue(Refusal):
    """A draft without a line."""


class LessThanNothing(Refusal):
    """The lines come to less than zero: that is a credit note, or a mistake."""


class TooMuch(Refusal):
    """A line or a document above `DEAREST_MINOR`."""


class AlreadyIssued(Refusal):
    """It was issued meanwhile, so nothing of it changes any more. `number` is what it has."""

    def __init__(self, number: str) -> None:
        super().__init__(number)
        self.number = number


class NoRateYet(Refusal):
    """A tax rate has no version on the day that a line is supplied."""

    def __init__(self, name: str, day: date) -> None:
        super().__init__(f"{name} on {day}")
        self.name = name
        self.day = day


class TaxIdMissing(Refusal):
    """Reverse charge takes the customer's tax id and ours; `whose` is `customer` or `seller`."""

    def __init__(self, whose: str) -> None:
        super().__init__(whose)
        self.whose = whose


class PeriodClosed(Refusal):
    """Nothing is issued, received or credited with a date up to that day."""

    def __init__(self, until: date) -> None:
        super().__init__(until.isoformat())
        self.until = until


class JustSent(Refusal):
    """It was mailed a moment ago; twice in ten minutes is a mistake."""


class CannotBeMailed(Refusal):
    """Mail to its payer comes back, or they have no invoices section to be told of."""


class OnlyForward(Refusal):
    """A closed period is not opened again, and none is closed that has not passed."""


class BadPattern(Refusal):
    """A number's pattern that would give two documents the same number, or that has other fields."""


class RateBackwards(Refusal):
    """A rate changes from today on at the earliest: what was issued had what was true then."""


class MoreThanOpen(Refusal):
    """More than the invoice still asks for. `open_minor` is that."""

    def __init__(self, open_minor: int) -> None:
        super().__init__(str(open_minor))
        self.open_minor = open_minor


class MoreThanBilled(Refusal):
    """A credit note takes no more off a line than is left of it. `left_minor` is that; as the invoice has prices."""

    def __init__(self, line_id: int, left_minor: int) -> None:
        super().__init__(f"{line_id}: {left_minor}")
        self.line_id = line_id
        self.left_minor = left_minor


class NotYet(Refusal):
    """Money cannot have come in the future."""


@dataclass(frozen=True, slots=True)
class NewLine:
    """A line as somebody writes it."""

    description: str
    quantity_thousandths: int
    unit_minor: int
    tax_rate_id: int
    from_day: date | None = None
    until_day: date | None = None


@dataclass(frozen=True, slots=True)
class ReceiveMoney:
    """Money for one invoice, outside of any provider."""

    invoice_id: int
    way: PaymentWay
    amount_minor: int
    received_on: date
    note: str = ""


@dataclass(frozen=True, slots=True)
class CreditLines:
    """What is taken off an invoice: an amount for each line, as the invoice has prices, and why."""

    invoice_id: int
    amounts: dict[int, int]
    """Minor units by the line's id."""
    reason: str
    charges: Mapping[int, int] = field(default_factory=dict)
    """By the line's id the charge that gives it back, where there is one."""


@dataclass(frozen=True, slots=True)
class SellerDetails:
    """Who bills, and how; see `models.InvoiceSetting`."""

    seller_name: str
    street: str
    postal_code: str
    city: str
    country: str
    tax_id: str = ""
    register_entry: str = ""
    email: str = ""
    phone: str = ""
    bank_holder: str = ""
    iban: str = ""
    bic: str = ""
    how_to_pay: str = ""
    prices_include_tax: bool = True
    due_days: int = 14
    invoice_pattern: str = "{year}-{number:4}"
    credit_note_pattern: str = "C{year}-{number:4}"
    footer: str = ""


@dataclass(frozen=True, slots=True)
class PayerDetails:
    """How one person is billed."""

    treatment: TaxTreatment = TaxTreatment.USUAL
    reason: str = ""
    """Why somebody is exempt; printed."""
    due_days: int | None = None
