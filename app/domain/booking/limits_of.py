"""The limits that hold for a booking as it stands, the rules of the house among them."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.actor import Actor
from app.domain.booking.asker import asker_for
from app.domain.booking.catalogue import load_catalogue
from app.domain.booking.minutes import stretch_of
from app.domain.booking.rules import Limits
from app.kernel.errors import NotFound
from app.kernel.spans import Span
from app.models import Booking, Resource


def limits_of(session: Session, actor: Actor, booking: Booking, now: datetime) -> Limits:
    """By today's rules, for whose booking it is. Of a room that is offered no more, it is left how many it
    holds and whether staff approve it. At most four statements."""
    try:
        catalogue = load_catalogue(session, booking.location_id, booking.person_id, now)
        bookable = catalogue.room(booking.resource_id)
        staff = actor.acts_for_others(booking.location_id)
        asker = asker_for(session, actor, booking.person_id, catalogue, now, colleague=not staff)
    except NotFound:
        own = select(Resource.capacity, Resource.needs_approval).where(Resource.id == booking.resource_id)
        capacity, needs_approval = session.execute(own).one()
        return Limits(booking.resource_id, capacity=capacity, needs_approval=needs_approval)
    wanted = stretch_of(Span(booking.starts_at, booking.ends_at))
    return catalogue.rules_for(asker).limits(bookable.limits, wanted)
