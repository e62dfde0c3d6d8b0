"""Bookings: a day's list, one of them, made for a member, and cancelled with a reason."""

import secrets
from dataclasses import replace
from datetime import datetime, time, timedelta
from hashlib import sha256
from typing import Any

from flask import Blueprint, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import pgettext
from werkzeug.wrappers import Response
from wtforms import HiddenField

from app.blueprints.admin.answers import done, page
from app.blueprints.admin.booking_rows import BookingFilter, rows_of, state_words, wanted
from app.blueprints.admin.days import Asked, asked, day_views
from app.domain.actor import Permission
from app.domain.booking.book import book
from app.domain.booking.requests import count_requests
from app.domain.booking.staff_day import bookings_of_day
from app.domain.booking.terms import (
    Alternative,
    BookRoom,
    NotBookable,
    OutOfReach,
    Reason,
)
from app.domain.credits.terms import CreditChanged
from app.domain.guests.expecting import MOST_AT_ONCE, NAME_LENGTH, NewGuest, expect_each
from app.domain.people.listing import find_people
from app.domain.portal import Place
from app.domain.reach import person_in_reach
from app.domain.spaces.choices import list_resources
from app.kernel.errors import NotFound
from app.kernel.spans import Span
from app.kernel.walltime import clock_face, zone
from app.models import Booking, PayWhen, Person
from app.web import auth, wording
from app.web.access import staff
from app.web.auth import clock, signed_in, today
from app.web.database import session
from app.web.desk_price import NOTHING, DeskPrice, desk_price, looked_at
from app.web.forms import (
    ChoiceField,
    ClockField,
    DayField,
    Form,
    GuestLinesField,
    MoneyField,
    TextField,
    WholeField,
    clean_text,
    id_or_none,
    moment_of,
    only_text,
    options,
    parse_clock,
    whole_or_none,
    without_forbidden,
)
from app.web.htmx import go_to, wants_part
from app.web.passing_over import passable, was_confirmed
from app.web.pay_choices import pay_choices
from app.web.sentences import desk_sentence, obstacle_sentence
from app.web.slots import slot_value

blueprint = Blueprint("bookings", __name__)

_MONTH = 31 * 24 * 60
_QUARTER = 15
_LONGEST_SEARCH = 120


def _when(value: str | None) -> PayWhen | None:
    return PayWhen(value) if value else None


class BookingForm(Form):
    resource_id = ChoiceField(_l("Room"), coerce=id_or_none)
    day = DayField(_l("Day"))
    at = ClockField(_l("From"))
    minutes = WholeField(_l("Minutes"), least=1, most=_MONTH)
    people = WholeField(_l("People"), least=1, most=5000)
    title = TextField(_l("What for"), longest=120, required=False)
    guests = GuestLinesField(_l("Guests"), most=MOST_AT_ONCE, longest_name=NAME_LENGTH)
    agreed_minor = MoneyField(_l("Agreed price"), required=False)
    pays = ChoiceField(_l("When it is paid"), coerce=_when, default="")
    request_key = HiddenField()

    def __init__(self, place: Place, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._zone = zone(place.zone)
        self._starts_at: datetime | None = None
        rooms = list_resources(session(), signed_in(), place.id, auth.now())
        self.pays.choices = options(pay_choices(), empty=_("As the house has it"))
        offered = [(room.id, room.name) for room in rooms if not room.retired]
        self.resource_id.choices = options(offered)
        if not self.is_submitted() and self.resource_id.data is None and offered:
            # As a browser shows it: the price is of that
            self.resource_id.data = offered[0][0]

    def validate(self, extra_validators: Any = None) -> bool:
        """Shape, and that the day and time name one moment where the room is."""
        if super().validate(extra_validators):
            self._starts_at = moment_of(self.day, self.at, self._zone)
        return self._starts_at is not None

    def is_whole(self) -> bool:
        """Whether what it is filled in with is a wish already, before anybody has sent it."""
        if self.resource_id.data is not None:
            self._starts_at = moment_of(self.day, self.at, self._zone)
        return self._starts_at is not None

    def repeated(self, person_id: int) -> dict[str, Any]:
        """What the page that repeats it is asked with, once the form is valid."""
        wish = self.command(person_id)
        slot = slot_value(wish.resource_id, wish.span)
        return {"person": person_id, "slot": slot, "people": wish.people}

    @property
    def named(self) -> list[NewGuest]:
        """Who is expected."""
        return [NewGuest(each.name, each.email) for each in self.guests.lines]

    def command(self, person_id: int) -> BookRoom:
        """The wish, once the form is valid. The same form sent twice, say by two taps, books once."""
        if self._starts_at is None:
            raise ValueError("the form is not valid")
        span = Span(self._starts_at, self._starts_at + timedelta(minutes=self.minutes.data))
        key = only_text([self.request_key.data])
        return BookRoom(
            self.resource_id.data,
            span,
            # As many as come, whose booking it is among them
            max(self.people.data, len(self.named) + 1),
            self.title.data or "",
            for_person_id=person_id,
            request_key=sha256(key.encode()).hexdigest() if key else None,
            pays=self.pays.data,
            agreed_minor=self.agreed_minor.data,
            seen_due=whole_or_none(request.form.get("due")),
        )


@blueprint.get("/bookings")
@staff(Permission.BOOKINGS)
def index() -> Response:
    here, now = asked(), auth.now()
    words = _words()
    shown = request.args.get("show", "")
    which = BookingFilter(shown) if shown in list(BookingFilter) else BookingFilter.STANDING
    views = bookings_of_day(session(), signed_in(), here.place.id, here.day)
    filters = {
        BookingFilter.STANDING: _("Standing"),
        BookingFilter.CANCELLED: pgettext("bookings", "Cancelled"),
        BookingFilter.ALL: pgettext("bookings", "All"),
    }
    return page(
        "admin/bookings/index.html",
        here=here,
        q=words,
        which=which,
        views=day_views(here, "list"),
        waiting=count_requests(session(), signed_in(), now),
        total=len(views),
        state_words=state_words,
        rows=rows_of(wanted(views, words, which, now), here.zone, now),
        filters=[
            (label, here.link("admin.bookings.index", q=words, show=each), each is which)
            for each, label in filters.items()
        ],
    )


@blueprint.get("/bookings/new")
@staff(Permission.BOOKINGS)
def new() -> Response:
    here = asked()
    if request.args.get("person"):
        return _new(
            here.place, person_of_address(), BookingForm(here.place, formdata=None, data=_suggestion(here))
        )
    words = _words()
    found = find_people(session(), signed_in(), today(), words) if words else ()
    kept = {name: request.args[name] for name in ("location", "date", "room", "at") if name in request.args}
    return page("admin/bookings/who.html", here=here, q=words, found=found, kept=kept)


@blueprint.post("/bookings/price")
@staff(Permission.BOOKINGS, on_behalf=True)
def show_price() -> Response | str:
    """What it would cost; for htmx only that part of the page."""
    place, person = asked().place, person_of_address()
    form = BookingForm(place)
    price = desk_price(place, form.command(person.id)) if form.validate() else NOTHING
    if wants_part():
        return render_template("admin/bookings/_price.html", price=price, form=form)
    return _new(place, person, form, price=price)


@blueprint.post("/bookings")
@staff(Permission.BOOKINGS, on_behalf=True)
def create() -> Response:
    """Book it; a price that was not on the page is shown first."""
    place, person = asked().place, person_of_address()
    form = BookingForm(place)
    if not form.validate():
        return _new(place, person, form, wrong=True)
    if "repeat" in request.form:
        return go_to(url_for("admin.bookings.new_series", **form.repeated(person.id)))
    try:
        _check_seen(place, form, person.id)
        made = _book(form, person.id)
    except NotBookable as refusal:
        session().rollback()
        return _new(place, person, form, refusal=refusal)
    except CreditChanged:
        session().rollback()
        wish = form.command(person.id)
        price = looked_at(desk_price(place, wish), seen_another=wish.seen_due is not None)
        return _new(place, person, form, wrong=True, price=price)
    except OutOfReach:
        session().rollback()
        form.say("day", _("That is longer or further away than anybody can book."))
        return _new(place, person, form, wrong=True)
    session().commit()
    when = wording.clock(Span(made.starts_at, made.ends_at), zone(place.zone))
    return done(
        url_for("admin.bookings.show", booking_id=made.id),
        _("Booked for %(name)s, %(time)s.", name=person.name, time=when),
    )


def _check_seen(place: Place, form: BookingForm, person_id: int) -> None:
    """Raise CreditChanged where the page that was sent had shown another price than it costs, or none."""
    if "due" not in request.form:
        return
    wish = form.command(person_id)
    due = desk_price(place, wish).due_minor
    if due is not None and due != wish.seen_due:
        raise CreditChanged(due)


def _book(form: BookingForm, person_id: int) -> Booking:
    """Book by the rules; past those that staff have just seen and confirmed, and past no others. Whom the form names is expected
    and told."""
    made = _by_the_rules(form.command(person_id))
    expect_each(session(), signed_in(), made, form.named, auth.now())
    return made


def _by_the_rules(wish: BookRoom) -> Booking:
    try:
        return book(session(), signed_in(), wish, clock())
    except NotBookable as refusal:
        if not was_confirmed(passable(refusal.obstacles)):
            raise
        return book(session(), signed_in(), replace(wish, override=True), clock())


def person_of_address() -> Person:
    """Whom the address names. Raises NotFound, out of reach too."""
    try:
        person_id = id_or_none(request.args.get("person"))
    except ValueError:
        raise NotFound from None
    return person_in_reach(session(), signed_in(), person_id or 0)


def _words() -> str:
    return clean_text(without_forbidden(request.args.get("q", "")[:_LONGEST_SEARCH]))


def _suggestion(here: Asked) -> dict[str, Any]:
    """What a new booking's form starts with: what the address says, else the next quarter of an hour for an hour."""
    local = auth.now().astimezone(here.zone)
    ahead = local.hour * 60 + local.minute - local.minute % _QUARTER + _QUARTER
    at = time(ahead // 60 % 24, ahead % 60) if here.day == here.today else time(9)
    try:
        at = parse_clock(request.args["at"]) if "at" in request.args else at
        room = id_or_none(request.args.get("room"))
    except ValueError:
        room = None
    return {
        "resource_id": room,
        "day": here.day,
        "at": at,
        "minutes": 60,
        "people": 1,
        "request_key": secrets.token_urlsafe(16),
    }


def _new(
    place: Place,
    person: Person,
    form: BookingForm,
    *,
    wrong: bool = False,
    refusal: NotBookable | None = None,
    price: DeskPrice | None = None,
) -> Response:
    tz = zone(place.zone)
    if price is None:
        price = desk_price(place, form.command(person.id)) if not form.errors and form.is_whole() else NOTHING
    against = []
    for each in refusal.obstacles if refusal else ():
        if each.reason is Reason.NO_PRICE:
            form.say("agreed_minor", desk_sentence(each, tz) + ".")
        else:
            against.append(each)
    return page(
        "admin/bookings/new.html",
        wrong=wrong or refusal is not None,
        site=place,
        person=person,
        form=form,
        price=price,
        obstacles=[obstacle_sentence(each, tz) for each in against],
        confirm=passable(tuple(against)),
        instead=[_alternative(each, place, person) for each in refusal.alternatives] if refusal else [],
    )


def _alternative(near: Alternative, place: Place, person: Person) -> tuple[str, str, str]:
    """(room, time, address of the form with both filled in) of what could be had instead."""
    local = near.span.start.astimezone(zone(place.zone))
    return (
        near.room.name,
        wording.clock(near.span, zone(place.zone)),
        url_for(
            "admin.bookings.new",
            person=person.id,
            location=place.id,
            room=near.room.id,
            at=clock_face(local),
            date=local.date().isoformat(),
        ),
    )
