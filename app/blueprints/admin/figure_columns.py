"""What a figure's table and its sheet have in common: which numbers, and how they are called."""

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import pgettext

from app.domain.billing.reasons import Sold
from app.domain.figures.revenue import Earned

KINDS = {
    Sold.PLANS: _l("Plans"),
    Sold.PRODUCTS: _l("Products"),
    Sold.BOOKINGS: _l("Bookings"),
    Sold.BY_HAND: _l("By hand"),
}


def revenue_head() -> tuple[str, ...]:
    """How the columns of revenue are called, the month first."""
    kinds = (str(label) for label in KINDS.values())
    return (_("Month"), _("Net"), _("Tax"), _("Gross"), *kinds, _("Deposits"))


def revenue_numbers(each: Earned) -> tuple[int, ...]:
    """What stands in these columns beside the month, in minor units."""
    amounts = each.amounts
    return (
        amounts.net_minor,
        amounts.tax_minor,
        amounts.gross_minor,
        *(each.net_by_kind.get(kind, 0) for kind in KINDS),
        each.net_by_kind.get(Sold.DEPOSITS, 0),
    )


def members_words() -> tuple[tuple[str, str], ...]:
    """What is counted of contracts, and how it is called."""
    return (
        ("active", pgettext("contracts", "Active")),
        ("joined", pgettext("contracts", "Joined")),
        ("ended", pgettext("contracts", "Ended")),
    )
