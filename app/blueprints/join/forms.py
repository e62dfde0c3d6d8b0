"""Forms for who is about to become a person. What they ask for is the operator's choice."""

from datetime import date
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms.validators import ValidationError

from app.domain.joining.fields import FIELDS, Kind, SignUpField
from app.domain.joining.settings import Joining
from app.domain.joining.words import Newcomer, Wish
from app.domain.people.terms import LONGEST_NAME
from app.domain.profile.checks import birthday_fault, is_phone
from app.domain.profile.terms import Fault
from app.models import Terms
from app.web import auth
from app.web.forms import (
    BirthdayField,
    CheckField,
    ChoiceField,
    EmailField,
    Form,
    TextField,
    id_or_none,
    options,
    text_or_none,
)
from app.web.language import language
from app.web.passwords import PasswordField
from app.web.profiles import country_choices, fault_sentence


class JoinForm(Form):
    email = EmailField(_l("E-mail"))


class NewcomerForm(Form):
    """Names and password; `newcomer_form` adds the fields that the operator asks for, and the terms."""

    first_name = TextField(_l("First name"), longest=LONGEST_NAME)
    last_name = TextField(_l("Last name"), longest=LONGEST_NAME)
    password = PasswordField(_l("Password"))

    asked: tuple[SignUpField, ...] = ()
    """The fields of the registry that this one asks for, in its order."""
    terms: Terms | None = None

    def newcomer(self) -> Newcomer:
        return Newcomer(
            first_name=self.first_name.data or "",
            last_name=self.last_name.data or "",
            password=self.password.data or "",
            terms_id=self.terms.id if self.terms else None,
            details={each.key: _kept(self[each.key].data) for each in self.asked},
            locale=language(),
        )


def newcomer_form(
    joining: Joining, terms: Terms | None, start: dict[str, Any] | None = None, *, fields: bool = True
) -> NewcomerForm:
    """The form as this tenant's operator wants it. `start` fills it in at first."""
    asked = tuple(each for each in FIELDS if fields and joining.wishes[each.key] is not Wish.HIDDEN)
    parts: dict[str, Any] = {
        each.key: _field(each, required=joining.wishes[each.key] is Wish.REQUIRED) for each in asked
    }
    if terms is not None:
        parts["accepts"] = CheckField(_l("I accept the terms"))
        parts["validate_accepts"] = _accepted
        parts["terms_number"] = TextField(longest=12, required=False)
    kind: type[NewcomerForm] = type(
        "TenantNewcomerForm", (NewcomerForm,), {**parts, "asked": asked, "terms": terms}
    )
    return kind(data=start)


def _field(each: SignUpField, *, required: bool) -> Any:
    label = _(each.label)
    match each.kind:
        case Kind.LINE:
            return TextField(label, longest=each.longest, required=required)
        case Kind.PLACE:
            places = [(place.id, place.name) for place in auth.portal().places]
            required = required and bool(places)  # a new tenant has none yet
            choices = options(places, empty=_("Choose a location") if required else _("No preference"))
            return ChoiceField(label, [_chosen] if required else (), coerce=id_or_none, choices=choices)
        case Kind.PHONE:
            return TextField(label, [_a_phone], longest=each.longest, required=required)
        case Kind.COUNTRY:
            choices = options(country_choices(), empty=_("Choose a country") if required else _("None"))
            return ChoiceField(label, [_chosen] if required else (), coerce=text_or_none, choices=choices)
        case Kind.BIRTHDAY:
            return BirthdayField(label, [_a_birthday], required=required)


def _kept(value: Any) -> Any:
    """A day as text: the form may wait, as JSON, until staff decide."""
    return value.isoformat() if isinstance(value, date) else value


def _a_phone(_form: Form, field: TextField) -> None:
    if field.data and not is_phone(field.data):
        raise ValidationError(fault_sentence(Fault.NO_PHONE))


def _a_birthday(_form: Form, field: BirthdayField) -> None:
    today = auth.today()
    if field.data and (fault := birthday_fault(field.data, today)):
        raise ValidationError(fault_sentence(fault))


def _accepted(form: NewcomerForm, field: CheckField) -> None:
    shown = form["terms_number"].data
    if form.terms and shown != str(form.terms.number):
        raise ValidationError(_("The terms have changed meanwhile. Read them once more, and accept them."))
    if not field.data:
        raise ValidationError(_("Accept the terms to go on."))


def _chosen(_form: Form, field: ChoiceField) -> None:
    if field.data is None:
        raise ValidationError(_("This is needed."))
