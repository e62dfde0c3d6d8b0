"""Forms about oneself."""

from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import HiddenField

from app.domain.factors.passkeys import LONGEST_NAME as LONGEST_PASSKEY_NAME
from app.domain.people.terms import LONGEST_NAME
from app.domain.profile.links import LONGEST_LINK, NETWORKS
from app.domain.profile.terms import (
    LONGEST_BIO,
    LONGEST_SKILL,
    MOST_SKILLS,
    Privacy,
    ProfileField,
    UpdateProfile,
    Visibility,
)
from app.kernel.walltime import zone_names
from app.web import auth
from app.web.forms import (
    BirthdayField,
    CheckField,
    ChoiceField,
    ChoicesField,
    EmailField,
    Form,
    TextField,
    id_or_none,
    options,
    text_or_none,
)
from app.web.language import LANGUAGES
from app.web.passwords import OptionalPasswordField, PasswordField
from app.web.profiles import FIELD_LABELS, VISIBILITY_LABELS, country_choices
from app.web.uploads import PortraitField


def _optional(label: Any, longest: int, **kwargs: Any) -> TextField:
    return TextField(label, longest=longest, required=False, **kwargs)


class ProfileForm(Form):
    """Named as the facts of `UpdateProfile`; each known network has a field under its own key."""

    first_name = TextField(_l("First name"), longest=LONGEST_NAME)
    last_name = TextField(_l("Last name"), longest=LONGEST_NAME)
    company = _optional(_l("Company"), 120)
    job_title = _optional(_l("What you do"), 80)
    industry = _optional(_l("Industry"), 80)
    bio = _optional(_l("About you"), LONGEST_BIO, multiline=True)
    skill_ids = ChoicesField(_l("Skills"))
    own_skills = _optional(_l("More skills"), MOST_SKILLS * (LONGEST_SKILL + 2))
    website = _optional(_l("Website"), LONGEST_LINK)
    linkedin = _optional(NETWORKS["linkedin"].label, LONGEST_LINK)
    github = _optional(NETWORKS["github"].label, LONGEST_LINK)
    instagram = _optional(NETWORKS["instagram"].label, LONGEST_LINK)
    bluesky = _optional(NETWORKS["bluesky"].label, LONGEST_LINK)
    youtube = _optional(NETWORKS["youtube"].label, LONGEST_LINK)
    mastodon = _optional(NETWORKS["mastodon"].label, LONGEST_LINK)
    phone = _optional(_l("Phone"), 40)
    street = _optional(_l("Street and number"), 160)
    postal_code = _optional(_l("Postal code"), 20)
    city = _optional(_l("City"), 80)
    country = ChoiceField(_l("Country"), coerce=text_or_none)
    billing_name = _optional(_l("Name on the invoice"), 120)
    tax_id = _optional(_l("Tax number"), 40)
    billing_street = _optional(_l("Street and number"), 160)
    billing_postal_code = _optional(_l("Postal code"), 20)
    billing_city = _optional(_l("City"), 80)
    billing_country = ChoiceField(_l("Country"), coerce=text_or_none)
    birthday = BirthdayField(_l("Birthday"), required=False)
    locale = ChoiceField(_l("Language"), coerce=text_or_none)
    zone = ChoiceField(_l("Time zone"), coerce=text_or_none)
    location_id = ChoiceField(_l("Home location"), coerce=id_or_none)

    def __init__(
        self, skills: Iterable[tuple[int, str]], profile: UpdateProfile | None = None, **kwargs: Any
    ) -> None:
        super().__init__(data=_as_data(profile) if profile else None, **kwargs)
        places, countries = auth.portal().places, country_choices()
        self.skill_ids.choices = options(skills)
        self.country.choices = options(countries, empty=_("None"))
        self.billing_country.choices = options(countries, empty=_("None"))
        self.locale.choices = options(LANGUAGES.items(), empty=_("As this browser is set"))
        self.zone.choices = options(
            ((name, name.replace("_", " ")) for name in zone_names()), empty=_("As at the location")
        )
        self.location_id.choices = options(
            ((place.id, place.name) for place in places), empty=_("No preference")
        )

    @property
    def links(self) -> list[Any]:
        """The fields of the known networks."""
        return [self[network] for network in NETWORKS]

    def to_command(self) -> UpdateProfile:
        given = {name: field.data for name, field in self._fields.items()}
        links = {network: given.pop(network) for network in NETWORKS}
        given.pop("csrf_token", None)
        return UpdateProfile(
            **given
            | {
                "links": links,
                "country": given["country"] or "",
                "billing_country": given["billing_country"] or "",
                "skill_ids": frozenset(given["skill_ids"] or ()),
                "own_skills": tuple(filter(None, map(str.strip, given["own_skills"].split(",")))),
            }
        )


def _as_data(profile: UpdateProfile) -> dict[str, Any]:
    """The profile by the names of the form's fields."""
    return asdict(profile) | dict(profile.links) | {"own_skills": ", ".join(profile.own_skills)}


class PortraitForm(Form):
    """`crop` is what `portrait.js` adds: the square that was chosen. Without it the middle is taken."""

    photo = PortraitField(_l("Photo"), crop="crop")
    crop = HiddenField()


class PrivacyForm(Form):
    """A choice for each field, under its name with `see_` before it."""

    listed = CheckField(_l("List me, so that others here can find me"))

    def __init__(self, privacy: Privacy | None = None, **kwargs: Any) -> None:
        data: dict[str, Any] = {}
        if privacy is not None:
            data = {f"see_{each}": who for each, who in privacy.visibility.items()}
            data["listed"] = privacy.listed
        super().__init__(data=data, **kwargs)

    @property
    def choices(self) -> list[Any]:
        """The fields about who sees what, in the order of a profile."""
        return [self[f"see_{each}"] for each in ProfileField]

    def to_command(self) -> Privacy:
        return Privacy(
            self.listed.data, {each: Visibility(self[f"see_{each}"].data) for each in ProfileField}
        )


for _each in ProfileField:
    setattr(
        PrivacyForm,
        f"see_{_each}",
        ChoiceField(FIELD_LABELS[_each], choices=options(VISIBILITY_LABELS.items())),
    )


class EmailForm(Form):
    email = EmailField(_l("New e-mail"))


class EmailPasswordForm(EmailForm):
    current = PasswordField(_l("Current password"))


class PasswordForm(Form):
    current = PasswordField(_l("Current password"))
    new = PasswordField(_l("New password"))


class PasskeyForm(Form):
    name = TextField(_l("Name"), longest=LONGEST_PASSKEY_NAME)


class AuthenticatorForm(Form):
    code = TextField(_l("Code"), longest=20)


class ProofForm(Form):
    """One of the two is enough; which ones a page shows hangs on what the person has."""

    password = OptionalPasswordField(_l("Password"))
    code = TextField(_l("Code of your authenticator app"), longest=20, required=False)
