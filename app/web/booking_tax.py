"""The price of a booking with its tax, where prices are without."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from zoneinfo import ZoneInfo

from flask_babel import gettext as _

from app.domain.billing.taxing import tax_on_booking
from app.domain.booking.view import BookingView
from app.domain.extras.terms import Ordered, total_of
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


def with_tax(
    view: BookingView, lines: PriceLines, due_minor: int, extras: Sequence[Ordered] = ()
) -> TaxedPrice:
    """The same lines with net, tax and the sum, for tenants whose prices are without tax and a booking that is billed; of it
    `due_minor` is due for the room."""
    whole = due_minor + total_of(extras)
    if auth.portal().prices_include_tax or not whole:
        return TaxedPrice(lines, whole)
    taxed = [(each.total_minor, each.tax_rate_id) for each in extras if each.tax_rate_id is not None]
    found = tax_on_booking(session(), view.id, due_minor, ZoneInfo(view.zone), taxed)
    if not found:
        return TaxedPrice(lines, whole)

    def words(minor: int) -> str:
        return wording.money(Money(minor, view.price.currency))

    taxes: dict[str, int] = {}
    for each in found:
        rate = f"{each.tax.name} {percent(each.tax.percent_hundredths)}"
        taxes[rate] = taxes.get(rate, 0) + each.amounts.tax_minor
    # What nobody is billed for here has no tax on top
    gross = whole + sum(each.amounts.gross_minor - each.amounts.net_minor for each in found)
    shown = [*lines.lines, (_("Without tax"), words(whole))]
    shown += [(rate, words(minor)) for rate, minor in taxes.items()]
    return TaxedPrice(replace(lines, lines=shown, total=(_("Together, with tax"), words(gross))), gross)
