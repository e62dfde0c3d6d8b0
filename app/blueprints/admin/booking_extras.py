"""What comes with bookings at the front desk: of one booking, and of a day, for the kitchen."""

from zoneinfo import ZoneInfo

from flask import url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.blueprints.admin.answers import done, page
from app.blueprints.admin.bookings import blueprint
from app.blueprints.admin.days import asked
from app.blueprints.admin.one_booking import booking_view
from app.domain.actor import Permission
from app.domain.booking.view import BookingView
from app.domain.extras.choosing import order, orderable
from app.domain.extras.showing import servings, totals
from app.domain.extras.terms import Orderable
from app.kernel.spans import Span
from app.web import auth, wording
from app.web.access import staff
from app.web.attempts import attempt
from app.web.auth import clock, signed_in
from app.web.database import session
from app.web.extras import EXTRA_WORDS, extra_rows, wanted_of, with_extras
from app.web.forms import Form


class ExtrasForm(Form):
    """So many of each; its fields are those of what can be had."""


@blueprint.get("/bookings/extras")
@staff(Permission.BOOKINGS)
def index_extras() -> Response:
    """What is to be prepared that day, in all and room by room; made to be printed."""
    here = asked()
    found = servings(session(), signed_in(), here.place.id, here.day)
    return page(
        "admin/bookings/extras_of_day.html",
        here=here,
        totals=totals(found),
        rows=[
            (
                each,
                wording.clock(Span(each.starts_at, each.ends_at), here.zone).split(" – "),
                _url(each.booking_id),
            )
            for each in found
        ],
    )


@blueprint.get("/bookings/<int:booking_id>/extras")
@staff(Permission.BOOKINGS, on_behalf=True)
def edit_extras(booking_id: int) -> Response:
    view = booking_view(booking_id)
    offers = _offers(view)
    return _page(view, with_extras(ExtrasForm, offers, formdata=None), offers)


@blueprint.post("/bookings/<int:booking_id>/extras")
@staff(Permission.BOOKINGS, on_behalf=True)
def update_extras(booking_id: int) -> Response:
    """Have so many of each; staff also once it is prepared. 422 with the sentence where it is not to be had."""
    view = booking_view(booking_id)
    offers = _offers(view)
    form = with_extras(ExtrasForm, offers)
    if not attempt(
        form,
        lambda: order(session(), signed_in(), booking_id, wanted_of(form, offers), clock()),
        EXTRA_WORDS,
    ):
        return _page(view, form, offers, wrong=True)
    return done(_url(booking_id), _("Saved."))


def _offers(view: BookingView) -> list[Orderable]:
    return orderable(session(), view, auth.now(), staff=True)


def _page(view: BookingView, form: Form, offers: list[Orderable], *, wrong: bool = False) -> Response:
    tz = ZoneInfo(view.zone)
    return page(
        "admin/bookings/extras.html",
        wrong=wrong,
        view=view,
        form=form,
        extras=extra_rows(form, offers, view),
        day=view.starts_at.astimezone(tz).date(),
        time=wording.clock(Span(view.starts_at, view.ends_at), tz),
        back=_url(view.id),
    )


def _url(booking_id: int) -> str:
    return url_for("admin.bookings.show", booking_id=booking_id)
