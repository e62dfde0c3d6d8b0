"""What of the journal's money went back by card, or to its bank."""

from collections.abc import Iterator
from datetime import date, datetime
from operator import attrgetter
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import (
    ColumnElement,
    Executable,
    Select,
    and_,
    cast,
    false,
    literal,
    null,
    or_,
    select,
    true,
    union_all,
)
from sqlalchemy.orm import Session

from app.domain.journal.entries import Money
from app.kernel.names import full_name
from app.kernel.walltime import day_bounds, local_date
from app.models import (
    AttemptPayment,
    CardAttempt,
    CardDispute,
    CardRefund,
    Invoice,
    OutsideRefund,
    PaymentWay,
    Person,
)
from app.models.base import UtcDateTime
from app.tenancy import reviewed, tenant_of

Rows = Select[*tuple[Any, ...]]


def sent_back(session: Session, first: date, last: date, tz: ZoneInfo) -> Iterator[Money]:
    """What went back to cards: for credit notes, because somebody said so at the provider, and because a bank took it back for its
    customer, on the day on which that was found out. One statement.

    With it what a card could not take, on the day on which that was known, and what staff sent by transfer instead, on the day on
    which they said so: no row that somebody has already goes away.
    """
    begin, end = day_bounds(first, tz)[0], day_bounds(last, tz)[1]
    rows = session.execute(_gone_back(tenant_of(session), begin, end)).all()
    found = []
    for row in sorted(rows, key=attrgetter("lost", "outside", "id")):
        for moment, way, failed in (
            (row.sent_at, PaymentWay.CARD, False),
            (row.failed_at, PaymentWay.CARD, True),
            (row.transferred_at, PaymentWay.TRANSFER, False),
        ):
            if moment is not None and begin <= moment < end:
                money = Money(
                    local_date(moment, tz),
                    row.id,
                    way,
                    full_name(row.first_name, row.last_name),
                    row.currency,
                    row.back_minor if failed else row.amount_minor,
                    row.number or "",
                    row.note,
                    taken_back=failed,
                    refund=True,
                    outside=row.outside,
                    lost=row.lost,
                )
                found.append(money)
    yield from sorted(found, key=attrgetter("on"))


def _gone_back(tenant_id: int, begin: datetime, end: datetime) -> Executable:
    """Refunds of both kinds and lost disputes of which something happened in that time. What fitted nothing was never booked, and
    neither is what goes back of it."""
    parts = (each(tenant_id, begin, end) for each in (_for_notes, _outside, _lost))
    return reviewed(union_all(*parts))


def _within(begin: datetime, end: datetime, *moments: Any) -> ColumnElement[bool]:
    return or_(*(and_(each >= begin, each < end) for each in moments))


def _for_notes(tenant_id: int, begin: datetime, end: datetime) -> Rows:
    """Refunds for credit notes; it names the columns of all."""
    return (
        select(
            false().label("outside"),
            false().label("lost"),
            CardRefund.id,
            CardRefund.asked_at.label("sent_at"),
            CardRefund.failed_at,
            CardRefund.settled_at.label("transferred_at"),
            CardRefund.amount_minor,
            CardRefund.amount_minor.label("back_minor"),
            CardRefund.currency,
            Invoice.number,
            literal("").label("note"),
            Person.first_name,
            Person.last_name,
        )
        .join(
            Invoice, and_(Invoice.tenant_id == CardRefund.tenant_id, Invoice.id == CardRefund.credit_note_id)
        )
        .join(Person, and_(Person.tenant_id == Invoice.tenant_id, Person.id == Invoice.payer_id))
        .where(
            CardRefund.tenant_id == tenant_id,
            _within(begin, end, CardRefund.asked_at, CardRefund.failed_at, CardRefund.settled_at),
        )
    )


def _outside(tenant_id: int, begin: datetime, end: datetime) -> Rows:
    """Refunds that somebody made at the provider."""
    return (
        select(
            true(),
            false(),
            OutsideRefund.id,
            OutsideRefund.found_at,
            OutsideRefund.failed_at,
            # What staff have dealt with is none of the books' business.
            cast(null(), UtcDateTime),
            OutsideRefund.amount_minor,
            OutsideRefund.amount_minor,
            OutsideRefund.currency,
            literal(""),
            OutsideRefund.refund,
            Person.first_name,
            Person.last_name,
        )
        .join(
            CardAttempt,
            and_(
                CardAttempt.tenant_id == OutsideRefund.tenant_id, CardAttempt.id == OutsideRefund.attempt_id
            ),
        )
        .join(Person, and_(Person.tenant_id == CardAttempt.tenant_id, Person.id == CardAttempt.payer_id))
        .where(
            OutsideRefund.tenant_id == tenant_id,
            _within(begin, end, OutsideRefund.found_at, OutsideRefund.failed_at),
            _booked(),
        )
    )


def _lost(tenant_id: int, begin: datetime, end: datetime) -> Rows:
    """Disputes that were lost, and of those that were won after all what came into the books again."""
    return (
        select(
            false(),
            true(),
            CardDispute.id,
            CardDispute.lost_at,
            CardDispute.won_back_at,
            cast(null(), UtcDateTime),
            CardDispute.amount_minor,
            CardDispute.won_back_minor,
            CardDispute.currency,
            literal(""),
            CardDispute.dispute,
            Person.first_name,
            Person.last_name,
        )
        .join(
            CardAttempt,
            and_(CardAttempt.tenant_id == CardDispute.tenant_id, CardAttempt.id == CardDispute.attempt_id),
        )
        .join(Person, and_(Person.tenant_id == CardAttempt.tenant_id, Person.id == CardAttempt.payer_id))
        .where(
            CardDispute.tenant_id == tenant_id,
            _within(begin, end, CardDispute.lost_at, CardDispute.won_back_at),
            _booked(),
        )
    )


def _booked() -> ColumnElement[bool]:
    """Whether money came into the books by the attempt."""
    came = select(AttemptPayment.id).where(
        AttemptPayment.tenant_id == CardAttempt.tenant_id, AttemptPayment.attempt_id == CardAttempt.id
    )
    return came.correlate(CardAttempt).exists()
