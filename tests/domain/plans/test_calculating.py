"""Proration and cycles as documented cases, each checked by counting days one by one with exact fractions."""

from datetime import date, timedelta
from fractions import Fraction
from math import floor
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.plans.calculating import (
    Deal,
    Rules,
    earliest_end,
    forecast,
    minimum_until,
    next_cycle,
    parts,
    pause_again_on,
    pause_days,
    unused,
)
from app.kernel.cycles import Cycles, Days, anchored

DAY = timedelta(days=1)


def _day(text: str) -> date:
    return date.fromisoformat(text)


def _half_up(value: Fraction) -> int:
    """Half away from zero, as on paper."""
    sign = -1 if value < 0 else 1
    return sign * floor(abs(value) + Fraction(1, 2))


def _cycle_by_hand(cycles: Cycles, of: date) -> list[date]:
    """The days of a cycle of months, found by walking: a cycle begins on the anchor's day, or on the last of its month."""

    def begins(each: date) -> bool:
        months = (each.year - cycles.anchor.year) * 12 + each.month - cycles.anchor.month
        last = (each + DAY).month != each.month
        return months % cycles.count == 0 and (
            each.day == cycles.anchor.day or (last and each.day < cycles.anchor.day)
        )

    first = of
    while not begins(first):
        first -= DAY
    days = [first]
    while not begins(days[-1] + DAY):
        days.append(days[-1] + DAY)
    return days


@pytest.mark.parametrize(
    ("anchor", "count", "starts"),
    [
        ("2026-01-31", 1, "2026-01-31 2026-02-28 2026-03-31 2026-04-30 2026-05-31"),
        ("2028-01-30", 1, "2028-01-30 2028-02-29 2028-03-30"),
        ("2027-11-29", 1, "2027-11-29 2027-12-29 2028-01-29 2028-02-29 2028-03-29"),
        ("2026-11-30", 3, "2026-11-30 2027-02-28 2027-05-30"),
        ("2028-02-29", 12, "2028-02-29 2029-02-28 2030-02-28 2031-02-28 2032-02-29"),
        ("2026-12-15", 1, "2026-12-15 2027-01-15"),
    ],
)
def test_cycles_of_months(anchor: str, count: int, starts: str) -> None:
    cycles = Cycles(_day(anchor), count)
    wanted = [_day(each) for each in starts.split()]
    assert [cycles.start(number) for number in range(len(wanted))] == wanted
    for number, first in enumerate(wanted[:-1]):
        each = first
        while each < wanted[number + 1]:
            assert cycles.number(each) == number
            assert cycles.containing(each) == Days(first, wanted[number + 1] - DAY)
            each += DAY


def test_cycles_of_weeks() -> None:
    cycles = Cycles(_day("2026-03-02"), 4, weeks=True)
    assert cycles.containing(_day("2026-03-29")) == Days(_day("2026-03-02"), _day("2026-03-29"))
    assert cycles.after(_day("2026-03-29")) == _day("2026-03-30")


@given(
    st.dates(date(2024, 1, 1), date(2028, 12, 31)),
    st.integers(1, 24),
    st.integers(0, 900),
    st.integers(1, 28),
)
def test_every_day_lies_in_one_cycle(anchor: date, count: int, later: int, billing_day: int) -> None:
    cycles = Cycles(anchor, count)
    some = anchor + timedelta(days=later)
    walked = _cycle_by_hand(cycles, some)
    assert cycles.containing(some) == Days(walked[0], walked[-1])
    fixed = anchored(some, billing_day)
    assert fixed.day == billing_day
    assert fixed <= some < Cycles(fixed, 1).start(1)


# What starts when, what a cycle costs, and what is billed until 30 June 2026: first day, last day, price of one.
TABLE = [
    # A whole month each, from the day of joining
    (
        {"starts_on": "2026-04-10"},
        30000,
        [("04-10", "05-09", 30000), ("05-10", "06-09", 30000), ("06-10", "07-09", 30000)],
    ),
    # On the first of the month; the first cycle by its days: 21 of 30
    (
        {"starts_on": "2026-04-10", "billing_day": 1},
        30000,
        [("04-10", "04-30", 21000), ("05-01", "05-31", 30000), ("06-01", "06-30", 30000)],
    ),
    # The same without proration
    (
        {"starts_on": "2026-05-10", "billing_day": 1, "prorate_first": False},
        30000,
        [("05-10", "05-31", 30000), ("06-01", "06-30", 30000)],
    ),
    # Half a cent up: 1 of 30 days of 9.15 is 0.305
    ({"starts_on": "2026-06-30", "billing_day": 1}, 915, [("06-30", "06-30", 31)]),
    # The last cycle by its days: 9 of 31
    (
        {"starts_on": "2026-04-10", "ends_on": "2026-05-18", "prorate_last": True},
        31000,
        [("04-10", "05-09", 31000), ("05-10", "05-18", 9000)],
    ),
    # The last cycle whole
    (
        {"starts_on": "2026-04-10", "ends_on": "2026-05-18"},
        31000,
        [("04-10", "05-09", 31000), ("05-10", "06-09", 31000)],
    ),
    # Begun and ended in one cycle: 5 of 30 days
    (
        {"starts_on": "2026-04-10", "ends_on": "2026-04-14", "billing_day": 1, "prorate_last": True},
        30000,
        [("04-10", "04-14", 5000)],
    ),
    # From the 31st
    (
        {"starts_on": "2026-03-31"},
        10000,
        [
            ("03-31", "04-29", 10000),
            ("04-30", "05-30", 10000),
            ("05-31", "06-29", 10000),
            ("06-30", "07-30", 10000),
        ],
    ),
    # Four weeks
    (
        {"starts_on": "2026-05-04", "count": 4, "weeks": True},
        8000,
        [("05-04", "05-31", 8000), ("06-01", "06-28", 8000), ("06-29", "07-26", 8000)],
    ),
    # A cycle of a pause costs nothing
    (
        {"starts_on": "2026-04-10", "pauses": [("2026-05-10", "2026-06-09")]},
        30000,
        [("04-10", "05-09", 30000), ("06-10", "07-09", 30000)],
    ),
    # Billed until the middle of a cycle, because its end was withdrawn: the rest of 31.00 less 9 of 31 days
    (
        {"starts_on": "2026-04-10", "billed_until": "2026-05-18", "prorate_last": True},
        31000,
        [("05-19", "06-09", 22000), ("06-10", "07-09", 31000)],
    ),
]


def _deal(about: dict[str, Any], price: int) -> Deal:
    known = dict(about)
    starts_on = _day(str(known.pop("starts_on")))
    billing_day = known.pop("billing_day", None)
    cycles = Cycles(
        anchored(starts_on, billing_day),
        known.pop("count", 1),
        weeks=bool(known.pop("weeks", False)),
    )
    pauses = tuple(Days(_day(a), _day(b)) for a, b in known.pop("pauses", ()))
    days: dict[str, Any] = {
        name: _day(str(known.pop(name)))
        for name in ("ends_on", "billed_until")
        if known.get(name) is not None
    }
    return Deal(cycles, price, starts_on, pauses=pauses, **days, **known)


@pytest.mark.parametrize(("about", "price", "wanted"), TABLE)
def test_the_table(about: dict[str, Any], price: int, wanted: list[tuple[str, str, int]]) -> None:
    found = [
        (f"{part.days.first:%m-%d}", f"{part.days.last:%m-%d}", part.unit_minor)
        for part in parts(_deal(about, price), _day("2026-06-30"))
        if not part.paused
    ]
    assert found == wanted


@settings(max_examples=200)
@given(
    starts_on=st.dates(date(2026, 1, 1), date(2028, 12, 31)),
    billing_day=st.none() | st.integers(1, 28),
    count=st.integers(1, 3),
    price=st.integers(0, 100_000),
    length=st.integers(0, 400),
)
def test_amounts_are_those_of_days_counted_one_by_one(
    starts_on: date, billing_day: int | None, count: int, price: int, length: int
) -> None:
    cycles = Cycles(anchored(starts_on, billing_day), count)
    ends_on = starts_on + timedelta(days=length)
    deal = Deal(cycles, price, starts_on, ends_on, prorate_first=True, prorate_last=True)
    for part in parts(deal, date(2040, 1, 1)):
        cycle = _cycle_by_hand(cycles, part.days.first)
        had = [each for each in cycle if starts_on <= each <= ends_on]
        assert (part.days.first, part.days.last) == (had[0], had[-1])
        assert part.unit_minor == _half_up(Fraction(price * len(had), len(cycle)))


@given(
    price=st.integers(0, 100_000),
    starts_on=st.dates(date(2026, 1, 1), date(2028, 12, 31)),
    cuts=st.lists(st.integers(1, 27), max_size=4, unique=True),
)
def test_a_cycle_cut_anyhow_comes_to_its_price(price: int, starts_on: date, cuts: list[int]) -> None:
    cycles, total, billed = Cycles(starts_on, 1), 0, None
    for cut in sorted(cuts):
        deal = Deal(
            cycles, price, starts_on, starts_on + timedelta(days=cut), prorate_last=True, billed_until=billed
        )
        for part in parts(deal, date(2040, 1, 1)):
            total, billed = total + part.unit_minor, part.days.last
    whole = Deal(cycles, price, starts_on, cycles.containing(starts_on).last, billed_until=billed)
    assert total + sum(part.unit_minor for part in parts(whole, date(2040, 1, 1))) == price


@given(price=st.integers(0, 100_000), used=st.integers(1, 27))
def test_a_change_in_a_cycle_costs_the_days_that_were_had(price: int, used: int) -> None:
    starts_on = date(2026, 3, 1)
    deal = Deal(Cycles(starts_on, 1), price, starts_on, billed_until=date(2026, 3, 31))
    back = unused(deal, starts_on + timedelta(days=used))
    assert back is not None
    assert price + back.unit_minor == _half_up(Fraction(price * used, 31))


def test_what_was_not_billed_ahead_is_not_given_back() -> None:
    deal = Deal(Cycles(date(2026, 3, 1), 1), 1000, date(2026, 3, 1), billed_until=date(2026, 3, 31))
    assert unused(deal, date(2026, 4, 1)) is None


def _rules(starts_on: str, **more: Any) -> Rules:
    cycles = Cycles(anchored(_day(starts_on), more.pop("billing_day", None)), 1)
    about: dict[str, Any] = {
        "minimum_until": minimum_until(cycles, _day(starts_on), int(str(more.pop("min_cycles", 0)))),
        "notice_days": 0,
        "prorate_last": False,
        "pauses_a_year": 2,
        "pause_cycles": 3,
    }
    return Rules(cycles, _day(starts_on), **about | more)


@pytest.mark.parametrize(
    ("rules", "today", "wanted"),
    [
        # No notice, no term: the end of the cycle in hand
        (_rules("2026-01-10"), "2026-03-12", "2026-04-09"),
        # 30 days' notice lead into the next cycle, which is paid whole …
        (_rules("2026-01-10", notice_days=30), "2026-03-12", "2026-05-09"),
        # … or by its days
        (_rules("2026-01-10", notice_days=30, prorate_last=True), "2026-03-12", "2026-04-11"),
        # What is paid ahead is had
        (_rules("2026-01-10", notice_days=7, prorate_last=True), "2026-03-12", "2026-04-09"),
        # Six cycles at least
        (_rules("2026-01-10", min_cycles=6), "2026-03-12", "2026-07-09"),
        # On the first of the month: the partial cycle does not count
        (_rules("2026-01-10", min_cycles=3, billing_day=1), "2026-02-12", "2026-04-30"),
        (_rules("2026-01-01", min_cycles=3, billing_day=1), "2026-02-12", "2026-03-31"),
        # Before it has begun
        (_rules("2026-04-10", notice_days=7), "2026-03-12", "2026-05-09"),
        (_rules("2026-04-10", notice_days=7, prorate_last=True), "2026-03-12", "2026-04-10"),
        # On the last day of a cycle
        (_rules("2026-01-31"), "2026-02-27", "2026-02-27"),
        (_rules("2026-01-31"), "2026-02-28", "2026-03-30"),
    ],
)
def test_the_earliest_end(rules: Rules, today: str, wanted: str) -> None:
    assert earliest_end(rules, _day(today)) == _day(wanted)


def test_a_pause_is_whole_cycles_from_the_next_one_on() -> None:
    rules = _rules("2026-01-31")
    first = next_cycle(rules, _day("2026-02-10"))
    assert first == _day("2026-02-28")
    assert pause_days(rules, first, 2) == Days(_day("2026-02-28"), _day("2026-04-29"))


def test_so_many_pauses_begin_in_a_year() -> None:
    rules = _rules("2025-01-01")
    begun = [_day("2025-03-01"), _day("2025-09-01")]
    assert pause_again_on(rules, begun, _day("2026-02-01")) == _day("2026-03-01")
    assert pause_again_on(rules, begun, _day("2026-03-01")) is None
    assert pause_again_on(rules, begun[:1], _day("2025-04-01")) is None


def test_the_forecast_is_what_will_be_billed() -> None:
    deal = Deal(Cycles(_day("2026-04-01"), 1), 30000, _day("2026-04-16"), quantity=2)
    found = forecast(deal, 3, signup_fee_minor=5000, deposit_minor=10000)
    assert [(invoice.bill_on, invoice.amount_minor) for invoice in found] == [
        (_day("2026-04-16"), 5000 + 20000 + 30000),
        (_day("2026-05-01"), 60000),
        (_day("2026-06-01"), 60000),
    ]
    assert [line.what for line in found[0].lines] == ["signup", "deposit", "cycle"]


def test_the_forecast_of_what_ends_ends() -> None:
    deal = Deal(Cycles(_day("2026-04-01"), 1), 30000, _day("2026-04-01"), _day("2026-05-31"))
    assert [invoice.bill_on for invoice in forecast(deal, 3)] == [_day("2026-04-01"), _day("2026-05-01")]


def test_the_forecast_passes_over_a_pause() -> None:
    paused = (Days(_day("2026-05-01"), _day("2026-06-30")),)
    deal = Deal(Cycles(_day("2026-04-01"), 1), 30000, _day("2026-04-01"), pauses=paused)
    assert [invoice.bill_on for invoice in forecast(deal, 2)] == [_day("2026-04-01"), _day("2026-07-01")]
