"""Bookings that are paid at once: billed within a minute, and cancelled when they stay unpaid for as long as the house lets them
(docs/decisions/0052-when-bookings-are-paid.md).

Whoever pays an invoice holds its payer; so does who cancels here, and credits the invoice in the same transaction: money that comes a
moment later finds nothing open, and a booking that was paid for a moment before stays.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby

from sqlalchemy import and_, exists, select
from sqlalchemy.orm import Session

from app.domain.audit import record_row
from app.domain.billing.at_once import bill_at_once
from app.domain.billing.reasons import of_a_booking, part_of_booking
from app.domain.billing.stays import charge_stays_of, payers_at_once
from app.domain.billing.words import ChargeWords
from app.domain.booking.announce import announce
from app.domain.booking.announce_series import Done, announce_series
from app.domain.booking.series_cancel import cancel_in_hand
from app.domain.cards.terms import PAGE_LASTS
from app.domain.guests.telling import CANCELLED, tell_guests_of
from app.domain.house_day import house_day
from app.domain.invoicing.settling import open_column
from app.domain.lookup import hold_person
from app.kernel.clock import Clock
from app.kernel.errors import Refusal
from app.kernel.spans import Span
from app.models import (
    Allocation,
    AttemptInvoice,
    AttemptState,
    BillingSetting,
    Booking,
    BookingSeries,
    BookingStatus,
    CardAttempt,
    Charge,
    Invoice,
    InvoiceLine,
)
from app.tenancy import begin_writing

_AT_A_TIME = 50


@dataclass(frozen=True, slots=True)
class _Bill:
    """An issued invoice of a booking, as far as it matters whether it is paid."""

    issued_at: datetime
    open_minor: int
    paid: bool
    """Money has come for it, be it a part."""
    being_paid: bool


def bill_and_cancel(session: Session, words: ChargeWords, clock: Clock) -> int:
    """Bill what is paid at once and was not billed yet, and cancel what stayed unpaid for too long; how many that were. Commits as
    it goes. Whom it cannot bill now it tries again with the next call, and the daily run tells staff of."""
    for payer_id in payers_at_once(session)[:_AT_A_TIME]:
        now = clock()
        bill_at_once(session, payer_id, house_day(session, now), words, now)
    cancelled = 0
    for payer_id in _late(session, clock()):
        try:
            cancelled += _cancel_unpaid(session, payer_id, words, clock)
            session.commit()
        except Refusal:
            session.rollback()
    return cancelled


def _late(session: Session, now: datetime) -> list[int]:
    query = select(Booking.person_id).where(Booking.pay_until <= now).distinct().limit(_AT_A_TIME)
    return list(session.scalars(query))


def _cancel_unpaid(session: Session, person_id: int, words: ChargeWords, clock: Clock) -> int:
    begin_writing(session)
    hold_person(session, person_id)
    now = clock()
    query = (
        select(Booking).where(Booking.person_id == person_id, Booking.pay_until <= now).order_by(Booking.id)
    )
    found = session.scalars(query.with_for_update().execution_options(populate_existing=True)).all()
    minutes = session.scalar(select(BillingSetting.pay_within_minutes)) or 0
    bills, within = _bills(session, person_id, now), timedelta(minutes=minutes)
    unpaid = []
    for booking in found:
        booking.pay_until = _until(booking, bills.get(booking.id, []), within, now)
        if booking.pay_until is not None and booking.pay_until <= now:
            booking.pay_until = None
            unpaid.append(booking)
    session.flush()
    if unpaid:
        _cancel(session, unpaid, now)
        charge_stays_of(session, [person_id], house_day(session, now), words, now)
    return len(unpaid)


def _until(booking: Booking, bills: list[_Bill], within: timedelta, now: datetime) -> datetime | None:
    """When it may be cancelled; none where nobody cancels it any more, as it is paid, over or in use. What has begun stays, and is
    owed as every other invoice is; so does what was paid in part, which staff look after."""
    stands = booking.status is BookingStatus.CONFIRMED and booking.starts_at > now
    if not stands or booking.checked_in_at is not None or not within:
        return None
    if not bills:
        # Nobody could pay it yet: staff have yet to issue it, or it could not be made
        return now + within
    if any(each.paid for each in bills) or not any(each.open_minor > 0 for each in bills):
        return None
    # Whoever begins to pay again and again keeps the room no longer than one who begins at the last moment
    if any(each.being_paid for each in bills) and now < _latest(bills) + within + PAGE_LASTS:
        return now + timedelta(minutes=1)
    return max(booking.pay_until or now, min(each.issued_at for each in bills) + within)


def _latest(bills: Iterable[_Bill]) -> datetime:
    return max(each.issued_at for each in bills)


def _bills(session: Session, payer_id: int, now: datetime) -> dict[int, list[_Bill]]:
    """What was issued for somebody's bookings, by the booking."""
    paid = exists().where(
        Allocation.tenant_id == Invoice.tenant_id,
        Allocation.invoice_id == Invoice.id,
        Allocation.payment_id.is_not(None),
    )
    being_paid = exists().where(
        AttemptInvoice.tenant_id == Invoice.tenant_id,
        AttemptInvoice.invoice_id == Invoice.id,
        CardAttempt.tenant_id == AttemptInvoice.tenant_id,
        CardAttempt.id == AttemptInvoice.attempt_id,
        CardAttempt.state == AttemptState.OPEN,
        CardAttempt.begun_at > now - PAGE_LASTS,
    )
    rows = session.execute(
        select(
            Charge.reason_key,
            Invoice.issued_at,
            open_column(),
            paid.label("paid"),
            being_paid.label("being_paid"),
        )
        .select_from(Charge)
        .join(
            InvoiceLine,
            and_(InvoiceLine.tenant_id == Charge.tenant_id, InvoiceLine.charge_id == Charge.id),
        )
        .join(Invoice, and_(Invoice.tenant_id == InvoiceLine.tenant_id, Invoice.id == InvoiceLine.invoice_id))
        .where(
            Charge.payer_id == payer_id,
            of_a_booking(Charge.reason_key),
            Charge.unit_minor > 0,
            Invoice.issued_at.is_not(None),
        )
    )
    found: dict[int, list[_Bill]] = {}
    for row in rows:
        known = part_of_booking(row.reason_key)
        if known is not None:
            bill = _Bill(row.issued_at, row.open_minor, row.paid, row.being_paid)
            found.setdefault(known[0], []).append(bill)
    return found


def _cancel(session: Session, bookings: Sequence[Booking], now: datetime) -> None:
    """As whoever has them would, before the cut-off: for nothing."""
    cancel_in_hand(session, bookings, now, by_id=None)
    for booking in bookings:
        record_row(
            session,
            None,
            now,
            booking,
            "cancelled",
            for_id=booking.person_id,
            before={"status": BookingStatus.CONFIRMED.value},
            after={"status": booking.status.value, "unpaid": True},
        )
    session.flush()
    _tell(session, bookings, now)


def _tell(session: Session, bookings: Sequence[Booking], now: datetime) -> None:
    """One notice of each booking, and one of all dates of a series."""
    for series_id, each in groupby(sorted(bookings, key=_by_series), key=lambda one: one.series_id):
        dates = list(each)
        if series_id is None:
            for booking in dates:
                announce(session, booking, "booking.cancelled", now, unpaid=True)
            continue
        spans = [Span(one.starts_at, one.ends_at) for one in dates]
        series = session.get_one(BookingSeries, series_id)
        announce_series(session, series, Done.UNPAID, spans, now)
        tell_guests_of(session, [one.id for one in dates], CANCELLED, now)


def _by_series(booking: Booking) -> tuple[int, datetime]:
    return booking.series_id or 0, booking.starts_at
