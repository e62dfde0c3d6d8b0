"""Repeating bookings: previewed and booked date by date, all or none; added to, moved and cancelled later."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, event, func, select
from sqlalchemy.orm import Session

from app.domain.actor import Actor
from app.domain.booking.cancel import cancel
from app.domain.booking.hold import hold
from app.domain.booking.repeating import Every, Pattern, TooFarAhead, TooManyDates
from app.domain.booking.series_add import add_dates, preview_dates
from app.domain.booking.series_book import book_series, preview_series
from app.domain.booking.series_cancel import CancelDates, cancel_dates
from app.domain.booking.series_move import move_dates
from app.domain.booking.series_moving import MoveDates
from app.domain.booking.series_rows import Range
from app.domain.booking.series_terms import (
    AddDates,
    BookSeries,
    Moved,
    NoneChosen,
    NothingToChange,
    SeriesNotBookable,
)
from app.domain.booking.series_view import show_series
from app.domain.booking.terms import BookRoom, Malformed, NotPermitted, Reason, ReasonNeeded
from app.domain.booking.upcoming import limit_upcoming
from app.domain.credits.terms import CreditChanged, Holder
from app.kernel.errors import NotFound
from app.models import (
    AuditEntry,
    Booking,
    BookingSeries,
    BookingStatus,
    Closure,
    Notice,
    Occupancy,
    UnbilledBooking,
)
from app.tenancy import begin_writing
from tests.domain.booking.conftest import Desk, StandingClock, span
from tests.support.credits import granted, sums
from tests.support.sessions import OpenSession
from tests.support.world import TenantWorld

MONDAY = date(2026, 3, 9)
WEEKS = [MONDAY + timedelta(weeks=n) for n in range(5)]
"""The last two in summer time."""


@pytest.fixture
def weekly(northlight: TenantWorld) -> Callable[..., BookSeries]:
    """Fern on five Mondays from 10:00 to 11:00."""

    def wish(room: str = "Fern", count: int = 5, **more: Any) -> BookSeries:
        pattern = more.pop("pattern", Pattern(MONDAY, Every.WEEK, count=count))
        return BookSeries(northlight.rooms[room], pattern, 600, 60, **more)

    return wish


Weekly = Callable[..., BookSeries]


def _days(session: Session, *where: Any) -> list[date | None]:
    query = select(Booking.series_day).where(
        Booking.series_id.is_not(None), Booking.status == BookingStatus.CONFIRMED, *where
    )
    return list(session.scalars(query.order_by(Booking.starts_at)))


def _count(session: Session, model: Any) -> int:
    return session.scalar(select(func.count()).select_from(model)) or 0


def test_every_date_is_booked_at_the_time_on_the_wall(
    front: Desk, session: Session, member: Actor, weekly: Weekly
) -> None:
    claimed = front.do(book_series, member, weekly(title="Choir", people=3))
    assert (claimed.dates, claimed.fresh) == (5, True)
    rows = session.scalars(select(Booking).order_by(Booking.starts_at)).all()
    assert [row.series_day for row in rows] == WEEKS
    assert [row.starts_at.hour for row in rows] == [10, 10, 10, 9, 9]
    assert {(row.title, row.people, row.price_minor) for row in rows} == {("Choir", 3, 1800)}
    assert _count(session, Occupancy) == _count(session, UnbilledBooking) == 5
    (notice,) = session.scalars(select(Notice)).all()
    assert (notice.kind, notice.data["dates"], notice.data["price_minor"]) == ("series.booked", 5, 9000)
    assert session.scalars(select(AuditEntry)).all() == []


def test_the_preview_says_what_each_date_comes_to(
    front: Desk, session: Session, member: Actor, colleague: Actor, weekly: Weekly, clock: StandingClock
) -> None:
    front.book(colleague, "Fern", span("10:30", "11:30", "2026-03-16"))
    closed = date(2026, 3, 14), date(2026, 3, 15)
    place = front.world.locations["Leith Walk"]
    session.add(Closure(location_id=place, first_day=closed[0], last_day=closed[1], message="Works"))
    session.commit()
    pattern = Pattern(date(2026, 3, 13), Every.DAY, count=5)
    found = preview_series(session, member, weekly(pattern=pattern), clock())
    states = [(each.day.day, each.free, each.taken) for each in found.occurrences]
    assert states == [
        (13, True, False),
        (14, False, False),
        (15, False, False),
        (16, False, True),
        (17, True, False),
    ]
    assert found.occurrences[1].obstacles[0].reason is Reason.CLOSED
    assert (found.total_minor, found.due_minor, found.currency) == (3600, 3600, "GBP")
    assert _count(session, BookingSeries) == 0


def test_one_date_that_is_taken_refuses_all_until_it_is_left_out_or_moved(
    front: Desk, session: Session, member: Actor, colleague: Actor, weekly: Weekly
) -> None:
    front.book(colleague, "Fern", span("10:30", "11:30", "2026-03-16"))
    with pytest.raises(SeriesNotBookable) as refused:
        front.do(book_series, member, weekly())
    assert [each.day for each in refused.value.against] == [WEEKS[1]]
    assert (_count(session, Booking), _count(session, BookingSeries)) == (1, 0)
    front.do(book_series, member, weekly(left_out=frozenset({WEEKS[1]})))
    assert _days(session) == [WEEKS[0], *WEEKS[2:]]
    later = {WEEKS[1]: Moved(date(2026, 3, 17), 720, 90)}
    front.do(book_series, member, weekly("Cedar", moved=later))
    moved = session.scalars(select(Booking).where(Booking.series_day == WEEKS[1])).one()
    assert (moved.starts_at, moved.price_minor) == (datetime(2026, 3, 17, 12, tzinfo=UTC), 2700)


def test_dates_of_one_series_do_not_overlap_each_other(
    front: Desk, session: Session, member: Actor, weekly: Weekly, clock: StandingClock
) -> None:
    moved = {WEEKS[1]: Moved(WEEKS[0], 630, 60)}
    found = preview_series(session, member, weekly(moved=moved), clock())
    assert [each.free for each in found.occurrences] == [True, False, True, True, True]


def test_the_same_form_books_once(front: Desk, session: Session, member: Actor, weekly: Weekly) -> None:
    wish = weekly(request_key="a-form")
    first = front.do(book_series, member, wish)
    again = front.do(book_series, member, wish)
    assert (again.series.id, again.dates, again.fresh) == (first.series.id, 5, False)
    assert _count(session, Booking) == 5


def test_nobody_books_more_ahead_than_the_house_allows(
    front: Desk,
    session: Session,
    member: Actor,
    northlight: TenantWorld,
    weekly: Weekly,
    clock: StandingClock,
) -> None:
    limit_upcoming(session, northlight.actor("manager"), 3, clock)
    session.commit()
    with pytest.raises(SeriesNotBookable) as refused:
        front.do(book_series, member, weekly())
    assert [each.day for each in refused.value.against] == WEEKS[3:]
    assert refused.value.against[0].obstacles[0].reason is Reason.TOO_MANY_AHEAD
    front.do(book_series, member, weekly(left_out=frozenset(WEEKS[3:])))


def test_credit_pays_date_by_date(
    front: Desk,
    session: Session,
    member: Actor,
    northlight: TenantWorld,
    weekly: Weekly,
    clock: StandingClock,
) -> None:
    grant = granted(session, Holder(member.person_id), 90, northlight.types["Meeting room"])
    found = preview_series(session, member, weekly(), clock())
    assert [each.due_minor for each in found.occurrences] == [0, 900, 1800, 1800, 1800]
    with pytest.raises(CreditChanged):
        front.do(book_series, member, weekly(seen_due=6299))
    assert _count(session, Booking) == 0
    series = front.do(book_series, member, weekly(seen_due=6300)).series
    assert sums(session) == {grant: 0}
    front.do(cancel_dates, member, CancelDates(series.id, Range()))
    assert sums(session) == {grant: 90}


def test_what_one_held_before_gives_way(front: Desk, session: Session, member: Actor, weekly: Weekly) -> None:
    held = front.do(hold, member, BookRoom(front.world.rooms["Fern"], span("10:00", "11:00", "2026-03-09")))
    front.do(book_series, member, weekly())
    session.refresh(held)
    assert held.status is BookingStatus.LAPSED


def test_too_much_is_refused(front: Desk, member: Actor, weekly: Weekly) -> None:
    with pytest.raises(TooManyDates):
        front.do(book_series, member, weekly(count=10_000))
    with pytest.raises(TooFarAhead):
        front.do(book_series, member, weekly(pattern=Pattern(MONDAY, Every.DAY, until=date(2028, 3, 3))))
    with pytest.raises(TooFarAhead):
        front.do(book_series, member, weekly(moved={MONDAY: Moved(date(2029, 1, 1), 600, 60)}))
    with pytest.raises(NoneChosen):
        front.do(book_series, member, weekly(left_out=frozenset(WEEKS)))
    for wrong in ({"people": 0}, {"title": "\0"}, {"moved": {MONDAY: Moved(MONDAY, 1440, 60)}}):
        with pytest.raises(Malformed):
            front.do(book_series, member, weekly(**wrong))


def test_staff_book_for_members_past_limits(
    front: Desk, session: Session, member: Actor, colleague: Actor, desk: Actor, weekly: Weekly
) -> None:
    with pytest.raises(NotPermitted):
        front.do(book_series, colleague, weekly(for_person_id=member.person_id))
    with pytest.raises(SeriesNotBookable):
        front.do(book_series, desk, weekly(for_person_id=member.person_id, people=9))
    series = front.do(
        book_series, desk, weekly(for_person_id=member.person_id, people=9, override=True)
    ).series
    assert (series.person_id, series.booked_by_id) == (member.person_id, desk.person_id)
    (entry,) = session.scalars(select(AuditEntry)).all()
    assert entry.action == "series.created"
    assert entry.after is not None
    assert entry.after["overridden"] == ["too_many_people"]
    with pytest.raises(ReasonNeeded):
        front.do(cancel_dates, desk, CancelDates(series.id, Range()))
    with pytest.raises(NotFound):
        front.do(cancel_dates, colleague, CancelDates(series.id, Range()))
    front.do(cancel_dates, desk, CancelDates(series.id, Range(), "Works"))
    told = session.scalars(select(Notice).order_by(Notice.id)).all()
    assert [(each.kind, each.person_id) for each in told] == [
        ("series.booked", member.person_id),
        ("series.changed", member.person_id),
    ]
    assert told[1].data["reason"] == "Works"


def test_this_and_later_are_cancelled_and_the_series_ends_there(
    front: Desk, session: Session, member: Actor, weekly: Weekly, clock: StandingClock
) -> None:
    series = front.do(book_series, member, weekly("Cedar")).series
    clock.now = datetime(2026, 3, 16, 10, 30, tzinfo=UTC)
    found = front.do(cancel_dates, member, CancelDates(series.id, Range()))
    assert (found.dates, found.late) == (3, ())
    assert _days(session) == WEEKS[:2]
    session.refresh(series)
    assert series.last_day == WEEKS[1]
    assert _count(session, Occupancy) == 2
    with pytest.raises(NothingToChange):
        front.do(cancel_dates, member, CancelDates(series.id, Range()))


def test_the_cut_off_counts_for_each_date(
    front: Desk, session: Session, member: Actor, desk: Actor, weekly: Weekly, clock: StandingClock
) -> None:
    series = front.do(book_series, member, weekly("Cedar")).series
    clock.now = datetime(2026, 3, 9, 8, 30, tzinfo=UTC)
    found = front.do(cancel_dates, member, CancelDates(series.id, Range(last=WEEKS[1])))
    assert (found.dates, found.late) == (1, (WEEKS[0],))
    with pytest.raises(NothingToChange) as refused:
        front.do(cancel_dates, member, CancelDates(series.id, Range(last=WEEKS[1])))
    assert refused.value.late == (WEEKS[0],)
    assert front.do(cancel_dates, desk, CancelDates(series.id, Range(last=WEEKS[1]), "Flood")).dates == 1


def test_a_range_is_paused_and_its_dates_come_back(
    front: Desk, session: Session, member: Actor, colleague: Actor, weekly: Weekly, clock: StandingClock
) -> None:
    series = front.do(book_series, member, weekly()).series
    front.do(cancel_dates, member, CancelDates(series.id, Range(WEEKS[1], WEEKS[2])))
    assert _days(session) == [WEEKS[0], *WEEKS[3:]]
    front.book(colleague, "Fern", span("10:00", "11:00", "2026-03-16"))
    found = preview_dates(session, member, AddDates(series.id, frozenset(WEEKS[1:3])), clock())
    assert [(each.day, each.free) for each in found.occurrences] == [(WEEKS[1], False), (WEEKS[2], True)]
    with pytest.raises(SeriesNotBookable):
        front.do(add_dates, member, AddDates(series.id, frozenset(WEEKS[1:3])))
    assert front.do(add_dates, member, AddDates(series.id, frozenset({WEEKS[2]}))) == 1
    assert _days(session) == [WEEKS[0], *WEEKS[2:]]
    with pytest.raises(NoneChosen):
        front.do(add_dates, member, AddDates(series.id, frozenset({WEEKS[2]})))
    view = show_series(session, member, series.id, clock())
    assert [each.booking_id is not None for each in view.dates] == [True, False, True, True, True]


def test_it_goes_on_later(front: Desk, session: Session, member: Actor, weekly: Weekly) -> None:
    series = front.do(book_series, member, weekly()).series
    more = [WEEKS[-1] + timedelta(weeks=n) for n in (1, 2)]
    front.do(add_dates, member, AddDates(series.id, frozenset(more), until=more[-1]))
    session.refresh(series)
    assert (len(_days(session)), series.last_day) == (7, more[-1])
    with pytest.raises(TooFarAhead):
        front.do(add_dates, member, AddDates(series.id, frozenset(more), until=date(2028, 4, 1)))


def test_later_dates_move_to_another_time(
    front: Desk, session: Session, member: Actor, colleague: Actor, weekly: Weekly, clock: StandingClock
) -> None:
    series = front.do(book_series, member, weekly()).series
    wish = MoveDates(series.id, Range(first=WEEKS[1]), 630, 90)
    front.book(colleague, "Fern", span("10:30", "12:00", "2026-04-06"))  # 11:30 on the wall
    with pytest.raises(SeriesNotBookable) as refused:
        front.do(move_dates, member, wish)
    assert [each.day for each in refused.value.against] == [WEEKS[4]]
    moved = front.do(
        move_dates, member, MoveDates(series.id, wish.ranged, 630, 90, chosen=frozenset(WEEKS[1:4]))
    )
    assert moved.dates == 3
    session.refresh(series)
    assert (series.starts, series.minutes) == (630, 90)
    rows = session.scalars(
        select(Booking).where(Booking.series_id == series.id).order_by(Booking.starts_at)
    ).all()
    assert [(row.starts_at.hour * 60 + row.starts_at.minute, row.price_minor) for row in rows] == [
        (600, 1800),
        (630, 2700),
        (630, 2700),
        (570, 2700),
        (540, 1800),
    ]
    assert _count(session, Occupancy) == 6
    view = show_series(session, member, series.id, clock())
    assert [each.moved for each in view.dates] == [True, False, False, False, True]


def test_one_date_moves_to_another_day_and_back_with_its_credit(
    front: Desk, session: Session, member: Actor, northlight: TenantWorld, weekly: Weekly
) -> None:
    grant = granted(session, Holder(member.person_id), 100, northlight.types["Meeting room"])
    series = front.do(book_series, member, weekly()).series
    one = Range(WEEKS[0], WEEKS[0])
    tuesday = {WEEKS[0]: Moved(date(2026, 3, 10), 600, 90)}
    front.do(move_dates, member, MoveDates(series.id, one, 600, 90, moved=tuesday))
    row = session.scalars(select(Booking).where(Booking.series_day == WEEKS[0])).one()
    assert (row.starts_at, row.quote["credit"]["minutes"]) == (datetime(2026, 3, 10, 10, tzinfo=UTC), 60)
    front.clock.advance(minutes=1)
    front.do(move_dates, member, MoveDates(series.id, one, 600, 60))
    session.refresh(row)
    assert (row.starts_at, row.price_minor) == (datetime(2026, 3, 9, 10, tzinfo=UTC), 1800)
    session.refresh(series)
    assert (series.starts, sums(session)) == (600, {grant: 0})
    front.do(cancel_dates, member, CancelDates(series.id, Range()))
    assert sums(session) == {grant: 100}


def test_a_date_is_cancelled_like_any_booking_and_tells_of_the_series(
    front: Desk, session: Session, member: Actor, weekly: Weekly
) -> None:
    series = front.do(book_series, member, weekly()).series
    one = session.scalars(select(Booking).where(Booking.series_day == WEEKS[1])).one()
    first = session.scalars(select(Notice)).one().data["calendar"]
    front.do(cancel, member, one.id)
    told = session.scalars(select(Notice).order_by(Notice.id.desc())).first()
    assert told is not None
    calendar = told.data["calendar"]
    assert (calendar["uid"], calendar["series_id"]) == (first["uid"], series.id)
    assert calendar["sequence"] > first["sequence"]
    assert calendar["repeats"]["left_out"] == [str(WEEKS[1])]


def test_104_dates_take_few_statements(
    front: Desk,
    sessions: tuple[Engine, OpenSession],
    session: Session,
    member: Actor,
    weekly: Weekly,
    clock: StandingClock,
) -> None:
    front.do(book_series, member, weekly("Cedar", pattern=Pattern(MONDAY, Every.WEEK, count=100)))
    engine, _ = sessions
    statements: list[str] = []
    event.listen(engine, "before_cursor_execute", lambda *each: statements.append(each[2]))
    wish = weekly(pattern=Pattern(MONDAY, Every.WEEK, count=103))
    preview_series(session, member, wish, clock())
    statements.clear()
    found = preview_series(session, member, wish, clock())
    assert len(found.chosen) == 103
    assert len(statements) <= 11
    statements.clear()
    front.do(book_series, member, wish)
    assert len(statements) <= 2 * 103


def test_a_transaction_that_refuses_leaves_the_lock(
    front: Desk, session: Session, member: Actor, colleague: Actor, weekly: Weekly
) -> None:
    front.book(colleague, "Fern", span("10:00", "11:00", "2026-03-09"))
    with pytest.raises(SeriesNotBookable):
        front.do(book_series, member, weekly())
    begin_writing(session)
    session.rollback()
