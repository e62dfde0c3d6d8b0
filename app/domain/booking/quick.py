"""Booking with one tap: the room that suits best from now on."""

from datetime import datetime

from sqlalchemy.orm import Session

from app.domain.actor import Actor
from app.domain.booking.catalogue import Catalogue, load_catalogue
from app.domain.booking.minutes import minute_of, span_of
from app.domain.booking.search import search_in
from app.domain.booking.terms import Alternative, RoomQuery

_STEP = 15


def best_match(
    session: Session, actor: Actor, location_id: int, now: datetime, minutes: int = 60
) -> Alternative | None:
    """The best room for one person from the next quarter hour on, or the nearest thing to it; None when none is.

    Bookable as it stands. Statements and refusals as `search`.
    """
    return best_match_in(
        session, actor, load_catalogue(session, location_id, actor.person_id, now), now, minutes
    )


def best_match_in(
    session: Session, actor: Actor, catalogue: Catalogue, now: datetime, minutes: int = 60
) -> Alternative | None:
    """The same for a location that the caller has loaded already. Statements and refusals as `search_in`."""
    start = -(-minute_of(now) // _STEP) * _STEP
    query = RoomQuery(catalogue.id, span_of((start, start + minutes)))
    found = search_in(session, actor, catalogue, query, now)
    if found.free:
        best = found.free[0]
        return Alternative(best.room, query.span, best.quote)
    return found.alternatives[0] if found.alternatives else None
