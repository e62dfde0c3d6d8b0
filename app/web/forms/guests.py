"""Guests typed one a line: a name, and an address if one likes."""

from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext
from wtforms.validators import ValidationError

from app.kernel.emails import LONGEST_EMAIL, looks_like_email
from app.web.forms.base import Label
from app.web.forms.text import TextField, too_long


@dataclass(frozen=True, slots=True)
class GuestLine:
    """A name, and an address or nothing."""

    name: str
    email: str


class GuestLinesField(TextField):
    """At most `most` lines such as `Ana Guest ana@place.example`; `lines` is what they say."""

    def __init__(self, label: Label = None, *, most: int, longest_name: int, **kwargs: Any) -> None:
        self.most, self.longest_name = most, longest_name
        self.lines: list[GuestLine] = []
        longest = most * (longest_name + LONGEST_EMAIL)
        super().__init__(label, longest=longest, required=False, multiline=True, **kwargs)

    def process_formdata(self, valuelist: list[Any]) -> None:
        super().process_formdata(valuelist)
        found = [line.split() for line in self.data.splitlines()]
        self.lines = [self._line(words) for words in found if words]
        if len(self.lines) > self.most:
            raise ValidationError(ngettext("At most %(num)s line.", "At most %(num)s lines.", self.most))

    def _line(self, words: list[str]) -> GuestLine:
        email = words.pop().strip("<>,;") if "@" in words[-1] else ""
        name = " ".join(words).rstrip(",;")
        if not name:
            raise ValidationError(_("Write a name before %(email)s.", email=email))
        if len(name) > self.longest_name:
            raise ValidationError(too_long(len(name), self.longest_name))
        if email and not looks_like_email(email):
            raise ValidationError(_("%(email)s is no e-mail address.", email=email))
        return GuestLine(name, email)
