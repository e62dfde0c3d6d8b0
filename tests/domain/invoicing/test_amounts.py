"""The arithmetic of documents, against an independent one in exact fractions."""

from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.invoicing.amounts import Amounts, Tax, added, price_of, tax_sums, taxed

MINOR = st.integers(-(10**11), 10**11)
PERCENT = st.integers(0, 10_000)


def _half_up(value: Fraction) -> int:
    """Rounded by the decimal module, away from zero at a half, at far more digits than any price has."""
    exact = Decimal(value.numerator) / Decimal(value.denominator)
    return int(exact.quantize(Decimal(1), ROUND_HALF_UP))


@pytest.mark.parametrize(
    ("price", "percent", "prices", "amounts"),
    [
        # A document in prices with tax: the member sees what they pay.
        (12000, 2000, "with tax", (10000, 2000, 12000)),
        (18600, 2000, "with tax", (15500, 3100, 18600)),
        (1999, 1900, "with tax", (1680, 319, 1999)),
        (1, 2000, "with tax", (1, 0, 1)),
        # The same without.
        (10000, 2000, "without", (10000, 2000, 12000)),
        (1999, 1900, "without", (1999, 380, 2379)),
        # Half a cent goes up: 0.50 at 5 % is 0.025.
        (50, 500, "without", (50, 3, 53)),
        (-50, 500, "without", (-50, -3, -53)),
        # A rate of nothing, and of everything.
        (4711, 0, "with tax", (4711, 0, 4711)),
        (4711, 10_000, "with tax", (2356, 2355, 4711)),
    ],
)
def test_documented_cases(price: int, percent: int, prices: str, amounts: tuple[int, int, int]) -> None:
    assert taxed(price, percent, includes_tax=prices == "with tax") == Amounts(*amounts)


@given(MINOR, PERCENT)
def test_tax_on_top_is_exact_but_for_one_rounding(price: int, percent: int) -> None:
    amounts = taxed(price, percent, includes_tax=False)
    assert amounts.net_minor == price
    assert amounts.tax_minor == _half_up(Fraction(price * percent, 10_000))
    assert amounts.gross_minor == amounts.net_minor + amounts.tax_minor


@given(MINOR, PERCENT)
def test_tax_inside_leaves_the_price_as_it_is(price: int, percent: int) -> None:
    amounts = taxed(price, percent, includes_tax=True)
    assert amounts.gross_minor == price
    assert amounts.net_minor == _half_up(Fraction(price * 10_000, 10_000 + percent))
    assert amounts.tax_minor == price - amounts.net_minor


@given(MINOR, st.integers(1, 10**8))
def test_a_price_is_quantity_times_unit(unit: int, thousandths: int) -> None:
    assert price_of(unit, thousandths) == _half_up(Fraction(unit * thousandths, 1000))


@given(st.lists(st.tuples(st.sampled_from([0, 500, 2000]), MINOR), max_size=30))
def test_sums_are_sums_of_lines(lines: list[tuple[int, int]]) -> None:
    with_tax = [
        (Tax("VAT", "S", percent), taxed(minor, percent, includes_tax=True)) for percent, minor in lines
    ]
    sums = tax_sums(with_tax)
    whole = added(amounts for _tax, amounts in with_tax)
    assert sum(each.net_minor for each in sums) == whole.net_minor
    assert sum(each.tax_minor for each in sums) == whole.tax_minor
    assert len({each.tax for each in sums}) == len(sums)
