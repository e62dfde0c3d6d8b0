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
from app.kernel.money import Money, share
from app.models import Booking, BookingStatus, CreditKind


@dataclass(frozen=True, slots=True)
class CancelFee:
    """What is kept of a booking that is cancelled. Never more than its price; of each way in which it was paid the same part,
    rounded half up."""

    percent: int
    kept: ByCredit
    """Of what credit paid."""
    due_minor: int
    """Of what it did not: that is billed."""
    currency: str

    @property
    def total(self) -> Money:
        return Money(self.kept.total_minor + self.due_minor, self.currency)

    def __bool__(self) -> bool:
        return self.due_minor > 0 or bool(self.kept)

    def as_json(self) -> dict[str, Any]:
        """As a cancelled booking's quote says it, under `cancellation`."""
        return {"percent": self.percent, "due_minor": self.due_minor, "kept": asdict(self.kept)}


def fee_said(quote: Mapping[str, Any]) -> CancelFee | None:
    """What was kept of a cancelled booking, by its quote; None where nothing was."""
    said = quote.get("cancellation")
    if said is None:
        return None
    return CancelFee(said["percent"], ByCredit(**said["kept"]), said["due_minor"], quote["currency"])


@dataclass(frozen=True, slots=True)
class CancelTerms:
    """Until when a booking is cancelled for nothing, and what is kept of it afterwards."""

    cutoff: datetime
    ladder: Ladder
    fee: CancelFee
    """Now."""


def cancel_terms(session: Session, booking: Booking, now: datetime) -> CancelTerms:
    """By what terms a booking can be cancelled at a moment. Two statements, three where something is kept of credit."""
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
    return {
        booking.id: CancelTerms(
            cutoff,
            ladder,
            _fee(
                booking.quote,
                Money(booking.price_minor, booking.currency),
                percent,
                spent.get(booking.id, ()),
            ),
        )
        for booking, cutoff, ladder, percent in times
    }


def quote_cancel(session: Session, view: BookingView, now: datetime) -> CancelFee:
    """What would be kept of a booking that a page shows. No statement until its cut-off, one or two after it."""
    if not view.late_for_a_fee or now <= view.cancel_until or view.status is not BookingStatus.CONFIRMED:
        return CancelFee(0, ByCredit(), 0, view.price.currency)
    percent = percent_at(ladder_of(session, view.resource_id), view.starts_at, now)
    spent = spent_on(session, [view.id]) if percent and by_credit(view.quote) else {}
    return _fee(view.quote, view.price, percent, spent.get(view.id, ()))


def sum_of_fees(fees: Iterable[CancelFee], currency: str) -> CancelFee:
    """What is kept of several together. The percentage is that of those where something is, and 0 where they differ."""
    found = [fee for fee in fees if fee]
    percents = {fee.percent for fee in found}
    kept = ByCredit(
        sum(fee.kept.minutes for fee in found),
        sum(fee.kept.worth_minor for fee in found),
        sum(fee.kept.money_minor for fee in found),
    )
    percent = percents.pop() if len(percents) == 1 else 0
    return CancelFee(percent, kept, sum(fee.due_minor for fee in found), currency)


def _fee(quote: Mapping[str, Any], price: Money, percent: int, spent: Sequence[Spent]) -> CancelFee:
    paid = by_credit(quote)
    if not percent:
        return CancelFee(0, ByCredit(), 0, price.currency)
    kept = {
        kind: sum(share(each.amount, percent, 100) for each in spent if each.kind is kind)
        for kind in (CreditKind.TIME, CreditKind.MONEY)
    }
    worth = share(paid.worth_minor, percent, 100)
    due = share(price.minor - paid.total_minor, percent, 100)
    credit = ByCredit(kept[CreditKind.TIME], worth, kept[CreditKind.MONEY])
    return CancelFee(percent, credit, due, price.currency)
