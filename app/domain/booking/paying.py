"""Credit that pays for bookings, as their quotes say it. What is left is for invoices."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from app.domain.booking.quotes import Quote
from app.domain.credits.balance import funds_for, lock_funds
from app.domain.credits.paying import cover
from app.domain.credits.settling import NewPrice, Settlement, settle, use_settled, used_by, worth_of
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


@dataclass(frozen=True, slots=True)
class Priced:
    """What a booking costs, and its quote."""

    price_minor: int
    quote: Mapping[str, Any]


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


def would_pay_each_anew(
    session: Session, priced: Sequence[tuple[Booking, Quote]], resource_id: int, now: datetime
) -> list[ByCredit]:
    """What credit would pay of other prices of several of one person, in the order given, once what it paid of them is given back.
    One statement."""
    if not priced:
        return []
    whose = priced[0][0].person_id
    funds = funds_for(session, whose, resource_id, now, without=[booking.id for booking, _price in priced])
    found = []
    for _booking, price in priced:
        covered = cover(funds, price.minutes, price.total_minor)
        used = dict(covered.parts)
        funds = [replace(fund, left=fund.left - used.get(fund.grant_id, 0)) for fund in funds]
        found.append(said(covered))
    return found


def pay_more(session: Session, booking: Booking, before: Priced, now: datetime) -> None:
    """Pay for a booking that was extended, whose quote and price are those of the whole by now, as `settle` says: what time credit
    paid before is but its share of a price that did not grow with the length."""
    price = NewPrice(
        before.price_minor,
        by_credit(before.quote).worth_minor,
        before.quote["minutes"],
        booking.quote["minutes"],
        booking.price_minor,
    )
    if not price.after_minor or price.minutes <= price.before_minutes:
        return
    funds = lock_funds(session, booking.person_id, booking.resource_id, now)
    found = settle(used_by(session, booking.id, booking.resource_id), funds, price)
    use_settled(session, booking.id, found, f":{len(booking.quote.get('extensions', ()))}", now)
    paid = _settled(found)
    if paid or by_credit(before.quote):
        booking.quote = {**booking.quote, "credit": asdict(paid)}
    session.flush()


def left_more(before: Priced, price: Quote) -> int:
    """What is left to pay more of another price, before any credit but the time that paid already pays of it: less than nothing
    where less is left. In minor units."""
    had = by_credit(before.quote)
    kept = min(had.minutes, price.minutes)
    new = NewPrice(
        before.price_minor, had.worth_minor, before.quote["minutes"], price.minutes, price.total_minor
    )
    return (price.total_minor - worth_of(new, kept, had.minutes)) - (before.price_minor - had.worth_minor)


def would_settle(
    session: Session, booking: Booking, resource_id: int, price: Quote | None, now: datetime
) -> tuple[int, ByCredit, ByCredit]:
    """Of a booking that is priced anew, or not: its price then, what credit would pay of it, and what would come back."""
    if price is None:
        return booking.price_minor, by_credit(booking.quote), ByCredit()
    funds = funds_for(session, booking.person_id, resource_id, now)
    found = settle(used_by(session, booking.id, resource_id), funds, _new_price(booking, price))
    back = ByCredit(found.back_minutes, money_minor=found.back_minor)
    return price.total_minor, _settled(found), back


def settle_price(session: Session, booking: Booking, price: Quote, now: datetime) -> int:
    """Give a booking another price, within a transaction that writes and holds it: its room and its number of changes are those
    from now on. Credit pays more of it or comes back, as `settle` says. What is left to pay then, in minor units."""
    funds = lock_funds(session, booking.person_id, booking.resource_id, now)
    found = settle(used_by(session, booking.id, booking.resource_id), funds, _new_price(booking, price))
    use_settled(session, booking.id, found, f":move{booking.sequence}", now)
    booking.quote = {**booking.quote, **price.as_json(), "credit": asdict(_settled(found))}
    booking.price_minor = price.total_minor
    session.flush()
    return price.total_minor - by_credit(booking.quote).total_minor


def _new_price(booking: Booking, price: Quote) -> NewPrice:
    had = by_credit(booking.quote)
    return NewPrice(
        booking.price_minor, had.worth_minor, booking.quote["minutes"], price.minutes, price.total_minor
    )


def _settled(found: Settlement) -> ByCredit:
    more = found.more
    return ByCredit(
        found.kept_minutes + more.minutes,
        found.kept_worth_minor + more.worth_minor,
        found.kept_minor + more.money_minor,
    )


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
