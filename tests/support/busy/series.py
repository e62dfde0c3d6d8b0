"""What is done to bookings that repeat."""

from dataclasses import replace
from datetime import date, timedelta

from app.domain.actor import Actor
from app.domain.booking.repeating import Every, Pattern
from app.domain.booking.series_add import add_dates, preview_dates
from app.domain.booking.series_book import book_series
from app.domain.booking.series_cancel import CancelDates, cancel_dates
from app.domain.booking.series_move import move_dates
from app.domain.booking.series_moving import MoveDates
from app.domain.booking.series_rows import Range
from app.domain.booking.series_terms import AddDates, BookSeries
from app.domain.booking.strikes import end_unused_series, forgive_strikes
from app.models import BookingSeries
from tests.support.busy.house import SATURDAY
from tests.support.busy.steps import House, NothingToDo, Step, Verb, periodic


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


def _forgive(house: House, step: Step) -> None:
    series = house.pick(step, BookingSeries)
    before = series.strikes_cleared_at
    forgive_strikes(house.session, house.desk, series.id, house.clock)
    if series.strikes_cleared_at == before:
        raise NothingToDo


VERBS: dict[str, Verb] = {
    "repeat": _repeat,
    "add dates": _add_dates,
    "move dates": _move_dates,
    "cancel dates": _cancel_dates,
    "pause dates": _pause_dates,
    "end unused": periodic(end_unused_series),
    "forgive": _forgive,
}
