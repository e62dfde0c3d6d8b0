"""What terms would come to for somebody who joins on a day, before anybody saves them."""

from datetime import date

from app.domain.plans.calculating import Deal, ForecastInvoice, forecast
from app.domain.plans.terms import VersionDetails
from app.kernel.cycles import Cycles, anchored
from app.models import CycleUnit

SHOWN = 3


def first_invoices(terms: VersionDetails, joins_on: date) -> list[ForecastInvoice]:
    """The first invoices of one place, as the tenant enters prices."""
    anchor = anchored(joins_on, terms.billing_day)
    deal = Deal(
        Cycles(anchor, terms.cycle_count, weeks=terms.cycle_unit is CycleUnit.WEEK),
        terms.price_minor,
        joins_on,
        prorate_first=terms.prorate_first,
        prorate_last=terms.prorate_last,
    )
    return forecast(deal, SHOWN, signup_fee_minor=terms.signup_fee_minor, deposit_minor=terms.deposit_minor)
