"""What a document shows, as it is stored when it is issued; and the hash that chains it to the one before.

A stored document is plain JSON (`Invoice.document`): amounts in minor units, days in ISO 8601. Page, PDF, e-invoice and
CSV read nothing else, so that they show for ever what was true when it was issued.
"""

import hashlib
import json
from typing import Any

from app.domain.invoicing.amounts import Amounts, Tax, TaxSum
from app.domain.portal import Portal
from app.models import Invoice, InvoiceLine, InvoiceSetting, Person, PersonProfile

Json = dict[str, Any]

VERSION = 1
"""Raised when the shape changes; what was stored in another keeps it."""


def canonical(document: Json) -> bytes:
    """The one spelling of a document: sorted keys, no spaces, UTF-8."""
    return json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def chained(document: Json, previous_hash: str) -> str:
    """SHA-256, in hexadecimal digits, over the hash of the document before (nothing for the first) and this one."""
    return hashlib.sha256(previous_hash.encode() + canonical(document)).hexdigest()


def seller_part(setting: InvoiceSetting) -> Json:
    """Who bills, and how to pay."""
    return {
        "name": setting.seller_name,
        "street": setting.street,
        "postal_code": setting.postal_code,
        "city": setting.city,
        "country": setting.country,
        "tax_id": setting.tax_id,
        "register_entry": setting.register_entry,
        "email": setting.email,
        "phone": setting.phone,
        "bank_holder": setting.bank_holder or setting.seller_name,
        "iban": setting.iban,
        "bic": setting.bic,
        "how_to_pay": setting.how_to_pay,
        "footer": setting.footer,
    }


def customer_part(person: Person, profile: PersonProfile | None) -> Json:
    """Who is billed: the billing details of their profile, and where there are none their own name and address."""
    part = {"name": person.name, "attention": "", "email": person.email, "tax_id": ""}
    address = dict.fromkeys(("street", "postal_code", "city", "country"), "")
    if profile is not None:
        prefix = "billing_" if profile.billing_street or profile.billing_city else ""
        address = {name: getattr(profile, prefix + name) for name in address}
        part["tax_id"] = profile.tax_id
        if profile.billing_name:
            part |= {"name": profile.billing_name, "attention": person.name}
    return part | address


def look_part(portal: Portal, location_id: int | None) -> Json:
    """What makes it the tenant's own."""
    look = portal.look(location_id)
    logo = {"digest": look.logo.digest, "mime": look.logo.mime} if look.logo else None
    return {"name": portal.name, "colour": look.primary, "font": look.font, "logo": logo}


def line_part(line: InvoiceLine, tax: Tax, amounts: Amounts) -> Json:
    """One line."""
    return {
        "position": line.position,
        "description": line.description,
        "quantity_thousandths": line.quantity_thousandths,
        "unit_minor": line.unit_minor,
        "from_day": None if line.from_day is None else line.from_day.isoformat(),
        "until_day": None if line.until_day is None else line.until_day.isoformat(),
        "tax": tax_part(tax),
        "net_minor": amounts.net_minor,
        "tax_minor": amounts.tax_minor,
        "gross_minor": amounts.gross_minor,
    }


def tax_part(tax: Tax) -> Json:
    return {
        "name": tax.name,
        "category": str(tax.category),
        "percent_hundredths": tax.percent_hundredths,
        "reason": tax.reason,
    }


def tax_sum_part(each: TaxSum) -> Json:
    return tax_part(each.tax) | {"net_minor": each.net_minor, "tax_minor": each.tax_minor}


def head_part(invoice: Invoice, corrected: Invoice | None) -> Json:
    """Kind, number, days, and the invoice that a credit note corrects."""
    return {
        "version": VERSION,
        "kind": str(invoice.kind),
        "number": invoice.number,
        "issued_on": _iso(invoice.issued_on),
        "due_on": _iso(invoice.due_on),
        "currency": invoice.currency,
        "prices_include_tax": invoice.prices_include_tax,
        "note": invoice.note,
        "corrects": None
        if corrected is None
        else {"number": corrected.number, "issued_on": _iso(corrected.issued_on)},
    }


def _iso(day: Any) -> str | None:
    return None if day is None else str(day.isoformat())
