"""What people do in the busy house, a step a verb; a step is plain numbers, so that chance can choose it."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any, NamedTuple

from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.actor import Actor
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
from app.domain.booking.offering import offer_rooms
from app.domain.booking.repeating import Every, Pattern
from app.domain.booking.series_add import add_dates, preview_dates
from app.domain.booking.series_book import book_series
from app.domain.booking.series_cancel import CancelDates, cancel_dates
from app.domain.booking.series_move import move_dates
from app.domain.booking.series_moving import MoveDates
from app.domain.booking.series_rows import Range
from app.domain.booking.series_terms import AddDates, BookSeries
from app.domain.booking.shorten import end_early
from app.domain.booking.terms import OVERRIDABLE, BookRoom, RoomQuery
from app.domain.booking.waitlist import stop_waiting, wait_for
from app.domain.extras.choosing import order
from app.domain.guests.expecting import NewGuest, add_guest, remove_guest
from app.domain.spaces.hours import add_closure, remove_closure
from app.domain.spaces.terms import ClosureDetails, Whose
from app.kernel.errors import Refusal
from app.kernel.spans import Span
from app.models import (
    BLOCKING,
    Booking,
    BookingExtra,
    BookingExtraOffer,
    BookingGuest,
    BookingSeries,
    BookingStatus,
    Closure,
    WaitlistEntry,
)
from app.tenancy import begin_writing
from tests.support.busy.house import NIGHT, PEOPLE, ROOMS, SATURDAY, RunningClock, when
from tests.support.world import TenantWorld


class Step(NamedTuple):
    """Who does what to which, when, for how long, and how else."""

    verb: str
    who: int = 0
    which: int = 0
    at: int = 0
    long: int = 2
    more: int = 0


class NothingToDo(Exception):
    """There is nothing that the verb could be done to."""


@dataclass(frozen=True, slots=True)
class Done:
    """What became of a step: `done`, `refused` or `idle`, and the refusal."""

    verb: str
    word: str
    refusal: Refusal | None = None


@dataclass(frozen=True)
class House:
    """A session of one who does things, in the house and at its time."""

    session: Session
    tenant: TenantWorld
    clock: RunningClock

    def take(self, step: Step) -> Done:
        """Do it and commit, or roll back what is refused. Whatever else is raised is a defect."""
        try:
            VERBS[step.verb](self, step)
            self.session.commit()
        except Refusal as refusal:
            self.session.rollback()
            return Done(step.verb, "refused", refusal)
        except NothingToDo:
            self.session.rollback()
            return Done(step.verb, "idle")
        return Done(step.verb, "done")

    def actor(self, step: Step) -> Actor:
        return self.tenant.actor(PEOPLE[step.who % len(PEOPLE)])

    @property
    def desk(self) -> Actor:
        return self.tenant.actor("desk")

    @property
    def manager(self) -> Actor:
        return self.tenant.actor("manager")

    def room(self, number: int) -> int:
        return self.tenant.rooms[ROOMS[number % len(ROOMS)]]

    def pick(self, step: Step, model: Any, *where: Any) -> Any:
        """One of those there are, the newest for the smallest number."""
        rows = self.session.scalars(select(model).where(*where).order_by(model.id.desc())).all()
        if not rows:
            raise NothingToDo
        return rows[step.which % len(rows)]

    def whose(self, step: Step, booking: Booking | BookingSeries) -> Actor:
        """Mostly whose it is; staff on their behalf, and once in a while a stranger."""
        if step.who == 3:
            return self.desk
        if step.who == 2:
            return self.actor(step)
        name = next(name for name, each in self.tenant.people.items() if each == booking.person_id)
        return self.tenant.actor(name)

    def standing(self, step: Step) -> Booking:
        booking: Booking = self.pick(step, Booking, Booking.status == BookingStatus.CONFIRMED)
        return booking

    def running(self, step: Step) -> Booking:
        now = self.clock()
        running = Booking.starts_at <= now, Booking.ends_at > now
        booking: Booking = self.pick(step, Booking, Booking.status == BookingStatus.CONFIRMED, *running)
        return booking


def _wish(house: House, step: Step) -> BookRoom:
    return BookRoom(house.room(step.which), when(step.at, step.long), people=1 + step.more % 3)


def _book(house: House, step: Step) -> None:
    book(house.session, house.actor(step), _wish(house, step), house.clock)


def _book_for_somebody(house: House, step: Step) -> None:
    """Staff, past limits every other time."""
    whom = house.tenant.people[PEOPLE[step.who % 3]]
    wish = replace(_wish(house, step), for_person_id=whom, override=step.more % 2 == 0)
    book(house.session, house.desk, wish, house.clock)


def _hold(house: House, step: Step) -> None:
    hold(house.session, house.actor(step), _wish(house, step), house.clock)


def _confirm(house: House, step: Step) -> None:
    held = house.pick(step, Booking, Booking.status == BookingStatus.HELD, Booking.offered.is_(False))
    confirm(house.session, house.whose(step, held), held.id, house.clock)


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
    )
    move(house.session, actor, booking.id, command, house.clock)


def _extend(house: House, step: Step) -> None:
    booking = house.running(step)
    extend(house.session, house.whose(step, booking), booking.id, 15 * step.long, house.clock)


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


def _periodic(job: Callable[[Session, Any], int]) -> Callable[[House, Step], None]:
    def sweep(house: House, _step: Step) -> None:
        begin_writing(house.session)
        if not job(house.session, house.clock()):
            # What it noted stays: a warning is no release yet
            house.session.commit()
            raise NothingToDo

    return sweep


def _offer(house: House, _step: Step) -> None:
    if not offer_rooms(house.session, house.clock):
        raise NothingToDo


def _place(house: House) -> int:
    return house.tenant.locations["Leith Walk"]


def _wait(house: House, step: Step) -> None:
    query = RoomQuery(_place(house), when(step.at, step.long), people=3 + step.more % 3)
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


def _repeat(house: House, step: Step) -> None:
    pattern = Pattern(SATURDAY + timedelta(days=step.at % 2), Every.DAY, count=2 + step.more % 3)
    staff = step.who == 3
    wish = BookSeries(
        house.room(step.which),
        pattern,
        starts=(9 + step.at % 8) * 60,
        minutes=30 * step.long,
        for_person_id=house.tenant.people["member"] if staff else None,
        override=staff and step.more % 2 == 0,
    )
    book_series(house.session, house.actor(step), wish, house.clock)


def _series(house: House, step: Step) -> tuple[BookingSeries, Actor]:
    series = house.pick(step, BookingSeries)
    return series, house.whose(step, series)


def _first(series: BookingSeries, step: Step) -> date:
    return series.first_day + timedelta(days=step.at % 3)


def _add_dates(house: House, step: Step) -> None:
    series, actor = _series(house, step)
    until = series.last_day + timedelta(days=step.at % 3)
    wish = AddDates(series.id, until=until, override=actor.is_staff)
    found = preview_dates(house.session, actor, wish, house.clock()).occurrences
    if not found:
        raise NothingToDo
    days = frozenset(each.day for each in found[step.more % 2 : 2 + step.more % 2])
    add_dates(house.session, actor, replace(wish, days=days), house.clock)


def _move_dates(house: House, step: Step) -> None:
    series, actor = _series(house, step)
    starts, minutes = (9 + step.more % 8) * 60, 30 * step.long
    last = None if step.at % 2 else series.last_day
    wish = MoveDates(series.id, Range(_first(series, step), last), starts, minutes)
    move_dates(house.session, actor, wish, house.clock)


def _cancel_dates(house: House, step: Step) -> None:
    series, actor = _series(house, step)
    wish = CancelDates(series.id, Range(_first(series, step)), "Because")
    cancel_dates(house.session, actor, wish, house.clock)


def _pause_dates(house: House, step: Step) -> None:
    series, actor = _series(house, step)
    day = _first(series, step)
    cancel_dates(house.session, actor, CancelDates(series.id, Range(day, day), "Because"), house.clock)


def _close(house: House, step: Step) -> None:
    """One room mostly, the house once in a while, on the third day."""
    day = SATURDAY + timedelta(days=2)
    whose = Whose(_place(house), None if step.more == 0 else house.tenant.rooms[ROOMS[step.which % 5]])
    details = ClosureDetails(day, day, yearly=False, message="Painters")
    add_closure(house.session, house.manager, whose, details, house.clock)


def _open_again(house: House, step: Step) -> None:
    closure = house.pick(step, Closure)
    whose = Whose(closure.location_id, closure.resource_id)
    remove_closure(house.session, house.manager, whose, closure.id, house.clock)


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


VERBS: dict[str, Callable[[House, Step], None]] = {
    "book": _book,
    "book for somebody": _book_for_somebody,
    "hold": _hold,
    "confirm": _confirm,
    "release": _release,
    "move": _move,
    "extend": _extend,
    "end early": _end,
    "cancel": _cancel,
    "approve": _approve,
    "decline": _decline,
    "check in": _check_in,
    "let holds lapse": _periodic(let_lapsed_go),
    "let requests lapse": _periodic(let_unanswered_go),
    "release no-shows": _periodic(release_no_shows),
    "wait": _wait,
    "stop waiting": _stop_waiting,
    "offer": _offer,
    "take an offer": _take_offer,
    "order": _order,
    "leave out": _leave_out,
    "expect": _expect,
    "expect no more": _expect_no_more,
    "repeat": _repeat,
    "add dates": _add_dates,
    "move dates": _move_dates,
    "cancel dates": _cancel_dates,
    "pause dates": _pause_dates,
    "close": _close,
    "open again": _open_again,
    "time passes": _time_passes,
    "one begins": _one_begins,
}

PASSING = "time passes", "one begins"
"""Verbs of the clock: what others do at the same moment they would change under their hands."""


def _numbers(verb: str, **fixed: int) -> st.SearchStrategy[Step]:
    free = {
        "who": st.integers(0, 3),
        "which": st.integers(0, 5),
        "at": st.integers(0, NIGHT + 1),
        "long": st.integers(1, 6),
        "more": st.integers(0, 5),
    }
    known = {name: st.just(value) for name, value in fixed.items()}
    return st.builds(Step, st.just(verb), **{**free, **known})


_HELD = _numbers("hold", who=0, which=0)
_ASKED = _numbers("book", who=0, which=4, at=8)
_BOOKED = _numbers("book", who=0)
_BEGINS = _numbers("one begins", which=0)
_REPEATED = _numbers("repeat", who=0, long=1)
_SCENES: tuple[tuple[st.SearchStrategy[Step], ...], ...] = (
    (_HELD, _numbers("confirm", who=0, which=0)),
    (_HELD, _numbers("order", who=0, which=0), _numbers("confirm", who=0, which=0)),
    (_HELD, _numbers("release", who=0, which=0)),
    (_HELD, _numbers("time passes", more=2), _numbers("let holds lapse")),
    (_ASKED, _numbers("approve", which=0)),
    (_ASKED, _numbers("decline", which=0)),
    (_ASKED, _BEGINS, _numbers("let requests lapse")),
    (_BOOKED, _numbers("order", who=0, which=0, more=0), _numbers("leave out", who=0, which=0)),
    (_BOOKED, _numbers("expect", who=0, which=0), _numbers("expect no more", who=0, which=0)),
    (_BOOKED, _numbers("move", who=0, which=0), _numbers("cancel", who=0, which=0)),
    (_BOOKED, _BEGINS, _numbers("check in", who=0, which=0), _numbers("extend", who=0, which=0, long=1)),
    (_BOOKED, _BEGINS, _numbers("extend", who=3, which=0), _numbers("end early", who=0, which=0)),
    (
        _BOOKED,
        _BEGINS,
        _numbers("time passes", more=2),
        _numbers("release no-shows"),
        _numbers("time passes", more=2),
        _numbers("release no-shows"),
    ),
    (
        _numbers("book for somebody", which=2, at=9, long=2),
        _numbers("wait", who=1, at=9, long=2, more=5),
        _numbers("cancel", who=3, which=0),
        _numbers("offer"),
        _numbers("take an offer", who=0, which=0),
    ),
    (_numbers("wait"), _numbers("stop waiting", which=0)),
    (_REPEATED, _numbers("move dates", who=0, which=0, long=1), _numbers("add dates", who=0, which=0, at=2)),
    (_REPEATED, _numbers("pause dates", who=0, which=0), _numbers("add dates", who=0, which=0)),
    (_REPEATED, _numbers("cancel dates", who=0, which=0)),
    (_numbers("close"), _REPEATED, _numbers("open again", which=0)),
)


_EVERY = (*_SCENES, *((_numbers(verb),) for verb in sorted(VERBS)))
DAYS = st.lists(st.one_of([st.tuples(*each) for each in _EVERY]), min_size=8, max_size=14).map(
    lambda scenes: [step for scene in scenes for step in scene]
)
"""Steps of a few days, some of them one after the other as people take them."""
MOMENTS = DAYS.map(lambda steps: [step for step in steps if step.verb not in PASSING])
"""The same at a single moment."""

TOUR = [
    Step("hold", which=0, at=14),
    Step("order", at=0),
    Step("leave out"),
    Step("confirm"),
    Step("hold", which=0, at=15),
    Step("release"),
    Step("hold", which=0, at=13),
    Step("time passes", more=2),
    Step("let holds lapse"),
    Step("book", which=4, at=8),
    Step("approve"),
    Step("book", which=4, at=9),
    Step("decline"),
    Step("book", which=0, at=0),
    Step("book", which=4, at=0),
    Step("one begins"),
    Step("let requests lapse"),
    Step("check in"),
    Step("extend", long=1),
    Step("end early"),
    Step("book", who=1, which=1, at=2),
    Step("one begins"),
    Step("time passes", more=2),
    Step("release no-shows"),
    Step("time passes", more=2),
    Step("release no-shows"),
    Step("book for somebody", which=2, at=9),
    Step("wait", who=1, at=9, more=5),
    Step("cancel", who=3),
    Step("offer"),
    Step("take an offer"),
    Step("wait", at=20),
    Step("stop waiting"),
    Step("expect"),
    Step("expect no more"),
    Step("move", at=17, more=1),
    Step("repeat", which=0, at=5, long=1, more=1),
    Step("move dates", long=1, more=2),
    Step("pause dates"),
    Step("add dates"),
    Step("cancel dates"),
    Step("close", which=0, more=1),
    Step("open again"),
]
"""Each verb once, and each of them has something to do."""
