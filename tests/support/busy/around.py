"""What goes on around bookings: waiting, ordering, guests, and what the house does to its rooms; and the clock."""

from dataclasses import replace
from datetime import timedelta

from sqlalchemy import select

from app.domain.booking.offering import offer_rooms
from app.domain.booking.terms import RoomQuery
from app.domain.booking.waitlist import stop_waiting, wait_for
from app.domain.extras.choosing import order
from app.domain.guests.expecting import NewGuest, add_guest, remove_guest
from app.domain.spaces.hours import add_closure, remove_closure
from app.domain.spaces.resources import details_of, edit_resource
from app.domain.spaces.terms import ClosureDetails, Whose
from app.models import (
    BLOCKING,
    Booking,
    BookingExtra,
    BookingExtraOffer,
    BookingGuest,
    BookingStatus,
    Closure,
    Resource,
    WaitlistEntry,
)
from tests.support.busy.house import MOST_UNITS, ROOMS, SATURDAY, when
from tests.support.busy.steps import House, NothingToDo, Step, Verb


def _offer(house: House, _step: Step) -> None:
    if not offer_rooms(house.session, house.clock):
        raise NothingToDo


def _wait(house: House, step: Step) -> None:
    query = RoomQuery(house.place, when(step.at, step.long), people=3 + step.more % 3)
    tolerance = (0, 30, 60)[step.more % 3]
    wait_for(house.session, house.actor(step), query, tolerance, house.clock)


def _stop_waiting(house: House, step: Step) -> None:
    entry = house.pick(step, WaitlistEntry, WaitlistEntry.ended_at.is_(None))
    name = next(name for name, each in house.tenant.people.items() if each == entry.person_id)
    stop_waiting(house.session, house.tenant.actor(name), entry.id, house.clock)


def _order(house: House, step: Step) -> None:
    booking = house.pick(step, Booking, Booking.status.in_(BLOCKING))
    offer = house.pick(step._replace(which=step.at), BookingExtraOffer)
    wanted = {offer.id: 1 + step.more % 3}
    order(house.session, house.whose(step, booking), booking.id, wanted, house.clock)


def _leave_out(house: House, step: Step) -> None:
    line = house.pick(step, BookingExtra)
    booking = house.session.get_one(Booking, line.booking_id)
    order(house.session, house.whose(step, booking), booking.id, {line.offer_id: 0}, house.clock)


def _expect(house: House, step: Step) -> None:
    booking = house.standing(step)
    guest = NewGuest(f"Guest {step.more}", "guest@elsewhere.test" if step.more % 2 else "")
    add_guest(house.session, house.whose(step, booking), booking.id, guest, house.clock)


def _expect_no_more(house: House, step: Step) -> None:
    guest = house.pick(step, BookingGuest)
    booking = house.session.get_one(Booking, guest.booking_id)
    remove_guest(house.session, house.whose(step, booking), booking.id, guest.id, house.clock)


def _close(house: House, step: Step) -> None:
    """One room mostly, the house once in a while, on the third day."""
    day = SATURDAY + timedelta(days=2)
    whose = Whose(house.place, None if step.more == 0 else house.tenant.rooms[ROOMS[step.which % 5]])
    details = ClosureDetails(day, day, yearly=False, message="Painters")
    add_closure(house.session, house.manager, whose, details, house.clock)


def _open_again(house: House, step: Step) -> None:
    closure = house.pick(step, Closure)
    whose = Whose(closure.location_id, closure.resource_id)
    remove_closure(house.session, house.manager, whose, closure.id, house.clock)


def _one_more_unit(house: House, _step: Step) -> None:
    """Of the room that has several and says what they are called."""
    room = house.session.get_one(Resource, house.tenant.rooms["Tejo"])
    details = details_of(house.session, room)
    if details.units >= MOST_UNITS:
        raise NothingToDo
    wider = replace(details, units=details.units + 1)
    edit_resource(house.session, house.manager, room.id, wider, house.clock)


def _time_passes(house: House, step: Step) -> None:
    house.clock.advance((1, 9, 11, 60, 240, 1)[step.more])


def _one_begins(house: House, step: Step) -> None:
    """The clock goes to where the soonest of those ahead has just begun."""
    ahead = (
        Booking.status.in_((BookingStatus.CONFIRMED, BookingStatus.TENTATIVE)),
        Booking.starts_at > house.clock(),
    )
    soonest = house.session.scalars(
        select(Booking.starts_at).where(*ahead).order_by(Booking.starts_at)
    ).first()
    if soonest is None:
        raise NothingToDo
    house.clock.at = soonest + timedelta(minutes=1)


VERBS: dict[str, Verb] = {
    "wait": _wait,
    "stop waiting": _stop_waiting,
    "offer": _offer,
    "order": _order,
    "leave out": _leave_out,
    "expect": _expect,
    "expect no more": _expect_no_more,
    "close": _close,
    "open again": _open_again,
    "one more unit": _one_more_unit,
    "time passes": _time_passes,
    "one begins": _one_begins,
}

PASSING = "time passes", "one begins"
"""Verbs of the clock: what others do at the same moment they would change under their hands."""
