"""What cancelling a booking costs, before it is done."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from app.domain.booking.cutoff import cutoff_of
from app.domain.booking.late_fees import Ladder, ladder_of, percent_at
from app.domain.booking.paying import ByCredit, by_credit
from app.domain.booking.view import BookingView
from app.domain.credits.settling import used_by
from app.domain.extras.owing import OwedExtra, owed_of
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
    cutoff = cutoff_of(session, booking)
    ladder = ladder_of(session, booking.resource_id)
    late = now > cutoff and booking.status is BookingStatus.CONFIRMED
    percent = percent_at(ladder, booking.starts_at, now) if late else 0
    price = Money(booking.price_minor, booking.currency)
    return CancelTerms(cutoff, ladder, _fee(session, booking, price, percent, now))


def quote_cancel(session: Session, view: BookingView, now: datetime) -> CancelFee:
    """What would be kept of a booking that a page shows. One statement until its cut-off, two or three after it; none of what is
    not confirmed."""
    late = view.late_for_a_fee and now > view.cancel_until and view.status is BookingStatus.CONFIRMED
    percent = percent_at(ladder_of(session, view.resource_id), view.starts_at, now) if late else 0
    return _fee(session, view, view.price, percent, now)


def _fee(
    session: Session, booking: Booking | BookingView, price: Money, percent: int, now: datetime
) -> CancelFee:
    extras: tuple[OwedExtra, ...] = ()
    if booking.status is BookingStatus.CONFIRMED:
        extras = owed_of(session, booking.id, booking.starts_at, now)
    paid = by_credit(booking.quote)
    if not percent:
        return CancelFee(0, ByCredit(), 0, price.currency, extras)
    used = used_by(session, booking.id, booking.resource_id) if paid else []
    kept = {
        kind: sum(share(each.amount, percent, 100) for each in used if each.kind is kind)
        for kind in (CreditKind.TIME, CreditKind.MONEY)
    }
    worth = share(paid.worth_minor, percent, 100)
    due = share(price.minor - paid.total_minor, percent, 100)
    credit = ByCredit(kept[CreditKind.TIME], worth, kept[CreditKind.MONEY])
    return CancelFee(percent, credit, due, price.currency, extras)
