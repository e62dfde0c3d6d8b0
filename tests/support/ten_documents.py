"""Ten documents as they are stored, each of another kind of trouble, made by the functions that issue them and of no database."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from app.domain.invoicing import document as parts
from app.domain.invoicing.amounts import Tax, added, price_of, tax_sums, taxed
from app.models import DocumentKind, Invoice, InvoiceLine, InvoiceSetting

SELLER: dict[str, Any] = {
    "seller_name": "Northlight Spaces Ltd",
    "street": "12 Leith Walk",
    "postal_code": "EH6 5AA",
    "city": "Edinburgh",
    "country": "GB",
    "tax_id": "GB 123 4567 89",
    "register_entry": "Companies House SC123456",
    "email": "accounts@northlight.test",
    "phone": "+44 131 496 0000",
    "bank_holder": "",
    "iban": "GB33 BUKB 2020 1555 5555 55",
    "bic": "BUKBGB22",
    "how_to_pay": "Or by card at the front desk.",
    "footer": "Northlight Spaces Ltd · 12 Leith Walk · Edinburgh EH6 5AA",
}
_BERLIN = SELLER | {
    "seller_name": "Hafenlicht GmbH",
    "street": "Uferstraße 6",
    "postal_code": "13357",
    "city": "Berlin",
    "country": "DE",
    "tax_id": "DE123456789",
    "register_entry": "HRB 12345 B, Amtsgericht Charlottenburg",
    "iban": "DE89370400440532013000",
    "bic": "COBADEFFXXX",
    "footer": "Hafenlicht GmbH · Uferstraße 6 · 13357 Berlin",
}
CUSTOMER = {
    "name": "Maya Member",
    "attention": "",
    "email": "maya@example.test",
    "tax_id": "",
    "street": "3 Royal Terrace",
    "postal_code": "EH7 5AB",
    "city": "Edinburgh",
    "country": "GB",
}
VAT = Tax("VAT", "S", 2000)
REDUCED = Tax("Reduced", "S", 500)
ZERO = Tax("Zero", "Z", 0)
EXEMPT = Tax("Exempt", "E", 0, "Education, VAT Act 1994, Schedule 9, Group 6")
REVERSE = Tax("USt", "AE", 0)
OUTSIDE = Tax("Deposit", "O", 0, "A deposit, which is given back")


@dataclass(frozen=True)
class Line:
    what: str
    unit_minor: int
    tax: Tax = VAT
    quantity: int = 1000
    period: tuple[date, date] | None = None


@dataclass(frozen=True)
class Case:
    """What makes it special, and the document."""

    name: str
    document: dict[str, Any]


def document_of(
    lines: Iterable[Line],
    *,
    with_tax: bool = True,
    currency: str = "GBP",
    seller: dict[str, Any] | None = None,
    customer: dict[str, Any] | None = None,
    number: str = "NL-2026-0042",
    language: str = "en",
    treatment: str = "usual",
    note: str = "",
    corrects: Invoice | None = None,
) -> dict[str, Any]:
    """A stored document of these lines."""
    priced = [
        (
            each,
            taxed(
                price_of(each.unit_minor, each.quantity), each.tax.percent_hundredths, includes_tax=with_tax
            ),
        )
        for each in lines
    ]
    invoice = Invoice(
        kind=DocumentKind.CREDIT_NOTE if corrects else DocumentKind.INVOICE,
        number=number,
        issued_on=date(2026, 11, 24),
        due_on=None if corrects else date(2026, 12, 8),
        currency=currency,
        prices_include_tax=with_tax,
        note=note,
    )
    amounts = added(each for _line, each in priced)
    return {
        **parts.head_part(invoice, corrects),
        "language": language,
        "treatment": treatment,
        "seller": parts.seller_part(InvoiceSetting(**(seller or SELLER))),
        "customer": customer or CUSTOMER,
        "look": {"name": "Northlight", "colour": "#1f6f5c", "font": "inter", "logo": None},
        "lines": [
            parts.line_part(_row(position, line), line.tax, each)
            for position, (line, each) in enumerate(priced, 1)
        ],
        "taxes": [parts.tax_sum_part(each) for each in tax_sums((line.tax, each) for line, each in priced)],
        "net_minor": amounts.net_minor,
        "tax_minor": amounts.tax_minor,
        "total_minor": amounts.gross_minor,
    }


def _row(position: int, line: Line) -> InvoiceLine:
    first, last = line.period or (None, None)
    return InvoiceLine(
        position=position,
        description=line.what,
        quantity_thousandths=line.quantity,
        unit_minor=line.unit_minor,
        from_day=first,
        until_day=last,
    )


def _earlier() -> Invoice:
    return Invoice(number="NL-2026-0041", issued_on=date(2026, 11, 2))


def ten() -> list[Case]:
    december = date(2026, 12, 1), date(2026, 12, 31)
    firm = CUSTOMER | {"name": "Weavers & Sons <GmbH>", "country": "AT", "tax_id": "ATU12345678"}
    firm |= {"attention": "Maya Member", "city": "Wien", "postal_code": "1010", "street": "Ring 1"}
    unpunctuated = replace(EXEMPT, reason="Klein­unternehmer, § 19 UStG")
    strange = CUSTOMER | {
        "name": "*Bold* #let x = 1; $ \\ @ref `raw` <b>&amp;</b> " + "Very " * 12 + "Long Ltd",
        "attention": "نور الهدى / נועה",
    }
    return [
        Case("prices with tax", document_of([Line("Studio plan", 18600, period=december)])),
        Case("prices without tax", document_of([Line("Studio plan", 15500)], with_tax=False)),
        Case(
            "two rates, quantities with fractions",
            document_of(
                [
                    Line("Meeting room, hours", 2160, quantity=2500),
                    Line("Coffee", 333, REDUCED, 3333),
                    Line("Printing", 7, quantity=129000),
                ]
            ),
        ),
        Case("zero rate beside a rate", document_of([Line("Newspaper", 250, ZERO), Line("Locker", 1500)])),
        Case(
            "exempt, in euro",
            document_of([Line("Kurs", 12000, unpunctuated)], currency="EUR", seller=_BERLIN, language="en"),
        ),
        Case(
            "reverse charge, in euro",
            document_of(
                [Line("Büro im Monat", 45000, REVERSE, period=december)],
                with_tax=False,
                currency="EUR",
                seller=_BERLIN,
                customer=firm,
                treatment="reverse_charge",
            ),
        ),
        Case(
            "credit note",
            document_of(
                [Line("Meeting room, 2 h", 4320)],
                number="NLC-2026-0003",
                note="Cancelled in time",
                corrects=_earlier(),
            ),
        ),
        Case(
            "discount below zero",
            document_of(
                [
                    Line("Studio plan", 18600),
                    Line("Returning member", -1860),
                    Line("Voucher", -500, REDUCED),
                    Line("Juice", 900, REDUCED),
                ]
            ),
        ),
        Case(
            "long names with markup, from right to left",
            document_of(
                [Line('#image("/etc/passwd") *a* _b_ — ' + "غرفة " * 6, 1000)],
                customer=strange,
                note='<script>alert(1)</script> #read("x") ünïcödé 你好 🎉',
            ),
        ),
        Case(
            "yen, a deposit beside what is taxed",
            document_of(
                [Line("Desk", 33000, Tax("JCT", "S", 1000)), Line("Key deposit", 5000, OUTSIDE)],
                currency="JPY",
                seller=SELLER
                | {"country": "JP", "tax_id": "T1234567890123", "iban": "", "bic": "", "footer": ""},
                customer=CUSTOMER | {"country": "", "street": "", "city": "", "postal_code": ""},
            ),
        ),
    ]
