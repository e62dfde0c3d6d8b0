"""The elements of the home page that are on for this person, in the tenant's order, with what each of them shows."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from zoneinfo import ZoneInfo

from flask_babel import gettext as _

from app.domain.announcements.reading import at_home
from app.domain.booking import mine
from app.domain.booking.catalogue import Catalogue
from app.domain.booking.quick import best_match
from app.domain.booking.view import BookingView
from app.domain.directory.here import around
from app.domain.invoicing.listing import owed_by
from app.web import auth, rooms, wording
from app.web.announcements import Reading, reading
from app.web.booked import Booked, booked
from app.web.catalogues import Catalogues
from app.web.database import session
from app.web.here import Switch, switch
from app.web.invoices import due_words
from app.web.people import FaceRow, face_row
from app.web.qr import QrCode, qr_code
from app.web.running import Running, running
from app.web.slots import slot_value

_NEXT = 4
_QUICK_MINUTES = 60
_FACES = 6


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


@dataclass(frozen=True, slots=True)
class Here:
    """Who is in the house and lets the reader know, and the reader's own switch."""

    count: int
    faces: list[FaceRow]
    switch: Switch


@dataclass(frozen=True, slots=True)
class Unpaid:
    """What the reader owes altogether; `when` is about what is due first."""

    amount: str
    count: int
    when: str
    overdue: bool


class Shown:
    """What the elements of one page share, read when the first of them asks."""

    @cached_property
    def views(self) -> list[BookingView]:
        return mine.current(session(), auth.signed_in(), auth.now(), limit=_NEXT + 4)

    @cached_property
    def catalogues(self) -> Catalogues:
        return Catalogues()

    @property
    def catalogue(self) -> Catalogue | None:
        """The location that the page is about, with its rooms."""
        here = auth.place()
        return self.catalogues.of(here.id) if here else None


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
    now = [view for view in shown.views if view.runs(auth.now())]
    offered = shown.catalogues.offers(now)
    return [
        running(view, booked(view, _picture(shown, view)), auth.now(), offered.get(view.id)) for view in now
    ]


def _picture(shown: Shown, view: BookingView) -> str:
    return shown.catalogues.gallery(view.location_id).url(view.resource_id)


def _upcoming(shown: Shown) -> list[Booked]:
    coming = [view for view in shown.views if view.starts_at > auth.now()]
    return [booked(view, "") for view in coming[:_NEXT]]


def _quick(shown: Shown) -> Quick | None:
    catalogue = shown.catalogue
    if catalogue is None:
        return None
    match = best_match(session(), auth.signed_in(), catalogue, auth.now(), _QUICK_MINUTES)
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
        shown.catalogues.gallery(catalogue.id).url(match.room.id),
        slot_value(match.room.id, match.span),
        button,
    )


def _card(_shown: Shown) -> Card:
    actor = auth.signed_in()
    return Card(
        actor.name,
        _("Member") if actor.is_member else _("Contact"),
        qr_code(auth.visit().card_token),
    )


def _here(_shown: Shown) -> Here:
    found = around(session(), auth.signed_in(), auth.now(), _FACES)
    return Here(found.count, [face_row(each, here=True) for each in found.people], switch(found.mine))


def _announced(_shown: Shown) -> list[Reading]:
    return [reading(each) for each in at_home(session(), auth.signed_in().person_id, auth.now())]


def _unpaid(_shown: Shown) -> Unpaid | None:
    if auth.signed_in().first_due_on is None:
        # Nothing is open, and it took no question to know.
        return None
    count, minor, first_due = owed_by(session(), auth.signed_in().person_id)
    if not count:
        return None
    today = auth.today()
    return Unpaid(
        wording.tenant_money(minor),
        count,
        due_words(first_due, today),
        overdue=first_due is not None and first_due < today,
    )


_CONTENTS: dict[str, Callable[[Shown], object]] = {
    "announcement": _announced,
    "ongoing_booking": _ongoing,
    "unpaid_invoices": _unpaid,
    "quick_book": _quick,
    "upcoming_bookings": _upcoming,
    "here_now": _here,
    "member_card": _card,
}
