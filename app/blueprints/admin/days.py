"""Which day of which location a page of the front desk is about, as its address says."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from flask import abort, redirect, request, url_for
from flask_babel import gettext as _
from wtforms.validators import ValidationError

from app.domain.booking.rules import FARTHEST
from app.domain.booking.view import BookingView
from app.domain.portal import Place
from app.kernel.errors import NotFound
from app.kernel.walltime import local_date, zone
from app.web import auth
from app.web.forms import EARLIEST, LATEST, id_or_none, parse_day

_ONE = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Asked:
    """A local day at a location. `wrong` says why the asked day was none; the page then shows today."""

    place: Place
    day: date
    today: date
    wrong: str = ""

    @property
    def zone(self) -> ZoneInfo:
        return zone(self.place.zone)

    def link(
        self, endpoint: str, day: date | None = None, location_id: int | None = None, **more: str
    ) -> str:
        """The address of a page about this day and place, or another day or place."""
        wanted = day or self.day
        given = {key: value for key, value in more.items() if value}
        if wanted != self.today:
            given["date"] = wanted.isoformat()
        return url_for(endpoint, location=str(location_id or self.place.id), **given)  # type: ignore[arg-type]

    def before(self) -> date | None:
        return self.day - _ONE if self.day > EARLIEST else None

    def after(self) -> date | None:
        return self.day + _ONE if self.day < LATEST else None


def places_in_reach() -> tuple[Place, ...]:
    """The open locations in which who asks works."""
    actor = auth.signed_in()
    return tuple(place for place in auth.portal().places if actor.reaches(place.id))


def places_or_make_one() -> tuple[Place, ...]:
    """The open locations in reach; a space that has none yet is led to where they are made, whatever was asked for.

    Raises NotFound when all that somebody is limited to are retired.
    """
    places = places_in_reach()
    if not places:
        if auth.signed_in().limited_to is not None:
            raise NotFound
        abort(redirect(url_for("admin.locations.index")))
    return places


def place_of(location_id: int | None) -> Place:
    """The open location of that id, or the one in hand, or the first in reach. Raises NotFound for any other id."""
    places = places_or_make_one()
    if location_id is None:
        here = auth.place()
        return here if here in places else places[0]
    found = next((place for place in places if place.id == location_id), None)
    if found is None:
        raise NotFound
    return found


def asked() -> Asked:
    """What `?date=2026-11-24&location=3` asks for. Raises NotFound for a location that is not the tenant's."""
    try:
        location_id = id_or_none(request.args.get("location"))
    except ValueError:
        raise NotFound from None
    place = place_of(location_id)
    today = local_date(auth.now(), zone(place.zone))
    typed = request.args.get("date", "").strip()
    try:
        return Asked(place, parse_day(typed) if typed else today, today)
    except ValidationError as wrong:
        return Asked(place, today, today, str(wrong))


def within_reach(here: Asked) -> Asked:
    """Today, with the reason, in place of a day that no grid is made for."""
    if abs(here.day - auth.now().date()) <= FARTHEST:
        return here
    return replace(here, day=here.today, wrong=_("That day is too far away. This is today."))


def day_views(here: Asked, current: str) -> list[tuple[str, str, bool, str]]:
    """The ways to look at a day's bookings, for the switch at the head of each."""
    return [
        (_("List"), here.link("admin.bookings.index"), current == "list", "list"),
        (_("Timeline"), here.link("admin.bookings.show_day"), current == "day", "layout-grid"),
        (_("Print"), here.link("admin.bookings.show_print"), current == "print", "printer"),
    ]


def day_of(view: BookingView) -> str:
    """The address of the timeline on which a booking stands."""
    day = view.starts_at.astimezone(ZoneInfo(view.zone)).date()
    return url_for("admin.bookings.show_day", location=view.location_id, date=day.isoformat())
