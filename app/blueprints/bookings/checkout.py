"""From a room to a booking: hold it for ten minutes, see the price, say yes or let it go."""

from dataclasses import replace
from datetime import datetime
from hashlib import sha256
from typing import Any
from zoneinfo import ZoneInfo

from flask import flash, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from app.blueprints.bookings.forms import MOST_PEOPLE, whole_of
from app.blueprints.bookings.room import blueprint, bookable_place, require_open
from app.domain.booking import hold as holding
from app.domain.booking import mine
from app.domain.booking.catalogue import Catalogue, load_catalogue
from app.domain.booking.day import day_grid_in
from app.domain.booking.paying import ByCredit, would_pay
from app.domain.booking.pictures import room_pictures
from app.domain.booking.terms import (
    TITLE_LENGTH,
    AlreadyOver,
    BookRoom,
    HoldLapsed,
    Malformed,
    NotBookable,
    NotPermitted,
    OutOfReach,
    Reason,
)
from app.domain.booking.view import BookingView
from app.domain.booking.whereabouts import Whereabouts
from app.domain.credits.terms import CreditChanged
from app.domain.team.rights import colleagues_to_book_for
from app.kernel.errors import NotFound
from app.kernel.money import Money
from app.kernel.spans import Span
from app.kernel.walltime import clock_face
from app.models import Booking, BookingStatus
from app.web import auth, booked, rooms, sentences, wording
from app.web.access import in_section, paid_up
from app.web.database import session
from app.web.forms import Form, TextField, WholeField, id_of
from app.web.htmx import go_to, wants_part
from app.web.pictures import Gallery
from app.web.slots import Slot, parse_slot
from app.web.strips import Ruler, Strip

Answer = Response | str | tuple[str, int]


class ConfirmForm(Form):
    """What a booking is for, and for how many."""

    # Ids of their own: in the sheet they share a page with the search, which asks for people too.
    title = TextField(_l("What is it for?"), longest=TITLE_LENGTH, required=False, id="booking-title")
    people = WholeField(_l("People"), least=1, most=MOST_PEOPLE, id="booking-people")


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
    return booking.status is BookingStatus.CONFIRMED


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
    gallery = Gallery(room_pictures(session(), [room.location_id]).get(room.location_id, []))
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


def search_again(span: Span, tz: ZoneInfo, people: int) -> str:
    """The search that led to a span."""
    start = span.start.astimezone(tz)
    return url_for(
        "bookings.show_search",
        date=f"{start:%Y-%m-%d}",
        start=clock_face(start),
        minutes=span.minutes,
        people=people,
    )


@blueprint.get("/bookings/<int:booking_id>/checkout")
@in_section("bookings")
def show_checkout(booking_id: int) -> Answer:
    """What is held, for how long still and what it costs. A booking that is made or cancelled has its own page."""
    view = _own(booking_id)
    if view.status in (BookingStatus.CONFIRMED, BookingStatus.CANCELLED):
        if not _is_own(view):
            return go_to(url_for("bookings.index_mine"))
        return go_to(url_for("bookings.show", booking_id=booking_id))
    return _page(view, ConfirmForm(title=view.title, people=view.people))


@blueprint.post("/bookings/<int:booking_id>/confirmation")
@paid_up
@in_section("bookings")
def create_confirmation(booking_id: int) -> Answer:
    """Book what is held. 422 with the form when it ran out or its answers do not fit."""
    view = _own(booking_id)
    require_open(view.location_id)
    form, tz = ConfirmForm(), ZoneInfo(view.zone)
    if not form.validate():
        return _page(view, form), 422
    try:
        holding.confirm(
            session(),
            auth.signed_in(),
            booking_id,
            auth.clock(),
            title=form.title.data or "",
            people=form.people.data,
            seen_due=whole_of(request.form.get("due", "")),
        )
    except NotBookable as refusal:
        too_many = any(each.reason is Reason.TOO_MANY_PEOPLE for each in refusal.obstacles)
        form.say("people" if too_many else "", sentences.refusal(refusal, tz))
    except (HoldLapsed, AlreadyOver) as refusal:
        form.say("", sentences.refusal(refusal, tz))
    except CreditChanged:
        form.say(
            "", _("Your credit has changed meanwhile. Look at the price again, and book if it suits you.")
        )
    else:
        session().commit()
        day = wording.day_inside(view.starts_at.astimezone(tz).date(), auth.now().astimezone(tz).date())
        facts = {
            "room": view.room,
            "day": day,
            "when": wording.clock(Span(view.starts_at, view.ends_at), tz),
        }
        flash(
            _("%(room)s is yours, %(day)s %(when)s.", **facts)
            if _is_own(view)
            else _("%(room)s is booked for %(name)s, %(day)s %(when)s.", name=view.person, **facts)
        )
        return go_to(url_for("bookings.index_mine"))
    return _page(_own(booking_id), form), 422


@blueprint.post("/bookings/<int:booking_id>/release")
@in_section("bookings")
def destroy_hold(booking_id: int) -> Answer:
    """Let a hold go, and back to the search that it came from."""
    view = _own(booking_id)
    holding.release(session(), auth.signed_in(), booking_id, auth.clock())
    session().commit()
    return go_to(search_again(Span(view.starts_at, view.ends_at), ZoneInfo(view.zone), view.people))


def _own(booking_id: int) -> BookingView:
    """What the asking person is booking, for whomever; staff look after others' in the admin area."""
    return mine.at_checkout(session(), auth.signed_in(), booking_id, auth.now())


def _is_own(view: BookingView) -> bool:
    return view.person_id == auth.signed_in().person_id


def _for_whom(view: BookingView) -> list[tuple[int, str, bool]]:
    """(id, name, chosen) of everybody that the asking person may book for, themselves first; empty for most people."""
    actor = auth.signed_in()
    colleagues = colleagues_to_book_for(session(), actor.person_id)
    if not colleagues:
        return []
    everybody = [(actor.person_id, _("Me")), *colleagues]
    return [(each, name, each == view.person_id) for each, name in everybody]


def _page(view: BookingView, form: ConfirmForm) -> str:
    words, credit = booked.booked_rows([view])[0], _credit(view)
    due = Money(view.price.minor - credit.total_minor, view.price.currency)
    ruler, strip = booked_day(
        view, load_catalogue(session(), view.location_id, auth.signed_in().person_id, auth.now())
    )
    expires = view.hold_expires_at
    return render_template(
        "bookings/checkout.html",
        in_sheet=wants_part(),
        form=form,
        whom=_for_whom(view),
        one=words,
        price=booked.price_lines(view, credit),
        due_minor=due.minor,
        ruler=ruler,
        strip=strip,
        held=view.status is BookingStatus.HELD,
        back=url_for("bookings.show_search"),
        expires_iso=f"{expires:%Y-%m-%dT%H:%M:%SZ}" if expires else "",
        expires_clock=wording.clock_time(expires, ZoneInfo(view.zone)) if expires else "",
        # An offer from the waiting list is held for longer than what one asked for oneself.
        hold_seconds=int((expires - view.created_at).total_seconds()) if expires else 0,
        repeat=_repeat(view, words.slot),
        change=search_again(Span(view.starts_at, view.ends_at), ZoneInfo(view.zone), view.people),
        book_words=_("Book for %(price)s", price=wording.money(due)) if due else _("Book"),
    )


def _repeat(view: BookingView, slot: str) -> str:
    """Where the same is booked again and again."""
    asked: dict[str, Any] = {"slot": slot, "people": view.people}
    if not _is_own(view):
        asked["for"] = view.person_id
    return url_for("bookings.new_series", **asked)


def _credit(view: BookingView) -> ByCredit:
    """What the credit of whose booking it will be pays of it."""
    return would_pay(session(), view.person_id, view.resource_id, view.quote, auth.now())


def booked_day(view: BookingView, catalogue: Catalogue) -> tuple[Ruler, Strip | None]:
    """The booked day of the booked room at its place; no strip for a room that is out of use."""
    tz = ZoneInfo(view.zone)
    day = view.starts_at.astimezone(tz).date()
    ruler = Ruler(day, tz, auth.now(), Span(view.starts_at, view.ends_at))
    grid = day_grid_in(session(), auth.signed_in(), catalogue, day, auth.now())
    row = next((row for row in grid.rows if row.room.id == view.resource_id), None)
    return ruler, ruler.strip(booked.strip_of_cells(row.cells)) if row else None
