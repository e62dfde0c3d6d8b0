"""Checking in to one's booking from the portal."""

from zoneinfo import ZoneInfo

from flask import flash, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.blueprints.bookings.mine import show_page
from app.blueprints.bookings.room import blueprint
from app.domain.booking import mine
from app.domain.booking.check_in import NotCheckInTime, check_in_to
from app.domain.booking.terms import AlreadyOver
from app.web import auth, sentences
from app.web.access import in_section
from app.web.database import session
from app.web.htmx import go_to
from app.web.unit_words import room_of


@blueprint.post("/bookings/<int:booking_id>/check-in")
@in_section("bookings")
def create_check_in(booking_id: int) -> Response | tuple[str, int]:
    """Say that one came. 422 with the sentence outside of the time for it."""
    try:
        booking = check_in_to(session(), auth.signed_in(), booking_id, auth.clock())
    except (NotCheckInTime, AlreadyOver) as refusal:
        view = mine.show(session(), auth.signed_in(), booking_id, auth.now())
        return show_page(view, problem=sentences.refusal(refusal, ZoneInfo(view.zone))), 422
    session().commit()
    view = mine.show(session(), auth.signed_in(), booking.id, auth.now())
    flash(_("You are checked in to %(room)s.", room=room_of(view)))
    return go_to(url_for("bookings.show", booking_id=booking.id))
