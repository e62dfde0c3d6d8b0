"""What is asked again when a held room is confirmed: how many come, and what else the person has by now."""

from datetime import datetime

from sqlalchemy import exists, or_, select
from sqlalchemy.orm import Session

from app.domain.actor import Actor
from app.domain.booking.asker import asker_for
from app.domain.booking.catalogue import load_catalogue
from app.domain.booking.house_rules.cooling import too_early
from app.domain.booking.house_rules.quotas import stays_of, too_much
from app.domain.booking.minutes import minute_of, stretch_of
from app.domain.booking.rules import Limits
from app.domain.booking.terms import Obstacle, Reason
from app.domain.booking.upcoming import too_many_ahead
from app.kernel.spans import Span
from app.models import Booking, BookingRule, Resource


def limits_at_confirming(
    session: Session, actor: Actor, booking: Booking, people: int, now: datetime
) -> tuple[Limits, tuple[Obstacle, ...]]:
    """What holds for it, and what of that stands against so many people, and against one more booking of the person. True after
    `hold_person`."""
    ruled = exists().where(BookingRule.enabled)
    rests = or_(Resource.cooldown_minutes > 0, Resource.cooldown_any_minutes > 0)
    approved, bound = session.execute(
        select(Resource.needs_approval, or_(ruled, rests)).where(Resource.id == booking.resource_id)
    ).one()
    if bound:
        limits, against = _by_rules(session, actor, booking, now)
    else:
        limits, against = Limits(booking.resource_id, needs_approval=approved), []
    more = () if limits.most_ahead is not None else too_many_ahead(session, booking.person_id, now)
    crowd = [] if people <= booking.people else _crowd(session, booking, limits, people)
    return limits, (*crowd, *against, *more)


def _by_rules(
    session: Session, actor: Actor, booking: Booking, now: datetime
) -> tuple[Limits, list[Obstacle]]:
    catalogue = load_catalogue(session, booking.location_id, booking.person_id, now)
    asker = asker_for(session, actor, booking.person_id, catalogue, now, colleague=True)
    rules, wanted = catalogue.rules_for(asker), stretch_of(Span(booking.starts_at, booking.ends_at))
    limits = rules.limits(catalogue.room(booking.resource_id).limits, wanted)
    stays = stays_of(session, rules, booking.person_id, wanted, minute_of(now))
    return limits, [
        *too_much(limits, catalogue.calendar, stays, wanted, minute_of(now)),
        *too_early(limits, stays, wanted),
    ]


def _crowd(session: Session, booking: Booking, limits: Limits, people: int) -> list[Obstacle]:
    capacity = (
        limits.capacity
        if "capacity" in limits.by
        else session.scalar(select(Resource.capacity).where(Resource.id == booking.resource_id))
    )
    if capacity is None or people <= capacity:
        return []
    return [Obstacle(Reason.TOO_MANY_PEOPLE, limits.facts("capacity", capacity=capacity))]
