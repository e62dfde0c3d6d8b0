"""What is done to a single booking, from holding its room to its end."""

from dataclasses import replace
from datetime import timedelta

from sqlalchemy import select

from app.domain.booking.approval import approve, decline
from app.domain.booking.book import book
from app.domain.booking.cancel import cancel
from app.domain.booking.check_in import check_in_to
from app.domain.booking.extend import extend
from app.domain.booking.hold import confirm, hold, release
from app.domain.booking.lapse import let_lapsed_go, let_unanswered_go
from app.domain.booking.move import move
from app.domain.booking.moving import MoveBooking
from app.domain.booking.no_shows import release_no_shows
from app.domain.booking.shorten import end_early
from app.domain.booking.terms import OVERRIDABLE, BookRoom
from app.kernel.spans import Span
from app.models import BLOCKING, Booking, BookingStatus, PayWhen, Resource
from tests.support.busy.house import PEOPLE, when
from tests.support.busy.steps import House, Step, Verb, periodic


def _wish(house: House, step: Step) -> BookRoom:
    return BookRoom(house.room(step.which), when(step.at, step.long), people=1 + step.more % 3)


def _book(house: House, step: Step) -> None:
    book(house.session, house.actor(step), _wish(house, step), house.clock)


def _book_for_somebody(house: House, step: Step) -> None:
    """Staff, past limits every other time; they say when it is paid, or leave that to the house."""
    whom = house.tenant.people[PEOPLE[step.who % 3]]
    pays = (None, PayWhen.END, PayWhen.NOW)[step.more % 3]
    wish = replace(_wish(house, step), for_person_id=whom, override=step.more % 2 == 0, pays=pays)
    book(house.session, house.desk, wish, house.clock)


def _hold(house: House, step: Step) -> None:
    hold(house.session, house.actor(step), _wish(house, step), house.clock)


def _confirm(house: House, step: Step) -> None:
    held = house.pick(step, Booking, Booking.status == BookingStatus.HELD, Booking.offered.is_(False))
    confirm(house.session, house.whose(step, held), held.id, house.clock)


def _choose(house: House, step: Step) -> None:
    """One unit of a room that has several; once in a while one that there is not."""
    several = select(Resource.id).where(Resource.units > 1)
    held = house.pick(step, Booking, Booking.status == BookingStatus.HELD, Booking.resource_id.in_(several))
    confirm(house.session, house.whose(step, held), held.id, house.clock, unit=step.more % 4)


def _take_offer(house: House, step: Step) -> None:
    held = house.pick(step, Booking, Booking.status == BookingStatus.HELD, Booking.offered)
    confirm(house.session, house.whose(step, held), held.id, house.clock)


def _release(house: House, step: Step) -> None:
    held = house.pick(step, Booking, Booking.status == BookingStatus.HELD)
    release(house.session, house.whose(step, held), held.id, house.clock)


def _move(house: House, step: Step) -> None:
    """Elsewhere, to another time, or only to another end."""
    booking = house.standing(step)
    actor = house.whose(step, booking)
    span, room = when(step.at, step.long), house.room(step.more)
    if step.more % 3 == 0:
        span, room = Span(booking.starts_at, booking.starts_at + span.length), booking.resource_id
    command = MoveBooking(
        room,
        span,
        people=booking.people,
        override=actor.is_staff and step.more % 2 == 0,
        seen_sequence=booking.sequence,
        only_later=step.more == 5,
    )
    move(house.session, actor, booking.id, command, house.clock)


def _extend(house: House, step: Step) -> None:
    booking = house.running(step)
    actor, only_later = house.whose(step, booking), step.more == 5
    extend(house.session, actor, booking.id, 15 * step.long, house.clock, only_later=only_later)


def _end(house: House, step: Step) -> None:
    booking = house.running(step)
    end_early(house.session, house.whose(step, booking), booking.id, house.clock)


def _cancel(house: House, step: Step) -> None:
    booking = house.pick(step, Booking, Booking.status.in_(BLOCKING))
    actor = house.whose(step, booking)
    waive = actor.is_staff and step.more % 3 == 0
    cancel(house.session, actor, booking.id, house.clock, reason="Because", waive=waive)


def _approve(house: House, step: Step) -> None:
    booking = house.pick(step, Booking, Booking.status == BookingStatus.TENTATIVE)
    passing = OVERRIDABLE if step.more % 2 else ()
    approve(house.session, house.desk, booking.id, house.clock, passing=passing)


def _decline(house: House, step: Step) -> None:
    booking = house.pick(step, Booking, Booking.status == BookingStatus.TENTATIVE)
    decline(house.session, house.desk, booking.id, house.clock, reason="Painters")


def _check_in(house: House, step: Step) -> None:
    soon = Booking.starts_at <= house.clock() + timedelta(minutes=60), Booking.ends_at > house.clock()
    booking = house.pick(step, Booking, Booking.status == BookingStatus.CONFIRMED, *soon)
    check_in_to(house.session, house.whose(step, booking), booking.id, house.clock)


VERBS: dict[str, Verb] = {
    "book": _book,
    "book for somebody": _book_for_somebody,
    "hold": _hold,
    "confirm": _confirm,
    "choose a unit": _choose,
    "take an offer": _take_offer,
    "release": _release,
    "move": _move,
    "extend": _extend,
    "end early": _end,
    "cancel": _cancel,
    "approve": _approve,
    "decline": _decline,
    "check in": _check_in,
    "let holds lapse": periodic(let_lapsed_go),
    "let requests lapse": periodic(let_unanswered_go),
    "release no-shows": periodic(release_no_shows),
}
