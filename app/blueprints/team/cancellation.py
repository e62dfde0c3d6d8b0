"""Cancelling one of a team's bookings, with what that costs before the button that does it."""

from zoneinfo import ZoneInfo

from flask import flash, make_response, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from app.blueprints.team.bookings import booking_url, found
from app.blueprints.team.room import blueprint
from app.domain.booking.cancel import cancel as cancel_booking
from app.domain.booking.cancel_quote import quote_cancel
from app.domain.booking.terms import REASON_LENGTH
from app.domain.booking.view import BookingView
from app.web import auth, booked, sentences
from app.web.access import in_section
from app.web.attempts import attempt
from app.web.database import session
from app.web.fee_words import fee_words
from app.web.forms import Form, TextField, whole_or_none
from app.web.htmx import go_to
from app.web.unit_words import room_of


class CancelForm(Form):
    """Why: the one who has the room reads it in the mail."""

    reason = TextField(_l("Why?"), longest=REASON_LENGTH)


@blueprint.get("/team/<int:team_id>/bookings/<int:booking_id>/cancellation")
@in_section("account")
def new_cancellation(team_id: int, booking_id: int) -> Response:
    return _page(team_id, found(team_id, booking_id), CancelForm(formdata=None))


@blueprint.post("/team/<int:team_id>/bookings/<int:booking_id>/cancellation")
@in_section("account")
def create_cancellation(team_id: int, booking_id: int) -> Response:
    view = found(team_id, booking_id)
    form = CancelForm()

    def cancel() -> None:
        cancel_booking(
            session(),
            auth.signed_in(),
            booking_id,
            auth.clock(),
            reason=form.reason.data or "",
            seen_fee=whole_or_none(request.form.get("fee")) or 0,
        )

    if not attempt(form, cancel, sentences.cancelling(ZoneInfo(view.zone))):
        return _page(team_id, view, form, 422)
    flash(_("%(room)s is cancelled, and %(name)s gets a mail.", room=room_of(view), name=view.person))
    return go_to(url_for("team.index_bookings", team_id=team_id))


def _page(team_id: int, view: BookingView, form: CancelForm, status: int = 200) -> Response:
    fee = quote_cancel(session(), view, auth.now())
    page = render_template(
        "team/cancellation.html",
        one=booked.booked_rows([view])[0],
        who=view.person,
        form=form,
        can_cancel=view.can_cancel,
        fee_words=fee_words(fee),
        fee_minor=fee.total.minor,
        here=url_for("team.new_cancellation", team_id=team_id, booking_id=view.id),
        back=booking_url(team_id, view.id),
    )
    return make_response(page, status)
