"""Credit that pays for a booking, and comes back when the booking is cancelled."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from app.domain.credits.balance import lock_funds
from app.domain.credits.paying import cover
from app.domain.credits.terms import Cover
from app.domain.or_nothing import insert_or_nothing
from app.kernel.money import share
from app.models import Booking, CreditCause, CreditGrant, CreditKind, CreditLine


def pay_for(
    session: Session, booking: Booking, minutes: int, price_minor: int, now: datetime, step: str = ""
) -> Cover:
    """Use the credit of whose booking it is for minutes of it, within a transaction that writes and holds the booking.

    `step` tells one part of a booking from another: an extension is paid for by itself. Each part is paid for once.
    """
    return pay_for_each(session, [(booking, minutes, price_minor)], now, step)[0]


def pay_for_each(
    session: Session, asked: Sequence[tuple[Booking, int, int]], now: datetime, step: str = ""
) -> list[Cover]:
    """The same for several bookings of one person in one room: (booking, minutes of it, their price), in the order in which credit
    is used. No more statements than for one."""
    funds = lock_funds(session, asked[0][0].person_id, asked[0][0].resource_id, now)
    covers = []
    for booking, minutes, price_minor in asked:
        found = cover(funds, minutes, price_minor)
        used = dict(found.parts)
        funds = [replace(fund, left=fund.left - used.get(fund.grant_id, 0)) for fund in funds]
        session.add_all(_line(booking, grant_id, amount, now, step) for grant_id, amount in found.parts)
        covers.append(found)
    session.flush()
    return covers


def _line(booking: Booking, grant_id: int, amount: int, now: datetime, step: str) -> CreditLine:
    return CreditLine(
        grant_id=grant_id,
        amount=-amount,
        cause=CreditCause.BOOKED,
        reason_key=f"booking:{booking.id}:{grant_id}{step}",
        booking_id=booking.id,
        created_at=now,
    )


@dataclass(frozen=True, slots=True)
class Spent:
    """What a booking has used of one grant: minutes, or minor units."""

    kind: CreditKind
    amount: int


def spent_on(session: Session, booking_ids: Collection[int]) -> dict[int, list[Spent]]:
    """What bookings have used, less what came back, by their ids. One statement."""
    amount = func.sum(CreditLine.amount)
    rows = session.execute(
        select(CreditLine.booking_id, CreditGrant.id, CreditGrant.kind, amount)
        .join(
            CreditGrant,
            and_(CreditGrant.tenant_id == CreditLine.tenant_id, CreditGrant.id == CreditLine.grant_id),
        )
        .where(CreditLine.booking_id.in_(booking_ids))
        .group_by(CreditLine.booking_id, CreditGrant.id, CreditGrant.kind)
        .having(amount < 0)
    )
    found: dict[int, list[Spent]] = {}
    for booking_id, _grant, kind, total in rows:
        if booking_id is not None:
            found.setdefault(booking_id, []).append(Spent(kind, -int(total)))
    return found


def give_back(
    session: Session, booking_ids: Iterable[int], now: datetime, step: str = "", *, kept_percent: int = 0
) -> None:
    """Put back what bookings used, each to the grant that it came from and once, within a transaction that writes; all of it
    but what cancelling late keeps, in whole percent.

    What has expired meanwhile comes back to a grant that can no longer be used. `step` tells giving back before a booking is paid
    for anew from its end.
    """
    used = session.execute(
        select(CreditLine.booking_id, CreditLine.grant_id, func.sum(CreditLine.amount))
        .where(CreditLine.booking_id.in_(list(booking_ids)))
        .group_by(CreditLine.booking_id, CreditLine.grant_id)
        .having(func.sum(CreditLine.amount) < 0)
        .order_by(CreditLine.grant_id, CreditLine.booking_id)
    ).all()
    for booking_id, grant_id, amount in used:
        back = -int(amount) - share(-int(amount), kept_percent, 100)
        if not back:
            continue
        insert_or_nothing(
            session,
            CreditLine,
            grant_id=grant_id,
            amount=back,
            cause=CreditCause.RETURNED,
            reason_key=f"booking:{booking_id}:{grant_id}:back{step}",
            booking_id=booking_id,
            note="",
            created_at=now,
        )
