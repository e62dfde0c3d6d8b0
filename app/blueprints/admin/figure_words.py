"""Figures in the front desk's words: a plot, and the same numbers as a table."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from babel.numbers import format_compact_currency, format_decimal, format_percent
from flask_babel import get_locale, pgettext
from flask_babel import gettext as _
from markupsafe import Markup

from app.blueprints.admin.figure_columns import (
    KINDS,
    members_words,
    received_head,
    received_numbers,
    revenue_head,
    revenue_numbers,
)
from app.domain.figures.membership import Membership
from app.domain.figures.occupancy import Use
from app.domain.figures.revenue import Earned, Received
from app.kernel.money import minor_digits
from app.web import auth, plots
from app.web.language import format_number, formats_locale
from app.web.plots import Plot, Series
from app.web.wording import month_and_year, short_month, tenant_money, with_minus


@dataclass(frozen=True, slots=True)
class Figure:
    """A part of the page. `head` and `rows` are the table; each row begins with what it is of."""

    key: str
    title: str
    help: str
    plot: Markup
    legend: Markup
    head: tuple[str, ...]
    rows: list[tuple[str, ...]]
    foot: tuple[str, ...]
    """Sums, where these make sense."""
    export: str
    empty: str = ""
    """Why there is nothing to draw."""


def revenue_figure(rows: list[Earned], export: str) -> Figure:
    plot = _plot(
        "revenue",
        _("Revenue by month"),
        _("A column for each month, without tax, in parts by what was sold."),
        [short_month(each.month) for each in rows],
        [
            Series(str(label), [each.net_by_kind.get(kind, 0) for each in rows])
            for kind, label in KINDS.items()
        ],
        _short_money,
    )
    return Figure(
        "revenue",
        _("Revenue by month"),
        _("What was issued in a month, credit notes taken off. Deposits are shown, but are no revenue."),
        plots.bars(plot),
        plots.legend(plot),
        revenue_head(),
        [(month_and_year(each.month), *map(tenant_money, revenue_numbers(each))) for each in rows],
        (_("Together"), *(tenant_money(sum(column)) for column in zip(*map(revenue_numbers, rows), strict=True))),
        export,
    )  # fmt: skip


def received_figure(rows: list[Received], export: str) -> Figure:
    plot = _plot(
        "received",
        _("Received and open"),
        _("A line for what came in each month, and one for what is still open of what was issued in it."),
        [short_month(each.month) for each in rows],
        [
            Series(_("Received"), [each.received_minor for each in rows]),
            Series(_("Still open"), [each.open_minor for each in rows]),
        ],
        _short_money,
    )
    return Figure(
        "received",
        _("Received and open"),
        _("What came in within a month, and how, and what is open today of what was issued in it."),
        plots.lines(plot),
        plots.legend(plot, lined=True),
        received_head(),
        [(month_and_year(each.month), *map(tenant_money, received_numbers(each))) for each in rows],
        (_("Together"), *(tenant_money(sum(column)) for column in zip(*map(received_numbers, rows), strict=True))),
        export,
    )  # fmt: skip


def members_figure(rows: list[Membership], export: str) -> Figure:
    plot = _plot(
        "members",
        _("Active contracts"),
        _(
            "A line for contracts that run at the end of each month, one for new ones, one for those that ended."
        ),
        [short_month(each.month) for each in rows],
        [Series(words, [getattr(each, name) for each in rows]) for name, words in members_words()],
        format_number,
    )
    return Figure(
        "members",
        _("Active contracts"),
        _("Counted on the last day of a month, this month today. Who waits or pauses is not active; who changes plan neither joins nor ends."),
        plots.lines(plot),
        plots.legend(plot, lined=True),
        (_("Month"), *(words for _name, words in members_words())),
        [
            (month_and_year(each.month), *map(format_number, (each.active, each.joined, each.ended)))
            for each in rows
        ],
        (),
        export,
    )  # fmt: skip


def monthly_figure(rows: list[Membership], export: str, *, with_tax: bool) -> Figure:
    plot = _plot(
        "monthly",
        _("Monthly recurring revenue"),
        _("A column for each month: what its active contracts cost in a month."),
        [short_month(each.month) for each in rows],
        [Series(_("A month"), [each.monthly_minor for each in rows])],
        _short_money,
    )
    return Figure(
        "monthly",
        _("Monthly recurring revenue"),
        _("Prices of all active contracts, turned into months, with tax.")
        if with_tax
        else _("Prices of all active contracts, turned into months, before tax."),
        plots.bars(plot),
        Markup(),
        (_("Month"), _("A month")),
        [(month_and_year(each.month), tenant_money(each.monthly_minor)) for each in rows],
        (),
        export,
    )


def places_figure(uses: list[Use], export: str) -> Figure:
    return _use_figure(
        "places",
        _("Occupancy by location"),
        _("Booked hours as a part of open hours. What is made of other rooms counts with these."),
        uses,
        _("Location"),
        export,
        lambda each: each.name,
    )


def resources_figure(uses: list[Use], export: str) -> Figure:
    several = len({each.location for each in uses}) > 1
    return _use_figure(
        "resources",
        _("Occupancy by resource"),
        _("More than all of them where staff booked outside of the opening hours."),
        uses,
        _("Resource"),
        export,
        lambda each: f"{each.name} · {each.location}" if several else each.name,
    )


def _use_figure(
    key: str, title: str, help_: str, uses: list[Use], of: str, export: str, name: Callable[[Use], str]
) -> Figure:
    plot = _plot(
        key,
        title,
        _("A bar for each: how much of its open hours is booked."),
        [name(each) for each in uses],
        [Series(title, [each.permille or 0 for each in uses])],
        _share,
    )
    return Figure(
        key,
        title,
        help_,
        plots.shares(plot),
        Markup(),
        (of, _("Booked hours"), _("Open hours"), pgettext("occupancy", "Full")),
        [
            (
                name(each),
                _hours(each.booked_minutes),
                _hours(each.open_minutes),
                _("never open") if each.permille is None else _share(each.permille),
            )
            for each in uses
        ],
        (),
        export,
        "" if uses else _("There is nothing to book in this time."),
    )


def _plot(
    key: str,
    title: str,
    description: str,
    labels: Sequence[str],
    series: Sequence[Series],
    say: Callable[[int], str],
) -> Plot:
    locale = get_locale()
    rtl = locale is not None and locale.text_direction == "rtl"
    return Plot(key, title, description, labels, series, say, rtl)


def _short_money(minor: int) -> str:
    """`£12K`, as an axis has room for."""
    currency = auth.portal().currency
    amount = minor / 10 ** minor_digits(currency)
    text = format_compact_currency(amount, currency, locale=formats_locale(), fraction_digits=1)
    return with_minus(str(text))


def _share(permille: int) -> str:
    return str(format_percent(permille / 1000, "#,##0.#%", locale=formats_locale()))


def _hours(minutes: int) -> str:
    return str(format_decimal(minutes / 60, "#,##0.#", locale=formats_locale()))
