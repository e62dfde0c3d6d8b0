"""THE list of what the sign-up form can ask for beside names, e-mail and password.

One line a field; the settings page, the form and the waiting list read it. Labels are English message ids.
"""

from dataclasses import dataclass
from enum import StrEnum

from app.domain.joining.words import Wish


class Kind(StrEnum):
    """What a field holds: a line of text, one of the tenant's locations, or a fact with a shape of its own."""

    LINE = "line"
    PLACE = "place"
    PHONE = "phone"
    COUNTRY = "country"
    BIRTHDAY = "birthday"
    """Kept as `1990-05-06` until there is a person."""


@dataclass(frozen=True, slots=True)
class SignUpField:
    """`key` is the attribute that it fills, of Person or, with `profile`, of their PersonProfile."""

    key: str
    label: str
    kind: Kind = Kind.LINE
    longest: int = 0
    """Characters that fit, for a line."""
    autocomplete: str = "off"
    wish: Wish = Wish.OPTIONAL
    """Until the operator says otherwise."""
    profile: bool = False


def _(message: str) -> str:
    """Marks a message for translation; the web looks it up in the reader's language."""
    return message


def _of_profile(
    key: str, label: str, kind: Kind = Kind.LINE, *, longest: int = 0, autocomplete: str = "off"
) -> SignUpField:
    """A fact of the profile: not asked for until the operator wants it."""
    return SignUpField(key, label, kind, longest, autocomplete, Wish.HIDDEN, profile=True)


FIELDS: tuple[SignUpField, ...] = (
    SignUpField("company", _("Company"), longest=120, autocomplete="organization"),
    SignUpField("location_id", _("Home location"), Kind.PLACE),
    _of_profile("job_title", _("What you do"), longest=80, autocomplete="organization-title"),
    _of_profile("industry", _("Industry"), longest=80),
    _of_profile("phone", _("Phone"), Kind.PHONE, longest=40, autocomplete="tel"),
    _of_profile("street", _("Street and number"), longest=160, autocomplete="street-address"),
    _of_profile("postal_code", _("Postal code"), longest=20, autocomplete="postal-code"),
    _of_profile("city", _("City"), longest=80, autocomplete="address-level2"),
    _of_profile("country", _("Country"), Kind.COUNTRY, autocomplete="country"),
    _of_profile("birthday", _("Birthday"), Kind.BIRTHDAY, autocomplete="bday"),
)
