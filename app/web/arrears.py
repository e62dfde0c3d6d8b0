"""Who has not paid for too long: what the tenant's ladder keeps them from, and the way to paying."""

from dataclasses import dataclass
from datetime import date

from flask import flash, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from app.domain.dunning.ladder import held_back
from app.models import DunningAction
from app.web import auth, wording
from app.web.htmx import go_to

STAY_OPEN = frozenset({"invoices", "account"})
"""The sections that are left to who may do nothing but pay; what belongs to no section, such as signing out, is, too."""
_WORDS = {
    DunningAction.REMIND: _l("We remind you"),
    DunningAction.LIMIT: _l("You cannot book or buy anything new"),
    DunningAction.SUSPEND: _l("You can do nothing here but pay"),
}


def arrears() -> DunningAction | None:
    """The step that holds against who asks. Staff are never kept from their work; it is free where nothing is open."""
    actor = auth.actor()
    if actor is None or actor.is_staff or actor.first_due_on is None:
        return None
    portal = auth.portal()
    return held_back(portal.ladder, actor.first_due_on, auth.today())


@dataclass(frozen=True, slots=True)
class Rung:
    """A step of the ladder as its reader sees it."""

    what: str
    day: str
    taken: bool


def rungs(first_due_on: date, today: date) -> list[Rung]:
    """The tenant's ladder with its days for who has had something open since; empty before it is overdue."""
    if first_due_on >= today:
        return []
    steps = ((step, step.day(first_due_on)) for step in auth.portal().ladder)
    return [
        Rung(str(_WORDS[step.action]), wording.day_inside(day, today), taken=day <= today)
        for step, day in steps
    ]


def lead_to_invoices(action: DunningAction) -> Response:
    """To what is to be paid, with a sentence why."""
    flash(
        _("Pay what is overdue, and everything is open to you again at once.")
        if action is DunningAction.SUSPEND
        else _("Pay what is overdue first. Then you can book and buy again at once.")
    )
    return go_to(url_for("invoices.index"))
