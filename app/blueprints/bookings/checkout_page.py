"""The checkout as a page and in a sheet: its form, its price, and how long it is held."""

from collections.abc import Sequence
from typing import Any
from zoneinfo import ZoneInfo

from flask import render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms.validators import ValidationError

from app.blueprints.bookings.forms import MOST_PEOPLE
from app.domain.booking import mine
from app.domain.booking.asker import asker_for
from app.domain.booking.asking import asks_first
from app.domain.booking.catalogue import Catalogue, recall_catalogue
from app.domain.booking.day import day_grid_in
from app.domain.booking.minutes import stretch_of
from app.domain.booking.paying import ByCredit, would_pay
from app.domain.booking.pictures import picture_of
from app.domain.booking.terms import TITLE_LENGTH
from app.domain.booking.units import free_units
from app.domain.booking.view import BookingView
from app.domain.extras.terms import Orderable, total_of
from app.domain.guests.expecting import NAME_LENGTH, NewGuest, guests_of
from app.domain.spaces.terms import MOST_UNITS
from app.domain.team.rights import colleagues_to_book_for
from app.domain.unit_names import unit_name
from app.kernel.money import Money
from app.kernel.spans import Span
from app.kernel.walltime import clock_face
from app.models import BookingStatus
from app.web import auth, booked, wording
from app.web.booking_tax import with_tax
from app.web.database import session
from app.web.extras import extra_rows, with_extras
from app.web.forms import EmailField, Form, TextField, WholeField, no_address
from app.web.htmx import wants_part
from app.web.paying_now import is_own, policy_of
from app.web.pictures import Gallery
from app.web.strips import Ruler, Strip
from app.web.unit_words import unit_choices

MAKING = (BookingStatus.HELD, BookingStatus.LAPSED)
"""What has a checkout: held, or not any more."""


class ConfirmForm(Form):
    """What a booking is for, for how many, and one more who comes: one at a time, whichever button is pressed."""

    # Ids of their own: in the sheet they share a page with the search, which asks for people too.
    title = TextField(_l("What is it for?"), longest=TITLE_LENGTH, required=False, id="booking-title")
    people = WholeField(_l("People"), least=1, most=MOST_PEOPLE, id="booking-people")
    unit = WholeField(_l("Which one?"), least=0, most=MOST_UNITS - 1, required=False, id="booking-unit")
    # Names and ids of their own: browsers would fill in the host's.
    guest_name = TextField(
        _l("Name of a guest"), [no_address], longest=NAME_LENGTH, required=False, id="booking-guest-name"
    )
    guest_email = EmailField(_l("Their e-mail"), required=False, id="booking-guest-email")

    def validate_guest_name(self, field: TextField) -> None:
        """An address alone is nobody's."""
        if self.guest_email.data and not field.data:
            raise ValidationError(_("This is needed."))

    @property
    def guest(self) -> NewGuest | None:
        """Who was typed, and is not on the list yet."""
        if not self.guest_name.data:
            return None
        return NewGuest(self.guest_name.data, self.guest_email.data or "")

    def empty_guest(self) -> None:
        """Ask for the next one."""
        self.guest_name.data = self.guest_email.data = ""

    def make_room(self, people: int) -> None:
        """Have it be for no fewer than come."""
        if isinstance(self.people.data, int) and self.people.data < people:
            # What was typed is shown again otherwise
            self.people.data, self.people.raw_data = people, None


def own_view(booking_id: int) -> BookingView:
    """What the asking person is booking, for whomever; staff look after others' in the admin area."""
    return mine.at_checkout(session(), auth.signed_in(), booking_id, auth.now())


def is_anothers(view: BookingView) -> bool:
    """Whether it was made for a colleague and is theirs by now: whoever made it sees no more of it, not even what became of it."""
    return view.status not in MAKING and not is_own(view)


def search_again(span: Span, tz: ZoneInfo, people: int) -> str:
    """The search that led to a span."""
    start = span.start.astimezone(tz)
    return url_for(
        "bookings.show_search",
        date=f"{start:%Y-%m-%d}",
        start=clock_face(start),
        minutes=span.minutes,
        people=people,
        again=start.fold or None,
    )


def _for_whom(view: BookingView) -> list[tuple[int, str, bool]]:
    """(id, name, chosen) of everybody that the asking person may book for, themselves first; empty for most people."""
    actor = auth.signed_in()
    colleagues = colleagues_to_book_for(session(), actor.person_id)
    if not colleagues:
        return []
    everybody = [(actor.person_id, _("Me")), *colleagues]
    return [(each, name, each == view.person_id) for each, name in everybody]


def checkout_form(offers: Sequence[Orderable], view: BookingView | None = None) -> ConfirmForm:
    """The form of one checkout: it asks for so many of each extra that can be had; with a view, as that is held."""
    if view is None:
        return with_extras(ConfirmForm, offers)
    # As it is held: what was sent to hold it is no answer to this form
    held = {"title": view.title, "people": view.people}
    return with_extras(ConfirmForm, offers, held, formdata=None)


def checkout_page(view: BookingView, form: ConfirmForm, offers: Sequence[Orderable]) -> str:
    """What is held, for how long still and what it costs, with all that comes with it."""
    revision = auth.portal().revision
    catalogue = recall_catalogue(session(), revision, view.location_id, view.person_id, auth.now())
    gallery = Gallery(picture_of(each.room) for each in catalogue.rooms)
    words, credit = booked.booked(view, gallery.url(view.resource_id)), _credit(view)
    extras = [each.line for each in offers if each.line]
    guests = guests_of(session(), view.id)
    form.make_room(len(guests) + 1)
    due_minor = view.price.minor - credit.total_minor
    policy = policy_of(view.person_id)
    price = with_tax(view, booked.price_lines(view, credit, extras, policy), due_minor, extras, policy)
    to_pay = Money(price.due_minor, view.price.currency)
    ruler, strip = booked_day(view, catalogue)
    asks = _asks_first(view, catalogue)
    expires = view.hold_expires_at
    return render_template(
        "bookings/checkout.html",
        in_sheet=wants_part(),
        form=form,
        whom=_for_whom(view),
        one=words,
        price=price.lines,
        extras=extra_rows(form, offers, view),
        guests=guests,
        units=_units(view, form),
        due_minor=due_minor + total_of(extras),
        pays=policy.when.value,
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
        asks=asks,
        book_words=_book_words(to_pay, asks=asks),
    )


def _repeat(view: BookingView, slot: str) -> str:
    """Where the same is booked again and again."""
    wish: dict[str, Any] = {"slot": slot, "people": view.people}
    if not is_own(view):
        wish["for"] = view.person_id
    return url_for("bookings.new_series", **wish)


def _asks_first(view: BookingView, catalogue: Catalogue) -> bool:
    """Whether booking it is asking for it, by the rules for whose it will be; whoever could approve it needs not ask. A statement
    for somebody else's."""
    actor = auth.signed_in()
    colleague = not actor.acts_for_others(view.location_id)
    asker = asker_for(session(), actor, view.person_id, catalogue, auth.now(), colleague=colleague)
    rules = catalogue.rules_for(asker)
    wanted = stretch_of(Span(view.starts_at, view.ends_at))
    return any(
        asks_first(actor, view.location_id, rules.limits(each.limits, wanted))
        for each in catalogue.rooms
        if each.room.id == view.resource_id
    )


def _book_words(due: Money, *, asks: bool) -> str:
    if asks:
        return _("Ask for it for %(price)s", price=wording.money(due)) if due else _("Ask for it")
    return _("Book for %(price)s", price=wording.money(due)) if due else _("Book")


def _units(view: BookingView, form: ConfirmForm) -> list[tuple[str, str, bool]]:
    """(value, name, chosen) of every unit that it could have, after "any"; empty where there is but one."""
    if view.units == 1 or view.status is not BookingStatus.HELD:
        return []
    free = [
        (unit, unit_name(view.resource_unit_names, unit)) for unit in free_units(session(), view, auth.now())
    ]
    return unit_choices(free, form.unit.data, view.unit_names)


def _credit(view: BookingView) -> ByCredit:
    """What the credit of whose booking it will be pays of it."""
    return would_pay(session(), view.person_id, view.resource_id, view.quote, auth.now())


def booked_day(view: BookingView, catalogue: Catalogue) -> tuple[Ruler, Strip | None]:
    """The booked day of the booked room at its place; no strip for a room that is out of use."""
    tz = ZoneInfo(view.zone)
    day = view.starts_at.astimezone(tz).date()
    ruler = Ruler(day, tz, auth.now(), Span(view.starts_at, view.ends_at))
    grid = day_grid_in(session(), auth.signed_in(), catalogue, day, auth.now(), with_hidden=True)
    row = next((row for row in grid.rows if row.room.id == view.resource_id), None)
    return ruler, ruler.strip(booked.strip_of_cells(row.cells)) if row else None
