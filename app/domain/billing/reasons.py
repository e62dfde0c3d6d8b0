"""Reason keys of charges (`models.Charge`): how each is made, and what one says that its charge is for."""

from collections.abc import Collection
from datetime import date
from enum import StrEnum
from typing import Any, cast

from sqlalchemy import ColumnElement, case, false, func, literal, or_

_CONTRACT = "contract:"
_SUBSCRIPTION = "subscription:"
_PURCHASE = "purchase:"
_BOOKING = "booking:"
_VISIT = "visit:"
_DEPOSIT = ":deposit"


class Sold(StrEnum):
    """What something is charged for, as sums over many lines ask it."""

    PLANS = "plans"
    PRODUCTS = "products"
    """What the shop sells, and visits that are paid for as one goes."""
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


def moved_key(booking_id: int, sequence: int) -> str:
    """What a change of a booking that had been charged costs more, or less; the booking's sequence tells them apart."""
    return f"{_BOOKING}{booking_id}:move:{sequence}"


def booking_more_key(part_key: str, number: int) -> str:
    """What a part of a booking came to cost more, or less, after it was billed: the room or one thing that was ordered, by its own
    key; `number` tells them apart."""
    return f"{part_key}:more:{number}"


def part_of_booking(reason_key: str) -> tuple[int, str] | None:
    """The booking that something was charged for, and the key of the part of it: the room with all that was charged for it, or one
    thing that was ordered. None of what is no booking's."""
    if not reason_key.startswith(_BOOKING):
        return None
    words = reason_key.split(":")
    booking_id = int(words[1])
    is_extra = len(words) > 3 and words[2] == "extra"
    return booking_id, ":".join(words[:4]) if is_extra else booking_key(booking_id)


def cancelled_key(booking_id: int) -> str:
    """What cancelling a booking late costs, or what comes back of one that had been charged."""
    return f"{_BOOKING}{booking_id}:cancel"


def day_visit_key(person_id: int, day: date) -> str:
    """A day in the house, wherever that was."""
    return f"{_VISIT}{person_id}:{day}"


def visit_key(visit_id: int) -> str:
    """The hours of one stay."""
    return f"{_VISIT}{visit_id}"


def of_a_booking(key: Any) -> ColumnElement[bool]:
    """Whether a charge with a reason key is for a booking, within a statement."""
    return cast("ColumnElement[bool]", key.like(f"{_BOOKING}%"))


def of_these_bookings(key: Any, booking_ids: Collection[int]) -> ColumnElement[bool]:
    """Whether a charge with a reason key is for one of these bookings, or for something that was ordered with it."""
    # By how it begins, up to the colon that ends the booking's id: the lines of what is ordered no more are gone
    by_length: dict[int, list[str]] = {}
    for booking_id in booking_ids:
        begins = f"{booking_key(booking_id)}:"
        by_length.setdefault(len(begins), []).append(begins)
    whole = key.concat(":")
    return or_(false(), *(func.substr(whole, 1, length).in_(each) for length, each in by_length.items()))


def names_its_day(reason_key: str) -> bool:
    """Whether what a charge says names its day: that of a booking, of what came with one and of a visit does."""
    return reason_key.startswith((_BOOKING, _VISIT))


def sold_by(key: Any) -> ColumnElement[str]:
    """What the charge with a reason key is for, within a statement."""
    return case(
        (key.like(f"{_CONTRACT}%{_DEPOSIT}"), literal(Sold.DEPOSITS.value)),
        (key.like(f"{_CONTRACT}%"), literal(Sold.PLANS.value)),
        (
            or_(*(key.like(f"{each}%") for each in (_PURCHASE, _SUBSCRIPTION, _VISIT))),
            literal(Sold.PRODUCTS.value),
        ),
        (key.like(f"{_BOOKING}%"), literal(Sold.BOOKINGS.value)),
        else_=literal(Sold.BY_HAND.value),
    )
