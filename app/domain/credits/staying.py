"""Time passes: the minutes of a stay, held while somebody is there and used when they have left."""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.or_nothing import insert_or_nothing
from app.models import CheckIn, CreditCause, CreditLine
from app.tenancy import begin_writing

_MINUTE = timedelta(minutes=1)
_AT_A_TIME = 200


def minutes_between(start: datetime, end: datetime) -> int:
    """Minutes that have begun."""
    return max(-((start - end) // _MINUTE), 0)


def settle(session: Session, stay: CheckIn, now: datetime) -> None:
    """Use the minutes of a stay that is over, within a transaction that writes; once, and never more than were held for it."""
    if stay.grant_id is None or stay.held_minutes == 0:
        return
    minutes = min(minutes_between(stay.starts_at, stay.ends_at), stay.held_minutes)
    if minutes:
        insert_or_nothing(
            session,
            CreditLine,
            grant_id=stay.grant_id,
            amount=-minutes,
            cause=CreditCause.VISITED,
            reason_key=f"stay:{stay.id}",
            location_id=stay.location_id,
            note="",
            starts_at=stay.starts_at,
            ends_at=stay.ends_at,
            created_at=now,
        )
    stay.held_minutes = 0


def settle_stays(session: Session, now: datetime) -> int:
    """Use the minutes of those who did not check out and whose day is over; how many stays. What is left of their passes is
    right before, too, for what a stay holds nobody has."""
    query = select(CheckIn).where(CheckIn.held_minutes > 0, CheckIn.ends_at <= now)
    if session.scalars(query.limit(1)).first() is None:
        return 0
    begin_writing(session)
    over = session.scalars(query.order_by(CheckIn.id).limit(_AT_A_TIME).with_for_update(key_share=True)).all()
    for stay in over:
        settle(session, stay, now)
    session.flush()
    return len(over)
