"""Password fields, and the sentences for passwords that are refused."""

import unicodedata
from collections.abc import Sequence
from typing import Any

from flask_babel import gettext as _
from wtforms import PasswordField as WtPasswordField
from wtforms.validators import ValidationError

from app.domain.passwords import LONGEST, SHORTEST, PasswordRefused, Weakness
from app.web.forms import Label, only_text

_INVISIBLE = {"Cc", "Cf", "Cn", "Cs", "Zl", "Zp"}


class PasswordField(WtPasswordField):
    """A password exactly as it was typed. It is never shown again."""

    def __init__(self, label: Label = None, validators: Sequence[Any] = (), **kwargs: Any) -> None:
        super().__init__(label, list(validators), **kwargs)
        self.flags.required, self.flags.maxlength = True, LONGEST

    def process_formdata(self, valuelist: list[Any]) -> None:
        self.data = ""
        typed = only_text(valuelist)
        if not typed:
            raise ValidationError(_("This is needed."))
        if len(typed) > LONGEST:
            raise ValidationError(weakness_sentence(Weakness.TOO_LONG))
        if any(unicodedata.category(char) in _INVISIBLE for char in typed):
            raise ValidationError(_("A password cannot hold invisible characters."))
        self.data = typed


class OptionalPasswordField(WtPasswordField):
    """A password that something else may be shown instead of. It is compared, never set, and never shown again."""

    def __init__(self, label: Label = None, **kwargs: Any) -> None:
        super().__init__(label, **kwargs)

    def process_formdata(self, valuelist: list[Any]) -> None:
        self.data = only_text(valuelist)[:LONGEST]


def password_sentence(refused: PasswordRefused) -> str:
    """Why the password is refused, in the reader's language."""
    return weakness_sentence(refused.weakness)


def weakness_sentence(weakness: Weakness) -> str:
    return {
        Weakness.TOO_SHORT: _(
            "Use at least %(n)s characters. A few words in a row are easy to keep.", n=SHORTEST
        ),
        Weakness.TOO_LONG: _("A password has at most %(n)s characters.", n=LONGEST),
        Weakness.IS_EMAIL: _("Choose something other than your e-mail address."),
        Weakness.COMMON: _("This one is on every list of common passwords. Choose another."),
    }[weakness]
