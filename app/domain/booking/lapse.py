"""Holds that ran out are let go, whether or not somebody else wants the room, and so is what nobody approved in time."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.booking.announce import announce_without_entry
from app.domain.booking.asking import take_back_asked
from app.domain.booking.blocking import let_go
from app.models import Booking, BookingStatus

_AT_ONCE = 500
"""More wait for the next sweep: so many ids fit into one statement on every engine."""


def let_lapsed_go(session: Session, now: datetime) -> int:
    """Let go of holds that ran out, and return how many; a hold that somebody is confirming is left to them.

    A search passes over them anyway (docs/decisions/0002-overlap-rule.md): this keeps the tables small.
    """
    lapsed = session.scalars(
        select(Booking.id)
        .where(Booking.status == BookingStatus.HELD, Booking.hold_expires_at <= now)
        .order_by(Booking.id)
        .limit(_AT_ONCE)
        .with_for_update(skip_locked=True)
    ).all()
    if lapsed:
        let_go(session, lapsed)
    return len(lapsed)


def let_unanswered_go(session: Session, now: datetime) -> int:
    """Let go of what nobody approved before it began, and tell whose it was; returns how many. What somebody is deciding about
    this moment is left to them."""
    found = session.scalars(
        select(Booking)
        .where(Booking.status == BookingStatus.TENTATIVE, Booking.starts_at <= now)
        .order_by(Booking.id)
        .limit(_AT_ONCE)
        .with_for_update(skip_locked=True)
    ).all()
    if not found:
        return 0
    let_go(session, [booking.id for booking in found])
    for booking in found:
        take_back_asked(session, booking)
        announce_without_entry(session, booking, "booking.unanswered", now)
    return len(found)
