"""Reason keys of charges (`models.Charge`): how each is made, and what one says that its charge is for."""

from datetime import date
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, case, literal, or_

_CONTRACT = "contract:"
_SUBSCRIPTION = "subscription:"
_PURCHASE = "purchase:"
_BOOKING = "booking:"
_DEPOSIT = ":deposit"


class Sold(StrEnum):
    """What something is charged for, as sums over many lines ask it."""

    PLANS = "plans"
    PRODUCTS = "products"
    BOOKINGS = "bookings"
    DEPOSITS = "deposits"
    """To be given back one day, so no turnover."""
    BY_HAND = "by_hand"
    """Lines that staff wrote, and charges for anything else."""


def cycle_key(contract_id: int, first_day: date) -> str:
    """The days of a contract that begin on that one."""
    return f"{_CONTRACT}{contract_id}:{first_day}"


def unused_key(contract_id: int, from_day: date) -> str:
    """What was charged ahead for a day of a contract and those after it, and is given back."""
    return f"{_CONTRACT}{contract_id}:{from_day}:unused"


def signup_key(contract_id: int) -> str:
    """What joining by a contract costs."""
    return f"{_CONTRACT}{contract_id}:signup"


def deposit_key(contract_id: int) -> str:
    """What is kept until a contract has ended."""
    return f"{_CONTRACT}{contract_id}{_DEPOSIT}"


def subscription_key(subscription_id: int, first_day: date) -> str:
    """The days of something that recurs that begin on that one."""
    return f"{_SUBSCRIPTION}{subscription_id}:{first_day}"


def purchase_key(line_id: int) -> str:
    """Something that was bought once, by the line of its purchase."""
    return f"{_PURCHASE}{line_id}"


def booking_key(booking_id: int) -> str:
    """A booking."""
    return f"{_BOOKING}{booking_id}"


def booking_extra_key(booking_id: int, line_id: int) -> str:
    """Something that was ordered with a booking, by its line."""
    return f"{booking_key(booking_id)}:extra:{line_id}"


def is_of_booking(reason_key: str) -> bool:
    """Whether a charge is for a booking, or for what came with one; what it says names its day."""
    return reason_key.startswith(_BOOKING)


def sold_by(key: Any) -> ColumnElement[str]:
    """What the charge with a reason key is for, within a statement."""
    return case(
        (key.like(f"{_CONTRACT}%{_DEPOSIT}"), literal(Sold.DEPOSITS.value)),
        (key.like(f"{_CONTRACT}%"), literal(Sold.PLANS.value)),
        (or_(key.like(f"{_PURCHASE}%"), key.like(f"{_SUBSCRIPTION}%")), literal(Sold.PRODUCTS.value)),
        (key.like(f"{_BOOKING}%"), literal(Sold.BOOKINGS.value)),
        else_=literal(Sold.BY_HAND.value),
    )
