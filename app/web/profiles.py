"""Profiles in words: what each field is called, who may see it, what is wrong with a fact, and lists to choose from."""

from functools import lru_cache

from babel import Locale
from flask_babel import get_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.domain.profile.terms import LONGEST_SKILL, MOST_SKILLS, Fault, ProfileField, Visibility
from app.kernel.folding import fold
from app.web.forms import Label

FIELD_LABELS: dict[ProfileField, Label] = {
    ProfileField.PHOTO: _l("Photo"),
    ProfileField.COMPANY: _l("Company"),
    ProfileField.JOB_TITLE: _l("What you do"),
    ProfileField.INDUSTRY: _l("Industry"),
    ProfileField.BIO: _l("About you"),
    ProfileField.SKILLS: _l("Skills"),
    ProfileField.WEBSITE: _l("Website"),
    ProfileField.LINKS: _l("Elsewhere"),
    ProfileField.LOCATION: _l("Home location"),
    ProfileField.HERE: _l("That you are here"),
    ProfileField.EMAIL: _l("E-mail"),
    ProfileField.PHONE: _l("Phone"),
    ProfileField.ADDRESS: _l("Address"),
    ProfileField.BIRTHDAY: _l("Birthday"),
}
VISIBILITY_LABELS: dict[Visibility, Label] = {
    Visibility.ONLY_ME: _l("Only me"),
    Visibility.MEMBERS: _l("Members"),
    Visibility.SIGNED_IN: _l("Everyone signed in"),
}

# What the locale data names beside countries: unions, the outlying, the unknown.
_NO_COUNTRIES = frozenset({"EU", "EZ", "QO", "UN", "XA", "XB", "ZZ"})
_CODE_LENGTH = 2


def fault_sentence(fault: Fault) -> str:
    """What is wrong with a fact, and what would be right."""
    return {
        Fault.NO_ADDRESS: _(
            "An address that starts with https:// and a name, such as https://okafor.example."
        ),
        Fault.OTHER_NETWORK: _("This is neither a name nor an https address there."),
        Fault.NO_PHONE: _("Write a number such as +44 131 496 0123."),
        Fault.IN_FUTURE: _("That day is still to come."),
        Fault.LONG_AGO: _("Choose a day after 1900."),
        Fault.NO_ZONE: _("Choose one from the list."),
        Fault.NO_COUNTRY: _("Choose one from the list."),
        Fault.TOO_MANY: _("Up to %(most)s skills: choose the ones to be found by.", most=MOST_SKILLS),
        Fault.TOO_LONG: _("A skill has at most %(most)s characters.", most=LONGEST_SKILL),
    }[fault]


def country_choices() -> tuple[tuple[str, str], ...]:
    """(code, name) of every country, by its name in the reader's language."""
    return _countries(str(get_locale() or "en"))


def country_name(code: str) -> str:
    """The country of an ISO code in the reader's language; empty for none."""
    return str((get_locale() or Locale("en")).territories.get(code, code)) if code else ""


@lru_cache
def _countries(language: str) -> tuple[tuple[str, str], ...]:
    named = [
        (code, str(name))
        for code, name in Locale.parse(language).territories.items()
        if len(code) == _CODE_LENGTH and code.isalpha() and code not in _NO_COUNTRIES
    ]
    return tuple(sorted(named, key=lambda pair: fold(pair[1])))
