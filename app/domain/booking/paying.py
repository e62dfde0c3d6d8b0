"""Credit that pays for bookings, as their quotes say it. What is left is for invoices."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from app.domain.credits.balance import funds_for
from app.domain.credits.paying import cover
from app.domain.credits.spending import pay_for, pay_for_each
from app.domain.credits.terms import Cover
from app.models import Booking


@dataclass(frozen=True, slots=True)
class ByCredit:
    """What of a price credit pays. Amounts in minor units."""

    minutes: int = 0
    worth_minor: int = 0
    """What those minutes would have cost."""
    money_minor: int = 0

    @property
    def total_minor(self) -> int:
        return self.worth_minor + self.money_minor

    def __bool__(self) -> bool:
        return self.minutes > 0 or self.money_minor > 0


def by_credit(quote: Mapping[str, Any]) -> ByCredit:
    """What credit paid of a booking, by its quote."""
    return ByCredit(**quote.get("credit", {}))


def would_pay(
    session: Session, person_id: int, resource_id: int, quote: Mapping[str, Any], now: datetime
) -> ByCredit:
    """What credit would pay of something that is held, if it was booked now. One statement, none for what is free."""
    if not quote["total_minor"]:
        return ByCredit()
    return said(
        cover(funds_for(session, person_id, resource_id, now), quote["minutes"], quote["total_minor"])
    )


def pay_by_credit(session: Session, booking: Booking, now: datetime) -> int:
    """Pay for a booking that is being confirmed, within a transaction that writes; what is left to pay, in minor units."""
    if not booking.price_minor:
        return 0
    found = pay_for(session, booking, booking.quote["minutes"], booking.price_minor, now)
    _note(session, booking, found)
    return found.due_minor


def pay_each_by_credit(session: Session, bookings: Sequence[Booking], now: datetime, step: str = "") -> int:
    """The same for several of one person in one room, in the order given; what is left to pay of all of them.

    `step` is one that none of them was paid for under before. No more statements than for one.
    """
    priced = [booking for booking in bookings if booking.price_minor]
    if not priced:
        return 0
    asked = [(booking, booking.quote["minutes"], booking.price_minor) for booking in priced]
    found = pay_for_each(session, asked, now, step)
    for booking, covered in zip(priced, found, strict=True):
        if covered:
            booking.quote = {**booking.quote, "credit": asdict(said(covered))}
    session.flush()
    return sum(each.due_minor for each in found)


def pay_more(session: Session, booking: Booking, minutes: int, more_minor: int, now: datetime) -> None:
    """Pay for what an extension costs more, by itself: so many further charged minutes."""
    if more_minor > 0 and minutes > 0:
        number = len(booking.quote.get("extensions", ()))
        _note(session, booking, pay_for(session, booking, minutes, more_minor, now, f":{number}"))


def _note(session: Session, booking: Booking, found: Cover) -> None:
    if not found:
        return
    had, more = by_credit(booking.quote), said(found)
    credit = {
        "minutes": had.minutes + more.minutes,
        "worth_minor": had.worth_minor + more.worth_minor,
        "money_minor": had.money_minor + more.money_minor,
    }
    booking.quote = {**booking.quote, "credit": credit}
    session.flush()


def said(found: Cover) -> ByCredit:
    """What a cover comes to, as a quote keeps it."""
    return ByCredit(found.minutes, found.worth_minor, found.money_minor)
