"""When a location, or one resource in it, is open: both pages have the same two forms, which are answered here."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.blueprints.admin.answers import done
from app.blueprints.admin.opening_forms import CLOSURE_WORDS, HOURS_WORDS, ClosureForm, HoursForm
from app.domain.spaces.hours import add_closure, closures_of, hours_of, remove_closure, set_hours
from app.domain.spaces.terms import Whose
from app.web.attempts import attempt
from app.web.auth import clock, signed_in
from app.web.database import session


@dataclass(frozen=True, slots=True)
class OpeningForms:
    """What a page shows of opening times; `wrong` when one of the forms was refused."""

    hours: HoursForm
    closures: Any
    closure: ClosureForm
    wrong: bool


Show = Callable[[OpeningForms], Response]
"""The page that the forms are part of."""


def opening_forms(
    whose: Whose, *, hours: HoursForm | None = None, closure: ClosureForm | None = None
) -> OpeningForms:
    """The forms as the place is, or one of them as it was refused."""
    return OpeningForms(
        hours or HoursForm(hours_of(session(), whose), formdata=None),
        closures_of(session(), whose),
        closure or ClosureForm(formdata=None),
        wrong=bool(hours or closure),
    )


def save_hours(whose: Whose, address: str, show: Show) -> Response:
    form = HoursForm()
    if not attempt(
        form, lambda: set_hours(session(), signed_in(), whose, form.openings(), clock()), HOURS_WORDS
    ):
        return show(opening_forms(whose, hours=form))
    return done(address, _("The hours are set."))


def close(whose: Whose, address: str, show: Show) -> Response:
    form = ClosureForm()
    if not attempt(
        form, lambda: add_closure(session(), signed_in(), whose, form.details(), clock()), CLOSURE_WORDS
    ):
        return show(opening_forms(whose, closure=form))
    return done(address, _("Closed on those days."))


def reopen(whose: Whose, closure_id: int, address: str) -> Response:
    """Take a closure back. Raises NotFound."""
    remove_closure(session(), signed_in(), whose, closure_id, clock())
    session().commit()
    return done(address, _("Open on those days again."))
