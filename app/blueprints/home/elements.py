"""The elements of the home page that are on for this person, in the tenant's order, with what each of them shows."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from zoneinfo import ZoneInfo

from flask_babel import gettext as _

from app.domain.booking import mine
from app.domain.booking.catalogue import Catalogue, load_catalogue
from app.domain.booking.extend import Extension, offers_in
from app.domain.booking.pictures import picture_of
from app.domain.booking.quick import best_match_in
from app.domain.booking.view import BookingView
from app.domain.card import card_token
from app.models import BookingStatus
from app.web import auth, rooms, wording
from app.web.booked import Booked, Galleries, booked
from app.web.database import session
from app.web.pictures import Gallery
from app.web.qr import QrCode, qr_code
from app.web.running import Running, running
from app.web.slots import slot_value

_NEXT = 4
_QUICK_MINUTES = 60


@dataclass(frozen=True, slots=True)
class Element:
    """One element: `key` names its template, `content` is what that shows (None: it has nothing to show)."""

    key: str
    content: object


@dataclass(frozen=True, slots=True)
class Quick:
    """The best room from now on; the button says all that pressing it means."""

    name: str
    facts: str
    picture: str
    slot: str
    button: str


@dataclass(frozen=True, slots=True)
class Card:
    """The member card: who, where they belong, and the code that the front desk reads."""

    name: str
    standing: str
    qr: QrCode


class Shown:
    """What the elements of one page share, read when the first of them asks."""

    @cached_property
    def views(self) -> list[BookingView]:
        return mine.current(session(), auth.signed_in(), auth.now(), limit=_NEXT + 4)

    @cached_property
    def running(self) -> list[BookingView]:
        return [
            view
            for view in self.views
            if view.starts_at <= auth.now() and view.status is BookingStatus.CONFIRMED
        ]

    @cached_property
    def catalogue(self) -> Catalogue | None:
        """The location that the page is about, with its rooms."""
        here = auth.place()
        return load_catalogue(session(), here.id, auth.signed_in().person_id, auth.now()) if here else None

    @cached_property
    def gallery(self) -> Gallery:
        """The pictures of that location, which is loaded anyway."""
        return (
            Gallery(picture_of(each.room) for each in self.catalogue.rooms) if self.catalogue else Gallery(())
        )

    @cached_property
    def galleries(self) -> Galleries:
        """The pictures of bookings elsewhere."""
        return Galleries(view.location_id for view in self.running if not self.is_here(view))

    @cached_property
    def offers(self) -> dict[int, Extension]:
        """Of the bookings that run here; one elsewhere is extended on its own page, or a page would cost more."""
        here = [view for view in self.running if self.is_here(view)]
        return (
            offers_in(session(), auth.signed_in(), self.catalogue, here, auth.now())
            if self.catalogue and here
            else {}
        )

    def is_here(self, view: BookingView) -> bool:
        here = auth.place()
        return here is not None and here.id == view.location_id

    def picture(self, view: BookingView) -> str:
        return self.gallery.url(view.resource_id) if self.is_here(view) else self.galleries.url(view)


def elements() -> list[Element]:
    """Switched on, its section too, for this person's audience."""
    portal, place, actor = auth.portal(), auth.place(), auth.signed_in()
    here = place.id if place else None
    shown = Shown()
    found = []
    for element in portal.ordered_elements(here):
        switches = portal.element(element.key, here), portal.section(element.section, here)
        if all(switch.open_to(signed_in=True, member=actor.is_member) for switch in switches):
            found.append(Element(element.key, _CONTENTS[element.key](shown)))
    return found


def _ongoing(shown: Shown) -> list[Running]:
    return [
        running(view, booked(view, shown.picture(view)), auth.now(), shown.offers.get(view.id))
        for view in shown.running
    ]


def _upcoming(shown: Shown) -> list[Booked]:
    coming = [view for view in shown.views if view.starts_at > auth.now()]
    return [booked(view, "") for view in coming[:_NEXT]]


def _quick(shown: Shown) -> Quick | None:
    catalogue = shown.catalogue
    if catalogue is None:
        return None
    match = best_match_in(session(), auth.signed_in(), catalogue, auth.now(), _QUICK_MINUTES)
    if match is None:
        return None
    tz = ZoneInfo(catalogue.zone)
    day = match.span.start.astimezone(tz).date()
    today = auth.now().astimezone(tz).date()
    when = wording.clock(match.span, tz)
    if day != today:
        when = f"{wording.day_inside(day, today)} {when}"
    button = (
        _("Book %(when)s for %(price)s", when=when, price=wording.money(match.quote.total))
        if match.quote.total_minor
        else _("Book %(when)s, free", when=when)
    )
    return Quick(
        match.room.name,
        rooms.facts(match.room),
        shown.gallery.url(match.room.id),
        slot_value(match.room.id, match.span),
        button,
    )


def _card(_shown: Shown) -> Card:
    actor = auth.signed_in()
    return Card(
        actor.name,
        _("Member") if actor.is_member else _("Contact"),
        qr_code(card_token(session(), actor.person_id)),
    )


_CONTENTS: dict[str, Callable[[Shown], object]] = {
    "ongoing_booking": _ongoing,
    "quick_book": _quick,
    "upcoming_bookings": _upcoming,
    "member_card": _card,
}
