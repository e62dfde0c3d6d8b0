"""Series that nobody comes to: warned first, their rest cancelled then, once, and never after somebody came."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.domain.actor import Actor
from app.domain.booking.check_in import check_in_to
from app.domain.booking.no_shows import release_after, release_no_shows
from app.domain.booking.repeating import Every, Pattern
from app.domain.booking.series_add import add_dates
from app.domain.booking.series_book import book_series
from app.domain.booking.series_terms import AddDates, BookSeries
from app.domain.booking.series_view import show_series
from app.domain.booking.strikes import end_unused_series, forgive_strikes, limit_strikes, strike_limit
from app.domain.booking.terms import Malformed
from app.domain.credits.terms import Holder
from app.kernel.errors import NotFound
from app.models import AuditEntry, Booking, BookingSeries, BookingStatus, Notice, Occupancy, UnbilledBooking
from tests.domain.booking.conftest import Desk
from tests.support.credits import granted, sums

TUESDAY = date(2026, 3, 3)


@pytest.fixture
def daily(front: Desk, member: Actor, desk: Actor) -> int:
    """Fern at nine, six days from Tuesday on; rooms go after 15 minutes, and series after three no-shows."""
    release_after(front.session, desk, 15, front.clock)
    limit_strikes(front.session, desk, 3, front.clock)
    front.session.commit()
    pattern = Pattern(TUESDAY, Every.WEEK, weekdays=frozenset(range(5)), count=6)
    wish = BookSeries(front.world.rooms["Fern"], pattern, 540, 60)
    return int(front.do(book_series, member, wish).series.id)


def _dates(session: Session) -> list[Booking]:
    query = select(Booking).where(Booking.series_day.is_not(None)).order_by(Booking.starts_at)
    return list(session.scalars(query.execution_options(populate_existing=True)))


def _stand(session: Session) -> list[bool]:
    return [each.status is BookingStatus.CONFIRMED for each in _dates(session)]


def _told(session: Session, kind: str, actor: Actor) -> int:
    query = select(func.count(Notice.id)).where(Notice.kind == kind, Notice.person_id == actor.person_id)
    return session.scalar(query) or 0


def _sweep(front: Desk) -> int:
    release_no_shows(front.session, front.clock())
    front.session.commit()
    ended = end_unused_series(front.session, front.clock())
    front.session.commit()
    return ended


def _nobody_comes(front: Desk, number: int) -> int:
    """Let a date pass as the worker sees it; how many series ended."""
    start = _dates(front.session)[number].starts_at
    ended = 0
    for minutes in (10, 15, 17):
        front.clock.now = start + timedelta(minutes=minutes)
        ended += _sweep(front)
    return ended


def test_the_rest_goes_after_so_many_in_a_row(
    front: Desk, session: Session, member: Actor, desk: Actor, daily: int
) -> None:
    assert _nobody_comes(front, 0) == 0
    assert _told(session, "series.unused", member) == 0
    assert _nobody_comes(front, 1) == 0
    assert _told(session, "series.unused", member) == 1
    (warning,) = session.scalars(select(Notice).where(Notice.kind == "series.unused"))
    assert (warning.data["strikes"], warning.data["dates"]) == (2, 4)
    assert _nobody_comes(front, 2) == 1
    assert _stand(session) == [True] * 3 + [False] * 3
    (notice,) = session.scalars(select(Notice).where(Notice.kind == "series.changed"))
    told = (
        notice.data["done"],
        notice.data["dates"],
        notice.data["strikes"],
        notice.data["calendar"]["stands"],
    )
    assert told == ("unused", 3, 3, 3)
    assert _told(session, "series.unused", member) == 0  # it is true no longer
    assert _told(session, "series.struck_off", desk) == 1
    assert session.get_one(BookingSeries, daily).last_day == TUESDAY + timedelta(days=2)
    (entry,) = session.scalars(select(AuditEntry).where(AuditEntry.action == "series.struck_off"))
    assert (entry.actor_id, entry.for_id, entry.after) == (None, member.person_id, {"dates": 3, "strikes": 3})


def test_nothing_is_charged_for_what_is_cancelled(
    front: Desk, session: Session, member: Actor, daily: int
) -> None:
    """The control: all dates would have been billed."""
    assert session.scalar(select(func.count(UnbilledBooking.id))) == 6
    for number in range(3):
        _nobody_comes(front, number)
    gone = {each.id for each in _dates(session)[3:]}
    assert not set(session.scalars(select(UnbilledBooking.booking_id))) & gone
    assert not set(session.scalars(select(Occupancy.booking_id))) & gone


def test_credit_that_paid_for_it_comes_back(
    front: Desk, session: Session, member: Actor, desk: Actor
) -> None:
    release_after(session, desk, 15, front.clock)
    limit_strikes(session, desk, 2, front.clock)
    granted(session, Holder(person_id=member.person_id), 100_000)
    session.commit()
    pattern = Pattern(TUESDAY, Every.DAY, count=4)
    front.do(book_series, member, BookSeries(front.world.rooms["Fern"], pattern, 540, 60))
    (paid,) = sums(session).values()
    price = _dates(session)[0].price_minor
    assert paid == 100_000 - 4 * price
    _nobody_comes(front, 0)
    assert _nobody_comes(front, 1) == 1
    assert list(sums(session).values()) == [100_000 - 2 * price]


def test_it_happens_once(front: Desk, session: Session, member: Actor, daily: int) -> None:
    for number in range(3):
        _nobody_comes(front, number)
    assert [_sweep(front), _sweep(front)] == [0, 0]
    assert _told(session, "series.changed", member) == 1


def test_who_comes_once_begins_anew(front: Desk, session: Session, member: Actor, daily: int) -> None:
    _nobody_comes(front, 0)
    _nobody_comes(front, 1)
    third = _dates(session)[2]
    front.clock.now = third.starts_at
    front.do(check_in_to, member, third.id)
    assert show_series(session, member, daily, front.clock()).strikes == 0
    session.rollback()
    assert [_nobody_comes(front, number) for number in (3, 4)] == [0, 0]
    assert all(_stand(session))


def test_who_checks_in_at_the_last_moment_came(
    front: Desk, session: Session, member: Actor, daily: int
) -> None:
    """Between the freeing of the room and its end; without a word the same would end the series (the first test)."""
    _nobody_comes(front, 0)
    _nobody_comes(front, 1)
    third = _dates(session)[2]
    for minutes in (10, 15):
        front.clock.now = third.starts_at + timedelta(minutes=minutes)
        _sweep(front)
    session.refresh(third)
    assert third.released_at is not None
    front.do(check_in_to, member, third.id)
    front.clock.advance(minutes=2)
    assert _sweep(front) == 0
    assert all(_stand(session))


def test_no_series_ends_without_a_warning(front: Desk, session: Session, desk: Actor, daily: int) -> None:
    """It is turned on after three dates to which nobody came."""
    limit_strikes(session, desk, None, front.clock)
    session.commit()
    assert [_nobody_comes(front, number) for number in range(3)] == [0, 0, 0]
    limit_strikes(session, desk, 2, front.clock)
    session.commit()
    assert _sweep(front) == 0
    assert session.get_one(BookingSeries, daily).strikes_warned_at == front.clock()
    assert all(_stand(session))
    assert _nobody_comes(front, 3) == 1


def test_staff_forgive(front: Desk, session: Session, member: Actor, desk: Actor, daily: int) -> None:
    _nobody_comes(front, 0)
    _nobody_comes(front, 1)
    with pytest.raises(NotFound):
        front.do(forgive_strikes, member, daily)
    acting = replace(desk, on_behalf=True)
    front.do(forgive_strikes, acting, daily)
    front.do(forgive_strikes, acting, daily)
    (entry,) = session.scalars(select(AuditEntry).where(AuditEntry.action == "series.strikes_forgiven"))
    assert (entry.for_id, entry.before) == (member.person_id, {"strikes": 2})
    assert _told(session, "series.unused", member) == 0
    assert _nobody_comes(front, 2) == 0
    assert show_series(session, member, daily, front.clock()).strikes == 1
    assert all(_stand(session))


def test_who_adds_dates_later_begins_anew(front: Desk, session: Session, member: Actor, daily: int) -> None:
    for number in range(3):
        _nobody_comes(front, number)
    day = date(2026, 3, 9)
    front.do(add_dates, member, AddDates(daily, frozenset({day}), day))
    assert _sweep(front) == 0
    assert any(each.series_day == day and each.status is BookingStatus.CONFIRMED for each in _dates(session))
    # The control: what was noted keeps it from going again
    session.get_one(BookingSeries, daily).strikes_cleared_at = None
    session.commit()
    assert _sweep(front) == 1


def test_a_room_that_is_kept_to_the_end_gives_no_strikes(
    front: Desk, session: Session, desk: Actor, daily: int
) -> None:
    release_after(session, desk, None, front.clock)
    session.commit()
    assert [_nobody_comes(front, number) for number in range(4)] == [0] * 4
    assert all(_stand(session))


@pytest.mark.parametrize("most", [0, 1, 21])
def test_nonsense_is_refused(front: Desk, desk: Actor, most: int) -> None:
    with pytest.raises(Malformed):
        limit_strikes(front.session, desk, most, front.clock)
    front.session.rollback()
    assert strike_limit(front.session) is None
