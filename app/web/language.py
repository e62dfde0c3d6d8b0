"""Which language the reader is spoken to in, and by which formats; `web.wording` says things in them."""

from collections.abc import Callable, Iterator
from functools import cached_property, lru_cache
from typing import Any

from babel import Locale
from babel.numbers import format_decimal
from babel.support import NullTranslations
from flask import Flask, g, has_app_context, has_request_context, request
from flask import session as cookie
from flask_babel import Babel, Domain, get_locale
from jinja2 import pass_context
from jinja2.runtime import Context
from werkzeug.datastructures import LanguageAccept
from werkzeug.http import parse_accept_header

from app.web import auth

LANGUAGES = {"en": "English", "es": "Español"}
LANGUAGE_KEY = "language"
_LOCALES: dict[str | None, Locale] = {code: Locale(code) for code in LANGUAGES}

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


def select_locale() -> Locale:
    """The person's own choice, then this browser's, then what the browser accepts, then the tenant's.

    Flask-Babel asks once per request, at its first word, so who is asking is looked up here if nobody did before.
    """
    if not has_request_context():
        return _LOCALES["en"]
    return next((_LOCALES[wish] for wish in _wishes() if wish in _LOCALES), _LOCALES["en"])


def _wishes() -> Iterator[str | None]:
    # A page that says what went wrong must not ask a database that is away, nor for people of an unknown host.
    known = "tenant" in g and not g.get("database_is_away")
    actor = auth.visit().actor if known else None
    yield actor.locale if actor else None
    yield cookie.get(LANGUAGE_KEY)
    yield _accepted(request.headers.get("Accept-Language", ""))
    yield auth.portal().locale if known else None


@lru_cache(1024)
def _accepted(header: str) -> str | None:
    """The first language in the browser's order that we speak, in whichever country: `es-MX` is Spanish to us.

    Werkzeug's own match takes a plain `en` further down the list for better than an `es-MX` at its top. Remembered, because all
    browsers together say a few hundred things.
    """
    accepted = parse_accept_header(header, LanguageAccept)
    asked = (tag.partition("-")[0].lower() for tag, quality in accepted if quality > 0)
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


def format_number(number: int) -> str:
    """A count with the reader's separators of thousands: `1,204`, `12.040`. The filter `number` of the templates."""
    if -_THOUSAND < number < _THOUSAND:
        return str(number)
    return str(format_decimal(number, locale=formats_locale()))


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
