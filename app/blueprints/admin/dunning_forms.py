"""The form of a step of the dunning ladder, and the sentences of what the rules refuse."""

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.domain.dunning.ladder import MOST_STEPS, DayTaken, TooManySteps
from app.models import DunningAction
from app.web.attempts import Words, say
from app.web.forms import Form, SegmentField, WholeField, options

ACTIONS = {
    DunningAction.REMIND: _l("Remind"),
    DunningAction.LIMIT: _l("No new bookings"),
    DunningAction.SUSPEND: _l("Nothing but paying"),
}


class StepForm(Form):
    days = WholeField(_l("Days after it was due"), least=1, most=365)
    action = SegmentField(_l("What is done"), choices=options(ACTIONS.items()))


LADDER_WORDS: Words = {
    DayTaken: say("days", lambda: _("There is a step on that day already. Remove it first.")),
    TooManySteps: say("days", lambda: _("A ladder has %(most)s steps at most.", most=MOST_STEPS)),
}
