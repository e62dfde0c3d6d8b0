"""Lines and paragraphs, free of what cannot be shown; words to look for; e-mail addresses."""

import re
import unicodedata
from collections.abc import Iterable
from typing import Any

from flask_babel import gettext as _
from wtforms import Field, Form, StringField
from wtforms.validators import ValidationError
from wtforms.widgets import EmailInput, TextArea, TextInput

from app.kernel.emails import LONGEST_EMAIL, looks_like_email
from app.web.forms.base import Label, only_text
from app.web.language import format_number

# Overrides and isolates can make a name read as another one; left-to-right and right-to-left marks cannot, and
# Arabic and Hebrew text needs them.
_BIDI = frozenset(map(chr, (*range(0x202A, 0x202F), *range(0x2066, 0x206A))))
_LINES = frozenset("\n\t")
_UNPRINTABLE = frozenset({"Cc", "Cs", "Cn", "Zl", "Zp"})
_ADDRESS = re.compile(r"://|\bwww\.", re.IGNORECASE)
_SHRINKS = 4
"""How many times as long as it fits a line may be before it is cleaned. Some are shorter in NFC and without double
spaces; but to put a million accents in order takes half an hour, so what cannot fit is not even tried."""


def clean_text(text: str, *, multiline: bool = False) -> str:
    """The text in NFC without surrounding space; line ends become one sort,
    runs of space in a single line one space.

    Raises ValidationError for NUL, control, unassigned and bidi-override characters.
    """
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    if without_forbidden(text, multiline=multiline) != text:
        raise ValidationError(
            _("This held characters that cannot be shown. They are taken out; look it over.")
        )
    return text.strip() if multiline else " ".join(text.split())


def without_forbidden(text: str, *, multiline: bool = False) -> str:
    """The text without the characters that `clean_text` refuses: what a form shows again."""
    return "".join(char for char in text if not _forbidden(char, multiline=multiline))


def _forbidden(char: str, *, multiline: bool) -> bool:
    if char in _LINES and (multiline or char == "\t"):
        return False
    return char in _BIDI or unicodedata.category(char) in _UNPRINTABLE


def no_address(_form: Form, field: Field) -> None:
    """A validator for names that are mailed to strangers: none carries an address to them."""
    if _ADDRESS.search(field.data or ""):
        raise ValidationError(_("A name alone, without a web address."))


def too_long(length: int, most: int) -> str:
    """What to say to a text of so many characters where fewer fit."""
    return _(
        "%(length)s characters are too many; %(most)s fit.",
        length=format_number(length),
        most=format_number(most),
    )


class TextField(StringField):
    """A line of text, or several; `data` is clean text, "" when nothing was typed."""

    data: Any

    def __init__(
        self,
        label: Label = None,
        validators: Iterable[Any] = (),
        *,
        longest: int,
        required: bool = True,
        multiline: bool = False,
        **kwargs: Any,
    ) -> None:
        self.longest, self.required, self.multiline = longest, required, multiline
        if multiline:
            kwargs.setdefault("widget", TextArea())
        super().__init__(label, list(validators), **kwargs)
        self.flags.required, self.flags.maxlength = required, longest

    def process_formdata(self, valuelist: list[Any]) -> None:
        typed = only_text(valuelist)
        self.data = without_forbidden(typed, multiline=self.multiline)
        self._check_length(len(typed), self.longest * _SHRINKS)
        self.data = clean_text(typed, multiline=self.multiline)
        if self.required and not self.data:
            raise ValidationError(_("This is needed."))
        self._check_length(len(self.data), self.longest)

    def _check_length(self, length: int, most: int) -> None:
        if length > most:
            raise ValidationError(too_long(length, self.longest))

    def _value(self) -> str:
        return self.data or ""


class SearchField(TextField):
    """Words to look for: never required; what cannot be looked for, and what is too long, is taken out in silence."""

    widget = TextInput()

    def __init__(self, label: Label = None, *, longest: int = 120, **kwargs: Any) -> None:
        super().__init__(label, longest=longest, required=False, **kwargs)

    def process_formdata(self, valuelist: list[Any]) -> None:
        self.data = clean_text(without_forbidden(only_text(valuelist)[: self.longest]))


class EmailField(TextField):
    """An e-mail address in the shape `somebody@place.example`; whether it exists only a mail can tell."""

    widget = EmailInput()

    def __init__(self, label: Label = None, *, longest: int = LONGEST_EMAIL, **kwargs: Any) -> None:
        super().__init__(label, longest=longest, **kwargs)

    def process_formdata(self, valuelist: list[Any]) -> None:
        super().process_formdata(valuelist)
        if self.data and not looks_like_email(self.data):
            raise ValidationError(_("An e-mail address looks like name@example.com."))
