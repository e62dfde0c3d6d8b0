"""Booking with one tap: the room that suits best from now on."""

from datetime import datetime

from sqlalchemy.orm import Session

from app.domain.actor import Actor
from app.domain.booking.catalogue import Catalogue
from app.domain.booking.minutes import minute_of, span_of
from app.domain.booking.search import search
from app.domain.booking.terms import Alternative, RoomQuery

_STEP = 15


def best_match(
    session: Session, actor: Actor, catalogue: Catalogue, now: datetime, minutes: int = 60
) -> Alternative | None:
    """The best room for one person from the next quarter hour on, or the nearest thing to it; None when none is.

    Bookable as it stands. Statements and refusals as `search`.
    """
    start = -(-minute_of(now) // _STEP) * _STEP
    query = RoomQuery(catalogue.id, span_of((start, start + minutes)))
    found = search(session, actor, catalogue, query, now)
    if found.free:
        best = found.free[0]
        return Alternative(best.room, query.span, best.quote)
    return found.alternatives[0] if found.alternatives else None
