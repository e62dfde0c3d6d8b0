"""Figures as sheets for download: plain numbers, a row for each month or room."""

from flask_babel import gettext as _

from app.blueprints.admin.figure_columns import (
    members_words,
    received_head,
    received_numbers,
    revenue_head,
    revenue_numbers,
)
from app.domain.figures.membership import Membership
from app.domain.figures.occupancy import Occupied, Use
from app.domain.figures.revenue import Earned, Received
from app.kernel.money import plain
from app.web import auth

Sheet = list[tuple[str, ...]]


def revenue_sheet(rows: list[Earned]) -> Sheet:
    currency = auth.portal().currency
    return [
        (*revenue_head(), _("Currency")),
        *(
            (_iso(each), *(plain(minor, currency) for minor in revenue_numbers(each)), currency)
            for each in rows
        ),
    ]


def received_sheet(rows: list[Received]) -> Sheet:
    currency = auth.portal().currency
    return [
        (*received_head(), _("Currency")),
        *(
            (_iso(each), *(plain(minor, currency) for minor in received_numbers(each)), currency)
            for each in rows
        ),
    ]


def members_sheet(rows: list[Membership]) -> Sheet:
    currency = auth.portal().currency
    counts = (words for _name, words in members_words())
    head = (_("Month"), _("Counted on"), *counts, _("A month"), _("Currency"))
    return [
        head,
        *(
            (
                _iso(each),
                each.on.isoformat(),
                *map(str, (each.active, each.joined, each.ended)),
                plain(each.monthly_minor, currency),
                currency,
            )
            for each in rows
        ),
    ]


def occupancy_sheet(found: Occupied) -> Sheet:
    """Locations first, with no resource."""
    return [
        (_("Location"), _("Resource"), _("Booked hours"), _("Open hours"), _("Percent")),
        *((each.name, "", *_use_numbers(each)) for each in found.locations),
        *((each.location, each.name, *_use_numbers(each)) for each in found.resources),
    ]


def _use_numbers(each: Use) -> tuple[str, str, str]:
    percent = "" if each.permille is None else f"{each.permille / 10:.1f}"
    return f"{each.booked_minutes / 60:.2f}", f"{each.open_minutes / 60:.2f}", percent


def _iso(each: Earned | Received | Membership) -> str:
    return f"{each.month:%Y-%m}"
