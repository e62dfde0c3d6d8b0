"""What the standard wants to know of a stored document, and what it cannot do without. BT and BR are EN 16931's own names of
its terms and rules.
"""

import re
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from app.domain.invoicing.amounts import Amounts, Tax, TaxSum, added
from app.kernel.errors import Refusal
from app.kernel.money import minor_digits
from app.models import TaxCategory

_TAX_ID = re.compile(r"[A-Z]{2}[0-9A-Z]{2,}")
_OTHER_PREFIXES = {"EL": "GR", "XI": "GB"}
"""Greece and Northern Ireland have tax ids by letters that are no country's."""
_NOT_SUBJECT = "Not subject to tax"
_MOST_DIGITS = 2
"""The standard's amounts have two decimals at most."""


class Lack(StrEnum):
    """What a document has not got that the standard wants."""

    TAX_ID = "tax_id"
    """The seller's, wherever a line is taxed or exempt (BR-S-02, BR-Z-02, BR-E-02)."""
    REGISTER_ENTRY = "register_entry"
    """Anything that identifies the seller, where no tax id may stand (BR-CO-26)."""
    CURRENCY = "currency"
    """Its minor unit is a thousandth (BR-DEC)."""


class NoEInvoice(Refusal):
    """This document cannot be one of EN 16931."""

    def __init__(self, lack: Lack) -> None:
        super().__init__(lack)
        self.lack = lack


@dataclass(frozen=True, slots=True)
class Taxed:
    """One group of the breakdown: everything of one category and rate."""

    tax: Tax
    net_minor: int
    tax_minor: int


@dataclass(frozen=True, slots=True)
class TaxId:
    """A tax id and its scheme: `VA` where it begins with its country (BT-31), else `FC` (BT-32)."""

    scheme: str
    value: str


def lacking(document: dict[str, Any]) -> Lack | None:
    """What keeps a stored document from being an e-invoice, if anything does."""
    if minor_digits(document["currency"]) > _MOST_DIGITS:
        return Lack.CURRENCY
    seller = document["seller"]
    if only_outside(document):
        return None if seller["register_entry"] or seller["tax_id"] else Lack.REGISTER_ENTRY
    return None if seller["tax_id"].strip() else Lack.TAX_ID


def only_outside(document: dict[str, Any]) -> bool:
    """Whether nothing on it is subject to tax. Such a document names no tax id (BR-O-02)."""
    return {each["category"] for each in document["taxes"]} == {TaxCategory.OUTSIDE}


def tax_of(document: dict[str, Any], part: dict[str, Any]) -> Tax:
    """The tax of a line or a sum as the standard lets it stand.

    What is outside of tax may not stand beside anything else (BR-O-11 to 14); there it is exempt, and the reason says why.
    """
    tax = Tax(part["name"], part["category"], part["percent_hundredths"], part["reason"])
    if tax.category == TaxCategory.OUTSIDE and not only_outside(document):
        return replace(tax, category=TaxCategory.EXEMPT, reason=tax.reason or _NOT_SUBJECT)
    return tax


def breakdown(document: dict[str, Any]) -> list[Taxed]:
    """One group for each category and rate, whatever the rates are called."""
    groups: dict[tuple[str, int], list[TaxSum]] = {}
    for part in document["taxes"]:
        tax = tax_of(document, part)
        found = groups.setdefault((tax.category, tax.percent_hundredths), [])
        found.append(TaxSum(tax, part["net_minor"], part["tax_minor"]))
    return [_joined(sums) for sums in groups.values()]


def tax_id(value: str, country: str) -> TaxId | None:
    """A tax id without its ornaments, and which scheme it is of; None without one."""
    plain = re.sub(r"[^0-9A-Z]", "", value.upper())
    if not plain:
        return None
    is_whole = _TAX_ID.fullmatch(plain) and _country(plain) == country
    return TaxId("VA" if is_whole else "FC", plain)


def customers_country(document: dict[str, Any]) -> str:
    """BT-55, which the standard wants: as given, else as their tax id begins. Who said neither was served at the seller's place,
    which is what decides the tax.
    """
    customer = document["customer"]
    plain = re.sub(r"[^0-9A-Z]", "", customer["tax_id"].upper())
    by_id = _country(plain) if document["treatment"] == "reverse_charge" and _TAX_ID.fullmatch(plain) else ""
    return str(customer["country"] or by_id or document["seller"]["country"])


def _country(plain_tax_id: str) -> str:
    prefix = plain_tax_id[:2]
    return _OTHER_PREFIXES.get(prefix, prefix)


def _joined(sums: list[TaxSum]) -> Taxed:
    amounts = added(Amounts(each.net_minor, each.tax_minor, each.net_minor + each.tax_minor) for each in sums)
    reasons = dict.fromkeys(each.tax.reason for each in sums if each.tax.reason)
    return Taxed(replace(sums[0].tax, reason="; ".join(reasons)), amounts.net_minor, amounts.tax_minor)
