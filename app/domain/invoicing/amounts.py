"""The arithmetic of a document: what a line comes to with its tax, and what each rate comes to. Integers throughout."""

from collections.abc import Iterable
from dataclasses import dataclass

from app.kernel.money import WHOLE, share

ONE = 1000
"""A quantity is counted in thousandths: 1500 is one and a half."""


@dataclass(frozen=True, slots=True)
class Amounts:
    """What a line comes to, in minor units; `net_minor + tax_minor == gross_minor`."""

    net_minor: int
    tax_minor: int
    gross_minor: int


@dataclass(frozen=True, slots=True)
class Tax:
    """How a line is taxed: a category of UNTDID 5305, and hundredths of a percent."""

    name: str
    category: str
    percent_hundredths: int
    reason: str = ""


@dataclass(frozen=True, slots=True)
class TaxSum:
    """All lines of one tax, as the foot of a document has them."""

    tax: Tax
    net_minor: int
    tax_minor: int


def price_of(unit_minor: int, quantity_thousandths: int) -> int:
    """Quantity times price in minor units, rounded half up (half away from zero below it)."""
    return share(unit_minor, quantity_thousandths, ONE)


def taxed(price_minor: int, percent_hundredths: int, *, includes_tax: bool) -> Amounts:
    """What a price comes to without and with its tax. It is rounded once, half up; the other amount is exact.

    `taxed(12000, 2000, includes_tax=True)` is 100.00 and 20.00, of 120.00.
    """
    if includes_tax:
        net = share(price_minor, WHOLE, WHOLE + percent_hundredths)
        return Amounts(net, price_minor - net, price_minor)
    tax = share(price_minor, percent_hundredths, WHOLE)
    return Amounts(price_minor, tax, price_minor + tax)


def added(amounts: Iterable[Amounts]) -> Amounts:
    """The sums of lines."""
    net = tax = 0
    for each in amounts:
        net, tax = net + each.net_minor, tax + each.tax_minor
    return Amounts(net, tax, net + tax)


def tax_sums(lines: Iterable[tuple[Tax, Amounts]]) -> list[TaxSum]:
    """What each tax comes to: the sum of its lines, so that it adds up on paper. The highest rate first."""
    by_tax: dict[Tax, list[Amounts]] = {}
    for tax, amounts in lines:
        by_tax.setdefault(tax, []).append(amounts)
    order = sorted(by_tax, key=lambda tax: (-tax.percent_hundredths, tax.category, tax.name, tax.reason))
    sums = [(tax, added(by_tax[tax])) for tax in order]
    return [TaxSum(tax, each.net_minor, each.tax_minor) for tax, each in sums]
