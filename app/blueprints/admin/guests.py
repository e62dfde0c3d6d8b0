"""Who is expected as a guest on a day, and letting them in."""

from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.blueprints.admin.answers import page
from app.blueprints.admin.bookings import blueprint
from app.blueprints.admin.days import asked
from app.domain.actor import Permission
from app.domain.guests.expecting import arrivals, let_in
from app.web import auth, wording
from app.web.access import staff
from app.web.attempts import press
from app.web.auth import signed_in
from app.web.database import session


@blueprint.get("/bookings/guests")
@staff(Permission.BOOKINGS)
def index_guests() -> Response:
    """A day's guests, by when they are expected."""
    here = asked()
    found = arrivals(session(), signed_in(), here.place.id, here.day)
    return page(
        "admin/bookings/guests.html",
        here=here,
        left=sum(each.arrived_at is None for each in found),
        rows=[
            (
                each,
                wording.clock_time(each.starts_at, here.zone),
                wording.clock_time(each.arrived_at, here.zone) if each.arrived_at else "",
            )
            for each in found
        ],
    )


@blueprint.post("/bookings/guests/<int:guest_id>/arrival")
@staff(Permission.BOOKINGS)
def create_arrival(guest_id: int) -> Response:
    """Let somebody in; pressed again it stays as it was."""
    here = asked()
    return press(
        here.link("admin.bookings.index_guests"),
        lambda: let_in(session(), signed_in(), guest_id, auth.now()),
        {},
        _("Let in."),
    )
