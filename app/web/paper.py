"""Documents on paper: a stored document in its own language, as a PDF and as the e-invoice that goes with it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from flask_babel import force_locale, get_locale
from flask_babel import gettext as _

from app.domain.invoicing.einvoice import NoEInvoice, e_invoice
from app.kernel.money import Money
from app.models import DocumentKind
from app.ports import Files, Paper, PaperColours, PaperLine, PaperSheet
from app.theming.palette import derive
from app.web import wording
from app.web.invoices import line_of, tax_words
from app.web.language import LANGUAGES

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Press:
    """What makes documents of stored ones."""

    paper: Paper
    files: Files

    def pdf(self, tenant_id: int, document: Json, issued_at: datetime) -> bytes:
        """The PDF; the e-invoice is in it where the document can be one. Raises PaperNotMade."""
        kept = document["look"]["logo"]
        logo = self.files.get(tenant_id, kept["digest"]) if kept else None
        return self.paper.make(
            sheet_on_paper(document, logo), issued_at.astimezone(UTC), _e_invoice(document)
        )


def file_name(document: Json, suffix: str) -> str:
    """What it is called on somebody's disk: its number, which may hold a slash."""
    return f"{document['number'].replace('/', '-')}.{suffix}"


def sheet_on_paper(document: Json, logo: bytes | None) -> PaperSheet:
    """Every word of it, in the document's language. Amounts of a credit note are as the standard has them: above zero."""
    with _in_language(document["language"]):
        return _sheet(document, logo)


def _e_invoice(document: Json) -> bytes | None:
    try:
        return e_invoice(document)
    except NoEInvoice:
        # It is a document all the same; staff read on its page what is missing.
        return None


@contextmanager
def _in_language(language: str) -> Iterator[None]:
    with force_locale(language if language in LANGUAGES else "en"):
        yield


def _sheet(document: Json, logo: bytes | None) -> PaperSheet:
    currency, look = document["currency"], document["look"]
    colours = derive(look["colour"]).light
    is_invoice = document["kind"] == DocumentKind.INVOICE

    def say(minor: int) -> str:
        return wording.money(Money(minor, currency))

    lines = [line_of(each, say) for each in document["lines"]]
    to_pay = is_invoice and document["total_minor"] > 0
    return PaperSheet(
        language=str(get_locale() or "en").replace("_", "-"),
        name=look["name"],
        logo=logo,
        colours=PaperColours(colours["accent"], colours["accent-text"], colours["accent-soft"]),
        kind=_("Invoice") if is_invoice else _("Credit note"),
        number=document["number"],
        author=document["seller"]["name"],
        to=_("To"),
        customer=_customer(document),
        seller=_seller(document["seller"]),
        facts=_facts(document),
        headline=_headline(document, say(document["total_minor"])),
        columns=(_("For"), _("Quantity"), _("Price"), _("Tax"), _("Amount")),
        lines=tuple(
            PaperLine(each.what, each.period, each.quantity, each.unit, each.tax, each.amount)
            for each in lines
        ),
        sums=(
            (_("Without tax"), say(document["net_minor"])),
            *((tax_words(each), say(each["tax_minor"])) for each in document["taxes"]),
        ),
        total=(_("Total"), say(document["total_minor"])),
        paying=_paying(document["seller"]) if to_pay else (),
        bank=_bank(document) if to_pay else (),
        remarks=_remarks(document),
        footer=_filled(document["seller"]["footer"], document["seller"]["register_entry"]),
        pages=_("Page {page} of {pages}"),
    )


def _headline(document: Json, total: str) -> tuple[str, str]:
    if document["kind"] != DocumentKind.INVOICE:
        return _("Credited to you"), total
    if not document["total_minor"]:
        return _("Nothing to pay"), total
    return _("To pay by %(day)s", day=_day(document["due_on"])), total


def _facts(document: Json) -> tuple[tuple[str, str], ...]:
    facts = [(_("Date"), _day(document["issued_on"]))]
    if document["due_on"]:
        facts.append((_("Due"), _day(document["due_on"])))
    if document["corrects"]:
        earlier = document["corrects"]
        words = _("%(number)s of %(day)s", number=earlier["number"], day=_day(earlier["issued_on"]))
        facts.append((_("Corrects"), words))
    return tuple(facts)


def _customer(document: Json) -> tuple[str, ...]:
    customer = document["customer"]
    abroad = customer["country"] if customer["country"] != document["seller"]["country"] else ""
    return _filled(
        customer["name"],
        customer["attention"],
        customer["street"],
        f"{customer['postal_code']} {customer['city']}",
        _country(abroad),
        _("Tax id %(id)s", id=customer["tax_id"]) if customer["tax_id"] else "",
    )


def _seller(seller: Json) -> tuple[str, ...]:
    return _filled(
        seller["name"],
        seller["street"],
        f"{seller['postal_code']} {seller['city']}",
        _country(seller["country"]),
        _("Tax id %(id)s", id=seller["tax_id"]) if seller["tax_id"] else "",
        seller["email"],
        seller["phone"],
    )


def _paying(seller: Json) -> tuple[str, ...]:
    if not (seller["iban"] or seller["how_to_pay"]):
        return ()
    return (_("How to pay"), *_filled(seller["how_to_pay"]))


def _bank(document: Json) -> tuple[tuple[str, str], ...]:
    seller = document["seller"]
    if not seller["iban"]:
        return ()
    plain = seller["iban"].replace(" ", "")
    rows = (
        (_("Account holder"), seller["bank_holder"]),
        (_("IBAN"), " ".join(plain[at : at + 4] for at in range(0, len(plain), 4))),
        (_("BIC"), seller["bic"]),
        (_("Reference"), document["number"]),
    )
    return tuple((name, value) for name, value in rows if value)


def _remarks(document: Json) -> tuple[str, ...]:
    with_tax = _("Prices are with tax.") if document["prices_include_tax"] else _("Prices are without tax.")
    return _filled(document["note"], f"{with_tax} {_('Tax is rounded line by line.')}")


def _country(code: str) -> str:
    locale = get_locale()
    return str(locale.territories.get(code, code)) if locale and code else code


def _day(iso: str) -> str:
    return wording.full_day(date.fromisoformat(iso))


def _filled(*words: str) -> tuple[str, ...]:
    return tuple(each.strip() for each in words if each.strip())
