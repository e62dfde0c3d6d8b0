"""The room's one blueprint, apart from its routes so that each of their files can add to it."""

from flask import Blueprint

from app.domain.booking.whereabouts import Whereabouts, whereabouts
from app.kernel.errors import NotFound
from app.models import ResourceVisibility
from app.web.access import places_with
from app.web.database import session

blueprint = Blueprint("bookings", __name__)


def bookable_place(resource_id: int) -> Whereabouts:
    """The place of a room that a button named. Raises NotFound also where bookings are off for who asks, and
    for one that members see nowhere."""
    room = whereabouts(session(), resource_id)
    if room.visibility is ResourceVisibility.STAFF:
        raise NotFound
    require_open(room.location_id)
    return room


def require_open(location_id: int) -> None:
    """Raise NotFound unless bookings are on at that location for who asks."""
    if all(place.id != location_id for place in places_with("bookings")):
        raise NotFound
