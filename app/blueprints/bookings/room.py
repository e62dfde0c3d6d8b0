"""The room's one blueprint, apart from its routes so that each of their files can add to it."""

from flask import Blueprint

from app.domain.booking.whereabouts import Whereabouts, whereabouts
from app.kernel.errors import NotFound
from app.models import ResourceVisibility
from app.web.access import require_bookings_at
from app.web.database import session

blueprint = Blueprint("bookings", __name__)


def bookable_place(resource_id: int) -> Whereabouts:
    """The place of a room that a button named. Raises NotFound also where bookings are off for who asks, and
    for one that members see nowhere."""
    room = whereabouts(session(), resource_id)
    if room.visibility is ResourceVisibility.STAFF:
        raise NotFound
    require_bookings_at(room.location_id)
    return room
