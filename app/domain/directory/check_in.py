"""Saying that one is in the house, and that one leaves."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.actor import Actor
from app.domain.booking.calendar import Calendar, ClosedDays, WeeklyHours
from app.domain.booking.minutes import minute_of, moment_of
from app.domain.credits.staying import minutes_between, settle
from app.domain.credits.visiting import let_in
from app.domain.live import changed
from app.domain.lookup import one, require_location
from app.domain.spaces.hours import closures_of, hours_of
from app.domain.spaces.terms import Whose
from app.kernel.clock import Clock
from app.kernel.walltime import zone
from app.models import CheckIn, Location, Person
from app.models.check_in import here_at
from app.tenancy import begin_writing


def check_in(session: Session, actor: Actor, location_id: int, clock: Clock) -> None:
    """Be at a location until it closes; where it is closed now, or open around the clock, until midnight there; and not for
    longer than a pass holds that lets them in.

    Whoever is somewhere else at that moment leaves there. Raises NotFound for a location that is retired, unknown or
    another tenant's, and NoPass; then nothing is changed once the caller rolls back.
    """
    begin_writing(session)
    require_location(session, location_id)
    place, now = session.get_one(Location, location_id), clock()
    _leave(session, actor, now)
    ticket = let_in(session, actor, place, now)
    ends_at = closing_time(session, place, now)
    if ticket.until is not None:
        ends_at = min(ends_at, ticket.until)
    session.add(
        CheckIn(
            person_id=actor.person_id,
            location_id=place.id,
            starts_at=now,
            ends_at=ends_at,
            grant_id=ticket.grant_id,
            held_minutes=0 if ticket.grant_id is None else minutes_between(now, ends_at),
        )
    )
    _tell(session, place.id)
    session.flush()


def check_out(session: Session, actor: Actor, clock: Clock) -> None:
    """Leave; nothing when one is not there."""
    begin_writing(session)
    _leave(session, actor, clock())
    session.flush()


def stay_in_one_place(session: Session, person_id: int, now: datetime) -> None:
    """Let somebody who turns out to be in two places, because two records of them were, be in the one they came to last."""
    running = select(CheckIn).where(CheckIn.person_id == person_id, here_at(now))
    for each in session.scalars(running.order_by(CheckIn.starts_at.desc(), CheckIn.id.desc())).all()[1:]:
        each.ends_at = now


def _leave(session: Session, actor: Actor, now: datetime) -> None:
    """Leave where they are, and use the minutes of what is over."""
    # Two devices at once: the second waits for the first, and finds what it wrote.
    one(session, Person, actor.person_id, lock=True)
    for each in session.scalars(select(CheckIn).where(CheckIn.person_id == actor.person_id, here_at(now))):
        each.ends_at = now
        _tell(session, each.location_id)
    unsettled = CheckIn.person_id == actor.person_id, CheckIn.held_minutes > 0, CheckIn.ends_at <= now
    session.flush()
    for each in session.scalars(select(CheckIn).where(*unsettled)):
        settle(session, each, now)
    session.flush()


def _tell(session: Session, location_id: int) -> None:
    """Pages that show who is here ask again, whoever may see that this person is."""
    for word in ("home", "desk"):
        changed(session, word, places=[location_id])


def closing_time(session: Session, place: Location, now: datetime) -> datetime:
    """When a location closes that is open now; midnight there where it is closed, or open around the clock."""
    whose = Whose(place.id, None)
    calendar = Calendar(
        zone(place.zone),
        {None: [WeeklyHours(each.weekday, each.opens, each.closes) for each in hours_of(session, whose)]},
        {
            None: [
                ClosedDays(each.first_day, each.last_day, each.yearly) for each in closures_of(session, whose)
            ]
        },
    )
    minute = minute_of(now)
    today = calendar.day_of(minute)
    # No resource has the id 0, so these are the hours of the location itself.
    for start, end in calendar.open(0, today.day):
        if start <= minute < end:
            return moment_of(end)
    return moment_of(today.end)
