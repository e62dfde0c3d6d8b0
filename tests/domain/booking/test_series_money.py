"""What moving and cancelling dates of a series costs: said before, and no more than was said; staff do it for others."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.domain.actor import Actor
from app.domain.booking import series_move
from app.domain.booking.late_fees import Step, set_ladder
from app.domain.booking.moving import ChangedMeanwhile
from app.domain.booking.repeating import Every, Pattern
from app.domain.booking.series_add import add_dates
from app.domain.booking.series_book import book_series
from app.domain.booking.series_cancel import CancelDates, cancel_dates, quote_cancel_dates
from app.domain.booking.series_move import move_dates
from app.domain.booking.series_move_quote import preview_move
from app.domain.booking.series_moving import MoveDates, Stays
from app.domain.booking.series_rows import Range
from app.domain.booking.series_terms import (
    AddDates,
    AllElsewhere,
    BookSeries,
    Moved,
    NoneChosen,
    SeriesNotBookable,
)
from app.domain.booking.series_view import show_series
from app.domain.booking.terms import FeeChanged, NotPermitted, Reason, ReasonNeeded
from app.domain.credits.terms import CreditChanged, Holder
from app.kernel.errors import NotFound
from app.models import (
    AuditEntry,
    Booking,
    BookingSeries,
    BookingStatus,
    Notice,
    Resource,
    ResourceType,
    ResourceVisibility,
    UnbilledBooking,
)
from tests.domain.booking.conftest import Desk, StandingClock, span
from tests.support.credits import granted, sums
from tests.support.world import TenantWorld

MONDAY = date(2026, 3, 9)
WEEKS = [MONDAY + timedelta(weeks=n) for n in range(3)]


@pytest.fixture
def series(front: Desk, member: Actor, northlight: TenantWorld) -> BookingSeries:
    """Maya has Fern on three Mondays from ten to eleven, for £18 each."""
    wish = BookSeries(northlight.rooms["Fern"], Pattern(MONDAY, Every.WEEK, count=3), 600, 60)
    made: BookingSeries = front.do(book_series, member, wish).series
    return made


def _dates(session: Session) -> list[Booking]:
    query = select(Booking).where(Booking.series_id.is_not(None)).order_by(Booking.series_day)
    return list(session.scalars(query.execution_options(populate_existing=True)))


def _due(session: Session) -> list[int]:
    return [
        each.price_minor
        - each.quote.get("credit", {}).get("worth_minor", 0)
        - each.quote.get("credit", {}).get("money_minor", 0)
        for each in _dates(session)
    ]


def _column(front: Desk, room: str, **columns: Any) -> None:
    front.session.execute(update(Resource).where(Resource.id == front.world.rooms[room]).values(**columns))
    front.session.commit()


def _hourly(front: Desk, kind: str, minor: int) -> None:
    front.session.get_one(ResourceType, front.world.types[kind]).hourly_minor = minor
    front.session.commit()


def _audited(session: Session) -> AuditEntry:
    query = select(AuditEntry).where(AuditEntry.subject == "booking_series")
    return session.scalars(query.order_by(AuditEntry.id.desc())).first() or AuditEntry()


def test_the_price_of_all_dates_is_known_before_and_is_what_is_billed(
    front: Desk, session: Session, member: Actor, series: BookingSeries, northlight: TenantWorld
) -> None:
    """Ninety minutes of credit that came later pay what they can of what is paid anew."""
    granted(session, Holder(member.person_id), 90, northlight.types["Meeting room"])
    wish = MoveDates(series.id, Range(), 660, 90)
    found = preview_move(session, member, wish, front.clock())
    session.rollback()
    assert (found.before_minor, found.after_minor, found.more_minor) == (5400, 8100, 0)
    assert [(each.before.price_minor, each.after.price_minor) for each in found.dates] == [(1800, 2700)] * 3
    assert [each.after.due_minor for each in found.dates] == [0, 2700, 2700]
    front.do(move_dates, member, MoveDates(series.id, Range(), 660, 90, seen_more=found.more_minor))
    assert _due(session) == [each.after.due_minor for each in found.dates]


def test_a_press_that_saw_another_price_bills_nothing(
    front: Desk, session: Session, member: Actor, series: BookingSeries
) -> None:
    _hourly(front, "Meeting room", 2400)
    wish = MoveDates(series.id, Range(), 660, 60, seen_more=0)
    with pytest.raises(CreditChanged) as refused:
        front.do(move_dates, member, wish)
    assert refused.value.due_minor == 1800
    assert [each.price_minor for each in _dates(session)] == [1800] * 3
    # Without having seen anything the same wish bills it: what the page says is what keeps from it.
    front.do(move_dates, member, MoveDates(series.id, Range(), 660, 60))
    assert [each.price_minor for each in _dates(session)] == [2400] * 3


def test_what_somebody_else_changed_is_looked_at_again(
    front: Desk, session: Session, member: Actor, series: BookingSeries
) -> None:
    found = preview_move(session, member, MoveDates(series.id, Range(), 660, 60), front.clock())
    seen = found.sequence
    session.rollback()
    front.do(cancel_dates, member, CancelDates(series.id, Range(WEEKS[1], WEEKS[1])))
    with pytest.raises(ChangedMeanwhile):
        front.do(move_dates, member, MoveDates(series.id, Range(), 660, 60, seen_sequence=seen))


def test_a_form_that_is_sent_twice_moves_once(
    front: Desk, session: Session, member: Actor, series: BookingSeries
) -> None:
    found = preview_move(session, member, MoveDates(series.id, Range(), 660, 60), front.clock())
    wish = MoveDates(series.id, Range(), 660, 60, seen_sequence=found.sequence, seen_more=0)
    session.rollback()
    assert front.do(move_dates, member, wish).dates == 3
    assert front.do(move_dates, member, wish).dates == 3
    kinds = [each.kind for each in session.scalars(select(Notice))]
    assert kinds == ["series.booked", "series.changed"]


def test_credit_adds_up_after_a_series_went_there_and_back(
    front: Desk, session: Session, member: Actor, northlight: TenantWorld
) -> None:
    """Into a booth, for which the credit is not, at the same price, and to twice the length; all at one moment."""
    _hourly(front, "Phone booth", 1800)
    grant = granted(session, Holder(member.person_id), 100, northlight.types["Meeting room"])
    money = granted(session, Holder(member.person_id), 500, key="test:2")
    wish = BookSeries(northlight.rooms["Fern"], Pattern(MONDAY, Every.WEEK, count=3), 600, 60)
    series = front.do(book_series, member, wish).series
    at_first, due = sums(session), _due(session)
    assert at_first == {grant: 0, money: 0}
    front.do(move_dates, member, MoveDates(series.id, Range(), 600, 60, northlight.rooms["Lark"]))
    assert sums(session) == {grant: 100, money: 0}
    assert {each.resource_id for each in _dates(session)} == {northlight.rooms["Lark"]}
    for starts, minutes in ((660, 120), (600, 60)):
        front.do(move_dates, member, MoveDates(series.id, Range(), starts, minutes, northlight.rooms["Fern"]))
    assert (sums(session), _due(session)) == (at_first, due)
    front.do(cancel_dates, member, CancelDates(series.id, Range()))
    assert sums(session) == {grant: 100, money: 500}
    assert session.scalars(select(UnbilledBooking)).all() == []


def test_another_room_is_judged_as_one_that_is_booked(
    front: Desk, session: Session, member: Actor, colleague: Actor, series: BookingSeries
) -> None:
    cedar = front.world.rooms["Cedar"]
    front.book(colleague, "Cedar", span("10:30", "11:30", str(WEEKS[1])))
    wish = MoveDates(series.id, Range(), 600, 60, cedar)
    found = preview_move(session, member, wish, front.clock())
    session.rollback()
    assert [each.moves for each in found.dates] == [True, False, True]
    assert [each.reason for each in found.against] == [Reason.TAKEN]
    with pytest.raises(SeriesNotBookable):
        front.do(move_dates, member, wish)
    assert {each.resource_id for each in _dates(session)} == {front.world.rooms["Fern"]}
    chosen = frozenset({WEEKS[0], WEEKS[2]})
    front.do(move_dates, member, MoveDates(series.id, Range(), 600, 60, cedar, chosen=chosen))
    assert [each.resource_id == cedar for each in _dates(session)] == [True, False, True]
    session.refresh(series)
    assert series.resource_id == cedar
    told = session.scalars(select(Notice).order_by(Notice.id.desc())).first()
    assert told is not None
    assert (told.data["done"], told.data["resource"]) == ("room", "Cedar")
    with pytest.raises(NotFound):
        front.do(move_dates, member, MoveDates(series.id, Range(), 600, 60, front.world.rooms["Tejo"]))


def test_a_room_for_staff_is_no_way_out_of_a_list(
    front: Desk, session: Session, member: Actor, series: BookingSeries
) -> None:
    """Who has a room for staff moves there in time; into one they do not get by moving."""
    _column(front, "Cedar", visibility=ResourceVisibility.STAFF)
    found = preview_move(
        session, member, MoveDates(series.id, Range(), 600, 60, front.world.rooms["Cedar"]), front.clock()
    )
    assert {each.reason for each in found.against} == {Reason.STAFF_ONLY}
    session.rollback()
    _column(front, "Fern", visibility=ResourceVisibility.STAFF)
    assert front.do(move_dates, member, MoveDates(series.id, Range(), 660, 60)).dates == 3


def test_one_stretch_goes_to_another_room_and_comes_back_where_it_is_chosen(
    front: Desk, session: Session, member: Actor, series: BookingSeries
) -> None:
    cedar, fern = front.world.rooms["Cedar"], front.world.rooms["Fern"]
    one = Range(WEEKS[1], WEEKS[1])
    front.do(move_dates, member, MoveDates(series.id, one, 600, 60, cedar))
    session.refresh(series)
    assert series.resource_id == fern
    with pytest.raises(AllElsewhere):
        front.do(move_dates, member, MoveDates(series.id, one, 660, 60))
    found = preview_move(session, member, MoveDates(series.id, Range(), 660, 60), front.clock())
    assert [each.stays for each in found.dates] == [None, Stays.ELSEWHERE, None]
    session.rollback()
    with pytest.raises(NoneChosen):
        front.do(move_dates, member, MoveDates(series.id, one, 660, 60, chosen=frozenset()))
    front.do(move_dates, member, MoveDates(series.id, one, 600, 60, chosen=frozenset({WEEKS[1]})))
    assert {each.resource_id for each in _dates(session)} == {fern}


def test_single_dates_go_to_days_of_their_own(
    front: Desk, session: Session, member: Actor, series: BookingSeries, clock: StandingClock
) -> None:
    tuesday = {WEEKS[1]: Moved(date(2026, 3, 17), 720, 60)}
    front.do(move_dates, member, MoveDates(series.id, Range(), 660, 60, moved=tuesday))
    starts = [each.starts_at for each in _dates(session)]
    assert starts == [
        datetime(2026, 3, 9, 11, tzinfo=UTC),
        datetime(2026, 3, 17, 12, tzinfo=UTC),
        datetime(2026, 3, 23, 11, tzinfo=UTC),
    ]
    view = show_series(session, member, series.id, clock())
    assert [each.moved for each in view.dates] == [False, True, False]


def test_staff_move_and_add_past_limits_for_a_member(
    front: Desk, session: Session, member: Actor, desk: Actor, series: BookingSeries
) -> None:
    night = MoveDates(series.id, Range(), 120, 60)
    with pytest.raises(SeriesNotBookable):
        front.do(move_dates, desk, night)
    found = preview_move(session, desk, MoveDates(series.id, Range(), 120, 60, override=True), front.clock())
    session.rollback()
    assert len(found.moving) == 3
    with pytest.raises(NotPermitted):
        front.do(move_dates, member, MoveDates(series.id, Range(), 120, 60, override=True))
    front.do(move_dates, desk, MoveDates(series.id, Range(), 120, 60, override=True))
    said = _audited(session)
    assert (said.action, said.actor_id, said.for_id) == ("series.moved", desk.person_id, member.person_id)
    assert said.after is not None
    assert said.before is not None
    assert said.after["overridden"] == ["outside_hours"]
    assert said.before["starts_at"] == "2026-03-09T10:00:00+00:00"
    more = AddDates(series.id, frozenset({date(2026, 3, 30)}), date(2026, 3, 30), override=True)
    front.do(add_dates, desk, more)
    assert _audited(session).action == "series.extended"
    told = [(each.kind, each.person_id) for each in session.scalars(select(Notice).order_by(Notice.id))]
    assert told == [("series.booked", member.person_id), *[("series.changed", member.person_id)] * 2]


@pytest.fixture
def late(front: Desk, clock: StandingClock, series: BookingSeries) -> BookingSeries:
    """Half of the price is kept in the last day, and it is the eve of the first date."""
    set_ladder(front.session, front.world.actor("owner"), None, (Step(24, 50),), clock)
    front.session.commit()
    _column(front, "Fern", cancel_cutoff_minutes=2880)
    clock.now = datetime(2026, 3, 8, 12, tzinfo=UTC)
    return series


def test_late_dates_of_a_range_cost_what_they_would_by_themselves(
    front: Desk, session: Session, member: Actor, late: BookingSeries
) -> None:
    found = quote_cancel_dates(session, member, CancelDates(late.id, Range()), front.clock())
    session.rollback()
    assert [(each.day, each.fee.total.minor) for each in found.dates] == [
        (WEEKS[0], 900),
        (WEEKS[1], 0),
        (WEEKS[2], 0),
    ]
    assert found.fee.total.minor == 900
    with pytest.raises(FeeChanged):
        front.do(cancel_dates, member, CancelDates(late.id, Range(), seen_fee=0))
    assert front.do(cancel_dates, member, CancelDates(late.id, Range(), seen_fee=900)).dates == 3
    assert [each.quote.get("cancellation", {}).get("due_minor") for each in _dates(session)] == [
        900,
        None,
        None,
    ]
    assert list(session.scalars(select(UnbilledBooking.booking_id))) == [_dates(session)[0].id]


def test_late_dates_are_kept_by_who_likes(
    front: Desk, session: Session, member: Actor, late: BookingSeries
) -> None:
    done = front.do(cancel_dates, member, CancelDates(late.id, Range(), keep_late=True, seen_fee=0))
    assert (done.dates, done.late) == (2, (WEEKS[0],))
    assert _dates(session)[0].status is BookingStatus.CONFIRMED


def test_so_much_of_the_credit_stays_used(
    front: Desk, session: Session, member: Actor, northlight: TenantWorld, clock: StandingClock
) -> None:
    set_ladder(session, front.world.actor("owner"), None, (Step(24, 50),), clock)
    session.commit()
    _column(front, "Fern", cancel_cutoff_minutes=2880)
    grant = granted(session, Holder(member.person_id), 180, northlight.types["Meeting room"])
    wish = BookSeries(northlight.rooms["Fern"], Pattern(MONDAY, Every.WEEK, count=3), 600, 60)
    series = front.do(book_series, member, wish).series
    clock.now = datetime(2026, 3, 8, 12, tzinfo=UTC)
    front.do(cancel_dates, member, CancelDates(series.id, Range(), seen_fee=900))
    assert sums(session) == {grant: 150}
    assert session.scalars(select(UnbilledBooking)).all() == []


@pytest.mark.parametrize("waive", [False, True])
def test_staff_keep_or_waive_and_the_trail_says_how_much(
    front: Desk, session: Session, member: Actor, desk: Actor, late: BookingSeries, *, waive: bool
) -> None:
    with pytest.raises(NotPermitted):
        front.do(cancel_dates, member, CancelDates(late.id, Range(), "x", waive=True))
    with pytest.raises(ReasonNeeded):
        front.do(cancel_dates, desk, CancelDates(late.id, Range(), waive=waive))
    front.do(cancel_dates, desk, CancelDates(late.id, Range(), "Flood", waive=waive, seen_fee=900))
    said = _audited(session)
    assert said.for_id == member.person_id
    assert said.after is not None
    assert {key: said.after[key] for key in said.after if key.endswith("_minor")} == {
        "waived_minor" if waive else "kept_minor": 900
    }
    kept = [each.quote.get("cancellation") is not None for each in _dates(session)]
    assert kept == [not waive, False, False]


def test_the_money_is_moved_by_the_code_that_said_it(
    front: Desk,
    session: Session,
    member: Actor,
    series: BookingSeries,
    northlight: TenantWorld,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Were credit given back after it has paid, the page would have said less than is billed: it is refused then."""
    granted(session, Holder(member.person_id), 60, northlight.types["Meeting room"])
    wish = MoveDates(series.id, Range(), 660, 90)
    more = preview_move(session, member, wish, front.clock()).more_minor
    session.rollback()
    monkeypatch.setattr(series_move, "pay_each_by_credit", lambda *_args: 0)
    with pytest.raises(CreditChanged):
        front.do(move_dates, member, MoveDates(series.id, Range(), 660, 90, seen_more=more))
