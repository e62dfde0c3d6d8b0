"""How one customer is taxed: the rate of each line, or none of it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from app.domain.invoicing.amounts import Amounts, Tax, added, price_of, taxed
from app.domain.invoicing.rates import RateRow
from app.domain.invoicing.terms import PayerDetails
from app.kernel.money import WHOLE, share
from app.models import InvoiceLine, TaxCategory
from app.models.invoice import TaxTreatment


@dataclass(frozen=True, slots=True)
class Priced:
    """A line with its tax: the price of one as the document has prices, and what the line comes to."""

    line: InvoiceLine
    unit_minor: int
    tax: Tax
    amounts: Amounts


def includes_tax(payer: PayerDetails, *, prices_include_tax: bool) -> bool:
    """Whether the document's prices are with tax: never where the customer pays none of it."""
    return prices_include_tax and payer.treatment is TaxTreatment.USUAL


def priced(
    known: Iterable[RateRow],
    lines: Sequence[InvoiceLine],
    payer: PayerDetails,
    day: date,
    *,
    prices_include_tax: bool,
) -> list[Priced]:
    """Every line with its tax on the day that it is supplied: its first day, else `day`. Raises NoRateYet."""
    by_id = {each.id: each for each in known}
    return [
        _price(line, by_id[line.tax_rate_id], payer, day, prices_include_tax=prices_include_tax)
        for line in lines
    ]


def total(lines: Sequence[Priced]) -> Amounts:
    return added(each.amounts for each in lines)


def _price(
    line: InvoiceLine, rate: RateRow, payer: PayerDetails, day: date, *, prices_include_tax: bool
) -> Priced:
    tax = rate.tax_on(line.from_day or day)
    unit = line.unit_minor
    treated = _treated(tax, payer)
    if treated is not tax and prices_include_tax:
        unit = share(unit, WHOLE, WHOLE + tax.percent_hundredths)
    with_tax = includes_tax(payer, prices_include_tax=prices_include_tax)
    price = price_of(unit, line.quantity_thousandths)
    return Priced(line, unit, treated, taxed(price, treated.percent_hundredths, includes_tax=with_tax))


def _treated(tax: Tax, payer: PayerDetails) -> Tax:
    """Who pays no tax pays none on what is taxed; what is outside of it stays so."""
    if payer.treatment is TaxTreatment.USUAL or tax.category == TaxCategory.OUTSIDE:
        return tax
    if payer.treatment is TaxTreatment.REVERSE_CHARGE:
        return replace(tax, category=TaxCategory.REVERSE_CHARGE, percent_hundredths=0, reason="")
    return replace(tax, category=TaxCategory.EXEMPT, percent_hundredths=0, reason=payer.reason)
