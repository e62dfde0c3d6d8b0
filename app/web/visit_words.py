"""Paying as one goes, in the reader's words."""

from dataclasses import dataclass
from datetime import date

from flask_babel import gettext as _

from app.domain.invoicing.amounts import Amounts
from app.domain.pay_as_you_go.history import VisitShown
from app.domain.pay_as_you_go.offering import with_tax
from app.domain.pay_as_you_go.terms import Offer
from app.domain.pay_as_you_go.visiting import payer_of
from app.models import PaidBy, PaidVisit
from app.web import auth, wording
from app.web.database import session


@dataclass(frozen=True, slots=True)
class VisitRow:
    """A visit in one's history."""

    words: str
    detail: str
    amount: str
    """Empty while its hours run."""


def price_words(paid_by: PaidBy, amount: str) -> str:
    """`£18.00 a day`, `£3.00 an hour`."""
    if paid_by is PaidBy.DAY:
        return _("%(price)s a day", price=amount)
    return _("%(price)s an hour", price=amount)


def press_words(offer: Offer) -> str:
    """What the button says; the cap of a day stands above it."""
    price = price_words(offer.price.paid_by, wording.tenant_money(offer.amounts.gross_minor))
    return _("Check in: %(price)s", price=price)


def offer_words(offer: Offer) -> str:
    """What a visit costs, with tax: `£18.00 a day`, `£3.00 an hour, at most £18.00 a day`."""
    price = price_words(offer.price.paid_by, wording.tenant_money(offer.amounts.gross_minor))
    if offer.most is None:
        return price
    most = wording.tenant_money(offer.most.gross_minor)
    return _("%(price)s, at most %(most)s a day", price=price, most=most)


def billed_words(offer: Offer, today: date) -> str:
    """When it is billed, and to whom where that is somebody else."""
    day = wording.day_inside(offer.bill_on, today)
    if offer.payer.team_id is not None:
        return _(
            "It comes with the next invoice of %(team)s, at the earliest %(day)s.",
            team=offer.payer.team,
            day=day,
        )
    return _("It comes with your next invoice, at the earliest %(day)s.", day=day)


def here_words(visit: PaidVisit, *, agreed: bool) -> str:
    """What somebody is told who has just come in. `agreed` when they were asked for it this time."""
    if not agreed and visit.paid_by is PaidBy.DAY:
        return _("You are here. Today is paid for already.")
    amount = visit.charged_minor if visit.paid_by is PaidBy.DAY else visit.price_minor
    price = wording.tenant_money(_amounts(visit, amount or 0).gross_minor)
    if visit.paid_by is PaidBy.HOUR:
        return _(
            "You are here, for %(price)s with each hour that begins. Check out when you leave.", price=price
        )
    if visit.team_id is not None:
        return _("You are here. %(price)s comes with your team’s next invoice.", price=price)
    return _("You are here. %(price)s comes with your next invoice.", price=price)


def left_words(visit: PaidVisit) -> str:
    """What somebody is told whose hours are over."""
    words = {
        "time": wording.minutes(visit.minutes or 0),
        "price": wording.tenant_money(_amounts(visit, visit.charged_minor or 0).gross_minor),
    }
    if visit.team_id is not None:
        return _("You were here for %(time)s. %(price)s comes with your team’s next invoice.", **words)
    return _("You were here for %(time)s. %(price)s comes with your next invoice.", **words)


def visit_row(each: VisitShown) -> VisitRow:
    """One of one's history; amounts as the tenant enters prices."""
    running = each.charged_minor is None
    parts = [wording.day(each.day, auth.today())]
    if running:
        parts.append(price_words(each.paid_by, wording.tenant_money(each.price_minor)))
    if each.minutes is not None:
        parts.append(wording.minutes(each.minutes))
    if each.team is not None:
        parts.append(_("Paid by %(team)s", team=each.team))
    words = _("Day pass, %(place)s", place=each.place)
    if each.paid_by is PaidBy.HOUR:
        words = _("Hours in the house, %(place)s", place=each.place)
    amount = "" if each.charged_minor is None else wording.tenant_money(each.charged_minor)
    return VisitRow(words, " · ".join(parts), amount)


def _amounts(visit: PaidVisit, minor: int) -> Amounts:
    return with_tax(session(), payer_of(session(), visit), visit.tax_rate_id, minor, visit.day)
