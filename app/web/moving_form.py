"""The form in which a booking is changed: its fields, and what an address fills in of them."""

from collections.abc import Callable, Mapping
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask import request
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from wtforms import HiddenField, ValidationError

from app.domain.booking.catalogue import Catalogue, recall_catalogue
from app.domain.booking.moving import MoveBooking
from app.domain.booking.pictures import picture_of
from app.domain.booking.terms import TITLE_LENGTH, Room
from app.domain.booking.view import BookingView
from app.domain.spaces.terms import MOST_UNITS
from app.kernel.spans import Span
from app.web import auth, booked, wording
from app.web.booked import Booked
from app.web.database import session
from app.web.forms import (
    ChoiceField,
    ClockField,
    DayField,
    Form,
    MoneyField,
    TextField,
    WholeField,
    id_of,
    id_or_none,
    moment_of,
    options,
    parse_clock,
    parse_day,
    whole_or_none,
)
from app.web.pictures import Gallery
from app.web.slots import LENGTHS

_MONTH = 31 * 24 * 60
_MOST_PEOPLE = 5000


class ChangeForm(Form):
    """A booking as it is to be. Of one that runs room and start stand beside it, and are no questions."""

    resource_id = ChoiceField(_l("Room"), coerce=id_or_none)
    day = DayField(_l("Day"))
    at = ClockField(_l("From"))
    minutes = ChoiceField(_l("How long"), coerce=id_or_none)
    people = WholeField(_l("People"), least=1, most=_MOST_PEOPLE)
    title = TextField(_l("What is it for?"), longest=TITLE_LENGTH, required=False)
    unit = WholeField(_l("Which one?"), least=0, most=MOST_UNITS - 1, required=False, id="booking-unit")
    agreed_minor = MoneyField(_l("Agreed price"), required=False)
    """For staff, where no rate says what it costs."""
    sequence = HiddenField()
    """How often it had been changed when the page was made."""

    def __init__(self, view: BookingView, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._view, self._zone = view, ZoneInfo(view.zone)
        self._starts_at: datetime | None = None
        self.runs = view.runs(auth.now())
        revision = auth.portal().revision
        self.catalogue = recall_catalogue(session(), revision, view.location_id, view.person_id, auth.now())
        self.rooms = [each.room for each in self.catalogue.rooms]
        self.resource_id.choices = room_options(self.catalogue, view.resource_id)
        self.minutes.choices = options(
            (each, wording.minutes(each)) for each in _lengths(view, self.minutes.data)
        )
        if not auth.signed_in().acts_for_others(view.location_id):
            del self["agreed_minor"]
        if self.runs:
            for name in ("resource_id", "day", "at", "unit"):
                del self[name]

    def validate(self, extra_validators: Any = None) -> bool:
        """Shape, and that the day and time name one moment where the room is."""
        if not super().validate(extra_validators):
            return False
        self._starts_at = self._moment()
        return self._starts_at is not None

    @property
    def without(self) -> frozenset[int]:
        """Extras that are to be left out; their boxes come with the price, which says which cannot come along."""
        return frozenset(filter(None, map(id_of, request.form.getlist("without"))))

    def command(self) -> MoveBooking:
        """The wish, once the form is valid; or as it is filled in before anybody has sent it."""
        starts_at = self._starts_at or self._moment() or self._view.starts_at
        # What was chosen is of the resource that it is in: in another one any will do
        chooses = (
            "unit" in self and self._view.units > 1 and self["resource_id"].data == self._view.resource_id
        )
        return MoveBooking(
            self._view.resource_id if self.runs else self["resource_id"].data,
            Span(starts_at, starts_at + timedelta(minutes=self.minutes.data)),
            self.people.data,
            self.title.data or "",
            self.without,
            seen_sequence=whole_or_none(self.sequence.data),
            agreed_minor=self["agreed_minor"].data if "agreed_minor" in self else None,
            unit=self["unit"].data if chooses else None,
        )

    def _moment(self) -> datetime | None:
        """When it is to start; None, with a sentence at the time, where the clocks change."""
        was = self._view.starts_at.astimezone(self._zone)
        if self.runs or (self["day"].data, self["at"].data) == (was.date(), _to_the_minute(was)):
            # Also in an hour that comes twice
            return self._view.starts_at
        return moment_of(self["day"], self["at"], self._zone)


def room_options(catalogue: Catalogue, has_id: int) -> list[Any]:
    """The rooms of a place to choose from: those in lists, the one that it is in, and for staff all."""
    staff = auth.signed_in().acts_for_others(catalogue.id)
    return options(
        (each.room.id, _room(each.room))
        for each in catalogue.rooms
        if staff or each.listed or each.room.id == has_id
    )


def card_of(view: BookingView, form: ChangeForm) -> Booked:
    """The booking as it is, with the picture of its room."""
    return booked.booked(view, Gallery(map(picture_of, form.rooms)).url(view.resource_id))


def _to_the_minute(moment: datetime) -> time:
    return moment.time().replace(second=0, microsecond=0)


def change_form(view: BookingView) -> ChangeForm:
    """The form with the booking as it is, or as the address asks for: `room`, `date`, `start`, `minutes`."""
    starts = view.starts_at.astimezone(ZoneInfo(view.zone))
    data = {
        "resource_id": view.resource_id,
        "day": starts.date(),
        "at": _to_the_minute(starts),
        "minutes": Span(view.starts_at, view.ends_at).minutes,
        "people": view.people,
        "title": view.title,
        "sequence": str(view.sequence),
    }
    return ChangeForm(view, formdata=None, data=data | _asked())


def _length(text: str) -> int:
    minutes = whole_or_none(text)
    if minutes is None or not 0 < minutes <= _MONTH:
        raise ValueError(text)
    return minutes


_FROM_ADDRESS: Mapping[str, tuple[str, Callable[[str], Any]]] = {
    "room": ("resource_id", id_or_none),
    "date": ("day", parse_day),
    "start": ("at", parse_clock),
    "minutes": ("minutes", _length),
}


def _asked() -> dict[str, Any]:
    found = {}
    for name, (field, read) in _FROM_ADDRESS.items():
        try:
            found[field] = read(request.args[name])
        except (KeyError, ValueError, ValidationError):
            continue
    return {name: value for name, value in found.items() if value is not None}


def _lengths(view: BookingView, asked: Any) -> list[int]:
    """Lengths to choose from, and the one that it has or is asked for."""
    has = Span(view.starts_at, view.ends_at).minutes
    also = {asked} if isinstance(asked, int) and 0 < asked <= _MONTH else set()
    return sorted({*LENGTHS, has} | also)


def _room(room: Room) -> str:
    return ngettext(
        "%(room)s, for %(num)s person", "%(room)s, for up to %(num)s people", room.capacity, room=room.name
    )
