"""Forms of one invoice: lines, payments, credit notes; and the sentences of what the rules refuse."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms.validators import ValidationError

from app.domain.invoicing.amounts import ONE
from app.domain.invoicing.rates import RateRow
from app.domain.invoicing.terms import (
    MOST_THOUSANDTHS,
    AlreadyIssued,
    LessThanNothing,
    MoreThanBilled,
    MoreThanOpen,
    NewLine,
    NoRateYet,
    NothingToIssue,
    NotYet,
    PayerDetails,
    PeriodClosed,
    SellerUnknown,
    TaxIdMissing,
    TooMuch,
)
from app.domain.presses import PressedTwice
from app.models import PaymentWay, TaxTreatment
from app.web import wording
from app.web.attempts import Words, say
from app.web.forms import (
    CheckField,
    ChoiceField,
    DayField,
    DecimalField,
    Form,
    MoneyField,
    RequestKeyField,
    SearchField,
    SegmentField,
    TextField,
    WholeField,
    id_or_none,
    options,
)
from app.web.invoices import percent

TREATMENTS = {
    TaxTreatment.USUAL: _l("As usual"),
    TaxTreatment.REVERSE_CHARGE: _l("Reverse charge"),
    TaxTreatment.EXEMPT: _l("Exempt"),
}
WAYS = {PaymentWay.TRANSFER: _l("By transfer"), PaymentWay.DESK: _l("At the desk")}


class LineForm(Form):
    description = TextField(_l("What it is for"), longest=200)
    quantity = DecimalField(_l("Quantity"), places=3, most=MOST_THOUSANDTHS)
    unit = MoneyField(_l("Price of one"))
    takes_off = CheckField(_l("It takes this off: a discount"))
    tax_rate_id = ChoiceField(_l("Tax"), coerce=id_or_none)
    from_day = DayField(_l("From"), required=False)
    until_day = DayField(_l("Until"), required=False)

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
    request_key = RequestKeyField()


class CreditNoteForm(Form):
    """One amount for each line that something is left of; `amounts` is by the line's id."""

    reason = TextField(_l("Why"), longest=500)
    refund = CheckField(_l("Send the money back to the card"))
    request_key = RequestKeyField()

    def amount_of(self, line_id: int) -> str:
        return f"line-{line_id}"


class PayerForm(Form):
    """How one person is billed; the law wants a reason where somebody is exempt."""

    treatment = SegmentField(_l("Tax"), choices=options(TREATMENTS.items()))
    reason = TextField(_l("Why they are exempt"), longest=200, required=False)
    due_days = WholeField(_l("Days to pay"), least=0, most=365, required=False)

    def validate_reason(self, field: Any) -> None:
        if self.treatment.data == TaxTreatment.EXEMPT and not field.data:
            raise ValidationError(_("The law wants the reason printed. Say which one it is."))

    def details(self) -> PayerDetails:
        treatment = TaxTreatment(self.treatment.data)
        reason = self.reason.data if treatment is TaxTreatment.EXEMPT else ""
        return PayerDetails(treatment, reason, self.due_days.data)


class FindInvoices(Form):
    class Meta:
        csrf = False

    q = SearchField()
    page = WholeField(least=1, most=1_000_000, required=False)


def rate_words(rate: RateRow, today: date) -> str:
    """`VAT 20 %`: a rate as it is on a day."""
    try:
        return f"{rate.name} {percent(rate.tax_on(today).percent_hundredths)}"
    except NoRateYet:
        return rate.name


def _day(day: date) -> str:
    return wording.full_day(day)


def already_issued(refusal: AlreadyIssued) -> str:
    return _(
        "It was issued meanwhile as %(number)s, so nothing of it changes any more.", number=refusal.number
    )


INVOICING: Words = {
    PressedTwice: say("", lambda: _("It was pressed twice; it is done once.")),
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
        _("An amount up to %(amount)s, which is still open.", amount=wording.tenant_money(refusal.open_minor))
        if refusal.open_minor
        else _("Nothing is open any more."),
    ),
    NotYet: say("received_on", lambda: _("That day is still to come.")),
    MoreThanBilled: lambda refusal: (
        "",
        _("No more than %(amount)s is left of that line.", amount=wording.tenant_money(refusal.left_minor)),
    ),
}
