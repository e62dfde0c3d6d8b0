"""What a figure's table and its sheet have in common: which numbers, and how they are called."""

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import pgettext

from app.domain.billing.reasons import Sold
from app.domain.figures.revenue import Earned, Received
from app.models import PaymentWay

KINDS = {
    Sold.PLANS: _l("Plans"),
    Sold.PRODUCTS: _l("Products"),
    Sold.BOOKINGS: _l("Bookings"),
    Sold.BY_HAND: _l("By hand"),
}

WAYS = {
    PaymentWay.CARD: _l("By card"),
    PaymentWay.TRANSFER: _l("By transfer"),
    PaymentWay.DESK: _l("At the desk"),
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


def received_head() -> tuple[str, ...]:
    """How the columns of what came in are called, the month first."""
    return (_("Month"), _("Received"), *(str(label) for label in WAYS.values()), _("Still open"))


def received_numbers(each: Received) -> tuple[int, ...]:
    """What stands in these columns beside the month, in minor units."""
    return (each.received_minor, *(each.by_way.get(way, 0) for way in WAYS), each.open_minor)


def members_words() -> tuple[tuple[str, str], ...]:
    """What is counted of contracts, and how it is called."""
    return (
        ("active", pgettext("contracts", "Active")),
        ("joined", pgettext("contracts", "Joined")),
        ("ended", pgettext("contracts", "Ended")),
    )
