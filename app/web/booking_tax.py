"""The price of a booking with its tax: on top where prices are without, and of which it is where they are with it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from zoneinfo import ZoneInfo

from flask_babel import gettext as _

from app.domain.billing.taxing import tax_on_booking
from app.domain.booking.view import BookingView
from app.domain.booking.when_paid import Policy
from app.domain.extras.terms import Ordered, total_of
from app.kernel.money import Money
from app.models import PayWhen
from app.web import auth, wording
from app.web.booked import PriceLines
from app.web.database import session
from app.web.invoices import percent
from app.web.paying_now import due_words


@dataclass(frozen=True, slots=True)
class TaxedPrice:
    """The lines, and what is to be paid of them all told, in minor units."""

    lines: PriceLines
    due_minor: int


def with_tax(
    view: BookingView,
    lines: PriceLines,
    due_minor: int,
    extras: Sequence[Ordered] = (),
    policy: Policy | None = None,
) -> TaxedPrice:
    """The same lines with their tax, for a booking that is billed: net, tax and the sum where prices are without it, else what of
    them it is. Of the sum `due_minor` is due for the room; `policy` says when."""
    whole, included = due_minor + total_of(extras), auth.portal().prices_include_tax
    if not whole or not (view.billed or any(each.tax_rate_id for each in extras)):
        return TaxedPrice(lines, whole)
    taxed = [(each.total_minor, each.tax_rate_id) for each in extras if each.tax_rate_id is not None]
    found = tax_on_booking(
        session(), view.id, due_minor, ZoneInfo(view.zone), taxed, prices_include_tax=included
    )
    if not found:
        return TaxedPrice(lines, whole)

    def words(minor: int) -> str:
        return wording.money(Money(minor, view.price.currency))

    taxes: dict[str, int] = {}
    for each in found:
        rate = f"{each.tax.name} {percent(each.tax.percent_hundredths)}"
        taxes[rate] = taxes.get(rate, 0) + each.amounts.tax_minor
    if included:
        shown = [(_("Of it %(rate)s", rate=rate), words(minor)) for rate, minor in taxes.items() if minor]
        return TaxedPrice(replace(lines, lines=[*lines.lines, *shown]), whole)
    # What nobody is billed for here has no tax on top
    gross = whole + sum(each.amounts.gross_minor - each.amounts.net_minor for each in found)
    shown = [*lines.lines, (_("Without tax"), words(whole))]
    shown += [(rate, words(minor)) for rate, minor in taxes.items()]
    total, later = (_("Together, with tax"), words(gross)), lines.later
    if policy is not None and policy.when is not PayWhen.INVOICE and view.billed:
        later = due_words(policy, Money(gross, view.price.currency))
    return TaxedPrice(replace(lines, lines=shown, total=total, later=later), gross)
