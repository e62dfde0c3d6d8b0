"""Forms about people."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.domain.people.billing import Billing
from app.domain.people.terms import (
    LONGEST_NAME,
    BadName,
    EmailTaken,
    PersonDetails,
    StaffIsOwnersBusiness,
)
from app.domain.plans.terms import ContractBackwards, ContractOver, ContractTwice
from app.domain.profile.terms import BadProfile
from app.models import Person
from app.web.attempts import Words, say
from app.web.forms import (
    ChoiceField,
    DayField,
    EmailField,
    Form,
    TextField,
    id_or_none,
    options,
)
from app.web.forms.billing_details import BillingDetailsForm
from app.web.language import LANGUAGES
from app.web.names import explain_name
from app.web.profiles import fault_sentence


class PersonForm(Form):
    first_name = TextField(_l("First name"), longest=LONGEST_NAME)
    last_name = TextField(_l("Last name"), longest=LONGEST_NAME)
    email = EmailField(_l("E-mail"))
    company = TextField(_l("Company"), longest=120, required=False)
    location_id = ChoiceField(_l("Home location"), coerce=id_or_none)
    locale = ChoiceField(_l("Language"), choices=options(LANGUAGES.items(), empty=_l("As the browser asks")))

    def __init__(
        self, locations: Iterable[tuple[int, str]], person: Person | None = None, **kwargs: Any
    ) -> None:
        super().__init__(obj=person, **kwargs)
        self.location_id.choices = options(locations, empty=_("None"))

    def details(self) -> PersonDetails:
        return PersonDetails(
            email=self.email.data,
            first_name=self.first_name.data,
            last_name=self.last_name.data,
            company=self.company.data,
            location_id=self.location_id.data,
            locale=self.locale.data or None,
        )


class ContractForm(Form):
    plan_id = ChoiceField(_l("Plan"), coerce=id_or_none)
    starts_on = DayField(_l("From"))
    ends_on = DayField(_l("Until"), required=False)

    def __init__(self, plans: Iterable[tuple[int, str]], today: date, **kwargs: Any) -> None:
        super().__init__(data={"starts_on": today}, **kwargs)
        self.plan_id.choices = options(plans)


class EndContractForm(Form):
    """One for each contract on the page, so its ids carry the contract's."""

    ends_on = DayField(_l("Last day"))

    def __init__(self, contract_id: int, today: date) -> None:
        super().__init__(data={"ends_on": today}, prefix=f"contract{contract_id}")


class BillingForm(BillingDetailsForm):
    """All but the company, which is among the details of the person."""

    def __init__(self, billing: Billing | None = None, **kwargs: Any) -> None:
        super().__init__(obj=billing, no_country=_("None"), **kwargs)
        del self.company

    def details(self) -> Billing:
        return Billing(**self.given())


def _explain_profile(bad: BadProfile) -> tuple[str, str]:
    name, fault = next(iter(bad.faults.items()))
    return name, fault_sentence(fault)


def owners_business() -> str:
    return _("This account belongs to staff. Only an owner changes it.")


def last_owner() -> str:
    return _("This is the last owner. Make somebody else an owner first.")


DETAILS_WORDS: Words = {
    BadName: explain_name,
    EmailTaken: say("email", lambda: _("Somebody else has this e-mail.")),
    StaffIsOwnersBusiness: say("", owners_business),
}
CONTRACT_WORDS: Words = {
    ContractBackwards: say("ends_on", lambda: _("A contract ends today or later, and not before it starts.")),
    ContractTwice: say(
        "plan_id", lambda: _("There is a contract for this plan in some of those days already.")
    ),
    ContractOver: say("ends_on", lambda: _("This contract is over.")),
}
BILLING_WORDS: Words = {
    BadProfile: _explain_profile,
    StaffIsOwnersBusiness: say("", owners_business),
}
