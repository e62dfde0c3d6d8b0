"""Forms about invoices: lines, payments, credit notes, who bills and how; and the sentences of what the rules refuse."""

import re
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any

from babel.numbers import NumberFormatError, format_decimal, parse_decimal
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms.validators import ValidationError
from wtforms.widgets import TextInput

from app.domain.invoicing.amounts import ONE
from app.domain.invoicing.numbers import LONGEST
from app.domain.invoicing.rates import RateRow
from app.domain.invoicing.terms import (
    MOST_THOUSANDTHS,
    AlreadyIssued,
    BadPattern,
    LessThanNothing,
    MoreThanBilled,
    MoreThanOpen,
    NewLine,
    NoRateYet,
    NothingToIssue,
    NotYet,
    OnlyForward,
    PeriodClosed,
    RateBackwards,
    SellerDetails,
    SellerUnknown,
    TaxIdMissing,
    TooMuch,
)
from app.kernel.money import Money
from app.models import InvoiceSetting, PaymentWay, TaxCategory
from app.web import auth, wording
from app.web.attempts import Words, say
from app.web.forms import (
    CheckField,
    ChoiceField,
    DayField,
    EmailField,
    Form,
    MoneyField,
    SearchField,
    SegmentField,
    TextField,
    WholeField,
    id_or_none,
    options,
)
from app.web.forms.reading import ReadField
from app.web.invoices import percent
from app.web.language import formats_locale
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
WAYS = {PaymentWay.TRANSFER: _l("By transfer"), PaymentWay.DESK: _l("At the desk")}


class DecimalField(ReadField):
    """A number above zero with so many places at most, typed in the reader's format; `data` counts units of the last."""

    widget = TextInput()

    def __init__(self, label: Any = None, *, places: int, least: int = 1, most: int, **kwargs: Any) -> None:
        self._places, self._least, self._most = places, least, most
        super().__init__(label, **kwargs)

    def read(self, typed: str) -> int:
        try:
            counted = parse_decimal(typed, locale=formats_locale(), strict=True).scaleb(self._places)
            whole = counted.is_finite() and counted == counted.to_integral_value()
        except (NumberFormatError, ArithmeticError):
            whole, counted = False, Decimal(0)
        if not whole or not typed.isascii() or not self._least <= counted <= self._most:
            raise ValidationError(
                _(
                    "A number from %(least)s to %(most)s, with %(places)s decimals at most.",
                    least=self.write(self._least),
                    most=self.write(self._most),
                    places=self._places,
                )
            )
        return int(counted)

    def write(self, value: int) -> str:
        pattern = "0." + "#" * self._places
        return str(format_decimal(Decimal(value).scaleb(-self._places), pattern, locale=formats_locale()))


class LineForm(Form):
    description = TextField(_l("What it is for"), longest=200)
    quantity = DecimalField(_l("Quantity"), places=3, most=MOST_THOUSANDTHS)
    unit = MoneyField(_l("Price of one"))
    takes_off = CheckField(_l("It takes this off: a discount"))
    tax_rate_id = ChoiceField(_l("Tax"), coerce=id_or_none)
    from_day = DayField(_l("From"), required=False)
    until_day = DayField(_l("To"), required=False)

    def __init__(self, rates: Iterable[RateRow], today: date, **kwargs: Any) -> None:
        kwargs.setdefault("data", {"quantity": ONE})
        super().__init__(**kwargs)
        self.tax_rate_id.choices = options(
            (each.id, rate_words(each, today)) for each in rates if not each.retired
        )

    def validate_until_day(self, field: Any) -> None:
        first, last = self.from_day.data, field.data
        if (first is None) != (last is None):
            raise ValidationError(_("A period has a first and a last day. Fill in both, or none."))
        if first and last and last < first:
            raise ValidationError(_("It ends before it begins."))

    def to_command(self) -> NewLine:
        unit = -self.unit.data if self.takes_off.data else self.unit.data
        return NewLine(
            self.description.data,
            self.quantity.data,
            unit,
            self.tax_rate_id.data,
            self.from_day.data,
            self.until_day.data,
        )


class NoteForm(Form):
    note = TextField(_l("A sentence below the lines"), longest=500, required=False, multiline=True)


class PaymentForm(Form):
    way = SegmentField(_l("How it came"), choices=options(WAYS.items()))
    amount = MoneyField(_l("Amount"))
    received_on = DayField(_l("Day"))
    note = TextField(_l("What the statement says"), longest=140, required=False)


class CreditForm(Form):
    """One amount for each line that something is left of; `amounts` is by the line's id."""

    reason = TextField(_l("Why"), longest=500)

    def amount_of(self, line_id: int) -> str:
        return f"line-{line_id}"


class FindInvoices(Form):
    class Meta:
        csrf = False

    q = SearchField()
    page = WholeField(least=1, most=1_000_000, required=False)


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


def rate_words(rate: RateRow, today: date) -> str:
    """`VAT 20 %`: a rate as it is on a day."""
    try:
        return f"{rate.name} {percent(rate.tax_on(today).percent_hundredths)}"
    except NoRateYet:
        return rate.name


def _iban_adds_up(iban: str) -> bool:
    """ISO 13616: the rest of its digits, letters counted from 10, by 97 is 1."""
    moved = iban[4:] + iban[:4]
    return int("".join(str(int(char, 36)) for char in moved)) % 97 == 1


def _amount(minor: int) -> str:
    return wording.money(Money(minor, auth.portal().currency))


def _day(day: date) -> str:
    return wording.full_day(day)


def already_issued(refusal: AlreadyIssued) -> str:
    return _(
        "It was issued meanwhile as %(number)s, so nothing of it changes any more.", number=refusal.number
    )


INVOICING: Words = {
    SellerUnknown: say("", lambda: _("Fill in first who bills, under Settings, Invoices.")),
    NothingToIssue: say("", lambda: _("There is nothing on it yet.")),
    LessThanNothing: say(
        "", lambda: _("It comes to less than zero. Take a discount out, or write a credit note.")
    ),
    TooMuch: say("", lambda: _("That is more than any invoice has. Look at the amounts once more.")),
    AlreadyIssued: lambda refusal: ("", already_issued(refusal)),
    NoRateYet: lambda refusal: (
        "",
        _("%(rate)s has no percentage on %(day)s.", rate=refusal.name, day=_day(refusal.day)),
    ),
    TaxIdMissing: lambda refusal: (
        "",
        _("Reverse charge takes a tax id of the customer. Add it to their billing details.")
        if refusal.whose == "customer"
        else _("Reverse charge takes your tax id. Add it under Settings, Invoices."),
    ),
    PeriodClosed: lambda refusal: (
        "",
        _("The books are closed until %(day)s.", day=_day(refusal.until)),
    ),
    MoreThanOpen: lambda refusal: (
        "amount",
        _("An amount up to %(amount)s, which is still open.", amount=_amount(refusal.open_minor))
        if refusal.open_minor
        else _("Nothing is open any more."),
    ),
    NotYet: say("received_on", lambda: _("That day is still to come.")),
    MoreThanBilled: lambda refusal: (
        "",
        _("No more than %(amount)s is left of that line.", amount=_amount(refusal.left_minor)),
    ),
}
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
