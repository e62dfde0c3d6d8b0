"""Cancelling a booking: a page that says what happens, and the button that does it."""

from zoneinfo import ZoneInfo

from flask import flash, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from app.blueprints.bookings.room import blueprint
from app.domain.booking import mine
from app.domain.booking.cancel import cancel as cancel_booking
from app.domain.booking.cancel_quote import quote_cancel
from app.domain.booking.paying import by_credit
from app.domain.booking.terms import REASON_LENGTH
from app.domain.booking.view import BookingView
from app.web import auth, booked, sentences, wording
from app.web.access import in_section
from app.web.attempts import attempt
from app.web.database import session
from app.web.fee_words import fee_words
from app.web.forms import Form, TextField, whole_or_none
from app.web.htmx import go_to
from app.web.paying_now import bill_now
from app.web.unit_words import room_of


class CancelForm(Form):
    """Why, for those who want to say."""

    reason = TextField(_l("Why?"), longest=REASON_LENGTH, required=False)


@blueprint.get("/bookings/<int:booking_id>/cancellation")
@in_section("bookings")
def new_cancellation(booking_id: int) -> str:
    """Ask before cancelling, with what it costs; where it is too late for that, say so instead."""
    return _page(mine.show(session(), auth.signed_in(), booking_id, auth.now()), CancelForm(formdata=None))


@blueprint.post("/bookings/<int:booking_id>/cancellation")
@in_section("bookings")
def create_cancellation(booking_id: int) -> Response | tuple[str, int]:
    """Cancel. 422 with the sentence where it is too late, it is over, or it costs more than the page said."""
    view = mine.show(session(), auth.signed_in(), booking_id, auth.now())
    form = CancelForm()

    def cancel() -> None:
        cancel_booking(
            session(),
            auth.signed_in(),
            booking_id,
            auth.clock(),
            reason=form.reason.data or "",
            # A page that says nothing of a fee has promised that there is none
            seen_fee=whole_or_none(request.form.get("fee", "")) or 0,
        )

    if not attempt(form, cancel, sentences.cancelling(ZoneInfo(view.zone))):
        return _page(view, form), 422
    session().commit()
    bill_now(view.pays)
    flash(_("%(room)s is cancelled. The room is free for others.", room=room_of(view)))
    return go_to(url_for("bookings.index_mine"))


def _page(view: BookingView, form: CancelForm) -> str:
    fee = quote_cancel(session(), view, auth.now())
    return render_template(
        "bookings/cancellation.html",
        one=booked.booked_rows([view])[0],
        form=form,
        can_cancel=view.can_cancel,
        fee_words=fee_words(fee),
        fee_minor=fee.total.minor,
        cancel_words=_("Cancel for %(price)s", price=wording.money(fee.total))
        if fee
        else _("Cancel booking"),
        credit=bool(by_credit(view.quote)),
        back=url_for("bookings.show", booking_id=view.id),
    )
