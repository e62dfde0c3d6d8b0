"""The locations that one page tells of, with their rooms: each recalled once, for pages that only read."""

from collections.abc import Sequence

from app.domain.booking.catalogue import Place, recall_place
from app.domain.booking.extend import Extension, offers
from app.domain.booking.looks import look_of
from app.domain.booking.view import BookingView
from app.kernel.errors import NotFound
from app.models import BookingStatus
from app.web import auth
from app.web.database import session
from app.web.pictures import Gallery


class Places:
    """The reader's places, by location id."""

    def __init__(self) -> None:
        self._known: dict[int, Place | None] = {}
        self._galleries: dict[int, Gallery] = {}

    def of(self, location_id: int) -> Place | None:
        """The location with its rooms; None when it is retired."""
        if location_id not in self._known:
            try:
                self._known[location_id] = recall_place(
                    session(),
                    auth.portal().revision,
                    location_id,
                    auth.signed_in().person_id,
                    auth.now(),
                )
            except NotFound:
                self._known[location_id] = None
        return self._known[location_id]

    def gallery(self, location_id: int) -> Gallery:
        """The pictures of its rooms."""
        if location_id not in self._galleries:
            place = self.of(location_id)
            rooms = place.rooms if place else ()
            self._galleries[location_id] = Gallery(look_of(each.room) for each in rooms)
        return self._galleries[location_id]

    def offers(self, views: Sequence[BookingView]) -> dict[int, Extension]:
        """The next extension of those bookings that run, by booking id; one statement for each of their locations."""
        found: dict[int, Extension] = {}
        for location_id in dict.fromkeys(view.location_id for view in views if runs(view)):
            place = self.of(location_id)
            if place is not None:
                found |= offers(session(), auth.signed_in(), place, views, auth.now())
        return found


def runs(view: BookingView) -> bool:
    """Whether the booking is in progress."""
    return view.status is BookingStatus.CONFIRMED and view.starts_at <= auth.now() < view.ends_at
