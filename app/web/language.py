"""The reader's language, zone and formats."""

from collections.abc import Callable, Iterator
from datetime import date, datetime
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date as babel_date
from babel.numbers import format_currency, format_decimal, get_currency_symbol
from babel.support import NullTranslations
from flask import Flask, g, has_app_context, has_request_context, request
from flask import session as cookie
from flask_babel import Babel, Domain, get_locale, gettext, pgettext
from jinja2 import pass_context
from jinja2.runtime import Context

from app.kernel.money import Money, minor_digits
from app.web import auth

LANGUAGES = {"en": "English", "es": "Español"}
LANGUAGE_KEY = "language"

_WEEK = 7
_THOUSAND = 1000


class _Domain(Domain):
    """Finds the reader's catalogue once per request; flask-babel asks for language and catalogue at each sentence.

    A page has a hundred of them: 12 % of its time. `babel_translations` is the name that `force_locale` clears.
    """

    def get_translations(self) -> NullTranslations:
        here = g.get("_flask_babel") if has_app_context() else None
        found: NullTranslations | None = getattr(here, "babel_translations", None)
        if found is None:
            found = Domain.get_translations(self)
            if here is not None and hasattr(here, "babel_locale"):
                here.babel_translations = found
        return found

    def ngettext(self, singular: str, plural: str, num: int, **variables: Any) -> str:
        """Whatever a sentence counts, it counts with the reader's separators."""
        text = str(self.get_translations().ungettext(singular, plural, num))
        return text % {"num": format_number(num), **variables}


class _Babel(Babel):
    @cached_property
    def domain_instance(self) -> Domain:
        return _Domain(domain=self.domain)


babel = _Babel()


def select_locale() -> str:
    """The person's own choice, then this browser's, then what the browser accepts, then the tenant's.

    Flask-Babel asks once per request, at its first word, so who is asking is looked up here if nobody did before.
    """
    if not has_request_context():
        return "en"
    return next((str(wish) for wish in _wishes() if wish in LANGUAGES), "en")


def _wishes() -> Iterator[str | None]:
    # A page that says what went wrong must not ask a database that is away, nor for people of an unknown host.
    known = "tenant" in g and not g.get("database_is_away")
    actor = auth.visit().actor if known else None
    yield actor.locale if actor else None
    yield cookie.get(LANGUAGE_KEY)
    yield _accepted()
    yield auth.portal().locale if known else None


def _accepted() -> str | None:
    """The first language in the browser's order that we speak, in whichever country: `es-MX` is Spanish to us.

    Werkzeug's own match takes a plain `en` further down the list for better than an `es-MX` at its top.
    """
    asked = (tag.partition("-")[0].lower() for tag, quality in request.accept_languages if quality > 0)
    return next((each for each in asked if each in LANGUAGES), None)


def choose_language(language: str) -> None:
    """Keep this browser's language, one of `LANGUAGES`, whoever signs in or out on it."""
    cookie.permanent = True
    cookie[LANGUAGE_KEY] = language


def language() -> str:
    """The language that is spoken right now, one of `LANGUAGES`."""
    return str((get_locale() or Locale("en")).language)


def formats_locale() -> Locale:
    """The locale for dates, numbers and money. English readers of a European space get 24-hour British formats."""
    locale = get_locale() or Locale("en")
    return Locale("en", "GB") if locale.language == "en" and locale.territory is None else locale


def format_money(money: Money) -> str:
    """`£10.20`, `10,20 €`: in the reader's format, whole amounts keep their decimals."""
    return currency_text(money.minor, money.currency, formats_locale())


def currency_text(minor: int, currency: str, locale: Locale) -> str:
    """An amount with its symbol; where a language writes a foreign currency as `GBP`, the symbol it is known by."""
    text = str(format_currency(minor / 10 ** minor_digits(currency), currency, locale=locale))
    return text.replace(currency, get_currency_symbol(currency, "en"))


def format_number(number: int) -> str:
    """A count with the reader's separators of thousands: `1,204`, `12.040`. The filter `number` of the templates."""
    return (
        str(number)
        if -_THOUSAND < number < _THOUSAND
        else str(format_decimal(number, locale=formats_locale()))
    )


def format_time(moment: datetime, tz: ZoneInfo) -> str:
    """`14:30`, on a 24-hour clock in every language: as the day strip and the door show it."""
    return moment.astimezone(tz).strftime("%H:%M")


def format_day(day: date, today: date) -> str:
    """`Today`, `Tomorrow`, a weekday within the week, else `Tue 1 Dec`; as a label of its own begins."""
    near = {0: gettext("Today"), 1: gettext("Tomorrow"), -1: gettext("Yesterday")}.get((day - today).days)
    return near or capital(
        _weekday_or_date(
            day, today, pgettext("day", "EEEE"), pgettext("day", "EEE d MMM"), pgettext("day", "EEE d MMM y")
        )
    )


def format_day_inside(day: date, today: date) -> str:
    """The same day in the middle of a sentence: languages put an article before it there, or write it small."""
    near = {
        0: pgettext("inside a sentence", "today"),
        1: pgettext("inside a sentence", "tomorrow"),
        -1: pgettext("inside a sentence", "yesterday"),
    }.get((day - today).days)
    return near or _weekday_or_date(
        day,
        today,
        pgettext("inside a sentence", "EEEE"),
        pgettext("inside a sentence", "EEE d MMM"),
        pgettext("inside a sentence", "EEE d MMM y"),
    )


def _weekday_or_date(day: date, today: date, weekday: str, date_: str, date_and_year: str) -> str:
    """The day by one of three CLDR patterns, which are translated like sentences are."""
    near = 1 < (day - today).days < _WEEK
    pattern = weekday if near else (date_ if day.year == today.year else date_and_year)
    return babel_date(day, pattern, locale=formats_locale())


def capital(text: str) -> str:
    """The text with its first letter large: Spanish weekdays and months are small but where a label begins."""
    return text[:1].upper() + text[1:]


def format_minutes(minutes: int) -> str:
    """A length as people say it: `45 min`, `1 h`, `1 h 30 min`."""
    hours, rest = divmod(minutes, 60)
    if not hours:
        return gettext("%(minutes)s min", minutes=rest)
    if not rest:
        return gettext("%(hours)s h", hours=hours)
    return gettext("%(hours)s h %(minutes)s min", hours=hours, minutes=rest)


def _counting(ngettext: Any) -> Callable[..., str]:
    """The templates' `ngettext`, with the count in the reader's format, as `_Domain.ngettext` has it."""

    @pass_context
    def counting(context: Context, singular: str, plural: str, count: int, **variables: Any) -> str:
        text: str = ngettext(context, singular, plural, count, **{"num": format_number(count), **variables})
        return text

    return counting


def init_language(app: Flask) -> None:
    app.config["BABEL_DEFAULT_LOCALE"] = "en"
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = "translations"
    babel.init_app(app, locale_selector=select_locale)
    app.jinja_env.globals["ngettext"] = _counting(app.jinja_env.globals["ngettext"])
    app.add_template_filter(format_number, "number")
    app.add_template_filter(format_money, "money")
    app.add_template_filter(format_minutes, "minutes")
    app.add_template_filter(format_time, "clock_time")
    app.add_template_filter(format_day, "day")
    app.add_template_filter(format_day_inside, "day_inside")
