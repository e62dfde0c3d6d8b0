"""Who comes to what is held: named in its checkout, and told once it is booked."""

from zoneinfo import ZoneInfo

from app.blueprints.bookings.checkout_page import ConfirmForm, checkout_form, checkout_page, own_view
from app.domain.booking.terms import AlreadyOver, HoldLapsed, NotBookable
from app.domain.booking.view import BookingView
from app.domain.extras.choosing import orderable
from app.domain.guests.expecting import add_guest, remove_guest
from app.web import auth, sentences
from app.web.attempts import Words, attempt
from app.web.database import session
from app.web.limits import by_account, wait_sentence

Answer = str | tuple[str, int]


def wait_to_mail(email: str | None) -> int:
    """Seconds to wait before somebody may name another guest who gets a mail; 0 without an address."""
    return by_account("guest by account", auth.signed_in().email).spend() if email else 0


def name_guest(view: BookingView, form: ConfirmForm) -> bool:
    """Expect whom the form names, if anybody; whether that went well. Whatever button was pressed, who was typed was meant."""
    guest = form.guest
    if guest is None:
        return True
    wait = wait_to_mail(guest.email)
    if wait:
        form.say("guest_email", wait_sentence(wait))
        return False
    done = attempt(
        form, lambda: add_guest(session(), auth.signed_in(), view.id, guest, auth.clock()), _words(view)
    )
    if done:
        form.empty_guest()
    return done


def added_in_checkout(view: BookingView) -> Answer:
    """The checkout with one guest more, and all else as it was typed."""
    offers = orderable(session(), view, auth.now())
    form = checkout_form(offers)
    done = form.validate() and name_guest(view, form)
    return _again(view, form, done=done)


def removed_in_checkout(view: BookingView, guest_id: int) -> Answer:
    """The checkout with one less."""
    offers = orderable(session(), view, auth.now())
    form = checkout_form(offers)
    done = attempt(
        form,
        lambda: remove_guest(session(), auth.signed_in(), view.id, guest_id, auth.clock()),
        _words(view),
    )
    return _again(view, form, done=done)


def _again(view: BookingView, form: ConfirmForm, *, done: bool) -> Answer:
    view = own_view(view.id)
    answer = checkout_page(view, form, orderable(session(), view, auth.now()))
    return answer if done else (answer, 422)


def _words(view: BookingView) -> Words:
    tz = ZoneInfo(view.zone)
    return {
        NotBookable: lambda error: ("guest_name", sentences.refusal(error, tz)),
        HoldLapsed: lambda error: ("", sentences.refusal(error, tz)),
        AlreadyOver: lambda error: ("", sentences.refusal(error, tz)),
    }
