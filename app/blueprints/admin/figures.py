"""Figures: what the space earns, who is on its plans, how full it is; as plots, tables and spreadsheets."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from flask import Blueprint, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response
from wtforms.validators import ValidationError

from app.blueprints.admin import figure_sheets as sheets
from app.blueprints.admin import figure_words as words
from app.blueprints.admin.answers import page
from app.domain.actor import Permission
from app.domain.figures.membership import membership
from app.domain.figures.occupancy import occupancy
from app.domain.figures.revenue import earned, received
from app.domain.invoicing.seller import seller_if_known
from app.kernel.months import earlier, month_of, months
from app.web.access import staff
from app.web.auth import today
from app.web.csv_files import csv_answer
from app.web.database import session
from app.web.forms import EARLIEST, DayField, Form, Label
from app.web.wording import full_day, month_and_year

blueprint = Blueprint("figures", __name__, url_prefix="/figures")

_USUAL_MONTHS = 12
_MOST_MONTHS = 36
_USUAL_DAYS = 30
_TABS: tuple[tuple[str, Label], ...] = (
    ("admin.figures.show", _l("Revenue")),
    ("admin.figures.show_contracts", _l("Contracts")),
    ("admin.figures.show_occupancy", _l("Occupancy")),
)


class _Period(Form):
    class Meta:
        csrf = False

    since = DayField(_l("From"), name="from", required=False)
    until = DayField(_l("Until"), name="to", required=False)

    def validate_until(self, field: Any) -> None:
        first, last = self.since.data, field.data
        if first is None or last is None:
            return
        if last < first:
            raise ValidationError(_("It ends before it begins."))
        if len(months(first, last)) > _MOST_MONTHS:
            raise ValidationError(_("Choose %(months)s months at most.", months=_MOST_MONTHS))


@dataclass(frozen=True, slots=True)
class _Asked:
    """From which day to which; of what makes no sense the form says so, and the usual is shown."""

    form: _Period
    first: date
    last: date

    @classmethod
    def of_request(cls, usual_days: int | None = None) -> "_Asked":
        """Twelve months until today where nothing is said, or so many days."""
        form = _Period(request.args)
        fits = form.validate()
        last = (form.until.data if fits else None) or today()
        if usual_days is None:
            usual = earlier(month_of(last), _USUAL_MONTHS - 1)
        else:
            usual = max(last - timedelta(days=usual_days - 1), EARLIEST)
        first = (form.since.data if fits else None) or usual
        # One day that is given alone may lie anywhere
        first = min(first, last)
        if len(months(first, last)) > _MOST_MONTHS:
            first = earlier(month_of(last), _MOST_MONTHS - 1)
        return cls(form, first, last)

    @property
    def values(self) -> dict[str, Any]:
        """As an address has it."""
        return {"from": self.first.isoformat(), "to": self.last.isoformat()}

    @property
    def kept(self) -> dict[str, Any]:
        """What goes along to another page of figures, each of which has its own usual time."""
        return self.values if request.args.get("from") or request.args.get("to") else {}

    @property
    def last_month(self) -> date:
        """Months that have not begun have no figures."""
        return max(min(self.last, today()), self.first)


@blueprint.get("")
@staff(Permission.MONEY, whole_house=True)
def show() -> Response:
    asked = _Asked.of_request()
    rows = earned(session(), asked.first, asked.last_month)
    came = received(session(), asked.first, asked.last_month)
    return _page(
        asked,
        [
            words.revenue_figure(rows, _url("export_revenue", asked)),
            words.received_figure(came, _url("export_received", asked)),
        ],
        whole_months=True,
    )


@blueprint.get("/contracts")
@staff(Permission.MONEY, whole_house=True)
def show_contracts() -> Response:
    asked = _Asked.of_request()
    rows = membership(session(), asked.first, asked.last_month, today())
    export = _url("export_contracts", asked)
    seller = seller_if_known(session())
    with_tax = seller is None or seller.prices_include_tax
    return _page(
        asked,
        [words.members_figure(rows, export), words.monthly_figure(rows, export, with_tax=with_tax)],
        whole_months=True,
    )


@blueprint.get("/occupancy")
@staff(Permission.MONEY, whole_house=True)
def show_occupancy() -> Response:
    asked = _Asked.of_request(_USUAL_DAYS)
    found = occupancy(session(), asked.first, asked.last)
    export = _url("export_occupancy", asked)
    return _page(
        asked,
        [words.places_figure(found.locations, export), words.resources_figure(found.resources, export)],
        whole_months=False,
    )


@blueprint.get("/revenue.csv")
@staff(Permission.MONEY, whole_house=True)
def export_revenue() -> Response:
    asked = _Asked.of_request()
    return _sheet("revenue.csv", sheets.revenue_sheet(earned(session(), asked.first, asked.last_month)))


@blueprint.get("/received.csv")
@staff(Permission.MONEY, whole_house=True)
def export_received() -> Response:
    asked = _Asked.of_request()
    return _sheet("received.csv", sheets.received_sheet(received(session(), asked.first, asked.last_month)))


@blueprint.get("/contracts.csv")
@staff(Permission.MONEY, whole_house=True)
def export_contracts() -> Response:
    asked = _Asked.of_request()
    rows = membership(session(), asked.first, asked.last_month, today())
    return _sheet("contracts.csv", sheets.members_sheet(rows))


@blueprint.get("/occupancy.csv")
@staff(Permission.MONEY, whole_house=True)
def export_occupancy() -> Response:
    asked = _Asked.of_request(_USUAL_DAYS)
    return _sheet("occupancy.csv", sheets.occupancy_sheet(occupancy(session(), asked.first, asked.last)))


def _sheet(name: str, rows: Sequence[Sequence[str]]) -> Response:
    head, *others = rows
    return csv_answer(name, head, others)


def _page(asked: _Asked, figures: list[words.Figure], *, whole_months: bool) -> Response:
    form = asked.form
    if not form.errors:
        form.since.data, form.until.data = asked.first, asked.last
        form.since.raw_data = form.until.raw_data = None
    if whole_months:
        first, last = month_and_year(asked.first), month_and_year(asked.last_month)
        period = _("Whole months, %(first)s to %(last)s", first=first, last=last)
    else:
        period = _("%(first)s to %(last)s", first=full_day(asked.first), last=full_day(asked.last))
    return page(
        "admin/figures/show.html",
        form=form,
        here=request.path,
        period=period,
        figures=figures,
        tabs_of_figures=[
            (str(label), url_for(endpoint, **asked.kept), request.endpoint == endpoint)
            for endpoint, label in _TABS
        ],
    )


def _url(endpoint: str, asked: _Asked) -> str:
    return url_for(f"admin.figures.{endpoint}", **asked.values)
