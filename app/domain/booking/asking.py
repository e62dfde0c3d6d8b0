"""Asking staff for a room that they approve first: who is asked, and what is taken back once somebody has decided."""

from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.domain.actor import Actor, Permission
from app.domain.booking.announce import facts_of
from app.domain.booking.rules import ANSWERING_MINUTES, Limits
from app.domain.booking.terms import NotBookable, Obstacle, Reason
from app.domain.live import changed
from app.domain.notices import tell_all
from app.domain.notices.reading import forget_about
from app.domain.people.staff import staff_at
from app.models import Booking, Notice, Person

WAITING = "booking.waiting"


def decides(actor: Actor, location_id: int) -> bool:
    """Whether somebody could approve bookings of a location, and so needs nobody's approval there."""
    return actor.may(Permission.BOOKINGS) and actor.reaches(location_id)


def asks_first(actor: Actor, location_id: int, limits: Limits) -> bool:
    """Whether what these limits hold for waits for staff. Whoever could say yes to it needs nobody's."""
    return limits.needs_approval and not decides(actor, location_id)


def check_in_time_to_ask(booking: Booking, now: datetime) -> None:
    """Raise NotBookable for what begins before anybody could answer."""
    if booking.starts_at <= now:
        raise NotBookable((Obstacle(Reason.TOO_SOON, {"minutes": ANSWERING_MINUTES}),))


def ask_staff(session: Session, booking: Booking, now: datetime) -> None:
    """Tell everybody who may approve it, but whose booking it is. Within the transaction that makes it."""
    person = session.get_one(Person, booking.person_id)
    facts = facts_of(session, booking) | {
        "about": _about(booking),
        "person_id": person.id,
        "name": person.name,
        "people": booking.people,
    }
    asked = set(staff_at(session, Permission.BOOKINGS, booking.location_id)) - {person.id}
    tell_all(session, now, asked, WAITING, facts)


def take_back_asked(session: Session, booking: Booking) -> None:
    """Take back from staff what is decided."""
    forget_about(session, WAITING, _about(booking))


def forget_asked_of(session: Session, person_id: int) -> None:
    """Take back from staff everything that somebody asks for who wants nothing any more."""
    session.flush()
    told = select(Notice.id).where(Notice.kind == WAITING, Notice.about.startswith(f"{person_id}:"))
    taken = delete(Notice).where(Notice.id.in_(told)).returning(Notice.person_id)
    people = session.scalars(taken, execution_options={"synchronize_session": False})
    changed(session, "inbox", people={each for each in people if each is not None})


def _about(booking: Booking) -> str:
    """Led by the person, so that it goes when they do."""
    return f"{booking.person_id}:{booking.id}"
