"""Sentences for codes of an authenticator that are refused."""

from flask_babel import gettext as _
from flask_babel import ngettext

from app.domain.factors.terms import CodeRefused


def code_sentence(refused: CodeRefused) -> str:
    """Why the code is not taken, and what helps."""
    if refused.used:
        return _("This code was used already. Wait for the next one.")
    if refused.minutes_off is None:
        return _("That code does not fit. The app shows a new one every 30 seconds.")
    if refused.minutes_off > 0:
        return ngettext(
            "The clock of your app's device is about %(num)s minute ahead. Let it set its time by itself, then type the next code.",
            "The clock of your app's device is about %(num)s minutes ahead. Let it set its time by itself, then type the next code.",
            refused.minutes_off,
        )
    return ngettext(
        "This code is about %(num)s minute old. If it is the one your app shows now, let its device set its time by itself, then type the next code.",
        "This code is about %(num)s minutes old. If it is the one your app shows now, let its device set its time by itself, then type the next code.",
        -refused.minutes_off,
    )
