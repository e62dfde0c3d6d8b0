"""A location that is to go by another clock: what that does to bookings is said before it is done."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from app.blueprints.admin.spaces_forms import LocationForm
from app.domain.actor import Permission
from app.domain.booking.rezoning import BookingsInTheWay, InTheWay, MovesBookings
from app.kernel.walltime import zone
from app.models import Location
from app.web import wording
from app.web.attempts import Words
from app.web.auth import signed_in


class ZoneChange:
    """What was refused of one, and what is asked then."""

    def __init__(self) -> None:
        self.in_the_way: tuple[InTheWay, ...] = ()
        self._asks = False

    def words(self) -> Words:
        """The sentences, and what they are about kept for the page."""
        return {MovesBookings: self._moves, BookingsInTheWay: self._stopped}

    def ask(self, form: LocationForm) -> None:
        """Have the form agree when it is sent once more; to another zone than it was asked about it does not."""
        form.zone_agreed.data = form.zone.data if self._asks else ""

    def _moves(self, refusal: MovesBookings) -> tuple[str, str]:
        self._asks = True
        sentences = [
            ngettext(
                "%(num)s booking is still to come. It stays at its time on the wall, which is another moment then.",
                "%(num)s bookings are still to come. They stay at their times on the wall, which are other moments then.",
                refusal.bookings,
            )
        ]
        if refusal.series:
            sentences.append(
                ngettext(
                    "Among them are dates of %(num)s repeating booking.",
                    "Among them are dates of %(num)s repeating bookings.",
                    refusal.series,
                )
            )
        sentences.append(_("Whoever booked is told, and prices stay. Save once more to do so."))
        return "zone", " ".join(sentences)

    def _stopped(self, refusal: BookingsInTheWay) -> tuple[str, str]:
        self.in_the_way = refusal.bookings
        if not refusal.bookings:
            return "zone", _("Somebody is booking there this moment. Save once more.")
        return "zone", ngettext(
            "By that clock %(num)s booking would have begun by now, or be in the way of another. Move or cancel it first.",
            "By that clock %(num)s bookings would have begun by now, or be in each other’s way. Move or cancel them first.",
            len(refusal.bookings),
        )


@dataclass(frozen=True, slots=True)
class WayRow:
    """One of them, with a way there for who may change it."""

    room: str
    when: str
    href: str


def way_rows(bookings: Sequence[InTheWay], site: Location) -> list[WayRow]:
    """Each by the clock that still counts."""
    tz, may = zone(site.zone), signed_in().may(Permission.BOOKINGS)
    return [
        WayRow(
            each.room,
            _(
                "%(day)s, %(time)s",
                day=wording.short_day(each.span.start.astimezone(tz).date()),
                time=wording.clock(each.span, tz),
            ),
            url_for("admin.bookings.show", booking_id=each.booking_id) if may else "",
        )
        for each in bookings
    ]
