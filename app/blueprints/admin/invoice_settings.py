"""Who bills and how, rates of tax, closed periods."""

from flask import Blueprint, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.blueprints.admin.account_forms import AccountsForm, accounts_form
from app.blueprints.admin.answers import done, page, same_name
from app.blueprints.admin.routes import short_date
from app.blueprints.admin.seller_forms import SETTING, CloseForm, NewPercentForm, RateForm, SellerForm
from app.domain.actor import Permission
from app.domain.invoicing.rates import NewRate, RateRow, change_rate, create_rate, rates, retire_rate
from app.domain.invoicing.seller import close_until, seller_if_known, set_seller
from app.domain.journal.accounts import accounts, choose_accounts
from app.domain.lookup import one
from app.domain.spaces.terms import NameTaken
from app.models import TaxCategory, TaxRate
from app.web.access import staff
from app.web.attempts import attempt, say
from app.web.auth import clock, signed_in, today
from app.web.database import session
from app.web.invoices import percent

blueprint = Blueprint("invoice_settings", __name__, url_prefix="/settings/invoices")


@blueprint.get("")
@staff(Permission.ACCOUNTS, whole_house=True)
def show() -> Response:
    return _page()


@blueprint.post("")
@staff(Permission.ACCOUNTS, whole_house=True)
def update() -> Response:
    form = SellerForm()
    if not attempt(form, lambda: set_seller(session(), signed_in(), form.to_command(), clock()), SETTING):
        return _page(seller=form)
    return _saved()


@blueprint.post("/closing")
@staff(Permission.ACCOUNTS, whole_house=True)
def create_closing() -> Response:
    form = CloseForm()
    if not attempt(
        form, lambda: close_until(session(), signed_in(), form.until.data, today(), clock()), SETTING
    ):
        return _page(closing=form)
    return _saved()


@blueprint.post("/accounts")
@staff(Permission.ACCOUNTS, whole_house=True)
def update_accounts() -> Response:
    """How the journal calls the accounts."""
    form = accounts_form(rates(session()))
    if not attempt(form, lambda: choose_accounts(session(), signed_in(), form.to_command(), clock())):
        return _page(chart=form)
    return _saved()


@blueprint.post("/rates")
@staff(Permission.ACCOUNTS, whole_house=True)
def create() -> Response:
    form = RateForm()

    def make() -> None:
        command = NewRate(
            form.name.data,
            TaxCategory(form.category.data),
            form.percent.data,
            form.starts_on.data,
            form.reason.data,
        )
        create_rate(session(), signed_in(), command, clock())

    if not attempt(form, make, {NameTaken: say("name", same_name)}):
        return _page(rate=form)
    return _saved()


@blueprint.post("/rates/<int:rate_id>")
@staff(Permission.ACCOUNTS, whole_house=True)
def update_rate(rate_id: int) -> Response:
    """Another percentage from a day on."""
    one(session(), TaxRate, rate_id)
    form = NewPercentForm()
    if not attempt(
        form,
        lambda: change_rate(
            session(), signed_in(), rate_id, form.percent.data, form.starts_on.data, today(), clock()
        ),
        SETTING,
    ):
        return _page(changing=(rate_id, form))
    return _saved()


@blueprint.post("/rates/<int:rate_id>/retirement")
@staff(Permission.ACCOUNTS, whole_house=True)
def create_retirement(rate_id: int) -> Response:
    retire_rate(session(), signed_in(), rate_id, clock())
    session().commit()
    return done(url_for("admin.invoice_settings.show"), _("No new line takes it any more."))


def _saved() -> Response:
    return done(url_for("admin.invoice_settings.show"), _("Saved."))


def _page(
    *,
    seller: SellerForm | None = None,
    closing: CloseForm | None = None,
    rate: RateForm | None = None,
    changing: tuple[int, NewPercentForm] | None = None,
    chart: AccountsForm | None = None,
) -> Response:
    setting, known = seller_if_known(session()), rates(session())
    rate_id, changed = changing or (0, None)
    return page(
        "admin/settings/invoices.html",
        wrong=any((seller, closing, rate, changing, chart)),
        form=seller or SellerForm(setting, formdata=None),
        closing=closing or CloseForm(formdata=None),
        closed_until=setting.closed_until if setting else None,
        rate_form=rate or RateForm(formdata=None, data={"starts_on": today()}),
        rates=[
            (each, _since(each), changed if each.id == rate_id else NewPercentForm(formdata=None))
            for each in known
            if not each.retired
        ],
        chart=chart or accounts_form(known, accounts(session())),
    )


def _since(rate: RateRow) -> str:
    """`20 % from 1 Jan 2020`, the latest first."""
    return ", ".join(
        _("%(percent)s from %(day)s", percent=percent(hundredths), day=short_date(day))
        for day, hundredths in rate.versions
    )
