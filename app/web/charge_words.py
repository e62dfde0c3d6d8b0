"""What a charge says on an invoice, in the payer's language."""

from flask import Flask
from flask_babel import force_locale
from flask_babel import gettext as _

from app.domain.billing.previewing import PreviewLine
from app.domain.billing.words import Stay, VisitLine, What
from app.kernel.walltime import local_date, zone
from app.web import wording
from app.web.language import LANGUAGES

_LONGEST = 200


class ChargeSentences:
    """The ChargeWords of the application."""

    def __init__(self, app: Flask) -> None:
        self._app = app

    def charge(self, locale: str, what: What, plan_name: str) -> str:
        """The plan's name for a cycle of it, and a few words more for the rest."""
        with self._app.app_context(), force_locale(locale if locale in LANGUAGES else "en"):
            return what_it_is(what, plan_name)[:_LONGEST]

    def booking(self, locale: str, stay: Stay) -> str:
        """`Boardroom, Tue 3 Mar 14:00 – 15:30`, by the clocks of the room."""
        with self._app.app_context(), force_locale(locale if locale in LANGUAGES else "en"):
            return stay_words(stay)[:_LONGEST]

    def visit(self, locale: str, visit: VisitLine) -> str:
        """`Day pass, Porto, Tue 3 Mar`, or `Hours in the house, Porto, Tue 3 Mar 9:10 – 11:40` by the clocks there."""
        with self._app.app_context(), force_locale(locale if locale in LANGUAGES else "en"):
            return _visit_words(visit)[:_LONGEST]


def what_it_is(what: What, plan_name: str) -> str:
    """The same in the language in hand."""
    if what is What.SIGNUP:
        return _("Sign-up fee, %(plan)s", plan=plan_name)
    if what is What.DEPOSIT:
        return _("Deposit, %(plan)s", plan=plan_name)
    if what is What.UNUSED:
        return _("Not used because of a change, %(plan)s", plan=plan_name)
    return plan_name


def stay_words(stay: Stay) -> str:
    """A booking, in the language in hand."""
    tz = zone(stay.zone)
    first, last = local_date(stay.span.start, tz), local_date(stay.span.end, tz)
    until = wording.clock_time(stay.span.end, tz)
    words = {
        "room": stay.room,
        "starts": f"{wording.short_day(first)} {wording.clock_time(stay.span.start, tz)}",
        "ends": until if first == last else f"{wording.short_day(last)} {until}",
    }
    if stay.cancelled:
        return _("Cancelled late: %(room)s, %(starts)s – %(ends)s", **words)
    if stay.by_credit:
        return _("%(room)s, %(starts)s – %(ends)s, less what credit paid", **words)
    return _("%(room)s, %(starts)s – %(ends)s", **words)


def _visit_words(visit: VisitLine) -> str:
    day = wording.short_day(visit.day)
    if visit.span is None:
        return _("Day pass, %(place)s, %(day)s", place=visit.place, day=day)
    tz = zone(visit.zone)
    return _(
        "Hours in the house, %(place)s, %(starts)s – %(ends)s",
        place=visit.place,
        starts=f"{wording.short_day(local_date(visit.span.start, tz))} {wording.clock_time(visit.span.start, tz)}",
        ends=wording.clock_time(visit.span.end, tz),
    )


def line_words(line: PreviewLine) -> str:
    """What a line of an invoice to come says, with its days."""
    if line.stay is not None:
        return stay_words(line.stay)
    text = line.text if line.what is None else what_it_is(line.what, line.text)
    if line.days is None:
        return text
    first, last = wording.short_day(line.days.first), wording.short_day(line.days.last)
    return f"{text} ({first} – {last})"
