"""What becomes of a series later: dates cancelled or paused, moved to another time or room, and added."""

from dataclasses import replace
from typing import Any

from flask import flash, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.blueprints.bookings.room import blueprint
from app.domain.booking.series_cancel import Cancelled
from app.domain.booking.series_moving import MovedDates
from app.domain.booking.series_view import SeriesView, show_series
from app.models import PayWhen
from app.web import auth, series, series_leaving, series_moving
from app.web.access import in_section, paid_up
from app.web.database import session
from app.web.htmx import go_to
from app.web.paying_now import agrees, bill_now, invoice_address, later_words, policy_of, said_now
from app.web.series_adding import Adding, added_words, answer_dates, asked_dates
from app.web.series_forms import CancelForm, MoveForm, UntilForm, range_of_address
from app.web.series_leaving import Leaving, answer_cancellation, cancelled_words
from app.web.series_moving import Moving, answer_move, move_form, moved_words

Answer = Response | str | tuple[str, int]


@blueprint.get("/bookings/series/<int:series_id>/cancellation")
@in_section("bookings")
def new_series_cancellation(series_id: int) -> Answer:
    """Ask which dates before cancelling them."""
    form = CancelForm(formdata=None, data=range_of_address())
    return _cancel_page(_view(series_id), form, series_leaving.nothing_shown())


@blueprint.post("/bookings/series/<int:series_id>/cancellation")
@in_section("bookings")
def create_series_cancellation(series_id: int) -> Answer:
    """Cancel what of the range can be; what that costs is shown first. 422 with the sentence when nothing can."""
    view, form = _view(series_id), CancelForm()
    found = answer_cancellation(view, form)
    if isinstance(found, Cancelled):
        return _done(series_id, cancelled_words(found))
    return _cancel_page(view, form, found)


@blueprint.get("/bookings/series/<int:series_id>/move")
@in_section("bookings")
def edit_series_time(series_id: int) -> Answer:
    """Another time or room for dates to come."""
    view = _view(series_id)
    return _move_page(view, move_form(view), series_moving.nothing_shown())


@blueprint.post("/bookings/series/<int:series_id>/move")
@paid_up
@in_section("bookings")
def update_series_time(series_id: int) -> Answer:
    """Move them, all or none, once their prices were shown, and go on to the invoice where that is paid at once.

    422 with the dates that cannot be, to leave those where they are.
    """
    view = _view(series_id)
    form = MoveForm(view)
    policy = policy_of(view.person_id) if view.person_id == auth.signed_in().person_id else None
    found = answer_move(view, form, policy)
    if isinstance(found, MovedDates):
        at_once = PayWhen.NOW if policy is not None and said_now() else None
        return _done(series_id, moved_words(found), invoice_address(bill_now(at_once)))
    return _move_page(view, form, found)


@blueprint.get("/bookings/series/<int:series_id>/dates")
@in_section("bookings")
def new_series_dates(series_id: int) -> Answer:
    """The dates that were left out, and with `until` those up to there, each with its state and its price."""
    view = _view(series_id)
    return _dates_page(view, *asked_dates(view))


@blueprint.post("/bookings/series/<int:series_id>/dates")
@paid_up
@in_section("bookings")
def create_series_dates(series_id: int) -> Answer:
    """Book the chosen ones. 422 with every date as it is now when one cannot be had."""
    view = _view(series_id)
    policy = policy_of(view.person_id)
    if not agrees(policy):
        form, found = asked_dates(view)
        form.say("", _("It is to be paid at once now. Look at the dates again, and book if it suits you."))
        return _dates_page(view, form, replace(found, wrong=True))
    form, answer = answer_dates(view)
    if not isinstance(answer, int):
        return _dates_page(view, form, answer)
    flash(added_words(answer))
    series_page = url_for("bookings.show_series", series_id=series_id)
    return go_to(invoice_address(bill_now(policy.when)) or series_page)


def _view(series_id: int) -> SeriesView:
    return show_series(session(), auth.signed_in(), series_id, auth.now())


def _done(series_id: int, said: str, invoice: str = "") -> Response:
    flash(said)
    return go_to(invoice or url_for("bookings.show_series", series_id=series_id))


def _cancel_page(view: SeriesView, form: CancelForm, leaving: Leaving) -> Answer:
    page = render_template(
        "bookings/series/cancellation.html",
        view=view,
        form=form,
        leaving=leaving,
        changeable=view.cancellable,
        **_around(view),
    )
    return (page, 422) if leaving.wrong else page


def _move_page(view: SeriesView, form: MoveForm, moving: Moving) -> Answer:
    page = render_template(
        "bookings/series/move.html",
        view=view,
        form=form,
        moving=moving,
        changeable=view.changeable,
        action=url_for("bookings.update_series_time", series_id=view.id),
        **_around(view),
    )
    return (page, 422) if moving.wrong else page


def _dates_page(view: SeriesView, form: UntilForm, adding: Adding) -> Answer:
    policy = policy_of(view.person_id)
    page = render_template(
        "bookings/series/dates.html",
        pays=policy.when.value,
        later=later_words(policy),
        view=view,
        form=form,
        action=url_for("bookings.new_series_dates", series_id=view.id),
        **adding.facts(),
        **_around(view),
    )
    return (page, 422) if adding.wrong else page


def _around(view: SeriesView) -> dict[str, Any]:
    return {
        "back": url_for("bookings.show_series", series_id=view.id),
        "time": series.usual_time(view),
    }
