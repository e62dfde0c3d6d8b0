"""Quarter hours rounded up, bounds heeded, minor units exact; of what holds the cheapest, and no price where nothing does."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.booking.pricing import price
from app.domain.booking.quotes import Discount, Quote, stored_quote
from app.domain.booking.rates import Conditions, Tariff, Wish, standard
from app.kernel.money import Money
from app.kernel.spans import Span
from app.models import RateUnit
from app.models.rate import EVERY_DAY
from app.sections import Audience

LONDON = ZoneInfo("Europe/London")
START = datetime(2026, 3, 2, 10, tzinfo=UTC)
"""A Monday; London keeps UTC until the 29th."""

HOUR, STEP, HALF, DAY, WEEK, MONTH, USE = (
    RateUnit.HOUR,
    RateUnit.STEP,
    RateUnit.HALF_DAY,
    RateUnit.DAY,
    RateUnit.WEEK,
    RateUnit.MONTH,
    RateUnit.USE,
)
EVENING = Tariff(HOUR, 1200, "Evening", conditions=Conditions(from_minute=1080, until_minute=1320))
WEEKEND = Conditions(weekdays=0b1100000)


def _lasting(**length: float) -> Wish:
    return _wish(Span(START, START + timedelta(**length)))


def _from(day: int, hour: int, hours: float, month: int = 3) -> Wish:
    start = datetime(2026, month, day, hour, tzinfo=LONDON).astimezone(UTC)
    return _wish(Span(start, start + timedelta(hours=hours)))


def _wish(span: Span, *, member: bool = True, notice: timedelta = timedelta(days=1)) -> Wish:
    return Wish(span, LONDON, member, span.start - notice)


def _priced(tariffs: Sequence[Tariff], wish: Wish, discount: Discount | None = None) -> Quote:
    found = price(tariffs, wish, "GBP", discount)
    assert found is not None
    return found


def _said(quote: Quote) -> list[tuple[str, int, int]]:
    return [(part.name, part.count, part.minor) for part in quote.parts]


@pytest.mark.parametrize(
    ("hourly", "cap", "wish", "minutes", "total"),
    [
        (1800, None, _lasting(hours=1), 60, 1800),
        (1800, None, _lasting(minutes=1), 15, 450),
        (1800, None, _lasting(minutes=15), 15, 450),
        (1800, None, _lasting(minutes=15, seconds=1), 30, 900),
        (1001, None, _lasting(minutes=15), 15, 250),
        (1002, None, _lasting(minutes=15), 15, 251),
        (1800, 5000, _lasting(hours=3), 180, 5000),
        (1800, 5400, _lasting(hours=3), 180, 5400),
        (1800, 0, _lasting(hours=3), 180, 0),
        (0, None, _lasting(hours=3), 180, 0),
    ],
)
def test_it_charges_begun_quarter_hours_up_to_the_cap(
    hourly: int, cap: int | None, wish: Wish, minutes: int, total: int
) -> None:
    found = _priced(standard(hourly, cap), wish)
    assert (found.minutes, found.total) == (minutes, Money(total, "GBP"))
    assert found.capped == (total < hourly * minutes / 60 - 1)


@pytest.mark.parametrize(
    ("tariff", "wish", "count", "total"),
    [
        (Tariff(STEP, 300, step_minutes=20), _lasting(minutes=41), 3, 900),
        (Tariff(HOUR, 1800, step_minutes=60), _lasting(minutes=61), 120, 3600),
        (Tariff(HALF, 8000), _lasting(hours=4), 1, 8000),
        (Tariff(HALF, 8000), _lasting(hours=4, minutes=1), 2, 16000),
        (Tariff(DAY, 14000), _from(2, 9, 9), 1, 14000),
        (Tariff(DAY, 14000), _from(2, 22, 4), 2, 28000),
        (Tariff(DAY, 14000), _from(2, 22, 2), 1, 14000),
        (Tariff(WEEK, 50000), _from(2, 9, 24 * 6), 1, 50000),
        (Tariff(WEEK, 50000), _from(2, 9, 24 * 7), 2, 100000),
        (Tariff(MONTH, 90000), _from(2, 9, 24 * 29), 1, 90000),
        (Tariff(MONTH, 90000), _from(2, 9, 24 * 31), 2, 180000),
        (Tariff(USE, 5000), _lasting(hours=9), 1, 5000),
        (Tariff(HOUR, 1800, minimum_minor=2500), _lasting(hours=1), 60, 2500),
        (Tariff(USE, 5000, cap_minor=4000), _lasting(hours=1), 1, 4000),
    ],
)
def test_each_unit_counts_what_is_begun(tariff: Tariff, wish: Wish, count: int, total: int) -> None:
    found = _priced([tariff], wish)
    assert (found.parts[0].count, found.total_minor) == (count, total)


@pytest.mark.parametrize(("minutes", "total"), [(30, 4000), (120, 4000), (121, 4500), (180, 6000)])
def test_it_is_fixed_up_to_a_length_and_by_the_unit_from_then_on(minutes: int, total: int) -> None:
    tariff = Tariff(HOUR, 2000, "Start", fixed_minutes=120, fixed_minor=4000)
    assert _priced([tariff], _lasting(minutes=minutes)).total_minor == total


def test_a_booking_that_crosses_rates_is_priced_by_parts() -> None:
    found = _priced([EVENING, *standard(1800, None)], _from(2, 17, 3))
    assert _said(found) == [("", 60, 1800), ("Evening", 120, 2400)]
    assert [(part.start.hour, part.end.hour) for part in found.parts] == [(17, 18), (18, 20)]


def test_a_begun_quarter_hour_goes_by_the_rate_that_holds_when_it_begins() -> None:
    start = datetime(2026, 3, 2, 17, 10, tzinfo=UTC)
    found = _priced([EVENING, *standard(1800, None)], _wish(Span(start, start + timedelta(minutes=90))))
    assert _said(found) == [("", 60, 1800), ("Evening", 30, 600)]
    assert found.minutes == 90


def test_the_cheapest_wins_but_for_one_that_is_marked_always() -> None:
    dear = Tariff(
        HOUR, 9000, "Fair", conditions=Conditions(first_day=date(2026, 3, 2), last_day=date(2026, 3, 2))
    )
    usual = standard(1800, None)
    assert _said(_priced([dear, *usual], _lasting(hours=1))) == [("", 60, 1800)]
    assert _said(_priced([replace(dear, always=True), *usual], _lasting(hours=1))) == [("Fair", 60, 9000)]
    assert _said(_priced([replace(dear, always=True), *usual], _from(3, 0, 1))) == [("", 60, 1800)]
    across = _priced([replace(dear, always=True), *usual], _from(2, 23, 2))
    assert _said(across) == [("Fair", 60, 9000), ("", 60, 1800)]


def test_a_rate_for_the_whole_booking_is_weighed_against_its_parts() -> None:
    rates = [Tariff(DAY, 9000, "Day"), Tariff(HALF, 6000, "Half day"), *standard(1800, None)]
    named = {hours: _priced(rates, _from(2, 9, hours)).parts[0].name for hours in (3, 4, 5, 6, 9)}
    assert named == {3: "", 4: "Half day", 5: "Day", 6: "Day", 9: "Day"}


def test_a_rate_for_the_whole_has_to_hold_for_all_of_it() -> None:
    rates = [Tariff(DAY, 100, "Weekend", conditions=WEEKEND), *standard(1800, None)]
    assert _said(_priced(rates, _from(6, 22, 4))) == [("", 240, 7200)]
    assert _said(_priced(rates, _from(7, 22, 4))) == [("Weekend", 2, 200)]


def test_a_minimum_may_make_what_is_cheap_by_the_hour_the_dearer() -> None:
    cheap = Tariff(HOUR, 1000, "Cheap", minimum_minor=5000)
    rates = [cheap, *standard(1200, None)]
    assert _priced(rates, _lasting(hours=1)).total_minor == 1200
    assert _priced(rates, _lasting(hours=6)).total_minor == 6000


def test_a_window_over_midnight_belongs_to_the_evening_that_it_began_on() -> None:
    night = Tariff(USE, 1, conditions=Conditions(weekdays=1 << 4, from_minute=1320, until_minute=120))
    assert price([night], _from(6, 22, 4), "GBP") is not None
    assert price([night], _from(7, 22, 1), "GBP") is None
    assert price([night], _from(6, 0, 1), "GBP") is None


@pytest.mark.parametrize(
    ("conditions", "wish", "holds"),
    [
        (Conditions(audience=Audience.MEMBERS), _lasting(hours=1), True),
        (Conditions(audience=Audience.CONTACTS), _lasting(hours=1), False),
        (Conditions(least_minutes=61), _lasting(hours=1), False),
        (Conditions(least_minutes=60, most_minutes=60), _lasting(hours=1), True),
        (Conditions(most_minutes=59), _lasting(hours=1), False),
        (Conditions(least_notice_minutes=24 * 60), _lasting(hours=1), True),
        (Conditions(least_notice_minutes=24 * 60 + 1), _lasting(hours=1), False),
        (Conditions(most_notice_minutes=60), _lasting(hours=1), False),
        (Conditions(last_day=date(2026, 3, 1)), _lasting(hours=1), False),
    ],
)
def test_conditions_decide_whether_there_is_a_price(
    conditions: Conditions, wish: Wish, *, holds: bool
) -> None:
    assert (price([Tariff(HOUR, 100, conditions=conditions)], wish, "GBP") is not None) == holds


def test_a_hole_is_no_price_and_never_nothing() -> None:
    assert price([], _lasting(hours=1), "GBP") is None
    assert price([EVENING], _from(2, 17, 3), "GBP") is None
    assert price([EVENING], _from(2, 18, 4), "GBP") is not None
    assert price([EVENING], _from(2, 18, 4.25), "GBP") is None


def test_hours_that_the_clocks_repeat_are_paid_for_twice_and_skipped_ones_not() -> None:
    night = Tariff(HOUR, 600, "Night", conditions=Conditions(from_minute=60, until_minute=120))
    rates = [night, *standard(1800, None)]
    autumn = _priced(rates, _from(25, 0, 4, month=10))
    assert _said(autumn) == [("", 60, 1800), ("Night", 120, 1200), ("", 60, 1800)]
    spring = _priced(rates, _from(29, 0, 2))
    assert _said(spring) == [("", 120, 3600)]


def test_a_discount_comes_off_what_the_cap_leaves() -> None:
    found = _priced(standard(1800, 5000), _lasting(hours=3), Discount(2500, "Desk"))
    assert (found.uncapped_minor, found.total_minor, found.discount_minor) == (5400, 3750, 1250)
    assert [bound.minor for bound in found.bounds] == [-400]


def test_a_stored_quote_reads_as_it_was() -> None:
    wish = _from(2, 17, 3)
    found = _priced([EVENING, *standard(1800, 1000)], wish, Discount(2500, "Desk"))
    assert stored_quote(found.as_json()) == found


AMOUNTS, CAPS, LENGTHS = st.integers(0, 10**6), st.none() | st.integers(0, 10**6), st.integers(1, 31 * 86400)


@given(AMOUNTS, CAPS, LENGTHS, LENGTHS)
def test_longer_never_costs_less_and_nothing_exceeds_the_cap(
    hourly: int, cap: int | None, one: int, two: int
) -> None:
    short, long = sorted((one, two))
    cheap, dear = (_priced(standard(hourly, cap), _lasting(seconds=seconds)) for seconds in (short, long))
    assert 0 <= cheap.total_minor <= dear.total_minor <= dear.uncapped_minor
    assert cap is None or dear.total_minor <= cap


CONDITIONS = st.builds(
    Conditions,
    weekdays=st.integers(1, EVERY_DAY),
    from_minute=st.integers(0, 95).map(lambda quarter: quarter * 15),
    until_minute=st.integers(1, 96).map(lambda quarter: quarter * 15),
).filter(lambda each: each.from_minute != each.until_minute)
TARIFFS = st.builds(
    Tariff,
    unit=st.sampled_from(RateUnit),
    amount_minor=st.integers(0, 5000),
    name=st.sampled_from("ABC"),
    minimum_minor=st.none() | st.integers(0, 3000),
    cap_minor=st.none() | st.integers(3000, 9000),
    always=st.booleans(),
    conditions=st.none() | CONDITIONS,
)
STARTS = st.integers(0, 4 * 24 * 14).map(
    lambda quarter: datetime(2026, 10, 20, tzinfo=UTC) + timedelta(minutes=15 * quarter)
)


@given(st.lists(TARIFFS, max_size=4), STARTS, st.integers(1, 40 * 60))
def test_parts_and_bounds_add_up_and_follow_each_other(
    rates: list[Tariff], start: datetime, minutes: int
) -> None:
    span = Span(start, start + timedelta(minutes=minutes))
    found = price(rates, _wish(span), "GBP")
    if found is None:
        assert price([*rates, *standard(1, None)], _wish(span), "GBP") is not None
        return
    assert 0 <= found.total_minor == found.uncapped_minor + sum(bound.minor for bound in found.bounds)
    assert found.uncapped_minor == sum(part.minor for part in found.parts)
    edges = [found.parts[0].start, *(part.end for part in found.parts)]
    assert edges == [span.start, *(part.start for part in found.parts[1:]), span.end]


PLAIN = st.builds(
    Tariff, unit=st.just(HOUR), amount_minor=st.integers(0, 100).map(lambda n: n * 60), conditions=CONDITIONS
)


@given(st.lists(PLAIN, max_size=4), st.sampled_from((None, 6000)), STARTS, st.integers(1, 160))
def test_counted_minute_by_minute_it_is_the_same(
    rates: list[Tariff], usual: int | None, start: datetime, quarters: int
) -> None:
    rates = [*rates, *standard(usual, None)]
    span = Span(start, start + timedelta(minutes=15 * quarters))
    found = price(rates, _wish(span), "GBP")
    weeks = [(rate.amount_minor // 60, _week(rate.conditions)) for rate in rates]
    by_the_minute = []
    for minute in range(15 * quarters):
        local = (start + timedelta(minutes=minute)).astimezone(LONDON)
        now = local.weekday() * 1440 + local.hour * 60 + local.minute
        by_the_minute.append([amount for amount, week in weeks if now in week])
    if all(by_the_minute):
        assert found is not None
        assert found.total_minor == sum(map(min, by_the_minute))
    else:
        assert found is None


def _week(conditions: Conditions | None) -> set[int]:
    """The minutes of a week at which they hold, by no arithmetic of the module's."""
    if conditions is None:
        return set(range(7 * 1440))
    first, last = conditions.from_minute or 0, conditions.until_minute or 1440
    length = (last - first) % 1440 or 1440
    days = [day for day in range(7) if f"{conditions.weekdays:07b}"[6 - day] == "1"]
    return {(day * 1440 + first + minute) % (7 * 1440) for day in days for minute in range(length)}
