"""Forms of who bills, of the rates of tax, and of the day until which the books are closed."""

import re
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms.validators import ValidationError

from app.domain.invoicing.numbers import LONGEST
from app.domain.invoicing.terms import BadPattern, OnlyForward, RateBackwards, SellerDetails
from app.models import InvoiceSetting, TaxCategory
from app.web import auth
from app.web.attempts import Words, say
from app.web.forms import (
    CheckField,
    ChoiceField,
    DayField,
    DecimalField,
    EmailField,
    Form,
    TextField,
    WholeField,
    options,
)
from app.web.profiles import country_choices

_IBAN = re.compile(r"[A-Z]{2}\d{2}[A-Z0-9]{11,30}")
_BIC = re.compile(r"[A-Z]{6}[A-Z0-9]{2}([A-Z0-9]{3})?")
_PLACES_OF_A_PERCENT = 2
CATEGORIES = {
    TaxCategory.STANDARD: _l("Taxed"),
    TaxCategory.ZERO: _l("Zero-rated"),
    TaxCategory.EXEMPT: _l("Exempt"),
    TaxCategory.OUTSIDE: _l("Outside of the tax"),
}


class SellerForm(Form):
    seller_name = TextField(_l("Name of the firm"), longest=120)
    street = TextField(_l("Street and number"), longest=160)
    postal_code = TextField(_l("Postal code"), longest=20)
    city = TextField(_l("Town"), longest=80)
    country = ChoiceField(_l("Country"))
    tax_id = TextField(_l("Tax id"), longest=40, required=False)
    register_entry = TextField(_l("Entry in the register"), longest=120, required=False)
    email = EmailField(_l("E-mail"), required=False)
    phone = TextField(_l("Telephone"), longest=40, required=False)
    bank_holder = TextField(_l("Holder of the account"), longest=120, required=False)
    iban = TextField(_l("IBAN"), longest=42, required=False)
    bic = TextField(_l("BIC"), longest=14, required=False)
    how_to_pay = TextField(_l("How else one may pay"), longest=300, required=False)
    prices_include_tax = CheckField(_l("Prices are entered with their tax"))
    due_days = WholeField(_l("Days to pay"), least=0, most=365)
    invoice_pattern = TextField(_l("Numbers of invoices"), longest=LONGEST)
    credit_note_pattern = TextField(_l("Numbers of credit notes"), longest=LONGEST)
    footer = TextField(_l("Line at the foot"), longest=300, required=False)

    def __init__(self, setting: InvoiceSetting | None = None, **kwargs: Any) -> None:
        defaults = SellerDetails(auth.portal().name, "", "", "", "")
        super().__init__(obj=setting or defaults, **kwargs)
        self.country.choices = options(country_choices(), empty=_("Choose one"))

    def validate_country(self, field: Any) -> None:
        if not field.data:
            raise ValidationError(_("This is needed."))

    def validate_iban(self, field: Any) -> None:
        field.data = field.data.replace(" ", "").upper()
        if field.data and not (_IBAN.fullmatch(field.data) and _iban_adds_up(field.data)):
            raise ValidationError(_("This is no IBAN. Copy it from your bank, with its country in front."))

    def validate_bic(self, field: Any) -> None:
        field.data = field.data.replace(" ", "").upper()
        if field.data and not _BIC.fullmatch(field.data):
            raise ValidationError(_("A BIC has 8 or 11 letters and digits."))

    def to_command(self) -> SellerDetails:
        names = SellerDetails.__dataclass_fields__
        return SellerDetails(**{name: self[name].data for name in names})


class RateForm(Form):
    name = TextField(_l("Name"), longest=40)
    category = ChoiceField(_l("How it is taxed"), choices=options(CATEGORIES.items()))
    percent = DecimalField(_l("Percent"), places=_PLACES_OF_A_PERCENT, least=0, most=10_000)
    starts_on = DayField(_l("From"))
    reason = TextField(_l("Why nothing is due"), longest=200, required=False)

    def validate_percent(self, field: Any) -> None:
        taxed = self.category.data == TaxCategory.STANDARD
        if field.data is not None and taxed is not (field.data > 0):
            raise ValidationError(
                _("A taxed rate is above zero.") if taxed else _("Where nothing is due it is 0 percent.")
            )

    def validate_reason(self, field: Any) -> None:
        if self.category.data == TaxCategory.EXEMPT and not field.data:
            raise ValidationError(_("The law wants the reason printed. Say which one it is."))


class NewPercentForm(Form):
    percent = DecimalField(_l("Percent"), places=_PLACES_OF_A_PERCENT, least=0, most=10_000)
    starts_on = DayField(_l("From"))


class CloseForm(Form):
    until = DayField(_l("Closed until"))


def _iban_adds_up(iban: str) -> bool:
    """ISO 13616: the rest of its digits, letters counted from 10, by 97 is 1."""
    moved = iban[4:] + iban[:4]
    return int("".join(str(int(char, 36)) for char in moved)) % 97 == 1


SETTING: Words = {
    BadPattern: say(
        "invoice_pattern",
        lambda: _(
            "A pattern has {year} and {number} once each, such as NL-{year}-{number:4}, with a sign between."
        ),
    ),
    OnlyForward: say("until", lambda: _("Choose a day that has passed, and none before the last closing.")),
    RateBackwards: say(
        "starts_on", lambda: _("From today on at the earliest: what was issued stays as it was.")
    ),
}
