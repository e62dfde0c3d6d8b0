"""Amounts, lengths, times, days and places in the reader's words.

What takes long to say is remembered: lists say the same few again and again.
"""

from collections.abc import Callable, Iterable
from datetime import date, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, get_timezone_location
from babel.numbers import format_currency, get_currency_symbol
from flask import Flask
from flask_babel import gettext as _
from flask_babel import pgettext

from app.domain.booking.quotes import Quote
from app.kernel.money import Money, minor_digits
from app.kernel.names import initials, isolated
from app.kernel.spans import Span
from app.kernel.walltime import clock_face, day_on, minute_face
from app.web import auth
from app.web.language import formats_locale

_REMEMBERED = 4096
_WEEK = 7

# --- amounts and lengths ---------------------------------------------------------------------------------------------


def money(amount: Money) -> str:
    """`£10.20`, `10,20 €`, `−£3.00`: whole amounts keep their decimals. Saying one anew costs as much as ten database
    rows."""
    return _money(amount.minor, amount.currency, formats_locale())


def tenant_money(minor: int) -> str:
    """The same of the tenant's currency, in its minor units."""
    return money(Money(minor, auth.portal().currency))


@lru_cache(_REMEMBERED)
def _money(minor: int, currency: str, locale: Locale) -> str:
    text = str(format_currency(minor / 10 ** minor_digits(currency), currency, locale=locale))
    # Where a language writes a foreign currency as `GBP`, the symbol it is known by.
    return with_minus(text.replace(currency, get_currency_symbol(currency, "en")))


def with_minus(text: str) -> str:
    """A number that people read, below zero with a minus as wide as a plus; what machines read keeps its hyphen."""
    return text.replace("-", "−")


def price(amount: Money) -> str:
    """What something costs; what costs nothing is free."""
    return money(amount) if amount else pgettext("price", "Free")


def price_note(quote: Quote) -> str:
    """How the price is made, in a few words, or the name of its one rate, and that tax comes on top where it does; nothing for a
    free room."""
    if not quote.uncapped_minor:
        return ""
    made = _made(quote)
    return made if auth.portal().prices_include_tax else _("%(made)s, plus tax", made=made)


def _made(quote: Quote) -> str:
    names = {part.name for part in quote.parts}
    if len(names) == 1 and "" not in names:
        return names.pop()
    if quote.capped:
        return _("instead of %(price)s", price=money(Money(quote.uncapped_minor, quote.currency)))
    if quote.minutes == 60:
        return _("for the hour")
    return _("for %(length)s", length=minutes(quote.minutes))


def minutes(length: int) -> str:
    """A length as people say it: `45 min`, `1 h`, `1 h 30 min`."""
    hours, rest = divmod(length, 60)
    if not hours:
        return _("%(minutes)s min", minutes=rest)
    if not rest:
        return _("%(hours)s h", hours=hours)
    return _("%(hours)s h %(minutes)s min", hours=hours, minutes=rest)


# --- times and places ------------------------------------------------------------------------------------------------


def clock_time(moment: datetime, tz: ZoneInfo) -> str:
    """`14:30` where the room is: as the day strip and the door show it. Where autumn repeats an hour, its second comes `again`."""
    local = moment.astimezone(tz)
    return _("%(time)s again", time=clock_face(local)) if local.fold else clock_face(local)


def clock(span: Span, tz: ZoneInfo) -> str:
    """`14:30 – 15:30` where the room is."""
    return f"{clock_time(span.start, tz)} – {clock_time(span.end, tz)}"


def walls(stretches: Iterable[tuple[int, int]]) -> str:
    """`09:00–13:00, 14:00–18:00`, of minutes after midnight on the wall."""
    return ", ".join(f"{minute_face(start)}–{minute_face(end)}" for start, end in stretches)


def city(zone: str) -> str:
    """The city that a zone is named after, in the reader's language: `Lisbon`, `Lisboa`."""
    return _city(zone, formats_locale())


@lru_cache(_REMEMBERED)
def _city(zone: str, locale: Locale) -> str:
    return str(get_timezone_location(zone, locale=locale, return_city=True))


def zone_note(zone: str) -> str:
    """What stands beside times that a reader may take for their own: `Lisbon time`."""
    return _("%(city)s time", city=city(zone))


# --- days ------------------------------------------------------------------------------------------------------------


def day(then: date, today: date) -> str:
    """`Today`, `Tomorrow`, a weekday within the week, else `Tue 1 Dec`; as a label of its own begins."""
    near = {0: _("Today"), 1: _("Tomorrow"), -1: _("Yesterday")}.get((then - today).days)
    return near or capital(
        _weekday_or_date(
            then, today, pgettext("day", "EEEE"), pgettext("day", "EEE d MMM"), pgettext("day", "EEE d MMM y")
        )
    )


def day_inside(then: date, today: date) -> str:
    """The same day in the middle of a sentence: languages put an article before it there, or write it small."""
    near = {
        0: pgettext("inside a sentence", "today"),
        1: pgettext("inside a sentence", "tomorrow"),
        -1: pgettext("inside a sentence", "yesterday"),
    }.get((then - today).days)
    return near or _weekday_or_date(
        then,
        today,
        pgettext("inside a sentence", "EEEE"),
        pgettext("inside a sentence", "EEE d MMM"),
        pgettext("inside a sentence", "EEE d MMM y"),
    )


def since(moment: datetime, now: datetime, tz: ZoneInfo) -> str:
    """When something came, as short as it can be said: `14:20` today, `Mon` within the week, else `Tue 1 Dec`."""
    then, today = moment.astimezone(tz).date(), now.astimezone(tz).date()
    if then == today:
        return clock_time(moment, tz)
    if (today - then).days < _WEEK:
        return capital(_day(then, "EEE", formats_locale()))
    return short_day(then) if then.year == today.year else full_day(then)


def _weekday_or_date(then: date, today: date, weekday_: str, date_: str, date_and_year: str) -> str:
    """The day by one of three CLDR patterns, which are translated like sentences are."""
    near = 1 < (then - today).days < _WEEK
    return _day(
        then, weekday_ if near else (date_ if then.year == today.year else date_and_year), formats_locale()
    )


def short_day(then: date) -> str:
    """`Tue 1 Dec`."""
    return _day(then, pgettext("day", "EEE d MMM"), formats_locale())


def full_day(then: date) -> str:
    """`Tue 24 Nov 2026`: a day that may be of any year."""
    return _day(then, pgettext("day", "EEE d MMM y"), formats_locale())


def long_day(then: date) -> str:
    """`Wednesday 25 November`."""
    return capital(_day(then, pgettext("day", "EEEE d MMMM"), formats_locale()))


def weekday(then: date) -> str:
    """`Wednesday`, as a heading has it."""
    return capital(_day(then, pgettext("day", "EEEE"), formats_locale()))


def weekday_inside(then: date) -> str:
    """`Wednesday` in the middle of a sentence."""
    return _day(then, "EEEE", formats_locale())


def short_weekday(then: date) -> str:
    """`Wed`, as the head of a column has room for."""
    return capital(_day(then, "ccc", formats_locale()))


def weekdays(numbers: Iterable[int], named: Callable[[date], str]) -> str:
    """`Monday–Friday, Sunday` or `Mon–Fri, Sun`, of weekdays from 0 for Monday: three or more that follow each other stand
    together."""
    runs: list[list[int]] = []
    for number in sorted(numbers):
        if runs and runs[-1][-1] == number - 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    names = ([named(day_on(number)) for number in run] for run in runs)
    return ", ".join(f"{run[0]}–{run[-1]}" if len(run) > 2 else ", ".join(run) for run in names)


def day_and_month(then: date) -> str:
    """`25 November`."""
    return _day(then, pgettext("day", "d MMMM"), formats_locale())


def month_and_year(then: date) -> str:
    """`Nov 2026`."""
    return capital(_day(then, pgettext("month", "LLL y"), formats_locale()))


def full_month(then: date) -> str:
    """`November 2026`, as a heading has it."""
    return capital(_day(then, pgettext("month", "LLLL y"), formats_locale()))


def short_month(then: date) -> str:
    """`Nov`, as an axis has room for; with its year where one begins: `Jan 27`."""
    pattern = pgettext("month", "LLL yy") if then.month == 1 else pgettext("month", "LLL")
    return _day(then, pattern, formats_locale())


@lru_cache(_REMEMBERED)
def _day(then: date, pattern: str, locale: Locale) -> str:
    return str(format_date(then, pattern, locale=locale))


def capital(text: str) -> str:
    """The text with its first letter large: Spanish weekdays and months are small but where a label begins."""
    return text[:1].upper() + text[1:]


def device(browser: str, system: str) -> str:
    """`Firefox on Mac`, or as much of it as is known."""
    browser = browser or _("A browser")
    return _("%(browser)s on %(system)s", browser=browser, system=system) if system else browser


def init_wording(app: Flask) -> None:
    """Give templates the words under the names that they have here."""
    for say in (money, minutes, clock_time, day, day_inside, initials, isolated):
        app.add_template_filter(say)
