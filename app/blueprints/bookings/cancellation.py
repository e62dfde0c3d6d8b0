"""Cancelling a booking: a page that says what happens, and the button that does it."""

from zoneinfo import ZoneInfo

from flask import flash, render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from app.blueprints.bookings.room import blueprint
from app.domain.booking import mine
from app.domain.booking.cancel import cancel as cancel_booking
from app.domain.booking.paying import by_credit
from app.domain.booking.terms import REASON_LENGTH
from app.domain.booking.view import BookingView
from app.web import auth, booked, sentences
from app.web.access import in_section
from app.web.attempts import attempt
from app.web.database import session
from app.web.forms import Form, TextField
from app.web.htmx import go_to


class CancelForm(Form):
    """Why, for those who want to say."""

    reason = TextField(_l("Why?"), longest=REASON_LENGTH, required=False)


@blueprint.get("/bookings/<int:booking_id>/cancellation")
@in_section("bookings")
def new_cancellation(booking_id: int) -> str:
    """Ask before cancelling; after the cut-off, say so instead."""
    return _page(mine.show(session(), auth.signed_in(), booking_id, auth.now()), CancelForm())


@blueprint.post("/bookings/<int:booking_id>/cancellation")
@in_section("bookings")
def create_cancellation(booking_id: int) -> Response | tuple[str, int]:
    """Cancel. 422 with the sentence after the cut-off, or when it is over."""
    view = mine.show(session(), auth.signed_in(), booking_id, auth.now())
    form = CancelForm()

    def cancel() -> None:
        cancel_booking(session(), auth.signed_in(), booking_id, auth.clock(), reason=form.reason.data or "")

    if not attempt(form, cancel, sentences.cancelling(ZoneInfo(view.zone))):
        return _page(view, form), 422
    flash(_("%(room)s is cancelled. The room is free for others.", room=view.room))
    return go_to(url_for("bookings.index_mine"))


def _page(view: BookingView, form: CancelForm) -> str:
    return render_template(
        "bookings/cancellation.html",
        one=booked.booked_rows([view])[0],
        form=form,
        can_cancel=view.can_cancel,
        credit=bool(by_credit(view.quote)),
        back=url_for("bookings.show", booking_id=view.id),
    )
