"""Rules of what repeats, in the reader's words."""

from babel.lists import format_list
from flask_babel import gettext as _
from flask_babel import ngettext, pgettext

from app.domain.booking.repeating import Every, said
from app.kernel.walltime import day_on
from app.web import wording
from app.web.language import formats_locale


def rule_words(rule: str) -> str:
    """`Every week on Monday and Wednesday`, of a stored rule."""
    found = said(rule)
    every = _every(found.every, found.interval)
    if not found.weekdays:
        return every
    names = [wording.weekday_inside(day_on(each)) for each in found.weekdays]
    days = str(format_list(names, locale=formats_locale()))
    if found.which:
        return _("%(every)s on the %(which)s %(day)s", every=every, which=which_words(found.which), day=days)
    return _("%(every)s on %(days)s", every=every, days=days)


def which_words(which: int) -> str:
    """Which weekday of its month: 1 to 4, and -1 for the last."""
    return {
        1: pgettext("weekday of a month", "first"),
        2: pgettext("weekday of a month", "second"),
        3: pgettext("weekday of a month", "third"),
        4: pgettext("weekday of a month", "fourth"),
    }.get(which) or pgettext("weekday of a month", "last")


def _every(every: Every, interval: int) -> str:
    match every:
        case Every.DAY:
            return ngettext("Every day", "Every %(num)s days", interval)
        case Every.WEEK:
            return ngettext("Every week", "Every %(num)s weeks", interval)
        case Every.YEAR:
            return ngettext("Every year", "Every %(num)s years", interval)
        case _:
            return ngettext("Every month", "Every %(num)s months", interval)


def missed_words(strikes: int) -> str:
    """How often in a row nobody came."""
    return ngettext("Nobody checked in the last time.", "Nobody checked in the last %(num)s times.", strikes)
