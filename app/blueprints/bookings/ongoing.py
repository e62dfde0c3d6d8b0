"""The booking in progress: staying longer, and leaving before its end."""

from datetime import datetime
from zoneinfo import ZoneInfo

from flask import flash, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.blueprints.bookings.forms import whole_of
from app.blueprints.bookings.mine import show_page
from app.blueprints.bookings.room import blueprint
from app.domain.booking import mine
from app.domain.booking.extend import extend as extend_booking
from app.domain.booking.minutes import LAST_MINUTE, moment_of
from app.domain.booking.shorten import end_early
from app.domain.booking.terms import AlreadyOver, NotBegun, NotBookable, OutOfReach
from app.domain.booking.view import BookingView
from app.domain.booking.when_paid import PaidAtOnce
from app.kernel.errors import Refusal
from app.models import BookingStatus
from app.web import auth, booked, sentences, wording
from app.web.access import in_section, paid_up
from app.web.catalogues import Catalogues
from app.web.database import session
from app.web.forms import id_of
from app.web.htmx import go_to, wants_part
from app.web.paying_now import bill_now, invoice_address, is_own, said_now
from app.web.running import running
from app.web.unit_words import room_of

Answer = Response | tuple[str, int]


@blueprint.post("/bookings/<int:booking_id>/extension")
@paid_up
@in_section("bookings")
def create_extension(booking_id: int) -> Answer:
    """Stay as much longer as the button said, and go on to the invoice where that is paid at once. 422 with the sentence in place when that is not to be had."""
    view = _view(booking_id)
    minutes, ends = whole_of(request.form.get("minutes", "")), id_of(request.form.get("ends", ""))
    if not minutes or not ends or ends > LAST_MINUTE:
        return _refused(view, _("Choose how much longer first."))
    try:
        booking = extend_booking(
            session(),
            auth.signed_in(),
            booking_id,
            minutes,
            auth.clock(),
            seen_end=moment_of(ends),
            only_later=is_own(view) and not said_now(),
        )
    except (NotBookable, NotBegun, AlreadyOver, OutOfReach, PaidAtOnce) as refusal:
        session().rollback()
        return _refused(_view(booking_id), _sentence(refusal, view))
    session().commit()
    invoice = invoice_address(bill_now(booking.pays)) if is_own(view) else ""
    view = _view(booking_id)
    until = wording.clock_time(view.ends_at, ZoneInfo(view.zone))
    said = _("%(room)s is yours until %(time)s.", room=room_of(view), time=until)
    if wants_part() and not invoice:
        return _part(view, said=said), 200
    flash(said)
    return go_to(invoice or url_for("bookings.show", booking_id=booking_id))


@blueprint.get("/bookings/<int:booking_id>/ending")
@in_section("bookings")
def new_ending(booking_id: int) -> str:
    """Ask before ending; for a booking that does not run, say so instead."""
    view = _view(booking_id)
    return _confirmation(view, _why_not(view, auth.now()))


@blueprint.post("/bookings/<int:booking_id>/ending")
@in_section("bookings")
def create_ending(booking_id: int) -> Answer:
    """End the booking now and free the rest. 422 with the sentence when it does not run."""
    view = _view(booking_id)
    try:
        end_early(session(), auth.signed_in(), booking_id, auth.clock())
    except (NotBegun, AlreadyOver) as refusal:
        sentence = _sentence(refusal, view)
        return (_part(view, problem=sentence) if wants_part() else _confirmation(view, sentence)), 422
    session().commit()
    said = _("You’ve ended %(room)s early. It is free for others.", room=room_of(view))
    if wants_part():
        return render_template("bookings/_ongoing.html", each=None, said=said), 200
    flash(said)
    return go_to(url_for("bookings.show", booking_id=booking_id))


def _view(booking_id: int) -> BookingView:
    return mine.show(session(), auth.signed_in(), booking_id, auth.now())


def _sentence(refusal: Refusal, view: BookingView) -> str:
    return sentences.refusal(refusal, ZoneInfo(view.zone))


def _why_not(view: BookingView, now: datetime) -> str:
    """Why a booking cannot be ended, before anybody has tried; empty when it can."""
    if view.status in (BookingStatus.CANCELLED, BookingStatus.LAPSED) or view.ends_at <= now:
        return _sentence(AlreadyOver(), view)
    if view.status is not BookingStatus.CONFIRMED or view.starts_at > now:
        return _sentence(NotBegun(), view)
    return ""


def _refused(view: BookingView, sentence: str) -> tuple[str, int]:
    return (_part(view, problem=sentence) if wants_part() else show_page(view, problem=sentence)), 422


def _part(view: BookingView, *, problem: str = "", said: str = "") -> str:
    """The panel of this booking as it is now, and the toast that goes with it."""
    offered = Catalogues().offers([view])
    each = running(view, booked.booked_rows([view])[0], auth.now(), offered.get(view.id), problem)
    return render_template("bookings/_ongoing.html", each=each, said=said)


def _confirmation(view: BookingView, problem: str) -> str:
    one = booked.booked_rows([view])[0]
    return render_template(
        "bookings/ending.html", one=one, problem=problem, back=url_for("bookings.show", booking_id=view.id)
    )
