"""What a plan gives and a product carries, as both their editors have it: one credit of each kind."""

from collections.abc import Iterable, Iterator
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.domain.credits.terms import MOST_DAYS
from app.domain.passes.choices import PassChoice
from app.domain.plans.terms import BadBenefit, Benefit
from app.models import CreditKind
from app.web.attempts import Words
from app.web.forms import (
    ChoiceField,
    ChoicesField,
    DecimalField,
    Form,
    MoneyField,
    WholeField,
    id_or_none,
    options,
)

_MINUTES_OF_A_TENTH = 6
_AMOUNTS = {
    CreditKind.TIME: "credit_tenths",
    CreditKind.MONEY: "credit_money_minor",
    CreditKind.DAYS: "pass_days",
    CreditKind.MINUTES: "pass_tenths",
}
_PASSES = {CreditKind.DAYS: "pass_days_type_id", CreditKind.MINUTES: "pass_minutes_type_id"}


class BenefitFields(Form):
    credit_tenths = DecimalField(_l("Hours of rooms"), places=1, most=100_000, required=False)
    credit_type_ids = ChoicesField(_l("In which rooms"))
    credit_money_minor = MoneyField(_l("Money to book with"), required=False)
    credit_money_type_ids = ChoicesField(_l("The money is for these rooms"))
    pass_days = WholeField(_l("Day passes"), least=1, most=MOST_DAYS, required=False)
    pass_days_type_id = ChoiceField(_l("Which day pass"), coerce=id_or_none)
    pass_tenths = DecimalField(_l("Hours in the house"), places=1, most=10_000, required=False)
    pass_minutes_type_id = ChoiceField(_l("Which time pass"), coerce=id_or_none)

    def offer(
        self, types: Iterable[tuple[int, str]], passes: Iterable[PassChoice], had: Iterable[Benefit] = ()
    ) -> None:
        """What can be chosen; of passes those that are not retired, and those that are had already."""
        self.credit_type_ids.choices = self.credit_money_type_ids.choices = options(types)
        own = {each.pass_type_id for each in had}
        known = [each for each in passes if not each.retired or each.id in own]
        for kind, name in _PASSES.items():
            fitting = [(each.id, each.name) for each in known if each.kind is kind]
            self[name].choices = options(fitting, empty=_("At any time, everywhere"))

    def benefits(self) -> tuple[Benefit, ...]:
        return tuple(self._benefits())

    def _benefits(self) -> Iterator[Benefit]:
        if self.credit_tenths.data or self.credit_type_ids.data:
            minutes = (self.credit_tenths.data or 0) * _MINUTES_OF_A_TENTH
            yield Benefit(CreditKind.TIME, minutes, tuple(sorted(self.credit_type_ids.data or ())))
        if self.credit_money_minor.data or self.credit_money_type_ids.data:
            chosen = tuple(sorted(self.credit_money_type_ids.data or ()))
            yield Benefit(CreditKind.MONEY, self.credit_money_minor.data or 0, chosen)
        if self.pass_days.data or self.pass_days_type_id.data:
            days = self.pass_days.data or 0
            yield Benefit(CreditKind.DAYS, days, pass_type_id=self.pass_days_type_id.data)
        if self.pass_tenths.data or self.pass_minutes_type_id.data:
            minutes = (self.pass_tenths.data or 0) * _MINUTES_OF_A_TENTH
            yield Benefit(CreditKind.MINUTES, minutes, pass_type_id=self.pass_minutes_type_id.data)


def benefit_data(benefits: Iterable[Benefit]) -> dict[str, Any]:
    """Benefits as the fields have them."""
    found: dict[str, Any] = {}
    for each in benefits:
        tenths = each.kind in (CreditKind.TIME, CreditKind.MINUTES)
        found[_AMOUNTS[each.kind]] = each.amount // _MINUTES_OF_A_TENTH if tenths else each.amount
        if each.kind is CreditKind.TIME:
            found["credit_type_ids"] = list(each.type_ids)
        if each.kind is CreditKind.MONEY:
            found["credit_money_type_ids"] = list(each.type_ids)
        if each.pass_type_id is not None:
            found[_PASSES[each.kind]] = each.pass_type_id
    return found


def _explain(refusal: BadBenefit) -> tuple[str, str]:
    if refusal.field == "type_ids":
        return "credit_type_ids", _("Choose the rooms that the hours are for.")
    sentences = {
        CreditKind.TIME: _("Say how many hours."),
        CreditKind.MONEY: _("Write an amount above zero."),
        CreditKind.DAYS: _("Say how many days."),
        CreditKind.MINUTES: _("Say how many hours."),
    }
    return _AMOUNTS[refusal.kind], sentences[refusal.kind]


BENEFIT_WORDS: Words = {BadBenefit: _explain}
