"""The reader's language, zone and formats."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date as babel_date
from babel.numbers import format_currency
from flask import Flask, g, has_request_context, request
from flask import session as cookie
from flask_babel import Babel, get_locale, gettext

from app.kernel.money import Money, minor_digits

LANGUAGES = {"en": "English", "es": "Español"}
LANGUAGE_KEY = "language"

babel = Babel()
_WEEK = 7


def select_locale() -> str:
    """The person's own choice, then this browser's, then what the browser accepts, then the tenant's."""
    if not has_request_context():
        return "en"
    if "tenant" not in g:
        return request.accept_languages.best_match(list(LANGUAGES)) or "en"
    found = g.get("visit")
    actor = found.actor if found else None
    wanted = actor.locale if actor and actor.locale else cookie.get(LANGUAGE_KEY)
    if wanted in LANGUAGES:
        return str(wanted)
    accepted = request.accept_languages.best_match(list(LANGUAGES))
    if accepted:
        return accepted
    known = g.get("portal")
    return known.locale if known and known.locale in LANGUAGES else "en"


def formats_locale() -> Locale:
    """The locale for dates, numbers and money. English readers of a European space get 24-hour British formats."""
    locale = get_locale() or Locale("en")
    return Locale("en", "GB") if locale.language == "en" and locale.territory is None else locale


def format_money(money: Money) -> str:
    """`£10.20`, `10,20 €`: in the reader's format, whole amounts keep their decimals."""
    digits = minor_digits(money.currency)
    return format_currency(money.minor / 10 ** digits, money.currency, locale=formats_locale())


def format_time(moment: datetime, tz: ZoneInfo) -> str:
    """`14:30`, on a 24-hour clock in every language: as the day strip and the door show it."""
    return moment.astimezone(tz).strftime("%H:%M")


def format_day(day: date, today: date) -> str:
    """`Today`, `Tomorrow`, a weekday within the week, else `Tue 1 Dec`; in the reader's language."""
    ahead = (day - today).days
    if ahead == 0:
        return gettext("Today")
    if ahead == 1:
        return gettext("Tomorrow")
    if ahead == -1:
        return gettext("Yesterday")
    pattern = "EEEE" if 1 < ahead < _WEEK else ("EEE d MMM" if day.year == today.year else "EEE d MMM y")
    return babel_date(day, pattern, locale=formats_locale())


def day_inside(day: date, today: date) -> str:
    """The same where a sentence goes on: `today`, `tomorrow`; names of days keep the capital their language gives them."""
    words = format_day(day, today)
    return words[0].lower() + words[1:] if abs((day - today).days) <= 1 else words


def format_minutes(minutes: int) -> str:
    """A length as people say it: `45 min`, `1 h`, `1 h 30 min`."""
    hours, rest = divmod(minutes, 60)
    if not hours:
        return gettext("%(minutes)s min", minutes=rest)
    if not rest:
        return gettext("%(hours)s h", hours=hours)
    return gettext("%(hours)s h %(minutes)s min", hours=hours, minutes=rest)


def init_language(app: Flask) -> None:
    app.config["BABEL_DEFAULT_LOCALE"] = "en"
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = "translations"
    babel.init_app(app, locale_selector=select_locale)
    app.add_template_filter(format_money, "money")
    app.add_template_filter(format_minutes, "minutes")
    app.add_template_filter(format_time, "clock_time")
    app.add_template_filter(format_day, "day")
    app.add_template_filter(day_inside, "day_inside")
