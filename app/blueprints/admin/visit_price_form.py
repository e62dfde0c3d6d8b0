"""The form of what coming costs without a pass, and the sentences of what the rules refuse."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms.validators import ValidationError

from app.blueprints.admin.invoice_forms import rate_words
from app.domain.invoicing.rates import RateRow
from app.domain.invoicing.terms import NoRateYet
from app.domain.pay_as_you_go.terms import CapTooLow, VisitPrice
from app.domain.products.terms import DEAREST_MINOR
from app.models import PaidBy
from app.web import wording
from app.web.attempts import Words, say
from app.web.forms import CheckField, ChoiceField, Form, MoneyField, SegmentField, id_or_none, options

_PAID_BY = {PaidBy.DAY: _l("The day"), PaidBy.HOUR: _l("The hour")}


class VisitPriceForm(Form):
    """Names are those of `VisitPrice`."""

    offered = CheckField(_l("Who has no pass can pay as they go"))
    paid_by = SegmentField(_l("Paid by"), choices=options(_PAID_BY.items()), default="day")
    price_minor = MoneyField(_l("Price"))
    cap_minor = MoneyField(_l("At most in a day"), required=False)
    tax_rate_id = ChoiceField(_l("Tax"), coerce=id_or_none)

    def __init__(
        self, rates: Iterable[RateRow], today: date, known: VisitPrice | None, **kwargs: Any
    ) -> None:
        super().__init__(obj=known, **kwargs)
        own = None if known is None else known.tax_rate_id
        usable = [(each.id, rate_words(each, today)) for each in rates if not each.retired or each.id == own]
        self.tax_rate_id.choices = options(usable, empty=_("Choose one"))

    def validate_tax_rate_id(self, field: Any) -> None:
        if field.data is None:
            raise ValidationError(_("This is needed."))

    def validate_price_minor(self, field: Any) -> None:
        if field.data == 0:
            raise ValidationError(_("More than nothing."))
        _check_most(field.data)

    def validate_cap_minor(self, field: Any) -> None:
        _check_most(field.data)

    def price(self) -> VisitPrice:
        return VisitPrice(
            bool(self.offered.data),
            PaidBy(self.paid_by.data),
            self.price_minor.data,
            self.cap_minor.data,
            self.tax_rate_id.data,
        )


def _check_most(minor: int | None) -> None:
    if minor is not None and minor > DEAREST_MINOR:
        raise ValidationError(_("At most %(most)s.", most=wording.tenant_money(DEAREST_MINOR)))


VISIT_PRICE_WORDS: Words = {
    CapTooLow: say("cap_minor", lambda: _("With hours this is needed, and is no less than one hour costs.")),
    NoRateYet: say("tax_rate_id", lambda: _("It amounts to nothing yet: give the rate a percentage.")),
}
