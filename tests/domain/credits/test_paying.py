"""Which credit pays for how much of a booking."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from app.domain.credits.paying import cover
from app.domain.credits.terms import Fund
from app.models import CreditKind

DAY = datetime(2026, 3, 2, tzinfo=UTC)
TIME, MONEY = CreditKind.TIME, CreditKind.MONEY


def test_time_goes_before_money_and_the_rest_is_due() -> None:
    found = cover([Fund(1, MONEY, 300, None), Fund(2, TIME, 60, None)], 90, 3000)
    assert (found.time, found.worth_minor) == (((2, 60),), 2000)
    assert (found.money, found.due_minor) == (((1, 300),), 700)


def test_what_expires_first_is_used_first() -> None:
    soon, later = DAY, DAY + timedelta(days=9)
    funds = [Fund(1, TIME, 60, None), Fund(2, TIME, 60, later), Fund(3, TIME, 30, soon)]
    assert cover(funds, 120, 4000).time == ((3, 30), (2, 60), (1, 30))


def test_ones_own_goes_before_what_is_shared() -> None:
    funds = [Fund(1, TIME, 60, DAY, shared=True), Fund(2, TIME, 60, DAY)]
    assert cover(funds, 90, 900).time == ((2, 60), (1, 30))


def test_half_of_the_minutes_pay_half_of_a_capped_price() -> None:
    found = cover([Fund(1, TIME, 240, None)], 480, 5000)
    assert (found.worth_minor, found.due_minor) == (2500, 2500)


def test_what_is_free_uses_nothing() -> None:
    assert not cover([Fund(1, TIME, 60, None), Fund(2, MONEY, 60, None)], 60, 0)


@given(
    st.lists(st.tuples(st.sampled_from(CreditKind), st.integers(1, 500)), max_size=6),
    st.integers(1, 200),
    st.integers(0, 100_000),
)
def test_nothing_is_used_twice_and_nothing_is_overpaid(
    has: list[tuple[CreditKind, int]], minutes: int, price: int
) -> None:
    funds = [Fund(number, kind, left, None) for number, (kind, left) in enumerate(has)]
    found = cover(funds, minutes, price)
    assert 0 <= found.due_minor <= price
    assert found.minutes <= minutes
    for grant_id, amount in found.parts:
        assert 0 < amount <= funds[grant_id].left
    left = sum(fund.left for fund in funds if fund.kind is MONEY) - found.money_minor
    assert found.due_minor == 0 or left == 0
