"""Which rooms are free then, for this person, and what they cost; what is not, why, and what is nearest instead."""

from datetime import datetime

from sqlalchemy.orm import Session

from app.domain.actor import Actor
from app.domain.booking.alternatives import other_times
from app.domain.booking.availability import free_until, nearest
from app.domain.booking.catalogue import Bookable, Catalogue
from app.domain.booking.minutes import moment_of, span_of
from app.domain.booking.occupancy import busy_of, overlaps
from app.domain.booking.rates import covers_all
from app.domain.booking.rules import check_reach
from app.domain.booking.survey import Survey, strip_of, survey
from app.domain.booking.terms import FreeRoom, Obstacle, Reason, RefusedRoom, RoomQuery, RoomSearch


def search(
    session: Session, actor: Actor, catalogue: Catalogue, query: RoomQuery, now: datetime
) -> RoomSearch:
    """Answer the question of the person that the catalogue was loaded for: one statement, one or two when nothing is
    free, and one with each where a rule counts what they have.

    Rooms without the asked amenities, or of another type, are not part of the answer. Best match first: the room
    that fits the people tightest, then the cheapest, then the operator's order.
    Raises OutOfReach for a span that no rule was made for.
    """
    return answer(session, survey_for(session, actor, catalogue, query, now))


def survey_for(
    session: Session, actor: Actor, catalogue: Catalogue, query: RoomQuery, now: datetime
) -> Survey:
    """Read what an answer is made from, in as many statements as `survey`. Raises OutOfReach."""
    check_reach(query.span, now)
    return survey(session, catalogue, catalogue.asker(actor.person_id, is_member=actor.is_member), query, now)


def answer(session: Session, surveyed: Survey) -> RoomSearch:
    """Decide about each room that was looked at; when nothing is free, in as many statements as `other_times`."""
    free: list[tuple[int, int, int, int, FreeRoom]] = []
    taken: list[RefusedRoom] = []
    refused: list[RefusedRoom] = []
    for bookable in surveyed.rooms:
        found = _judge(surveyed, bookable)
        if isinstance(found, FreeRoom):
            free.append(
                (found.room.capacity, found.quote.total_minor, bookable.position, found.room.id, found)
            )
        else:
            (taken if found.obstacles[0].reason is Reason.TAKEN else refused).append(found)
    free.sort(key=lambda row: row[:4])
    return RoomSearch(
        free=tuple(row[4] for row in free),
        taken=tuple(taken),
        not_allowed=tuple(refused),
        alternatives=() if free else other_times(session, surveyed),
        zone=surveyed.catalogue.zone,
        day=surveyed.day.day,
    )


def _judge(surveyed: Survey, bookable: Bookable) -> FreeRoom | RefusedRoom:
    start, end = surveyed.wanted
    busy = busy_of(bookable, surveyed.blocks)
    in_the_way = overlaps(busy, start - bookable.buffer_before, end + bookable.buffer_after)
    against = [*([Obstacle(Reason.TAKEN)] if in_the_way else []), *surveyed.against(bookable)]
    strip = strip_of(surveyed.catalogue.calendar, surveyed.day, bookable.limits, busy)
    price = None if against else surveyed.price(bookable, surveyed.wanted)
    if price is not None:
        until = moment_of(free_until(surveyed, bookable, busy))
        return FreeRoom(bookable.room, price, until, strip)
    near = nearest(surveyed, bookable, busy) if against else None
    if near and not covers_all(bookable.tariffs) and surveyed.price(bookable, near) is None:
        near = None
    return RefusedRoom(
        room=bookable.room,
        obstacles=tuple(against) or (Obstacle(Reason.NO_PRICE),),
        strip=strip,
        next_free=span_of(near) if near else None,
        taken_until=moment_of(in_the_way[-1].end) if in_the_way else None,
        mine=bool(in_the_way) and all(each.mine for each in in_the_way),
    )
