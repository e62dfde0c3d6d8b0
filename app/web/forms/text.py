"""Lines and paragraphs, free of what cannot be shown; words to look for; e-mail addresses."""

import unicodedata
from collections.abc import Iterable
from typing import Any

from flask_babel import gettext as _
from wtforms import StringField
from wtforms.validators import ValidationError
from wtforms.widgets import EmailInput, TextArea, TextInput

from app.web.forms.base import Label, only_text

# Overrides and isolates can make a name read as another one; left-to-right and right-to-left marks cannot, and
# Arabic and Hebrew text needs them.
_BIDI = frozenset(map(chr, (*range(0x202A, 0x202F), *range(0x2066, 0x206A))))
_LINES = frozenset("\n\t")
_UNPRINTABLE = frozenset({"Cc", "Cs", "Cn", "Zl", "Zp"})
LONGEST_EMAIL = 254
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
            raise ValidationError(
                _("%(length)s characters are too many; %(most)s fit.", length=length, most=self.longest)
            )

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


def looks_like_email(text: str) -> bool:
    """One @ with something before it, a dotted name after it, no white space, at most 64 + 1 + 253 characters.

    And no longer than the tables hold, which keep it case-folded too: that makes two letters of an ß, three of an ΐ.
    """
    name, at, host = text.rpartition("@")
    labels = host.split(".")
    return (
        bool(at)
        and len(text.casefold()) <= LONGEST_EMAIL
        and 1 <= len(name) <= 64
        and "@" not in name
        and len(host) <= 253  # RFC 5321
        and len(labels) > 1
        and all(labels)
        and not any(char.isspace() or char in '<>()[],;:\\"' for char in text)
    )
