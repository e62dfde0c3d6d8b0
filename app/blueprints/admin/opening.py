"""When a location, or one resource in it, is open: both pages have the same two forms, which are answered here."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from app.blueprints.admin.answers import done
from app.blueprints.admin.opening_forms import CLOSURE_WORDS, HOURS_WORDS, ClosureForm, HoursForm
from app.domain.actor import Permission
from app.domain.spaces.hours import add_closure, closures_of, hours_of, remove_closure, set_hours
from app.domain.spaces.terms import BookingsWithin, Whose
from app.web import wording
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
    within: Sequence[tuple[str, str]] = ()
    """(words, address) of days of the closure on which something is booked; no address for who sees no bookings."""


_MOST_DAYS = 10
"""Of those on which something is booked, as many are shown."""

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
    within: list[tuple[str, str]] = []

    def add() -> None:
        try:
            add_closure(session(), signed_in(), whose, form.details(), clock(), seen=form.known)
        except BookingsWithin as told:
            form.tell_of(told.count)
            within.extend(_links(whose, told))
            raise

    if not attempt(form, add, CLOSURE_WORDS):
        return show(replace(opening_forms(whose, closure=form), within=within))
    return done(address, _("Closed on those days."))


def _links(whose: Whose, told: BookingsWithin) -> Iterator[tuple[str, str]]:
    sees = signed_in().may(Permission.BOOKINGS)
    for day, count in told.days[:_MOST_DAYS]:
        words = ngettext(
            "%(day)s: %(num)s booking", "%(day)s: %(num)s bookings", count, day=wording.full_day(day)
        )
        address = url_for("admin.bookings.index", location=whose.location_id, date=day.isoformat())
        yield words, address if sees else ""


def reopen(whose: Whose, closure_id: int, address: str) -> Response:
    """Take a closure back. Raises NotFound."""
    remove_closure(session(), signed_in(), whose, closure_id, clock())
    session().commit()
    return done(address, _("Open on those days again."))
