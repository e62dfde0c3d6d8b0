"""The limits that staff can pass over, as a booking's page names them afterwards."""

from flask_babel import gettext as _

from app.domain.booking.terms import Reason


def limit_words(name: str) -> str:
    """What was passed over, in a few words."""
    words = {
        Reason.OUTSIDE_HOURS: _("opening hours"),
        Reason.CLOSED: _("a closure"),
        Reason.TOO_SHORT: _("the shortest length"),
        Reason.TOO_LONG: _("the longest length"),
        Reason.OFF_GRID: _("the start times"),
        Reason.OUT_OF_SHIFT: _("the shifts"),
        Reason.TOO_SOON: _("the notice"),
        Reason.TOO_FAR_AHEAD: _("how far ahead"),
        Reason.TOO_MANY_PEOPLE: _("the number of people"),
        Reason.NOT_FOR_CONTACTS: _("for members only"),
        Reason.NOT_FOR_MEMBERS: _("for contacts only"),
        Reason.PLAN_NEEDED: _("the plan it needs"),
        Reason.TEAM_NEEDED: _("the teams it is for"),
        Reason.TOO_MANY_AHEAD: _("how many bookings ahead"),
        Reason.RULED_OUT: _("a rule that says never"),
        Reason.COOLING_DOWN: _("the time between bookings"),
        Reason.TOO_MUCH_TIME: _("how much time one may have"),
        Reason.EXTRA_TOO_LATE: _("by when extras are ordered"),
        Reason.EXTRA_PREPARED: _("an extra that was prepared"),
    }
    return words.get(Reason(name), name)
