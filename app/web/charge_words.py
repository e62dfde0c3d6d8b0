"""What a charge says on an invoice, in the payer's language."""

from flask import Flask
from flask_babel import force_locale
from flask_babel import gettext as _

from app.domain.billing.previewing import PreviewLine
from app.domain.billing.words import What
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


def what_it_is(what: What, plan_name: str) -> str:
    """The same in the language in hand."""
    if what is What.SIGNUP:
        return _("Sign-up fee, %(plan)s", plan=plan_name)
    if what is What.DEPOSIT:
        return _("Deposit, %(plan)s", plan=plan_name)
    if what is What.UNUSED:
        return _("Not used because of a change, %(plan)s", plan=plan_name)
    return plan_name


def line_words(line: PreviewLine) -> str:
    """What a line of an invoice to come says, with its days."""
    text = line.text if line.what is None else what_it_is(line.what, line.text)
    if line.days is None:
        return text
    first, last = wording.short_day(line.days.first), wording.short_day(line.days.last)
    return f"{text} ({first} – {last})"
