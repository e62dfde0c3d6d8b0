"""Who comes to a booking: expected, told when and where, and expected no more."""

from zoneinfo import ZoneInfo

from flask import flash, make_response, render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from app.blueprints.bookings.checkout_guests import added_in_checkout, removed_in_checkout, wait_to_mail
from app.blueprints.bookings.checkout_page import MAKING, own_view
from app.blueprints.bookings.room import blueprint
from app.domain.booking import mine
from app.domain.booking.terms import AlreadyOver, NotBookable
from app.domain.booking.view import BookingView
from app.domain.guests.expecting import NAME_LENGTH, NewGuest, add_guest, guests_of, remove_guest
from app.models import BookingStatus
from app.web import auth, booked, sentences
from app.web.access import in_section
from app.web.attempts import Words, attempt, press
from app.web.database import session
from app.web.forms import EmailField, Form, TextField, no_address
from app.web.htmx import go_to
from app.web.limits import too_many, wait_sentence

Answer = Response | str | tuple[str, int]


class GuestForm(Form):
    """One guest at a time, so that one wrong address keeps nobody else out."""

    # Ids of their own: browsers would fill in the host's name and address.
    name = TextField(_l("Name"), [no_address], longest=NAME_LENGTH, id="guest-name")
    email = EmailField(_l("E-mail"), required=False, id="guest-email")


@blueprint.get("/bookings/<int:booking_id>/guests")
@in_section("bookings")
def edit_guests(booking_id: int) -> Answer:
    """Who is expected. Of what is held they are named in its checkout. 404 for another person's booking."""
    view = _view(booking_id)
    if view.status is BookingStatus.HELD:
        return go_to(url_for("bookings.show_checkout", booking_id=booking_id))
    return _page(view, GuestForm(formdata=None))


@blueprint.post("/bookings/<int:booking_id>/guests")
@in_section("bookings")
def create_guest(booking_id: int) -> Answer:
    """Expect one more; from the checkout, that again. 422 with the sentence when the room holds no more, or it is over."""
    making = own_view(booking_id)
    if making.status in MAKING:
        return added_in_checkout(making)
    view, form = _view(booking_id), GuestForm()
    wait = wait_to_mail(form.email.data) if form.validate() else 0
    if wait:
        form.say("", wait_sentence(wait))
        return too_many(make_response(_page(view, form)), wait)
    if not attempt(
        form,
        lambda: add_guest(
            session(),
            auth.signed_in(),
            booking_id,
            NewGuest(form.name.data, form.email.data or ""),
            auth.clock(),
        ),
        _words(view),
    ):
        return _page(view, form), 422
    flash(_said(view, form))
    return go_to(url_for("bookings.edit_guests", booking_id=booking_id))


@blueprint.post("/bookings/<int:booking_id>/guests/<int:guest_id>/removal")
@in_section("bookings")
def destroy_guest(booking_id: int, guest_id: int) -> Answer:
    """Expect somebody no more; from the checkout, that again."""
    making = own_view(booking_id)
    if making.status in MAKING:
        return removed_in_checkout(making, guest_id)
    view = _view(booking_id)
    return press(
        url_for("bookings.edit_guests", booking_id=booking_id),
        lambda: remove_guest(session(), auth.signed_in(), booking_id, guest_id, auth.clock()),
        _words(view),
        _("Taken off the list."),
    )


def _said(view: BookingView, form: GuestForm) -> str:
    if not form.email.data:
        return _("%(name)s is expected.", name=form.name.data)
    if view.waits_for_approval:
        return _("%(name)s gets a mail with when and where once it is approved.", name=form.name.data)
    return _("%(name)s is expected, and gets a mail with when and where.", name=form.name.data)


def _view(booking_id: int) -> BookingView:
    return mine.show(session(), auth.signed_in(), booking_id, auth.now())


def can_invite(view: BookingView) -> bool:
    """Whether somebody can still be expected: it is booked, or asked for and may be approved."""
    return view.status in (BookingStatus.CONFIRMED, BookingStatus.TENTATIVE) and view.ends_at > auth.now()


def _words(view: BookingView) -> Words:
    tz = ZoneInfo(view.zone)
    return {
        NotBookable: lambda error: ("", sentences.refusal(error, tz)),
        AlreadyOver: lambda error: ("", sentences.refusal(error, tz)),
    }


def _page(view: BookingView, form: GuestForm) -> str:
    return render_template(
        "bookings/guests.html",
        one=booked.booked_rows([view])[0],
        form=form,
        guests=guests_of(session(), view.id),
        open=can_invite(view),
        waits=view.waits_for_approval,
        back=url_for("bookings.show", booking_id=view.id),
    )
