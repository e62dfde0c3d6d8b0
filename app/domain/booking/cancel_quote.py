"""What cancelling a booking costs, before it is done."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from app.domain.booking.cutoff import cutoffs_of, latest_change
from app.domain.booking.late_fees import Ladder, ladder_of, ladders, percent_at
from app.domain.booking.paying import ByCredit, by_credit
from app.domain.booking.view import BookingView
from app.domain.credits.spending import Spent, spent_on
from app.domain.extras.owing import OwedExtra, owed_of_each
from app.kernel.money import Money, share
from app.models import Booking, BookingStatus, CreditKind


@dataclass(frozen=True, slots=True)
class CancelFee:
    """What is kept of a booking that is cancelled. Never more than its price; of each way in which it was paid the same part,
    rounded half up. And what is owed of what was ordered with it."""

    percent: int
    kept: ByCredit
    """Of what credit paid."""
    due_minor: int
    """Of what it did not: that is billed."""
    currency: str
    extras: tuple[OwedExtra, ...] = ()
    """Each is billed by itself."""

    @property
    def room(self) -> Money:
        """Of the room alone."""
        return Money(self.kept.total_minor + self.due_minor, self.currency)

    @property
    def ordered(self) -> Money:
        """Of what was ordered with it."""
        return Money(sum(each.minor for each in self.extras), self.currency)

    @property
    def total(self) -> Money:
        return self.room + self.ordered

    def __bool__(self) -> bool:
        return self.due_minor > 0 or bool(self.kept) or bool(self.ordered)

    def as_json(self) -> dict[str, Any]:
        """As a cancelled booking's quote says it, under `cancellation`."""
        return {
            "percent": self.percent,
            "due_minor": self.due_minor,
            "kept": asdict(self.kept),
            "extras": [asdict(each) for each in self.extras],
        }


def fee_said(quote: Mapping[str, Any]) -> CancelFee | None:
    """What was kept of a cancelled booking, by its quote; None where nothing was."""
    said = quote.get("cancellation")
    if said is None:
        return None
    # What was cancelled before anything could be owed of extras says nothing of them
    extras = tuple(OwedExtra(**each) for each in said.get("extras", ()))
    return CancelFee(said["percent"], ByCredit(**said["kept"]), said["due_minor"], quote["currency"], extras)


@dataclass(frozen=True, slots=True)
class CancelTerms:
    """Until when a booking is cancelled for nothing, and what is kept of it afterwards."""

    cutoff: datetime
    ladder: Ladder
    fee: CancelFee
    """Now."""


def cancel_terms(session: Session, booking: Booking, now: datetime) -> CancelTerms:
    """By what terms a booking can be cancelled at a moment. Two statements, three of what is confirmed, and one
    more where something is kept of credit."""
    return cancel_terms_of_each(session, [booking], now)[booking.id]


def cancel_terms_of_each(
    session: Session, bookings: Sequence[Booking], now: datetime
) -> dict[int, CancelTerms]:
    """The same for several, by their ids. No more statements than for one."""
    rooms = cutoffs_of(session, {each.resource_id for each in bookings})
    every = ladders(session)
    times: list[tuple[Booking, datetime, Ladder, int]] = []
    for booking in bookings:
        room = rooms[booking.resource_id]
        ladder = every.get(room.type_id) or every.get(None, ())
        cutoff = latest_change(booking, room.minutes)
        late = now > cutoff and booking.status is BookingStatus.CONFIRMED
        times.append((booking, cutoff, ladder, percent_at(ladder, booking.starts_at, now) if late else 0))
    paid = [booking.id for booking, *_, percent in times if percent and by_credit(booking.quote)]
    spent = spent_on(session, paid) if paid else {}
    owed = _owed(session, bookings, now)
    return {
        booking.id: CancelTerms(
            cutoff,
            ladder,
            _fee(
                booking.quote,
                Money(booking.price_minor, booking.currency),
                percent,
                spent.get(booking.id, ()),
                owed.get(booking.id, ()),
            ),
        )
        for booking, cutoff, ladder, percent in times
    }


def quote_cancel(session: Session, view: BookingView, now: datetime) -> CancelFee:
    """What would be kept of a booking that a page shows. One statement until its cut-off, two or three after it; none of what is
    not confirmed."""
    late = view.late_for_a_fee and now > view.cancel_until and view.status is BookingStatus.CONFIRMED
    percent = percent_at(ladder_of(session, view.resource_id), view.starts_at, now) if late else 0
    spent = spent_on(session, [view.id]) if percent and by_credit(view.quote) else {}
    owed = _owed(session, [view], now)
    return _fee(view.quote, view.price, percent, spent.get(view.id, ()), owed.get(view.id, ()))


def _owed(
    session: Session, bookings: Iterable[Booking | BookingView], now: datetime
) -> dict[int, tuple[OwedExtra, ...]]:
    starts = {each.id: each.starts_at for each in bookings if each.status is BookingStatus.CONFIRMED}
    return owed_of_each(session, starts, now) if starts else {}


def sum_of_fees(fees: Iterable[CancelFee], currency: str) -> CancelFee:
    """What is kept of several together. The percentage is that of those where something is, and 0 where they differ."""
    found = [fee for fee in fees if fee]
    percents = {fee.percent for fee in found if fee.room}
    kept = ByCredit(
        sum(fee.kept.minutes for fee in found),
        sum(fee.kept.worth_minor for fee in found),
        sum(fee.kept.money_minor for fee in found),
    )
    percent = percents.pop() if len(percents) == 1 else 0
    extras = tuple(each for fee in found for each in fee.extras)
    return CancelFee(percent, kept, sum(fee.due_minor for fee in found), currency, extras)


def _fee(
    quote: Mapping[str, Any],
    price: Money,
    percent: int,
    spent: Sequence[Spent],
    extras: tuple[OwedExtra, ...],
) -> CancelFee:
    paid = by_credit(quote)
    if not percent:
        return CancelFee(0, ByCredit(), 0, price.currency, extras)
    kept = {
        kind: sum(share(each.amount, percent, 100) for each in spent if each.kind is kind)
        for kind in (CreditKind.TIME, CreditKind.MONEY)
    }
    worth = share(paid.worth_minor, percent, 100)
    due = share(price.minor - paid.total_minor, percent, 100)
    credit = ByCredit(kept[CreditKind.TIME], worth, kept[CreditKind.MONEY])
    return CancelFee(percent, credit, due, price.currency, extras)
