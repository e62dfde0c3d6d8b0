"""The journal for the accountant: which days, with which accounts, as a file."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from flask import Blueprint, request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response
from wtforms.validators import ValidationError

from app.blueprints.admin.answers import page
from app.domain.actor import Permission
from app.domain.journal.accounts import Accounts, accounts
from app.domain.journal.entries import Entry
from app.domain.journal.reading import journal
from app.kernel.money import plain
from app.kernel.months import month_of
from app.web.access import staff
from app.web.auth import signed_in, today
from app.web.csv_files import csv_stream
from app.web.database import session
from app.web.forms import DayField, Form

blueprint = Blueprint("journal", __name__)

_MOST_DAYS = 5 * 366
"""Who wants more takes it in parts."""


class _Days(Form):
    class Meta:
        csrf = False

    since = DayField(_l("From"), name="from")
    until = DayField(_l("Until"), name="to")

    def validate_until(self, field: Any) -> None:
        first, last = self.since.data, field.data
        if first is None or last is None:
            return
        if last < first:
            raise ValidationError(_("It ends before it begins."))
        if (last - first).days >= _MOST_DAYS:
            raise ValidationError(_("Five years at most."))


@blueprint.get("/invoices/journal")
@staff(Permission.MONEY, whole_house=True)
def show() -> Response:
    return _page(_last_month())


@blueprint.get("/invoices/journal.csv")
@staff(Permission.MONEY, whole_house=True)
def export() -> Response:
    form = _Days(request.args) if request.args else _last_month()
    if request.args and not form.validate():
        return _page(form)
    first, last = form.since.data, form.until.data
    head = (
        _("Date"),
        _("Document"),
        _("Account"),
        _("Debit"),
        _("Credit"),
        _("Tax code"),
        _("Payer"),
        _("Text"),
        _("Currency"),
    )
    return csv_stream(f"journal-{first}-{last}.csv", head, lambda own: _rows(journal(own, first, last)))


def _last_month() -> _Days:
    """What accountants ask for."""
    last = month_of(today()) - timedelta(days=1)
    return _Days(formdata=None, data={"since": month_of(last), "until": last})


def _page(form: _Days) -> Response:
    return page(
        "admin/invoices/journal.html",
        wrong=bool(form.errors),
        form=form,
        chart=_chart(accounts(session())),
        may_choose=signed_in().may(Permission.ACCOUNTS),
    )


def _chart(chosen: Accounts) -> list[tuple[str, str]]:
    return [
        (_("Receivables"), chosen.receivable),
        (_("Revenue"), chosen.revenue),
        (_("Deposits"), chosen.deposits),
        (_("Tax"), ", ".join(dict.fromkeys([chosen.tax, *chosen.tax_by_rate.values()]))),
        (_("Bank"), chosen.bank),
        (_("Cash at the desk"), chosen.cash),
        (_("Card payments on their way"), chosen.card_clearing),
    ]


def _rows(entries: Iterator[Entry]) -> Iterator[tuple[str, ...]]:
    for each in entries:
        yield (
            each.on.isoformat(),
            each.number,
            each.account,
            plain(each.debit_minor, each.currency) if each.debit_minor else "",
            plain(each.credit_minor, each.currency) if each.credit_minor else "",
            each.tax_code,
            each.payer,
            each.text,
            each.currency,
        )
