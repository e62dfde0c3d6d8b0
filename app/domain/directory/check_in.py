"""Saying that one is in the house, and that one leaves."""

from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from app.domain.actor import Actor
from app.domain.billing.words import ChargeWords
from app.domain.booking.calendar import Calendar, ClosedDays, WeeklyHours
from app.domain.booking.minutes import minute_of, moment_of
from app.domain.credits.staying import minutes_between, settle
from app.domain.credits.terms import NoPass
from app.domain.credits.visiting import Ticket, let_in
from app.domain.live import changed
from app.domain.lookup import hold_person, require_location
from app.domain.passes.fitting import end_of_day
from app.domain.pay_as_you_go.visiting import pay_to_enter, settle_visit
from app.domain.spaces.hours import closures_of, hours_of
from app.domain.spaces.terms import Whose
from app.kernel.clock import Clock
from app.kernel.walltime import zone
from app.models import CheckIn, Location, PaidVisit
from app.models.check_in import here_at
from app.tenancy import begin_writing


def check_in(
    session: Session, actor: Actor, location_id: int, words: ChargeWords, clock: Clock, agreed: str = ""
) -> CheckIn:
    """Be at a location until it closes; where it is closed now, or open around the clock, until midnight there; and not for
    longer than a pass holds that lets them in. Who has none pays as they go where the tenant offers that, once they have
    `agreed` to the offer that they were shown (`pay_as_you_go.Offer.seen`).

    Whoever is somewhere else at that moment leaves there; who is there already and pays for it stays. Raises NotFound for a
    location that is retired, unknown or another tenant's, NoPass, and PriceToAgree; then nothing is changed once the caller
    rolls back.
    """
    begin_writing(session)
    require_location(session, location_id)
    # Two devices at once: the second waits for the first, and finds what it wrote.
    hold_person(session, actor.person_id)
    place, now = session.get_one(Location, location_id), clock()
    stay = _paid_stay(session, actor, place, now)
    if stay is not None:
        return stay
    _leave(session, actor, words, now)
    ticket = _let_in(session, actor, place, agreed, words, now)
    ends_at = closing_time(session, place, now)
    if ticket.until is not None:
        ends_at = min(ends_at, ticket.until)
    stay = CheckIn(
        person_id=actor.person_id,
        location_id=place.id,
        starts_at=now,
        ends_at=ends_at,
        grant_id=ticket.grant_id,
        held_minutes=0 if ticket.grant_id is None else minutes_between(now, ends_at),
        paid_visit_id=ticket.paid_visit_id,
    )
    session.add(stay)
    _tell(session, place.id)
    session.flush()
    return stay


def check_out(session: Session, actor: Actor, words: ChargeWords, clock: Clock) -> PaidVisit | None:
    """Leave; nothing when one is not there. What is charged for it, where hours are."""
    begin_writing(session)
    hold_person(session, actor.person_id)
    return _leave(session, actor, words, clock())


def stay_in_one_place(session: Session, person_id: int, now: datetime) -> None:
    """Let somebody who turns out to be in two places, because two records of them were, be in the one they came to last."""
    running = select(CheckIn).where(CheckIn.person_id == person_id, here_at(now))
    for each in session.scalars(running.order_by(CheckIn.starts_at.desc(), CheckIn.id.desc())).all()[1:]:
        each.ends_at = now


def _paid_stay(session: Session, actor: Actor, place: Location, now: datetime) -> CheckIn | None:
    """The stay there that somebody pays for as they go: pressing twice begins no second hour."""
    query = select(CheckIn).where(
        CheckIn.person_id == actor.person_id,
        CheckIn.location_id == place.id,
        CheckIn.paid_visit_id.is_not(None),
        here_at(now),
    )
    return session.scalars(query.order_by(CheckIn.id).limit(1)).one_or_none()


def _let_in(
    session: Session, actor: Actor, place: Location, agreed: str, words: ChargeWords, now: datetime
) -> Ticket:
    """By a plan or a pass, else for the price that they agreed to. Raises NoPass and PriceToAgree."""
    try:
        return let_in(session, actor, place, now)
    except NoPass:
        visit_id = pay_to_enter(session, actor.person_id, place, agreed, words, now)
        if visit_id is None:
            raise
        return Ticket(end_of_day(place, now), paid_visit_id=visit_id)


def _leave(session: Session, actor: Actor, words: ChargeWords, now: datetime) -> PaidVisit | None:
    """Leave where they are, within a transaction that holds them; use the minutes and charge the hours of what is over; the last visit
    that was charged."""
    for each in session.scalars(select(CheckIn).where(CheckIn.person_id == actor.person_id, here_at(now))):
        each.ends_at = now
        _tell(session, each.location_id)
    running = select(PaidVisit.id).where(
        PaidVisit.person_id == actor.person_id, PaidVisit.charged_minor.is_(None)
    )
    unsettled = or_(CheckIn.held_minutes > 0, CheckIn.paid_visit_id.in_(running))
    over = select(CheckIn).where(CheckIn.person_id == actor.person_id, CheckIn.ends_at <= now, unsettled)
    session.flush()
    charged = None
    for each in session.scalars(over.order_by(CheckIn.id)).all():
        settle(session, each, now)
        charged = settle_visit(session, each, words, now) or charged
    session.flush()
    return charged


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
