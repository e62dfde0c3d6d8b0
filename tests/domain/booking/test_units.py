"""Units of a resource: one is chosen or any, and kept; nobody has one twice, and everybody is told which it is."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.domain.actor import Actor
from app.domain.booking import mine
from app.domain.booking.catalogue import load_catalogue
from app.domain.booking.extend import Extension, extend, offers
from app.domain.booking.hold import confirm, hold
from app.domain.booking.move import move, quote_move
from app.domain.booking.moving import MoveBooking
from app.domain.booking.repeating import Every, Pattern
from app.domain.booking.series_book import book_series
from app.domain.booking.series_move import move_dates
from app.domain.booking.series_moving import MoveDates
from app.domain.booking.series_rows import Range
from app.domain.booking.series_terms import BookSeries
from app.domain.booking.shorten import end_early
from app.domain.booking.terms import NotBookable, Obstacle, Reason
from app.domain.booking.units import free_units
from app.domain.calendars.bookings import own
from app.domain.spaces.resources import details_of, edit_resource
from app.kernel.spans import Span
from app.models import AuditEntry, Booking, BookingStatus, Notice, Occupancy, Resource
from tests.domain.booking.conftest import Desk, StandingClock, span
from tests.support.world import TenantWorld

TEN, ELEVEN, NOON = span("10:00", "11:00"), span("11:00", "12:00"), span("12:00", "13:00")


@pytest.fixture(autouse=True)
def names(session: Session, northlight: TenantWorld) -> None:
    """Lark is two phone booths, of which one has a name."""
    named = update(Resource).where(Resource.id == northlight.rooms["Lark"]).values(unit_names=["Window"])
    session.execute(named)
    session.commit()


def _hold(front: Desk, actor: Actor, wanted: Span = TEN) -> Booking:
    held: Booking = front.do(hold, actor, front.wish("Lark", wanted))
    return held


def _confirm(front: Desk, actor: Actor, booking_id: int, unit: int | None = None) -> Booking:
    confirmed: Booking = front.do(confirm, actor, booking_id, unit=unit)
    return confirmed


def _has(front: Desk, actor: Actor, wanted: Span, unit: int) -> Booking:
    return _confirm(front, actor, _hold(front, actor, wanted).id, unit)


def _blocked(session: Session, booking_id: int) -> list[int]:
    rows = session.scalars(
        select(Occupancy.unit).where(Occupancy.booking_id == booking_id).order_by(Occupancy.blocks_from)
    ).all()
    session.rollback()
    return list(rows)


def _dates(session: Session, series_id: int) -> list[list[int] | None]:
    query = select(Booking).where(Booking.series_id == series_id).order_by(Booking.starts_at)
    dates = [each.unit_numbers for each in session.scalars(query.execution_options(populate_existing=True))]
    session.rollback()
    return dates


def _free(front: Desk, actor: Actor, booking_id: int) -> list[int]:
    view = mine.show(front.session, actor, booking_id, front.clock())
    free = free_units(front.session, view, front.clock())
    front.session.rollback()
    return free


def _moved(front: Desk, booking: Booking, wanted: Span) -> MoveBooking:
    return MoveBooking(booking.resource_id, wanted, booking.people, booking.title)


def _move(front: Desk, actor: Actor, booking: Booking, wanted: Span) -> Booking:
    def verb(session: Session, actor: Actor, command: MoveBooking, clock: StandingClock) -> Booking:
        return move(session, actor, booking.id, command, clock)

    moved: Booking = front.do(verb, actor, _moved(front, booking, wanted))
    return moved


def _offer(front: Desk, actor: Actor) -> Extension:
    views = mine.current(front.session, actor, front.clock())
    catalogue = load_catalogue(front.session, views[0].location_id, actor.person_id, front.clock())
    (offer,) = offers(front.session, actor, catalogue, views, front.clock()).values()
    front.session.rollback()
    return offer


def _extend(front: Desk, actor: Actor, booking_id: int, minutes: int) -> Booking:
    def verb(session: Session, actor: Actor, booking_id: int, clock: StandingClock) -> Booking:
        return extend(session, actor, booking_id, minutes, clock)

    longer: Booking = front.do(verb, actor, booking_id)
    return longer


def test_any_is_the_first_that_is_free(
    front: Desk, session: Session, member: Actor, colleague: Actor
) -> None:
    first, second = front.book(colleague, "Lark", TEN), front.book(member, "Lark", TEN)
    assert (first.unit_numbers, second.unit_numbers) == ([0], [1])
    assert _blocked(session, second.id) == [1]
    assert front.book(member, "Fern", ELEVEN).unit_numbers is None, "a room is but one"


def test_who_confirms_has_the_one_that_they_chose(front: Desk, session: Session, member: Actor) -> None:
    held = _hold(front, member)
    assert _free(front, member, held.id) == [0, 1]
    booking = _confirm(front, member, held.id, unit=1)
    assert (booking.status, booking.unit_numbers) == (BookingStatus.CONFIRMED, [1])
    assert _blocked(session, booking.id) == [1]


def test_any_keeps_the_one_that_was_held(front: Desk, session: Session, member: Actor) -> None:
    booking = _confirm(front, member, _hold(front, member).id)
    assert (booking.unit_numbers, _blocked(session, booking.id)) == ([0], [0])


def test_one_that_was_taken_meanwhile_is_refused_by_name_and_the_hold_stays(
    front: Desk, session: Session, member: Actor, colleague: Actor
) -> None:
    front.book(colleague, "Lark", TEN)
    held = _hold(front, member)
    assert _free(front, member, held.id) == [1]
    with pytest.raises(NotBookable) as refused:
        _confirm(front, member, held.id, unit=0)
    assert refused.value.obstacles == (Obstacle(Reason.UNIT_TAKEN, {"unit": "Window"}),)
    assert _blocked(session, held.id) == [1]
    assert _confirm(front, member, held.id).unit_numbers == [1]


def test_one_that_there_is_not_is_refused_by_its_number(front: Desk, member: Actor) -> None:
    held = _hold(front, member)
    with pytest.raises(NotBookable) as refused:
        _confirm(front, member, held.id, unit=2)
    assert refused.value.obstacles == (Obstacle(Reason.UNIT_TAKEN, {"unit": 3}),)


def test_what_somebody_let_run_out_keeps_nobody_from_it(
    front: Desk, session: Session, member: Actor, colleague: Actor, clock: StandingClock
) -> None:
    _hold(front, colleague)
    clock.advance(minutes=9)
    held = _hold(front, member)
    assert (held.unit_numbers, _free(front, member, held.id)) == ([1], [1])
    clock.advance(minutes=2)
    assert _free(front, member, held.id) == [0, 1]
    booking = _confirm(front, member, held.id, unit=0)
    assert (booking.unit_numbers, _blocked(session, booking.id)) == ([0], [0])


def test_it_is_kept_where_it_is_free_at_another_time(
    front: Desk, session: Session, member: Actor, colleague: Actor
) -> None:
    front.book(colleague, "Lark", TEN)
    booking = front.book(member, "Lark", TEN)
    quote = quote_move(session, member, booking.id, _moved(front, booking, NOON), front.clock())
    assert (quote.unit_names, quote.moves) == ((2,), False)
    moved = _move(front, member, booking, NOON)
    assert (moved.unit_numbers, _blocked(session, moved.id)) == ([1], [1]), "the first is free then, too"


def test_where_it_is_not_free_the_quote_says_which_it_will_be(
    front: Desk, session: Session, member: Actor, colleague: Actor
) -> None:
    _has(front, colleague, NOON, unit=1)
    booking = _has(front, member, TEN, unit=1)
    quote = quote_move(session, member, booking.id, _moved(front, booking, NOON), front.clock())
    assert (quote.unit_names, quote.moves) == (("Window",), True)
    session.rollback()
    moved = _move(front, member, booking, NOON)
    assert (moved.unit_numbers, _blocked(session, moved.id)) == ([0], [0])


def _seat(front: Desk, actor: Actor, booking: Booking, wanted: Span, unit: int) -> Booking:
    def verb(session: Session, actor: Actor, command: MoveBooking, clock: StandingClock) -> Booking:
        return move(session, actor, booking.id, command, clock)

    moved: Booking = front.do(verb, actor, replace(_moved(front, booking, wanted), unit=unit))
    return moved


def test_another_one_is_chosen_for_the_same_time_and_told(
    front: Desk, session: Session, member: Actor
) -> None:
    booking = front.book(member, "Lark", TEN)
    price, told = booking.price_minor, len(session.scalars(select(Notice)).all())
    wish = replace(_moved(front, booking, TEN), unit=1)
    quote = quote_move(session, member, booking.id, wish, front.clock())
    assert (quote.unit_names, quote.free_units) == ((2,), ((0, "Window"), (1, 2)))
    assert quote.due_difference.minor == 0
    session.rollback()
    moved = _seat(front, member, booking, TEN, 1)
    assert (moved.unit_numbers, _blocked(session, moved.id), moved.price_minor) == ([1], [1], price)
    notices = session.scalars(select(Notice).order_by(Notice.id)).all()
    assert (len(notices), notices[-1].kind) == (told + 1, "booking.changed")
    assert notices[-1].data["unit_names"] == [2]
    sequence = moved.sequence
    assert _seat(front, member, booking, TEN, 1).sequence == sequence, "it is so already"


def test_another_one_is_chosen_with_another_time(front: Desk, session: Session, member: Actor) -> None:
    booking = front.book(member, "Lark", TEN)
    moved = _seat(front, member, booking, NOON, 1)
    assert (moved.unit_numbers, _blocked(session, moved.id)) == ([1], [1])


@pytest.mark.parametrize("wanted", [TEN, NOON])
def test_a_change_to_one_that_somebody_has_is_refused_by_name_and_changes_nothing(
    front: Desk, session: Session, member: Actor, colleague: Actor, wanted: Span
) -> None:
    _has(front, colleague, wanted, unit=0)
    booking = _has(front, member, TEN, unit=1)
    wish = replace(_moved(front, booking, wanted), unit=0)
    quote = quote_move(session, member, booking.id, wish, front.clock())
    assert quote.obstacles == (Obstacle(Reason.UNIT_TAKEN, {"unit": "Window"}),)
    assert quote.free_units == ((1, 2),)
    session.rollback()
    with pytest.raises(NotBookable) as refused:
        _seat(front, member, booking, wanted, 0)
    assert refused.value.obstacles == quote.obstacles
    assert _blocked(session, booking.id) == [1]
    with pytest.raises(NotBookable):
        _seat(front, member, booking, wanted, 2)


def test_what_staff_change_says_which_in_the_trail(
    front: Desk, session: Session, member: Actor, desk: Actor
) -> None:
    booking = front.book(member, "Lark", TEN)
    _seat(front, replace(desk, on_behalf=True), booking, TEN, 1)
    entry = session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first()
    assert entry is not None
    assert (entry.before["which_unit"], entry.after["which_unit"]) == (["Window"], [2])


def test_longer_it_stays_where_it_is(
    front: Desk, session: Session, member: Actor, clock: StandingClock
) -> None:
    booking = _has(front, member, TEN, unit=1)
    clock.now = TEN.start
    offer = _offer(front, member)
    assert offer.moves_to == ()
    longer = _extend(front, member, booking.id, offer.minutes)
    assert (longer.unit_numbers, _blocked(session, longer.id)) == ([1], [1, 1])


def test_where_it_cannot_the_offer_says_which_it_changes_to(
    front: Desk, session: Session, member: Actor, colleague: Actor, clock: StandingClock
) -> None:
    _has(front, colleague, ELEVEN, unit=1)
    booking = _has(front, member, TEN, unit=1)
    clock.now = TEN.start
    offer = _offer(front, member)
    assert offer.moves_to == ("Window",)
    longer = _extend(front, member, booking.id, offer.minutes)
    assert (longer.unit_numbers, _blocked(session, longer.id)) == ([1, 0], [1, 0])
    view = mine.show(session, member, booking.id, front.clock())
    assert view.unit_names == (2, "Window")


def test_bookings_ahead_are_told_theirs_once_a_room_becomes_several(
    front: Desk, session: Session, member: Actor, northlight: TenantWorld
) -> None:
    booking = front.book(member, "Fern", TEN)
    manager, fern = northlight.actor("manager"), session.get_one(Resource, northlight.rooms["Fern"])
    details = details_of(session, fern)
    session.commit()
    edit_resource(session, manager, fern.id, replace(details, units=2), front.clock)
    session.commit()
    session.refresh(booking)
    assert booking.unit_numbers == [0]
    assert front.book(member, "Fern", TEN).unit_numbers == [1]


def test_dates_that_move_keep_it_where_it_is_free(
    front: Desk, session: Session, member: Actor, colleague: Actor
) -> None:
    blocker = front.book(colleague, "Lark", span("10:00", "11:00", "2026-03-03"))
    daily = Pattern(date(2026, 3, 3), Every.DAY, count=2)
    series = front.do(book_series, member, BookSeries(blocker.resource_id, daily, 600, 60)).series
    assert _dates(session, series.id) == [[1], [0]]
    front.do(move_dates, member, MoveDates(series.id, Range(), 840, 60))
    assert _dates(session, series.id) == [[1], [0]], "the first is free then, too"


def test_who_ends_before_changing_units_never_had_the_other(
    front: Desk, session: Session, member: Actor, colleague: Actor, clock: StandingClock
) -> None:
    _has(front, colleague, ELEVEN, unit=1)
    booking = _has(front, member, TEN, unit=1)
    clock.now = TEN.start
    longer = _extend(front, member, booking.id, _offer(front, member).minutes)
    assert longer.unit_numbers == [1, 0]
    clock.advance(minutes=20)
    assert front.do(end_early, member, booking.id).unit_numbers == [1]


def test_who_ends_after_it_had_both(
    front: Desk, session: Session, member: Actor, colleague: Actor, clock: StandingClock
) -> None:
    _has(front, colleague, ELEVEN, unit=1)
    booking = _has(front, member, TEN, unit=1)
    clock.now = TEN.start
    _extend(front, member, booking.id, _offer(front, member).minutes)
    clock.now = ELEVEN.start + timedelta(minutes=1)
    assert front.do(end_early, member, booking.id).unit_numbers == [1, 0]


def test_notices_and_calendars_name_it(front: Desk, session: Session, member: Actor) -> None:
    booking = front.book(member, "Lark", TEN)
    told: dict[str, Any] = session.scalars(
        select(Notice.data).where(Notice.kind == "booking.confirmed")
    ).one()
    assert (told["resource"], told["unit_names"]) == ("Lark", ["Window"])
    entry = own(session, member, booking.id)
    assert (entry.room, entry.unit_names) == ("Lark", ("Window",))
