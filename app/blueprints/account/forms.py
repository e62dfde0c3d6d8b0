"""Forms about oneself."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.domain.people.terms import LONGEST_NAME
from app.domain.profile import UpdateProfile
from app.web import auth
from app.web.forms import ChoiceField, Form, TextField, id_or_none, options
from app.web.language import LANGUAGES
from app.web.passwords import PasswordField


class ProfileForm(Form):
    first_name = TextField(_l("First name"), longest=LONGEST_NAME)
    last_name = TextField(_l("Last name"), longest=LONGEST_NAME)
    locale = ChoiceField(_l("Language"))
    location_id = ChoiceField(_l("Home location"), coerce=id_or_none)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        places = auth.portal().places
        self.locale.choices = options(LANGUAGES.items(), empty=_("As this browser is set"))
        self.location_id.choices = options(
            ((place.id, place.name) for place in places), empty=_("No preference")
        )

    def to_command(self) -> UpdateProfile:
        return UpdateProfile(
            self.first_name.data or "",
            self.last_name.data or "",
            self.locale.data or None,
            self.location_id.data,
        )


class PasswordForm(Form):
    current = PasswordField(_l("Current password"))
    new = PasswordField(_l("New password"))
