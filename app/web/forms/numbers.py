"""Whole numbers and amounts of money."""

from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import Any

from babel.numbers import NumberFormatError, format_decimal, parse_decimal
from flask_babel import gettext as _
from wtforms.validators import ValidationError
from wtforms.widgets import NumberInput, TextInput

from app.kernel.money import minor_digits
from app.web import auth
from app.web.forms.base import Label, only_text
from app.web.forms.reading import ReadField
from app.web.language import format_number, formats_locale

DEAREST_MINOR = 100_000_000
"""The highest price a form takes, in minor units: what an INTEGER column holds with room to add up."""

_LONGEST = 15


def whole_or_none(text: object) -> int | None:
    """A whole number, none below zero, that a page sends along, such as an amount in minor units or a count of changes; None for
    anything that no page of ours sends."""
    typed = only_text([text]).strip()
    return int(typed) if typed.isascii() and typed.isdecimal() and len(typed) <= _LONGEST else None


class WholeField(ReadField):
    """A whole number from `least` to `most`, both included; None when it may be and is empty."""

    widget = NumberInput()

    def __init__(
        self, label: Label = None, validators: Iterable[Any] = (), *, least: int, most: int, **kwargs: Any
    ) -> None:
        self.least, self.most = least, most
        super().__init__(label, validators, **kwargs)
        self.flags.min, self.flags.max = least, most

    def read(self, typed: str) -> int:
        number = _whole(typed)
        if number < self.least:
            raise ValidationError(_("At least %(least)s.", least=format_number(self.least)))
        if number > self.most:
            raise ValidationError(_("At most %(most)s.", most=format_number(self.most)))
        return number

    def write(self, value: int) -> str:
        return str(value)


def _whole(typed: str) -> int:
    digits = typed[1:] if typed[:1] in {"-", "+", "−"} else typed
    if not (digits.isascii() and digits.isdigit()) or len(digits) > 18:  # more than 64 bits hold
        raise ValidationError(_("Write a whole number, such as 4."))
    return -int(digits) if typed[0] in {"-", "−"} else int(digits)


class MoneyField(ReadField):
    """A price in the tenant's currency, typed in the reader's format; `data` is minor units, None when empty."""

    widget = TextInput()

    def __init__(
        self,
        label: Label = None,
        validators: Iterable[Any] = (),
        *,
        currency: Callable[[], str] | None = None,
        **kwargs: Any,
    ) -> None:
        self._currency = currency or (lambda: auth.portal().currency)
        super().__init__(label, validators, **kwargs)

    def read(self, typed: str) -> int:
        return parse_money(typed, self._currency())

    def write(self, value: int) -> str:
        return money_text(value, self._currency())


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


class DecimalField(ReadField):
    """A number above zero with so many places at most, typed in the reader's format; `data` counts units of the last."""

    widget = TextInput()

    def __init__(self, label: Any = None, *, places: int, least: int = 1, most: int, **kwargs: Any) -> None:
        self._places, self._least, self._most = places, least, most
        super().__init__(label, **kwargs)

    def read(self, typed: str) -> int:
        try:
            counted = parse_decimal(typed, locale=formats_locale(), strict=True).scaleb(self._places)
            whole = counted.is_finite() and counted == counted.to_integral_value()
        except (NumberFormatError, ArithmeticError):
            whole, counted = False, Decimal(0)
        if not whole or not typed.isascii() or not self._least <= counted <= self._most:
            raise ValidationError(
                _(
                    "A number from %(least)s to %(most)s, with %(places)s decimals at most.",
                    least=self.write(self._least),
                    most=self.write(self._most),
                    places=self._places,
                )
            )
        return int(counted)

    def write(self, value: int) -> str:
        pattern = "0." + "#" * self._places
        return str(format_decimal(Decimal(value).scaleb(-self._places), pattern, locale=formats_locale()))
