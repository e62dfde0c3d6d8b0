"""What every form is made of: fields that clean what was typed, refuse nonsense with a sentence, and keep the rest.

Field names are short because forms read like lists: `name = TextField(_l("Name"), longest=80)`.
"""

import unicodedata
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from babel.numbers import NumberFormatError, format_decimal, parse_decimal
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    DateField,
    Field,
    IntegerField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TimeField,
)
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined] # newer than its types
from wtforms.validators import ValidationError
from wtforms.widgets import EmailInput, TextArea, TextInput

from app.kernel.money import minor_digits
from app.kernel.walltime import TimeRepeated, TimeSkipped, to_utc
from app.web import auth
from app.web.language import formats_locale

# Overrides and isolates can make a name read as another one; left-to-right and right-to-left marks cannot, and
# Arabic and Hebrew text needs them.
_BIDI = frozenset(map(chr, (*range(0x202A, 0x202F), *range(0x2066, 0x206A))))
_LINES = frozenset("\n\t")
_UNPRINTABLE = frozenset({"Cc", "Cs", "Cn", "Zl", "Zp"})

EARLIEST, LATEST = date(2000, 1, 1), date(2100, 12, 31)
DEAREST_MINOR = 100_000_000
"""The highest price a form takes, in minor units: what an INTEGER column holds with room to add up."""

Label = Any
"""A sentence or a lazy one (`lazy_gettext` is untyped)."""


class Form(FlaskForm):  # type: ignore[misc] # untyped
    """A form with a CSRF token. `say` puts a rule's refusal at the field that it is about."""

    def say(self, name: str, sentence: str) -> None:
        """Add an error to the field of that name; with an empty name, to the form as a whole."""
        if name:
            say(self[name], sentence)
        else:
            self.form_errors.append(sentence)


def say(field: Field, sentence: str) -> None:
    """Add an error to a field after it has been validated."""
    field.errors = [*field.errors, sentence]


# --- text ------------------------------------------------------------------------------------------------------------


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


def only_text(values: Sequence[Any]) -> str:
    """The first value as text; a file that was sent in place of text counts as nothing."""
    return values[0] if values and isinstance(values[0], str) else ""


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
        self.data = clean_text(typed, multiline=self.multiline)
        if self.required and not self.data:
            raise ValidationError(_("This is needed."))
        if len(self.data) > self.longest:
            raise ValidationError(
                _(
                    "%(length)s characters are too many; %(most)s fit.",
                    length=len(self.data),
                    most=self.longest,
                )
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

    def __init__(self, label: Label = None, *, longest: int = 254, **kwargs: Any) -> None:
        super().__init__(label, longest=longest, **kwargs)

    def process_formdata(self, valuelist: list[Any]) -> None:
        super().process_formdata(valuelist)
        if self.data and not looks_like_email(self.data):
            raise ValidationError(_("An e-mail address looks like name@example.com."))


def looks_like_email(text: str) -> bool:
    """One @ with something before it, a dotted name after it, no white space, at most 64 + 1 + 253 characters."""
    name, at, host = text.rpartition("@")
    labels = host.split(".")
    return (
        bool(at)
        and 1 <= len(name) <= 64
        and "@" not in name
        and len(host) <= 253  # RFC 5321
        and len(labels) > 1
        and all(labels)
        and not any(char.isspace() or char in '<>()[],;:\\"' for char in text)
    )


# --- numbers ---------------------------------------------------------------------------------------------------------


class WholeField(IntegerField):
    """A whole number from `least` to `most`, both included; None when it may be and is empty."""

    data: Any

    def __init__(
        self,
        label: Label = None,
        validators: Iterable[Any] = (),
        *,
        least: int,
        most: int,
        required: bool = True,
        **kwargs: Any,
    ) -> None:
        self.least, self.most, self.required = least, most, required
        super().__init__(label, list(validators), **kwargs)
        self.flags.required, self.flags.min, self.flags.max = required, least, most

    def process_formdata(self, valuelist: list[Any]) -> None:
        typed = only_text(valuelist).strip()
        self.data = None
        if not typed:
            if self.required:
                raise ValidationError(_("This is needed."))
            return
        number = _whole(typed)
        if number < self.least:
            raise ValidationError(_("At least %(least)s.", least=self.least))
        if number > self.most:
            raise ValidationError(_("At most %(most)s.", most=self.most))
        self.data = number

    def _value(self) -> str:
        if self.raw_data:
            return without_forbidden(only_text(self.raw_data))
        return "" if self.data is None else str(self.data)


def _whole(typed: str) -> int:
    digits = typed[1:] if typed[:1] in {"-", "+", "−"} else typed
    if not (digits.isascii() and digits.isdigit()) or len(digits) > 18:  # more than 64 bits hold
        raise ValidationError(_("Write a whole number, such as 4."))
    return -int(digits) if typed[0] in {"-", "−"} else int(digits)


class MoneyField(Field):
    """A price in the tenant's currency, typed in the reader's format; `data` is minor units, None when empty."""

    widget = TextInput()

    def __init__(
        self,
        label: Label = None,
        validators: Iterable[Any] = (),
        *,
        required: bool = True,
        currency: Callable[[], str] | None = None,
        **kwargs: Any,
    ) -> None:
        self.required = required
        self._currency = currency or (lambda: auth.portal().currency)
        super().__init__(label, list(validators), **kwargs)

    def process_formdata(self, valuelist: list[Any]) -> None:
        typed = only_text(valuelist).strip()
        self.data = None
        if typed:
            self.data = parse_money(typed, self._currency())
        elif self.required:
            raise ValidationError(_("This is needed."))

    def _value(self) -> str:
        if self.raw_data:
            return without_forbidden(only_text(self.raw_data))
        return "" if self.data is None else money_text(self.data, self._currency())


def money_text(minor: int, currency: str) -> str:
    """`12.50` or `12,50`: an amount without its symbol, as the reader would type it."""
    digits = minor_digits(currency)
    pattern = "0." + "0" * digits if digits else "0"
    return format_decimal(Decimal(minor).scaleb(-digits), pattern, locale=formats_locale())


def parse_money(typed: str, currency: str) -> int:
    """Minor units of an amount typed in the reader's format. Raises ValidationError.

    Strict about separators: a Spanish reader's `12.50` must not become 1,250.
    """
    example = money_text(10 ** minor_digits(currency) * 25 // 2, currency)
    try:
        amount = parse_decimal(typed, locale=formats_locale(), strict=True)
        minor = amount.scaleb(minor_digits(currency))
        whole = minor.is_finite() and minor == minor.to_integral_value()
    except (NumberFormatError, ArithmeticError):
        whole, minor = False, Decimal(0)
    if not whole or not typed.isascii():
        raise ValidationError(_("Write an amount such as %(example)s.", example=example))
    if not 0 <= minor <= DEAREST_MINOR:
        raise ValidationError(_("An amount from 0 to %(most)s.", most=money_text(DEAREST_MINOR, currency)))
    return int(minor)


# --- days and times --------------------------------------------------------------------------------------------------


class DayField(DateField):
    """A day of the calendar between 2000 and 2100; None when it may be and is empty."""

    data: Any

    def __init__(
        self, label: Label = None, validators: Iterable[Any] = (), *, required: bool = True, **kwargs: Any
    ) -> None:
        self.required = required
        super().__init__(label, list(validators), **kwargs)
        self.flags.required = required

    def process_formdata(self, valuelist: list[Any]) -> None:
        typed = only_text(valuelist).strip()
        self.data = None
        if typed:
            self.data = parse_day(typed)
        elif self.required:
            raise ValidationError(_("Choose a day."))

    def _value(self) -> str:
        if self.raw_data:
            return without_forbidden(only_text(self.raw_data))[:40]
        return self.data.isoformat() if self.data else ""


def parse_day(typed: str) -> date:
    """The day written as `2026-11-24`. Raises ValidationError for one that the calendar does not have."""
    try:
        day = datetime.strptime(typed, "%Y-%m-%d").date()  # noqa: DTZ007 - a day has no zone
    except ValueError:
        raise ValidationError(_("There is no such day in the calendar.")) from None
    if not EARLIEST <= day <= LATEST:
        raise ValidationError(_("Choose a day between 2000 and 2100."))
    return day


class ClockField(TimeField):
    """A time of day to the minute, as `14:30`; None when it may be and is empty."""

    data: Any

    def __init__(
        self, label: Label = None, validators: Iterable[Any] = (), *, required: bool = True, **kwargs: Any
    ) -> None:
        self.required = required
        super().__init__(label, list(validators), **kwargs)
        self.flags.required = required

    def process_formdata(self, valuelist: list[Any]) -> None:
        typed = only_text(valuelist).strip()
        self.data = None
        if typed:
            self.data = parse_clock(typed)
        elif self.required:
            raise ValidationError(_("Choose a time."))

    def _value(self) -> str:
        if self.raw_data:
            return without_forbidden(only_text(self.raw_data))[:40]
        return self.data.strftime("%H:%M") if self.data else ""


def parse_clock(typed: str) -> time:
    """The time written as `14:30`; browsers may add seconds. Raises ValidationError."""
    for shape in ("%H:%M", "%H:%M:%S"):
        try:
            return datetime.strptime(typed, shape).time().replace(second=0)  # noqa: DTZ007 - a time of any day
        except ValueError:
            continue
    raise ValidationError(_("Write a time such as 14:30."))


def moment_of(day: DayField, at: ClockField, tz: ZoneInfo) -> datetime | None:
    """The UTC moment that a day and a time name in the zone; None, with a sentence at the time, when none or two do."""
    if day.data is None or at.data is None:
        return None
    try:
        return to_utc(day.data, at.data, tz)
    except TimeSkipped as skipped:
        say(
            at,
            _(
                "The clocks skip %(time)s that night. The next time there is: %(next)s.",
                time=at.data.strftime("%H:%M"),
                next=skipped.next_time.strftime("%H:%M"),
            ),
        )
    except TimeRepeated:
        say(
            at,
            _(
                "The clocks go back that night, so %(time)s comes twice. Choose a time outside that hour.",
                time=at.data.strftime("%H:%M"),
            ),
        )
    return None


# --- choices ---------------------------------------------------------------------------------------------------------


def id_or_none(value: Any) -> int | None:
    """What the value of an option means: a database id, or None for the empty one. Raises ValueError."""
    text = str(value) if value is not None else ""
    if text in {"", "None"}:
        return None
    if not (text.isascii() and text.isdigit()) or len(text) > 18:  # more than 64 bits hold
        raise ValueError(text)
    return int(text)


def options(pairs: Iterable[tuple[Any, Any]], *, empty: Label = None) -> list[SelectChoice]:
    """Choices for a list out of (value, label) pairs; `empty` is the label of the choice that stands for none."""
    none = [] if empty is None else [SelectChoice("", empty)]
    return none + [SelectChoice(str(value), label) for value, label in pairs]


_WITH_OUR_SENTENCE: dict[str, Any] = {
    "invalid_value_message": _l("Choose one from the list."),
    "invalid_choice_message": _l("Choose one from the list."),
}


class ChoiceField(SelectField):
    """One of a list; another tenant's id is refused like any other that is not on it.

    For ids pass `coerce=id_or_none`, and `options(…, empty=…)` when none is fine.
    """

    def __init__(self, label: Label = None, validators: Iterable[Any] = (), **kwargs: Any) -> None:
        super().__init__(label, list(validators), **_WITH_OUR_SENTENCE, **kwargs)


class SegmentField(RadioField):
    """One of a few, all in sight."""

    def __init__(self, label: Label = None, validators: Iterable[Any] = (), **kwargs: Any) -> None:
        super().__init__(label, list(validators), **_WITH_OUR_SENTENCE, **kwargs)


class CheckField(BooleanField):
    """A yes or no."""

    def __init__(self, label: Label = None, **kwargs: Any) -> None:
        super().__init__(label, **kwargs)


class ChoicesField(SelectMultipleField):
    """Any number of ids out of a list, as checkboxes."""

    def __init__(self, label: Label = None, validators: Iterable[Any] = (), **kwargs: Any) -> None:
        super().__init__(label, list(validators), coerce=id_or_none, **kwargs)

    def process_formdata(self, valuelist: list[Any]) -> None:
        try:
            self.data = [self.coerce(value) for value in valuelist]
        except ValueError:
            self.data = []
            raise ValidationError(_("Choose from the list.")) from None

    def pre_validate(self, form: Any) -> None:  # noqa: ARG002 - WTForms asks for it
        allowed = {self.coerce(value) for value, *_rest in self.iter_choices()}
        if not set(self.data or ()) <= allowed:
            raise ValidationError(_("Choose from the list."))
