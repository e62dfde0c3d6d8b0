"""What lines of documents are for, as sums over many of them ask it."""

from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, literal

from app.models import Charge, InvoiceLine


class Sold(StrEnum):
    """What a line is for, by the reason of its charge."""

    PLANS = "plans"
    PRODUCTS = "products"
    BOOKINGS = "bookings"
    DEPOSITS = "deposits"
    """To be given back one day, so no turnover."""
    BY_HAND = "by_hand"
    """Lines that staff wrote, and charges for anything else."""


def credited_line(credited: Any) -> tuple[Any, ColumnElement[bool]]:
    """To join the line that a line of a credit note takes something off; `credited` is an alias of the table."""
    return credited, and_(
        credited.tenant_id == InvoiceLine.tenant_id, credited.id == InvoiceLine.credits_line_id
    )


def charge_of(credited: Any) -> tuple[Any, ColumnElement[bool]]:
    """To join the charge of a line, or of the line that it takes something off."""
    charge_id = func.coalesce(InvoiceLine.charge_id, credited.charge_id)
    return Charge, and_(Charge.tenant_id == InvoiceLine.tenant_id, Charge.id == charge_id)


def sold_by(key: Any) -> ColumnElement[str]:
    """What a charge is for, by its reason key (`models.Charge`)."""
    return case(
        (key.like("contract:%:deposit"), literal(Sold.DEPOSITS.value)),
        (key.like("contract:%"), literal(Sold.PLANS.value)),
        (key.like("purchase:%") | key.like("subscription:%"), literal(Sold.PRODUCTS.value)),
        (key.like("booking:%"), literal(Sold.BOOKINGS.value)),
        else_=literal(Sold.BY_HAND.value),
    )
