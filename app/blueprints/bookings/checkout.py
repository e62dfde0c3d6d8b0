"""From what is held to a booking: see the price and what can come with it, and say yes."""

from zoneinfo import ZoneInfo

from flask import flash, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.blueprints.bookings.checkout_guests import name_guest
from app.blueprints.bookings.checkout_page import (
    MAKING,
    ConfirmForm,
    checkout_form,
    checkout_page,
    is_anothers,
    own_view,
)
from app.blueprints.bookings.room import blueprint
from app.domain.booking import hold as holding
from app.domain.booking.terms import AlreadyOver, HoldLapsed, NotBookable, Reason
from app.domain.booking.view import BookingView
from app.domain.credits.terms import CreditChanged
from app.domain.extras.choosing import order, orderable
from app.domain.extras.showing import ordered
from app.domain.extras.terms import Orderable, total_of
from app.kernel.spans import Span
from app.models import Booking, BookingStatus
from app.web import auth, sentences, wording
from app.web.access import in_section, paid_up, require_bookings_at
from app.web.attempts import attempt
from app.web.database import session
from app.web.extras import EXTRA_WORDS, wanted_of
from app.web.forms import whole_or_none
from app.web.htmx import go_to
from app.web.paying_now import agrees, bill_now, invoice_address, is_own, policy_of
from app.web.unit_words import room_of

Answer = Response | str | tuple[str, int]


@blueprint.get("/bookings/<int:booking_id>/checkout")
@in_section("bookings")
def show_checkout(booking_id: int) -> Answer:
    """What is held, for how long still and what it costs. A booking that is made or cancelled has its own page."""
    view = own_view(booking_id)
    if is_anothers(view):
        return go_to(url_for("bookings.index_mine"))
    if view.status not in MAKING:
        return go_to(url_for("bookings.show", booking_id=booking_id))
    offers = orderable(session(), view, auth.now())
    return checkout_page(view, checkout_form(offers, view), offers)


@blueprint.post("/bookings/<int:booking_id>/confirmation")
@paid_up
@in_section("bookings")
def create_confirmation(booking_id: int) -> Answer:
    """Book what is held. 422 with the form when it ran out or its answers do not fit."""
    view = own_view(booking_id)
    if is_anothers(view):
        return go_to(url_for("bookings.index_mine"))
    require_bookings_at(view.location_id)
    offers, tz = orderable(session(), view, auth.now()), ZoneInfo(view.zone)
    form = checkout_form(offers)
    seen = whole_or_none(request.form.get("due", ""))
    if (
        not _agrees(view, form)
        or not form.validate()
        or not _ordered(view, form, offers)
        or not name_guest(view, form)
    ):
        return checkout_page(own_view(booking_id), form, orderable(session(), view, auth.now())), 422
    try:
        booking = holding.confirm(
            session(),
            auth.signed_in(),
            booking_id,
            auth.clock(),
            title=form.title.data or "",
            people=form.people.data,
            unit=form.unit.data,
            # Of the room alone, as the page showed it
            seen_due=None if seen is None else seen - total_of(each.line for each in offers if each.line),
        )
    except NotBookable as refusal:
        form.say(_field_of(refusal), sentences.refusal(refusal, tz))
    except (HoldLapsed, AlreadyOver) as refusal:
        form.say("", sentences.refusal(refusal, tz))
    except CreditChanged:
        form.say(
            "", _("Your credit has changed meanwhile. Look at the price again, and book if it suits you.")
        )
    else:
        session().commit()
        view = own_view(booking_id)
        day = wording.day_inside(view.starts_at.astimezone(tz).date(), auth.now().astimezone(tz).date())
        facts = {
            "room": room_of(view),
            "day": day,
            "when": wording.clock(Span(view.starts_at, view.ends_at), tz),
        }
        flash(_said(view, booking, facts))
        pays = booking.pays if booking.status is BookingStatus.CONFIRMED and is_own(view) else None
        return go_to(invoice_address(bill_now(pays)) or url_for("bookings.index_mine"))
    view = own_view(booking_id)
    return checkout_page(view, form, orderable(session(), view, auth.now())), 422


def _field_of(refusal: NotBookable) -> str:
    """What of the form it is about; empty for all of it."""
    reasons = {each.reason for each in refusal.obstacles}
    if Reason.UNIT_TAKEN in reasons:
        return "unit"
    return "people" if Reason.TOO_MANY_PEOPLE in reasons else ""


def _agrees(view: BookingView, form: ConfirmForm) -> bool:
    """Whether the page had said that it is to be paid at once, where it is."""
    if agrees(policy_of(view.person_id)):
        return True
    form.say("", _("It is to be paid at once now. Look at the price again, and book if it suits you."))
    return False


def _ordered(view: BookingView, form: ConfirmForm, offers: list[Orderable]) -> bool:
    """Have the extras that the form asks for; whether that went well and costs no more than the page had shown."""
    if not offers:
        return True
    before = total_of(each.line for each in offers if each.line)
    wish = wanted_of(form, offers)
    if not attempt(
        form, lambda: order(session(), auth.signed_in(), view.id, wish, auth.clock()), EXTRA_WORDS
    ):
        return False
    if total_of(ordered(session(), view.id)) > before:
        form.say(
            "", _("It costs more with what you added. Look at the price again, and book if it suits you.")
        )
        return False
    return True


def _said(view: BookingView, booking: Booking, facts: dict[str, str]) -> str:
    if booking.status is BookingStatus.TENTATIVE:
        return _(
            "You have asked for %(room)s, %(day)s %(when)s. We tell you as soon as it is approved.", **facts
        )
    if is_own(view):
        return _("%(room)s is yours, %(day)s %(when)s.", **facts)
    return _("%(room)s is booked for %(name)s, %(day)s %(when)s.", name=view.person, **facts)
