"""What the front desk does about somebody's series later: dates moved to another time or room, added, and cancelled."""

from flask import url_for
from werkzeug.wrappers import Response

from app.blueprints.admin.answers import done, page
from app.blueprints.admin.bookings import blueprint
from app.blueprints.admin.series import series_page, series_url, series_view
from app.domain.actor import Permission
from app.domain.booking.series_cancel import Cancelled
from app.domain.booking.series_moving import MovedDates
from app.domain.booking.series_view import SeriesView
from app.web import series, series_moving
from app.web.access import staff
from app.web.paying_now import later_words
from app.web.series_adding import Adding, added_words, answer_dates, asked_dates
from app.web.series_forms import CancelDatesForm, MoveForm, UntilForm
from app.web.series_leaving import answer_cancellation, cancelled_words
from app.web.series_moving import Moving, answer_move, move_form, moved_words


@blueprint.post("/bookings/series/<int:series_id>/cancellation")
@staff(Permission.BOOKINGS, on_behalf=True)
def create_series_cancellation(series_id: int) -> Response:
    """Cancel what of a range is still to come, with a reason; what is late is shown first, and kept or waived. 422 with the form
    when nothing is."""
    view, form = series_view(series_id), CancelDatesForm()
    found = answer_cancellation(view, form)
    if isinstance(found, Cancelled):
        return done(series_url(series_id), cancelled_words(found))
    return series_page(view, form, found)


@blueprint.get("/bookings/series/<int:series_id>/move")
@staff(Permission.BOOKINGS, on_behalf=True)
def edit_series_time(series_id: int) -> Response:
    """As for whoever has it."""
    view = series_view(series_id)
    return _move_page(view, move_form(view), series_moving.nothing_shown())


@blueprint.post("/bookings/series/<int:series_id>/move")
@staff(Permission.BOOKINGS, on_behalf=True)
def update_series_time(series_id: int) -> Response:
    """Move them; past the limits that staff have just seen and confirmed, and past no others."""
    view = series_view(series_id)
    form = MoveForm(view)
    found = answer_move(view, form)
    if isinstance(found, MovedDates):
        return done(series_url(series_id), moved_words(found))
    return _move_page(view, form, found)


@blueprint.get("/bookings/series/<int:series_id>/dates")
@staff(Permission.BOOKINGS, on_behalf=True)
def new_series_dates(series_id: int) -> Response:
    """As for whoever has it, with the same argument."""
    view = series_view(series_id)
    return _dates_page(view, *asked_dates(view))


@blueprint.post("/bookings/series/<int:series_id>/dates")
@staff(Permission.BOOKINGS, on_behalf=True)
def create_series_dates(series_id: int) -> Response:
    """Book the chosen ones; past limits as above."""
    view = series_view(series_id)
    form, found = answer_dates(view)
    if isinstance(found, int):
        return done(series_url(series_id), added_words(found))
    return _dates_page(view, form, found)


def _move_page(view: SeriesView, form: MoveForm, moving: Moving) -> Response:
    return page(
        "admin/bookings/series_move.html",
        wrong=moving.wrong,
        view=view,
        form=form,
        moving=moving,
        action=url_for("admin.bookings.update_series_time", series_id=view.id),
        back=series_url(view.id),
        time=series.usual_time(view),
    )


def _dates_page(view: SeriesView, form: UntilForm, adding: Adding) -> Response:
    return page(
        "admin/bookings/series_dates.html",
        pays="",
        later=later_words(None),
        wrong=adding.wrong,
        view=view,
        form=form,
        action=url_for("admin.bookings.new_series_dates", series_id=view.id),
        back=series_url(view.id),
        time=series.usual_time(view),
        **adding.facts(),
    )
