"""Quarter hours rounded up, the cap heeded, cents exact."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.booking.pricing import quote, rate
from app.kernel.money import Money
from app.kernel.spans import Span

START = datetime(2026, 3, 2, 10, tzinfo=UTC)


def _lasting(**length: float) -> Span:
    return Span(START, START + timedelta(**length))


@pytest.mark.parametrize(
    ("hourly", "cap", "span", "minutes", "total"),
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
    hourly: int, cap: int | None, span: Span, minutes: int, total: int
) -> None:
    found = quote(hourly, cap, span, "EUR")
    assert (found.minutes, found.total) == (minutes, Money(total, "EUR"))
    assert found.capped == (total < hourly * minutes / 60 - 1)


HOURLY, CAPS, LENGTHS = st.integers(0, 10**6), st.none() | st.integers(0, 10**6), st.integers(1, 31 * 86400)


@given(HOURLY, CAPS, LENGTHS, LENGTHS)
def test_longer_never_costs_less_and_nothing_exceeds_the_cap(
    hourly: int, cap: int | None, one: int, two: int
) -> None:
    short, long = sorted((one, two))
    cheap, dear = (quote(hourly, cap, _lasting(seconds=seconds), "EUR") for seconds in (short, long))
    assert 0 <= cheap.total_minor <= dear.total_minor <= dear.uncapped_minor
    assert cap is None or dear.total_minor <= cap


@pytest.mark.parametrize(
    ("own", "expected"),
    [
        ((None, None), (1800, 9000)),
        ((2500, None), (2500, 9000)),
        ((0, 0), (0, 0)),
        ((None, 100), (1800, 100)),
    ],
)
def test_a_rooms_own_rate_goes_before_its_types(
    own: tuple[int | None, int | None], expected: tuple[int, int]
) -> None:
    assert rate(*own, 1800, 9000) == expected
