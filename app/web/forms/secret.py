"""Secrets of other systems, as staff type them in."""

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext as _
from wtforms import PasswordField
from wtforms.validators import ValidationError

from app.web.forms.base import Label, only_text

_LONGEST = 2000


class SecretField(PasswordField):
    """A secret exactly as it was typed. It is never shown again: left empty, the one that is there stays."""

    def __init__(self, label: Label = None, validators: Sequence[Any] = (), **kwargs: Any) -> None:
        super().__init__(label, list(validators), **kwargs)

    def process_formdata(self, valuelist: list[Any]) -> None:
        self.data = only_text(valuelist).strip()
        if len(self.data) > _LONGEST:
            raise ValidationError(_("This is too long for a secret."))
