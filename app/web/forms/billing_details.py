"""Whom an invoice is made out to, as members say it when they join and as staff put it right."""

from typing import Any

from flask_babel import lazy_gettext as _l

from app.web.forms.base import Form, Label
from app.web.forms.choices import ChoiceField, options, text_or_none
from app.web.forms.text import TextField
from app.web.profiles import country_choices


class BillingDetailsForm(Form):
    """Named as the facts of the profile. Which of them are needed the domain says: it hangs on how somebody is taxed."""

    billing_name = TextField(_l("Name on the invoice"), longest=120, required=False)
    company = TextField(_l("Company"), longest=120, required=False)
    tax_id = TextField(_l("Tax number"), longest=40, required=False)
    billing_street = TextField(_l("Street and number"), longest=160, required=False)
    billing_postal_code = TextField(_l("Postal code"), longest=20, required=False)
    billing_city = TextField(_l("City"), longest=80, required=False)
    billing_country = ChoiceField(_l("Country"), coerce=text_or_none)

    def __init__(self, *, no_country: Label, **more: Any) -> None:
        """`no_country` is the label of the choice that stands for none."""
        super().__init__(**more)
        self.billing_country.choices = options(country_choices(), empty=no_country)

    def given(self) -> dict[str, str]:
        """Every fact by its name, "" for not given."""
        return {name: field.data or "" for name, field in self._fields.items() if name != "csrf_token"}
