"""Forms of a plan's price and terms, and the sentences of what the rules refuse."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms.validators import ValidationError

from app.blueprints.admin.benefit_forms import BENEFIT_WORDS, BenefitFields, benefit_data
from app.blueprints.admin.invoice_forms import rate_words
from app.domain.invoicing.rates import RateRow
from app.domain.passes.choices import PassChoice
from app.domain.plans.terms import BadVersion, PlanGone, TooEarly, VersionDetails
from app.models import CycleUnit, PlanAudience, PlanVisibility
from app.web import wording
from app.web.attempts import Words, say
from app.web.forms import (
    CheckField,
    ChoiceField,
    ChoicesField,
    DayField,
    DecimalField,
    Form,
    MoneyField,
    SegmentField,
    TextField,
    WholeField,
    id_or_none,
    options,
)

_UNITS = {CycleUnit.MONTH: _l("Months"), CycleUnit.WEEK: _l("Weeks")}
AUDIENCES = {
    PlanAudience.EVERYONE: _l("Everybody"),
    PlanAudience.MEMBERS: _l("Members"),
    PlanAudience.CONTACTS: _l("Who is no member yet"),
}
_VISIBILITIES = {
    PlanVisibility.LISTED: _l("In the list of plans"),
    PlanVisibility.LINK: _l("By a link alone"),
    PlanVisibility.ENQUIRE: _l("In the list, but staff put people on it"),
}


class TermsForm(BenefitFields):
    """Names are those of `VersionDetails`; `joins_on` is for the preview alone."""

    price_minor = MoneyField(_l("Price"))
    cycle_count = WholeField(_l("Every"), least=1, most=60, default=1)
    cycle_unit = SegmentField(_l("Months or weeks"), choices=options(_UNITS.items()), default="month")
    tax_rate_id = ChoiceField(_l("Tax"), coerce=id_or_none)
    signup_fee_minor = MoneyField(_l("Fee to sign up"), required=False)
    deposit_minor = MoneyField(_l("Deposit"), required=False)
    deposit_rate_id = ChoiceField(_l("Tax of the deposit"), coerce=id_or_none)
    billing_day = WholeField(_l("Day of the month"), least=1, most=28, required=False)
    prorate_first = CheckField(_l("The first period costs by its days"), default=True)
    prorate_last = CheckField(_l("The last period costs by its days"))
    min_cycles = WholeField(_l("Minimum term"), least=0, most=120, default=0)
    notice_days = WholeField(_l("Days of notice"), least=0, most=365, default=0)
    pauses_a_year = WholeField(_l("Pauses a year"), least=0, most=12, default=0)
    pause_cycles = WholeField(_l("Billing periods a pause may last"), least=0, most=24, default=0)
    capacity = WholeField(_l("Places"), least=0, most=1_000_000, required=False)
    needs_approval = CheckField(_l("Staff approve who joins"))
    audience = SegmentField(_l("For"), choices=options(AUDIENCES.items()), default="everyone")
    visibility = ChoiceField(_l("Where it is found"), choices=options(_VISIBILITIES.items()))
    booking_discount_hundredths = DecimalField(
        _l("Percent off bookings"), places=2, least=0, most=10_000, required=False
    )
    product_discount_hundredths = DecimalField(
        _l("Percent off the shop"), places=2, least=0, most=10_000, required=False
    )
    discount_type_ids = ChoicesField(_l("Off which rooms"))
    description = TextField(_l("What is in it"), longest=1000, required=False, multiline=True)
    terms = TextField(_l("Terms"), longest=20_000, required=False, multiline=True)
    joins_on = DayField(_l("Somebody joins on"), required=False)

    def __init__(
        self,
        rates: Iterable[RateRow],
        types: Iterable[tuple[int, str]],
        passes: Iterable[PassChoice],
        today: date,
        terms: VersionDetails | None = None,
        **kwargs: Any,
    ) -> None:
        had = () if terms is None else terms.benefits
        super().__init__(obj=terms, data=benefit_data(had), **kwargs)
        kinds = list(types)
        self.offer(kinds, passes, had)
        self.discount_type_ids.choices = options(kinds)
        known = [(each.id, rate_words(each, today)) for each in rates if not each.retired]
        self.tax_rate_id.choices = options(known, empty=_("Choose one"))
        self.deposit_rate_id.choices = options(known, empty=_("Choose one"))

    def validate_tax_rate_id(self, field: Any) -> None:
        if field.data is None:
            raise ValidationError(_("This is needed."))

    def to_command(self) -> VersionDetails:
        typed = {name: self[name].data for name in VersionDetails.__slots__ if name != "benefits"}
        empty = {
            "signup_fee_minor": 0,
            "deposit_minor": 0,
            "booking_discount_hundredths": 0,
            "product_discount_hundredths": 0,
        }
        typed["discount_type_ids"] = tuple(sorted(typed["discount_type_ids"] or ()))
        typed |= {name: typed[name] or nothing for name, nothing in empty.items()}
        typed["cycle_unit"] = CycleUnit(typed["cycle_unit"])
        typed["audience"] = PlanAudience(typed["audience"])
        typed["visibility"] = PlanVisibility(typed["visibility"])
        return VersionDetails(**typed, benefits=self.benefits())


class MigrateForm(Form):
    on = DayField(_l("From"))


_FAULTS = {
    "billing_day": _l("A day of the month is for plans that are billed by months."),
    "deposit_rate_id": _l("Choose the tax of the deposit, which is often none."),
    "booking_discount_hundredths": _l("Say how many percent."),
    "product_discount_hundredths": _l("Say how many percent."),
    "pause_cycles": _l("Pauses need both numbers, or neither."),
}
TERMS_WORDS: Words = {
    **BENEFIT_WORDS,
    BadVersion: lambda refusal: (refusal.field, str(_FAULTS[refusal.field])),
}
MIGRATE_WORDS: Words = {
    PlanGone: say("", lambda: _("Give the plan a price first.")),
    TooEarly: lambda refusal: (
        "on",
        _("%(day)s is the earliest day.", day=wording.full_day(refusal.earliest)),
    ),
}
