"""Fixed shifts: booked whole, or several that touch, in every path by which a room is had."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import update
from sqlalchemy.orm import Session

from app.domain.actor import Actor
from app.domain.booking import mine
from app.domain.booking.approval import approve
from app.domain.booking.availability import nearest
from app.domain.booking.calendar import Calendar, LocalDay, WeeklyHours
from app.domain.booking.cancel import cancel
from app.domain.booking.catalogue import Bookable, Catalogue, load_catalogue
from app.domain.booking.day import day_grid
from app.domain.booking.day_cells import DayCell, Label
from app.domain.booking.door import door
from app.domain.booking.extend import extend, offers
from app.domain.booking.house_rules.explaining import Topic, explain
from app.domain.booking.house_rules.keeping import ShiftsOverlap, create_rule
from app.domain.booking.house_rules.terms import Rooms, Rule, Sets, When, Whom
from app.domain.booking.minutes import Stretch, minute_of, moment_of, span_of
from app.domain.booking.move import move
from app.domain.booking.moving import MoveBooking
from app.domain.booking.occupancy import Busy, overlaps
from app.domain.booking.offering import offer_rooms
from app.domain.booking.quick import best_match
from app.domain.booking.repeating import Every, Pattern
from app.domain.booking.rules import Asker, Limits, obstacles
from app.domain.booking.series_book import preview_series
from app.domain.booking.series_terms import BookSeries
from app.domain.booking.shifts import Shift, apart, lengths_of, runs, stretches_on
from app.domain.booking.shorten import end_early
from app.domain.booking.survey import Survey, window_around
from app.domain.booking.terms import NotBookable, Obstacle, Reason, Room, RoomQuery
from app.domain.booking.waitlist import wait_for
from app.domain.booking.week import room_week
from app.kernel.spans import Span
from app.models import Booking, BookingStatus, Resource, WaitlistEntry
from tests.domain.booking.conftest import NOW, Desk, StandingClock, span
from tests.support.world import TenantWorld

EARLY, MIDDAY, LATE = Shift(540, 780), Shift(780, 960), Shift(1020, 1200)
SHIFTS = (EARLY, MIDDAY, LATE)
"""The first two touch."""
WALLS = [(540, 780), (780, 960), (1020, 1200)]
MORNING, NOON, EVENING = span("09:00", "13:00"), span("13:00", "16:00"), span("17:00", "20:00")
BOTH = span("09:00", "16:00")
REFUSED = Obstacle(Reason.OUT_OF_SHIFT, {"shifts": WALLS})
LONDON = ZoneInfo("Europe/London")


def _change(session: Session, northlight: TenantWorld, room: str = "Fern", **columns: Any) -> None:
    session.execute(
        update(Resource).where(Resource.id == northlight.rooms[room]).values(**columns),
        execution_options={"synchronize_session": False},
    )
    session.commit()


@pytest.fixture
def shifts(session: Session, northlight: TenantWorld) -> None:
    """Fern on every day, and its own limits are such that no shift would be right by them."""
    _change(
        session,
        northlight,
        shifts=[list(each) for each in SHIFTS],
        grid_minutes=7,
        min_minutes=400,
        max_minutes=420,
    )


@pytest.fixture
def only_fern(session: Session, northlight: TenantWorld) -> int:
    """So many that they fit into Fern alone."""
    session.execute(
        update(Resource).where(Resource.id != northlight.rooms["Fern"]).values(capacity=1),
        execution_options={"synchronize_session": False},
    )
    session.commit()
    return 2


def _refused(front: Desk, actor: Actor, wanted: Span, room: str = "Fern") -> tuple[Obstacle, ...]:
    with pytest.raises(NotBookable) as refused:
        front.book(actor, room, wanted)
    return refused.value.obstacles


def _at(clock: StandingClock, time: str) -> None:
    clock.now = span(time, "23:59").start


@pytest.mark.usefixtures("shifts")
@pytest.mark.parametrize("wanted", [MORNING, NOON, EVENING, BOTH])
def test_a_whole_shift_or_some_that_touch_are_booked(front: Desk, member: Actor, wanted: Span) -> None:
    assert front.book(member, "Fern", wanted).overridden == []


@pytest.mark.usefixtures("shifts")
@pytest.mark.parametrize(
    "wanted",
    [
        span("09:00", "12:00"),
        span("10:00", "13:00"),
        span("10:00", "16:00"),
        span("13:00", "20:00"),
        span("16:00", "17:00"),
        span("09:00", "20:00"),
    ],
)
def test_nothing_else_is(
    front: Desk,
    session: Session,
    northlight: TenantWorld,
    member: Actor,
    colleague: Actor,
    wanted: Span,
) -> None:
    _change(session, northlight, "Cedar", max_minutes=900)
    assert _refused(front, member, wanted) == (REFUSED,)
    front.book(colleague, "Cedar", wanted)


def test_the_longest_length_counts_for_several_but_not_for_one(
    front: Desk, session: Session, member: Actor, northlight: TenantWorld
) -> None:
    _change(session, northlight, shifts=[list(each) for each in SHIFTS], max_minutes=60)
    assert _refused(front, member, BOTH) == (Obstacle(Reason.TOO_LONG, {"minutes": 60}),)
    front.book(member, "Fern", MORNING)


def test_a_day_without_a_shift_is_not_booked(
    front: Desk, session: Session, member: Actor, northlight: TenantWorld
) -> None:
    _change(session, northlight, shifts=[[540, 780, 0b0000010]])
    assert _refused(front, member, MORNING) == (Obstacle(Reason.OUT_OF_SHIFT, {"shifts": []}),)
    front.book(member, "Fern", span("09:00", "13:00", "2026-03-03"))


@pytest.mark.usefixtures("shifts")
def test_the_refusal_and_the_search_say_what_would_work(front: Desk, member: Actor, colleague: Actor) -> None:
    found = front.search(member, span("10:00", "11:00"))
    (fern,) = [each for each in found.not_allowed if each.room.name == "Fern"]
    assert (fern.obstacles, fern.next_free) == ((REFUSED,), MORNING)
    assert fern.strip.open == (MORNING, NOON, EVENING)
    front.book(colleague, "Fern", MORNING)
    found = front.search(member, span("10:00", "11:00"))
    (fern,) = [each for each in found.taken if each.room.name == "Fern"]
    assert fern.next_free == NOON


@pytest.mark.usefixtures("shifts")
def test_a_free_shift_is_found_until_the_last_that_touches(front: Desk, member: Actor) -> None:
    (fern,) = [each for each in front.search(member, MORNING).free if each.room.name == "Fern"]
    assert fern.free_until == BOTH.end


@pytest.mark.usefixtures("shifts")
@pytest.mark.parametrize(
    ("wish", "nearest"),
    [
        (span("12:00", "13:00"), MORNING),
        (span("13:30", "14:00"), NOON),
        (span("12:30", "14:00"), BOTH),
        (span("09:00", "16:30"), BOTH),
        (span("16:00", "17:00"), EVENING),
        (span("18:30", "19:00"), EVENING),
    ],
)
def test_the_nearest_shift_is_offered_where_nothing_is_free(
    front: Desk, member: Actor, only_fern: int, wish: Span, nearest: Span
) -> None:
    found = front.search(member, wish, people=only_fern)
    assert found.free == ()
    assert found.alternatives[0].span == nearest


@pytest.mark.usefixtures("shifts")
def test_with_one_tap_the_next_shift_is_had(
    front: Desk, member: Actor, clock: StandingClock, session: Session, northlight: TenantWorld
) -> None:
    for room in ("Cedar", "Alder", "Rowan", "Lark"):
        _change(session, northlight, room, retired_at=NOW)
    _at(clock, "11:50")
    catalogue = load_catalogue(session, northlight.locations["Leith Walk"], member.person_id, clock.now)
    match = best_match(session, member, catalogue, clock.now)
    session.rollback()
    assert match is not None
    assert match.span == NOON


def test_a_shift_outside_the_opening_hours_is_closed(
    front: Desk, session: Session, member: Actor, northlight: TenantWorld
) -> None:
    _change(session, northlight, shifts=[[1080, 1440, 127]])
    late = Span(span("18:00", "19:00").start, span("00:00", "01:00", "2026-03-03").start)
    assert [each.reason for each in _refused(front, member, late)] == [Reason.OUTSIDE_HOURS]


@pytest.mark.usefixtures("shifts")
def test_staff_pass_it_over_and_it_is_noted(front: Desk, northlight: TenantWorld, member: Actor) -> None:
    manager = northlight.actor("manager")
    with pytest.raises(NotBookable):
        front.book(manager, "Fern", span("10:00", "11:00"))
    passed = front.book(
        manager, "Fern", span("10:00", "11:00"), override=True, for_person_id=member.person_id
    )
    assert passed.overridden == ["out_of_shift"]


def _cells(row: tuple[DayCell, ...]) -> list[tuple[Label, Span, bool]]:
    return [(cell.label, cell.span, cell.shift) for cell in row if cell.label is not Label.CLOSED]


def _grid(front: Desk, actor: Actor) -> tuple[DayCell, ...]:
    place = front.world.locations["Leith Walk"]
    grid = day_grid(front.session, actor, place, date(2026, 3, 2), front.clock())
    front.session.rollback()
    return next(row.cells for row in grid.rows if row.room.name == "Fern")


@pytest.mark.usefixtures("shifts")
def test_the_grid_shows_whole_shifts_that_are_ahead(
    front: Desk, member: Actor, northlight: TenantWorld, clock: StandingClock
) -> None:
    assert _cells(_grid(front, member)) == [
        (Label.OPEN, MORNING, True),
        (Label.OPEN, NOON, True),
        (Label.OPEN, EVENING, True),
    ]
    taken = span("14:00", "15:00")
    front.book(northlight.actor("manager"), "Fern", taken, override=True)
    _at(clock, "09:10")
    cells = _grid(front, member)
    assert _cells(cells) == [(Label.BUSY, taken, False), (Label.OPEN, EVENING, True)]
    assert all(one.span.end == other.span.start for one, other in pairwise(cells))


@pytest.mark.usefixtures("shifts")
def test_the_week_offers_shifts_and_more_where_more_is_asked(
    front: Desk, member: Actor, session: Session, northlight: TenantWorld
) -> None:
    catalogue = load_catalogue(session, northlight.locations["Leith Walk"], member.person_id, NOW)

    def starts(minutes: int) -> tuple[int, tuple[Span, ...]]:
        week = room_week(session, member, catalogue, northlight.rooms["Fern"], date(2026, 3, 2), minutes, NOW)
        assert week.lengths == (180, 240, 420)
        return week.minutes, week.days[0].starts

    assert starts(60) == (180, (MORNING, NOON, EVENING))
    assert starts(400) == (420, (BOTH, NOON, EVENING))


@pytest.mark.usefixtures("shifts")
def test_the_door_offers_a_shift_as_it_begins_and_no_rest_of_one(
    session: Session, northlight: TenantWorld, clock: StandingClock
) -> None:
    def offered(time: str) -> tuple[Span, ...]:
        _at(clock, time)
        return door(session, northlight.rooms["Fern"], clock.now).offers

    assert offered("08:55") == (MORNING, BOTH)
    assert offered("09:04") == (MORNING, BOTH)
    assert offered("10:00") == ()


@pytest.mark.usefixtures("shifts")
def test_a_running_shift_goes_on_into_the_next(front: Desk, member: Actor, clock: StandingClock) -> None:
    booking = front.book(member, "Fern", MORNING)
    _at(clock, "10:00")
    catalogue = load_catalogue(front.session, booking.location_id, member.person_id, clock.now)
    views = mine.current(front.session, member, clock.now)
    offer = offers(front.session, member, catalogue, views, clock.now)[booking.id]
    front.session.rollback()
    assert (offer.minutes, offer.until) == (180, NOON.end)

    def by(minutes: int) -> Callable[..., Booking]:
        return lambda session, actor, booking_id, clock: extend(session, actor, booking_id, minutes, clock)

    with pytest.raises(NotBookable) as refused:
        front.do(by(30), member, booking.id)
    assert refused.value.obstacles == (REFUSED,)
    assert front.do(by(180), member, booking.id).ends_at == NOON.end


@pytest.mark.usefixtures("shifts")
def test_nothing_more_is_offered_after_the_last_that_touches(
    front: Desk, member: Actor, clock: StandingClock
) -> None:
    booking = front.book(member, "Fern", NOON)
    _at(clock, "14:00")
    catalogue = load_catalogue(front.session, booking.location_id, member.person_id, clock.now)
    views = mine.current(front.session, member, clock.now)
    assert offers(front.session, member, catalogue, views, clock.now) == {}


@pytest.mark.usefixtures("shifts")
def test_who_goes_before_the_end_still_may(front: Desk, member: Actor, clock: StandingClock) -> None:
    booking = front.book(member, "Fern", MORNING)
    _at(clock, "10:00")
    fern = booking.resource_id
    shorter = MoveBooking(fern, span("09:00", "12:00"))
    moved = front.do(
        lambda session, actor, booking_id, clock: move(session, actor, booking_id, shorter, clock),
        member,
        booking.id,
    )
    assert moved.ends_at == span("09:00", "12:00").end
    assert front.do(end_early, member, booking.id).ends_at == span("09:00", "10:01").end


@pytest.mark.usefixtures("shifts")
def test_it_moves_from_shift_to_shift(front: Desk, member: Actor) -> None:
    booking = front.book(member, "Fern", MORNING)

    def to(wanted: Span) -> Callable[..., Booking]:
        command = MoveBooking(booking.resource_id, wanted)
        return lambda session, actor, booking_id, clock: move(session, actor, booking_id, command, clock)

    for wanted in (span("10:00", "13:00"), span("09:00", "12:00")):
        with pytest.raises(NotBookable) as refused:
            front.do(to(wanted), member, booking.id)
        assert refused.value.obstacles == (REFUSED,)
        assert MORNING in [each.span for each in refused.value.alternatives if each.room.name == "Fern"]
    assert front.do(to(EVENING), member, booking.id).starts_at == EVENING.start


@pytest.mark.usefixtures("shifts")
def test_dates_of_a_series_are_judged_one_by_one(
    session: Session, member: Actor, northlight: TenantWorld
) -> None:
    pattern = Pattern(date(2026, 3, 9), Every.WEEK, count=2)

    def against(starts: int, minutes: int) -> list[tuple[Obstacle, ...]]:
        wish = BookSeries(northlight.rooms["Fern"], pattern, starts, minutes)
        return [each.obstacles for each in preview_series(session, member, wish, NOW).occurrences]

    assert against(540, 240) == [(), ()]
    assert against(540, 60) == [(REFUSED,), (REFUSED,)]


def test_what_was_asked_for_before_there_were_shifts_is_judged_when_it_is_approved(
    front: Desk, session: Session, member: Actor, northlight: TenantWorld
) -> None:
    _change(session, northlight, needs_approval=True)
    waiting = front.book(member, "Fern", span("10:00", "11:00"))
    assert waiting.status is BookingStatus.TENTATIVE
    _change(session, northlight, shifts=[list(each) for each in SHIFTS])
    manager = replace(northlight.actor("manager"), on_behalf=True)
    with pytest.raises(NotBookable) as refused:
        front.do(approve, manager, waiting.id)
    assert refused.value.obstacles == (REFUSED,)
    approved = front.do(approve, manager, waiting.id, passing=[Reason.OUT_OF_SHIFT])
    assert approved.overridden == ["out_of_shift"]


def _wait(front: Desk, actor: Actor, wanted: Span, people: int, tolerance: int = 0) -> WaitlistEntry:
    query = RoomQuery(front.world.locations["Leith Walk"], wanted, people)
    entry = wait_for(front.session, actor, query, tolerance, front.clock)
    front.session.commit()
    return entry


@pytest.mark.usefixtures("shifts")
def test_the_waiting_list_offers_the_shift_that_was_waited_for(
    front: Desk, member: Actor, desk: Actor, session: Session, only_fern: int
) -> None:
    taken = front.book(desk, "Fern", MORNING)
    entry = _wait(front, member, span("09:30", "13:00"), only_fern, tolerance=30)
    front.do(cancel, desk, taken.id)
    assert offer_rooms(session, front.clock) == 1
    session.refresh(entry)
    offered = session.get_one(Booking, entry.booking_id)
    assert (offered.starts_at, offered.ends_at) == (MORNING.start, MORNING.end)


@pytest.mark.usefixtures("shifts")
def test_nobody_waits_for_what_is_no_shift(front: Desk, member: Actor, only_fern: int) -> None:
    with pytest.raises(NotBookable) as refused:
        _wait(front, member, span("09:00", "10:00"), only_fern, tolerance=120)
    assert refused.value.obstacles == (REFUSED,)
    front.session.rollback()
    _wait(front, member, MORNING, only_fern)


@pytest.mark.usefixtures("shifts")
def test_why_names_the_shifts_and_what_would_work(
    session: Session, member: Actor, northlight: TenantWorld
) -> None:
    place = northlight.locations["Leith Walk"]
    catalogue = load_catalogue(session, place, member.person_id, NOW)
    asker = catalogue.asker(member.person_id, is_member=True)
    query = RoomQuery(place, span("20:30", "21:00"))
    explained = explain(session, catalogue, asker, northlight.rooms["Fern"], query, NOW)
    failed = {check.topic: check.obstacles for check in explained.checks if not check.passed}
    assert failed[Topic.SHIFTS] == (REFUSED,)
    assert Topic.GRID not in {check.topic for check in explained.checks}
    assert explained.works == EVENING
    other = explain(session, catalogue, asker, northlight.rooms["Cedar"], query, NOW)
    assert Topic.SHIFTS not in {check.topic for check in other.checks}


# Rules of the house


@pytest.fixture
def add_rule(session: Session, northlight: TenantWorld) -> Callable[..., int]:
    def add(name: str, sets: Sets, room: str = "Fern", **more: Any) -> int:
        rule = Rule(
            0,
            0,
            name,
            sets,
            rooms=Rooms.RESOURCES,
            room_ids=frozenset({northlight.rooms[room]}),
            **more,
        )
        row = create_rule(session, northlight.actor("owner"), rule, NOW)
        session.commit()
        return row.id

    return add


def test_a_rule_sets_shifts_for_whom_it_is(
    front: Desk, member: Actor, contact: Actor, add_rule: Callable[..., int]
) -> None:
    rule_id = add_rule("Days", Sets(shifts=SHIFTS), whom=Whom.CONTACTS, sentence="By the shift.")
    rule = {"id": rule_id, "number": 1, "name": "Days", "sentence": "By the shift."}
    assert _refused(front, contact, span("10:00", "11:00")) == (
        Obstacle(Reason.OUT_OF_SHIFT, {"shifts": WALLS, "rule": rule}),
    )
    front.book(contact, "Fern", MORNING)
    front.book(member, "Fern", span("14:00", "14:30"))


@pytest.mark.usefixtures("shifts")
def test_a_rule_lifts_shifts_and_then_lengths_count_again(
    front: Desk, member: Actor, contact: Actor, add_rule: Callable[..., int]
) -> None:
    add_rule("Freely", Sets(shifts=(), min_minutes=30, grid_minutes=15), whom=Whom.MEMBERS)
    front.book(member, "Fern", span("10:00", "10:30"))
    reasons = [each.reason for each in _refused(front, member, span("11:00", "11:15"))]
    assert reasons == [Reason.TOO_SHORT]
    assert _refused(front, contact, span("14:00", "14:30")) == (REFUSED,)


@pytest.mark.usefixtures("shifts")
def test_a_rule_for_the_evening_leaves_the_morning_in_shifts(
    front: Desk, member: Actor, add_rule: Callable[..., int]
) -> None:
    add_rule("Evenings", Sets(shifts=(), min_minutes=30, grid_minutes=15), when=When(opens=1020, closes=1200))
    cells = _cells(_grid(front, member))
    assert cells == [
        (Label.OPEN, MORNING, True),
        (Label.OPEN, NOON, True),
        # What begins before five and reaches past it is booked freely, too
        (Label.OPEN, span("16:45", "20:00"), False),
    ]
    found = front.search(member, span("16:45", "17:15"))
    assert "Fern" in [each.room.name for each in found.free]
    front.book(member, "Fern", span("17:30", "18:00"))
    assert _refused(front, member, span("10:00", "10:30")) == (REFUSED,)


def test_a_rule_with_shifts_that_overlap_is_refused(add_rule: Callable[..., int]) -> None:
    with pytest.raises(ShiftsOverlap):
        add_rule("Odd", Sets(shifts=(Shift(540, 780), Shift(720, 900))))


# Clock changes


def _day(day: str) -> LocalDay:
    return Calendar(LONDON).day(date.fromisoformat(day))


def _hours(day: str, *shifts: Shift) -> list[tuple[str, str]]:
    spans = [span_of(each) for each in stretches_on(shifts, _day(day))]
    return [(f"{each.start:%H:%M}", f"{each.end:%H:%M}") for each in spans]


def test_a_shift_over_a_skipped_or_a_repeated_hour_is_as_the_clock_says() -> None:
    night, morning = Shift(0, 240), Shift(240, 480)
    assert _hours("2026-03-29", night, morning) == [("00:00", "03:00"), ("03:00", "07:00")]
    assert _hours("2026-10-25", night, morning) == [("23:00", "04:00"), ("04:00", "08:00")]
    assert _hours("2026-03-30", night, morning) == [("23:00", "03:00"), ("03:00", "07:00")]


def test_a_shift_within_the_skipped_hour_falls_away_and_none_overlap() -> None:
    skipped = [Shift(60, 90), Shift(90, 120), Shift(120, 180)]
    found = stretches_on(tuple(skipped), _day("2026-03-29"))
    assert all(one[1] <= other[0] for one, other in pairwise(found))
    assert found[-1][1] == minute_of(datetime(2026, 3, 29, 2, tzinfo=UTC))
    assert stretches_on((Shift(90, 120),), _day("2026-03-29")) == []


def test_it_is_booked_as_long_as_it_is_on_that_night() -> None:
    limits = Limits(7, capacity=4, shifts=(Shift(0, 240),))
    now = datetime(2026, 3, 20, tzinfo=UTC)
    start = datetime(2026, 3, 29, tzinfo=UTC)

    def against(hours: int) -> tuple[Obstacle, ...]:
        wanted = Span(start, start + timedelta(hours=hours))
        return obstacles(limits, Asker(1, is_member=True), Calendar(LONDON), wanted, people=1, now=now)

    assert against(3) == ()
    assert [each.reason for each in against(4)] == [Reason.OUT_OF_SHIFT]


def test_lengths_are_those_of_any_day() -> None:
    assert lengths_of((Shift(540, 780, 0b1), Shift(780, 960, 0b10), Shift(960, 1000, 0b10))) == (
        40,
        180,
        220,
        240,
    )
    assert lengths_of(()) == ()


# What is offered can be had

_MARKS = st.lists(st.integers(28, 80), min_size=2, max_size=8, unique=True).map(sorted)


@st.composite
def _plans(draw: st.DrawFn) -> tuple[Shift, ...]:
    """Shifts between seven and eight, on quarter hours; about half of them touch the one before."""
    marks = draw(_MARKS)
    kept = draw(st.lists(st.booleans(), min_size=len(marks) - 1, max_size=len(marks) - 1))
    days = draw(st.sampled_from([127, 0b0011111, 0b0000010]))
    pairs = zip(pairwise(marks), kept, strict=True)
    return tuple(Shift(start * 15, end * 15, days) for (start, end), keep in pairs if keep)


_BUSY = st.lists(st.tuples(st.integers(30, 70), st.integers(1, 12)), max_size=3)


def _surveyed(limits: Limits, rules: tuple[Rule, ...], wanted: Stretch, now: int) -> tuple[Survey, Bookable]:
    """A day of a single room in London, open from seven to ten in the evening; nothing is read."""
    hours = [WeeklyHours(weekday, 420, 1320) for weekday in range(7)]
    calendar = Calendar(LONDON, {None: hours})
    room = Room(7, "Fern", "", "room", "", 4, 1, "", (), None, 15, 15, 480)
    bookable = Bookable(room, limits, 3, (), 10, 5, 0, frozenset(), ())
    catalogue = Catalogue(
        1,
        "",
        "Europe/London",
        "GBP",
        calendar,
        (bookable,),
        frozenset(),
        frozenset(),
        {},
        has_discounts=False,
        rules=rules,
        longest_cooldown=0,
    )
    day = calendar.day_of(wanted[0])
    asker = Asker(1, is_member=True)
    surveyed = Survey(
        catalogue=catalogue,
        asker=asker,
        query=RoomQuery(1, span_of(wanted)),
        rooms=(bookable,),
        day=day,
        wanted=wanted,
        window=window_around(catalogue, day, wanted),
        blocks={},
        moment=NOW,
        now=now,
        rules=catalogue.rules_for(asker),
        stays=(),
    )
    return surveyed, bookable


@settings(max_examples=400)
@given(
    plan=_plans(),
    ruled=st.sampled_from([None, (), (Shift(600, 720), Shift(720, 840))]),
    when=st.sampled_from([When(), When(opens=660, closes=780)]),
    day=st.sampled_from([date(2026, 3, 2), date(2026, 3, 3), date(2026, 3, 29), date(2026, 10, 25)]),
    start=st.integers(0, 92),
    quarters=st.integers(1, 40),
    taken=_BUSY,
    most=st.sampled_from([60, 300, 480]),
    begun=st.integers(0, 80),
)
def test_what_is_nearest_is_bookable_as_it_stands_and_is_there_where_anything_is(
    plan: tuple[Shift, ...],
    ruled: tuple[Shift, ...] | None,
    when: When,
    day: date,
    start: int,
    quarters: int,
    taken: list[tuple[int, int]],
    most: int,
    begun: int,
) -> None:
    rules = () if ruled is None else (Rule(1, 1, "Noon", Sets(shifts=ruled), when=when),)
    midnight = Calendar(LONDON).day(day).start
    wanted = midnight + start * 15, midnight + (start + quarters) * 15
    limits = Limits(7, type_id=3, capacity=4, max_minutes=most, shifts=plan)
    surveyed, bookable = _surveyed(limits, rules, wanted, midnight + begun * 15)
    busy = sorted(Busy(midnight + at * 15, midnight + (at + long) * 15, None) for at, long in taken)

    def can_be_had(found: Stretch) -> bool:
        held = surveyed.rules.limits(limits, found)
        free = not overlaps(busy, found[0] - bookable.buffer_before, found[1] + bookable.buffer_after)
        span, now = span_of(found), moment_of(surveyed.now)
        return free and not obstacles(
            held, surveyed.asker, surveyed.catalogue.calendar, span, people=1, now=now
        )

    nearest_one = nearest(surveyed, bookable, busy)
    every = (run for each in (plan, ruled or ()) for run in runs(stretches_on(each, surveyed.day)))
    possible = [run for run in every if surveyed.rules.limits(limits, run).shifts and can_be_had(run)]
    assert nearest_one is None or can_be_had(nearest_one)
    assert nearest_one is not None or not possible
    assert not possible or apart(wanted, nearest_one or wanted) <= min(
        apart(wanted, each) for each in possible
    )
