"""The form of the bookkeeping's accounts: those of the house, and one for each rate of tax."""

import re
from collections.abc import Iterable
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms.validators import ValidationError

from app.domain.invoicing.rates import RateRow
from app.domain.journal.accounts import Accounts
from app.models.journal import LONGEST_ACCOUNT
from app.web.forms import Form, TextField

_ACCOUNT = re.compile(r"[A-Za-z0-9][A-Za-z0-9 ./-]*")
_HOUSE = ("receivable", "revenue", "deposits", "tax", "bank", "cash", "card_clearing")


def _is_account(_form: Form, field: Any) -> None:
    if field.data and not _ACCOUNT.fullmatch(field.data):
        raise ValidationError(_("Letters, digits, spaces, points, dashes and slashes."))


def _account(label: Any, *, required: bool = True) -> Any:
    return TextField(label, [_is_account], longest=LONGEST_ACCOUNT, required=required)


class AccountsForm(Form):
    """`accounts_form` adds the fields of the rates."""

    receivable = _account(_l("Receivables"))
    revenue = _account(_l("Revenue"))
    deposits = _account(_l("Deposits"))
    tax = _account(_l("Tax"))
    bank = _account(_l("Bank"))
    cash = _account(_l("Cash at the desk"))
    card_clearing = _account(_l("Card payments on their way"))

    def of_rates(self) -> list[Any]:
        return [field for field in self if field.name.startswith("rate-")]

    def to_command(self) -> Accounts:
        by_rate = {
            int(field.name.removeprefix("rate-")): field.data for field in self.of_rates() if field.data
        }
        return Accounts(**{name: self[name].data for name in _HOUSE}, tax_by_rate=by_rate)


def accounts_form(rates: Iterable[RateRow], now: Accounts | None = None) -> AccountsForm:
    """What was sent; or, with `now`, what is chosen at present."""
    fields = {
        f"rate_{rate.id}": TextField(
            _("Tax: %(rate)s", rate=rate.name),
            [_is_account],
            longest=LONGEST_ACCOUNT,
            required=False,
            name=f"rate-{rate.id}",
        )
        for rate in rates
    }
    kind: type[AccountsForm] = type("_AccountsForm", (AccountsForm,), fields)
    if now is None:
        return kind()
    data = {name: getattr(now, name) for name in _HOUSE}
    data |= {f"rate_{rate_id}": account for rate_id, account in now.tax_by_rate.items()}
    return kind(formdata=None, data=data)
