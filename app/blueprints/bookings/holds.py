"""From a room to what is held: for ten minutes, or until it is let go."""

from dataclasses import replace
from datetime import datetime
from hashlib import sha256
from zoneinfo import ZoneInfo

from flask import render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.blueprints.bookings.checkout import show_checkout
from app.blueprints.bookings.checkout_page import own_view, search_again
from app.blueprints.bookings.forms import MOST_PEOPLE, whole_of
from app.blueprints.bookings.room import blueprint, bookable_place
from app.domain.booking import hold as holding
from app.domain.booking.terms import BookRoom, Malformed, NotBookable, NotPermitted, OutOfReach
from app.domain.booking.whereabouts import Whereabouts
from app.kernel.errors import NotFound
from app.kernel.spans import Span
from app.models import Booking, BookingStatus
from app.web import auth, rooms, sentences
from app.web.access import in_section, paid_up
from app.web.catalogues import Catalogues
from app.web.database import session
from app.web.forms import id_of
from app.web.htmx import go_to, wants_part
from app.web.slots import Slot, parse_slot

Answer = Response | str | tuple[str, int]


@blueprint.post("/bookings/holds")
@paid_up
@in_section("bookings")
def create_hold() -> Answer:
    """Hold the room that a button named, and on to its checkout: a page, or for htmx what its sheet shows.

    422 with what is nearest when it cannot be had.
    """
    slot = parse_slot(request.form.get("slot", ""))
    people = whole_of(request.form.get("people", "1").strip())
    if slot is None or people is None or not 1 <= people <= MOST_PEOPLE:
        return _refused(_("Choose a room and a time first."))
    room = bookable_place(slot.resource_id)
    whom = id_of(request.form.get("for", ""))
    command = BookRoom(
        slot.resource_id,
        slot.span,
        people,
        for_person_id=whom,
        request_key=None if whom else _request_key(slot, people),
    )
    try:
        _let_go_of(request.form.get("held", ""))
        booking = _hold(command)
    except NotBookable as refusal:
        return _not_to_be_had(room, slot, people, refusal)
    except NotPermitted:
        raise NotFound from None
    except (OutOfReach, Malformed):
        return _refused(_("That is longer or further away than anybody can book."))
    session().commit()
    if wants_part():
        return show_checkout(booking.id)
    return go_to(url_for("bookings.show_checkout", booking_id=booking.id))


def _hold(command: BookRoom) -> Booking:
    booking = holding.hold(session(), auth.signed_in(), command, auth.clock())
    if _still_good(booking, auth.clock()()):
        return booking
    # The page was open while its first hold ran out or was let go: pressing again is a new wish.
    return holding.hold(session(), auth.signed_in(), replace(command, request_key=None), auth.clock())


def _let_go_of(held: str) -> None:
    """What is held for one gives way to what is held for another: both want the same room."""
    booking_id = id_of(held)
    if booking_id is not None:
        holding.release(session(), auth.signed_in(), booking_id, auth.clock())


def _still_good(booking: Booking, now: datetime) -> bool:
    if booking.status is BookingStatus.HELD:
        return booking.hold_expires_at is not None and booking.hold_expires_at > now
    return booking.status in (BookingStatus.CONFIRMED, BookingStatus.TENTATIVE)


def _request_key(slot: Slot, people: int) -> str | None:
    """One page has one key; each of its buttons makes its own of it."""
    key = request.form.get("request_key", "")
    if not key:
        return None
    return sha256(f"{key}\n{slot}\n{people}".encode(errors="replace")).hexdigest()[:48]


def _refused(sentence: str) -> tuple[str, int]:
    return render_template(
        "bookings/refused.html",
        heading=_("Not booked"),
        sentence=sentence,
        rows=[],
        people=1,
        in_sheet=wants_part(),
        back=url_for("bookings.show_search"),
    ), 422


def _not_to_be_had(room: Whereabouts, slot: Slot, people: int, refusal: NotBookable) -> tuple[str, int]:
    tz = ZoneInfo(room.zone)
    gallery = Catalogues().gallery(room.location_id)
    rows = rooms.alternative_rows(refusal.alternatives, gallery, tz, slot.span)
    return render_template(
        "bookings/refused.html",
        heading=room.name,
        sentence=sentences.refusal(refusal, tz),
        rows=rows,
        people=people,
        in_sheet=wants_part(),
        back=search_again(slot.span, tz, people),
    ), 422


@blueprint.post("/bookings/<int:booking_id>/release")
@in_section("bookings")
def destroy_hold(booking_id: int) -> Answer:
    """Let a hold go, and back to the search that it came from."""
    view = own_view(booking_id)
    holding.release(session(), auth.signed_in(), booking_id, auth.clock())
    session().commit()
    return go_to(search_again(Span(view.starts_at, view.ends_at), ZoneInfo(view.zone), view.people))
