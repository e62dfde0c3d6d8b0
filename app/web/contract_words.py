"""Contracts in the reader's words: where each stands, from when until when, how often it is billed."""

from datetime import date

from flask_babel import gettext as _
from flask_babel import ngettext

from app.domain.plans.terms import ContractState
from app.models import CycleUnit
from app.web import wording
from app.web.invoices import Badge


def state_badge(state: ContractState) -> Badge:
    return _STATES[state]()


def contract_days(first: date, last: date | None, day: date) -> str:
    """`Since 1 March`, `From Monday until 30 April`."""
    begins = wording.day_inside(first, day)
    if last is None:
        return _("From %(day)s", day=begins) if first > day else _("Since %(day)s", day=begins)
    return _("From %(first)s until %(last)s", first=begins, last=wording.day_inside(last, day))


def cycle_words(unit: CycleUnit, count: int) -> str:
    """`a month`, `every 2 weeks`."""
    if unit is CycleUnit.WEEK:
        return ngettext("a week", "every %(num)s weeks", count)
    return ngettext("a month", "every %(num)s months", count)


_STATES = {
    ContractState.PENDING: lambda: Badge(_("Waits for the front desk"), "caution"),
    ContractState.COMING: lambda: Badge(_("Begins later"), "accent"),
    ContractState.ACTIVE: lambda: Badge(_("Active"), "positive"),
    ContractState.PAUSED: lambda: Badge(_("Paused"), "caution"),
    ContractState.ENDING: lambda: Badge(_("Ending"), "caution"),
    ContractState.ENDED: lambda: Badge(_("Ended")),
}
