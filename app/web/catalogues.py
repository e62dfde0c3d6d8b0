"""What can be booked where one page tells of bookings: each location recalled once, for pages that only read."""

from collections.abc import Sequence

from app.domain.booking.catalogue import Catalogue, recall_catalogue
from app.domain.booking.extend import Extension, offers
from app.domain.booking.pictures import picture_of
from app.domain.booking.view import BookingView
from app.kernel.errors import NotFound
from app.web import auth
from app.web.database import session
from app.web.pictures import Gallery


class Catalogues:
    """What the reader can book at each location, by its id."""

    def __init__(self) -> None:
        self._known: dict[int, Catalogue | None] = {}
        self._galleries: dict[int, Gallery] = {}

    def of(self, location_id: int) -> Catalogue | None:
        """What can be booked at the location; None when it is retired."""
        if location_id not in self._known:
            try:
                self._known[location_id] = recall_catalogue(
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
            catalogue = self.of(location_id)
            rooms = catalogue.rooms if catalogue else ()
            self._galleries[location_id] = Gallery(picture_of(each.room) for each in rooms)
        return self._galleries[location_id]

    def offers(self, views: Sequence[BookingView]) -> dict[int, Extension]:
        """The next extension of those bookings that run, by booking id; one statement for each of their locations."""
        found: dict[int, Extension] = {}
        now = auth.now()
        for location_id in dict.fromkeys(view.location_id for view in views if view.runs(now)):
            catalogue = self.of(location_id)
            if catalogue is not None:
                found |= offers(session(), auth.signed_in(), catalogue, views, now)
        return found
