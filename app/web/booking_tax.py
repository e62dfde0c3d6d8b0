"""The price of a booking with its tax, where prices are without."""

from dataclasses import dataclass, replace
from zoneinfo import ZoneInfo

from flask_babel import gettext as _

from app.domain.billing.taxing import tax_on_booking
from app.domain.booking.view import BookingView
from app.kernel.money import Money
from app.web import auth, wording
from app.web.booked import PriceLines
from app.web.database import session
from app.web.invoices import percent


@dataclass(frozen=True, slots=True)
class TaxedPrice:
    """The lines, and what is to be paid of them all told, in minor units."""

    lines: PriceLines
    due_minor: int


def with_tax(view: BookingView, lines: PriceLines, due_minor: int) -> TaxedPrice:
    """The same lines with net, tax and the sum, for tenants whose prices are without tax and a booking that is billed."""
    if auth.portal().prices_include_tax or not due_minor:
        return TaxedPrice(lines, due_minor)
    found = tax_on_booking(session(), view.id, due_minor, ZoneInfo(view.zone))
    if found is None:
        return TaxedPrice(lines, due_minor)

    def words(minor: int) -> str:
        return wording.money(Money(minor, view.price.currency))

    rate = f"{found.tax.name} {percent(found.tax.percent_hundredths)}"
    shown = [
        *lines.lines,
        (_("Without tax"), words(found.amounts.net_minor)),
        (rate, words(found.amounts.tax_minor)),
    ]
    total = (_("Together, with tax"), words(found.amounts.gross_minor))
    return TaxedPrice(replace(lines, lines=shown, total=total), found.amounts.gross_minor)
