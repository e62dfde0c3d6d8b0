"""Amounts, lengths and places in the reader's words, remembered: lists say the same few again and again."""

from datetime import date
from functools import lru_cache
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, get_timezone_location
from flask_babel import gettext as _
from flask_babel import pgettext

from app.domain.booking.terms import Quote
from app.kernel.money import Money
from app.kernel.spans import Span
from app.web.language import capital, currency_text, format_minutes, formats_locale

_REMEMBERED = 4096


def money(amount: Money) -> str:
    """`£10.20`, as `language.format_money` says it; formatting one costs as much as ten database rows."""
    return _money(amount.minor, amount.currency, formats_locale())


@lru_cache(_REMEMBERED)
def _money(minor: int, currency: str, locale: Locale) -> str:
    return currency_text(minor, currency, locale)


def city(zone: str) -> str:
    """The city that a zone is named after, in the reader's language: `Lisbon`, `Lisboa`."""
    return _city(zone, formats_locale())


@lru_cache(_REMEMBERED)
def _city(zone: str, locale: Locale) -> str:
    return str(get_timezone_location(zone, locale=locale, return_city=True))


def zone_note(zone: str) -> str:
    """What stands beside times that a reader may take for their own: `Lisbon time`."""
    return _("%(city)s time", city=city(zone))


def clock(span: Span, tz: ZoneInfo) -> str:
    """`14:30 – 15:30` where the room is."""
    return f"{span.start.astimezone(tz):%H:%M} – {span.end.astimezone(tz):%H:%M}"


def price(quote: Quote) -> str:
    """What a booking costs; a room without a price is free."""
    return money(quote.total) if quote.total_minor else pgettext("price", "Free")


def price_note(quote: Quote) -> str:
    """How the price is made, in a few words; nothing for a free room."""
    if not quote.uncapped_minor:
        return ""
    if quote.capped:
        return _("instead of %(price)s", price=money(Money(quote.uncapped_minor, quote.currency)))
    if quote.minutes == 60:
        return _("for the hour")
    return _("for %(length)s", length=format_minutes(quote.minutes))


def short_day(day: date) -> str:
    """`Tue 1 Dec`, in the reader's language."""
    return _day(day, pgettext("day", "EEE d MMM"), formats_locale())


def long_day(day: date) -> str:
    """`Wednesday 25 November`."""
    return capital(_day(day, pgettext("day", "EEEE d MMMM"), formats_locale()))


def weekday(day: date) -> str:
    """`Wednesday`, as a heading has it."""
    return capital(_day(day, pgettext("day", "EEEE"), formats_locale()))


def day_and_month(day: date) -> str:
    """`25 November`."""
    return _day(day, pgettext("day", "d MMMM"), formats_locale())


@lru_cache(_REMEMBERED)
def _day(day: date, pattern: str, locale: Locale) -> str:
    return str(format_date(day, pattern, locale=locale))
