"""What mail and push share: a delivery is claimed, tried outside of any transaction, and what became of it is noted.

The row is the truth. A delivery is claimed by moving its next try into the future, so a worker that dies in between
loses nothing: the row falls due again.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Generic, TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import Delivery, Notice, Person
from app.notice_kinds import Channel
from app.tenancy import begin_writing, tenant_session

OpenSession = Callable[[], Session]
Parcel = TypeVar("Parcel")

WAITS = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 30, 120, 720))
"""How long to wait after the first, second, … failure; after one more the delivery is given up."""
CLAIM = timedelta(minutes=5)
"""How long a worker may take over one delivery before another one may try it."""
_LONGEST_ERROR = 300


@dataclass(frozen=True, slots=True)
class Due:
    """A delivery whose time has come, and whom it tells; nobody for an address that belongs to no person."""

    delivery: Delivery
    notice: Notice
    person: Person | None


Prepare = Callable[[Session, Due, datetime], Parcel | None]
"""Gathers in the claim's transaction what the attempt takes; None when there is nothing to tell any more."""


@dataclass(frozen=True, slots=True)
class Claim(Generic[Parcel]):
    """A delivery in hand. Without a parcel it is done."""

    delivery_id: int
    attempts: int
    parcel: Parcel | None
    until: datetime
    """From then on another worker may try it."""


@dataclass(frozen=True, slots=True)
class Failure:
    """An attempt that came to nothing. `permanent` means that trying again cannot help."""

    reason: str
    permanent: bool
    wait: timedelta = timedelta(0)
    """For how long whoever refused it wants to be left alone."""
    address_refused: bool = False
    """The address that it went to does not exist, as far as whoever refused it knows."""


def claim_next(
    open_session: OpenSession, tenant_id: int, channel: Channel, now: datetime, prepare: Prepare[Parcel]
) -> Claim[Parcel] | None:
    """Take the next delivery that is due in hand; None when there is none."""
    with tenant_session(open_session, tenant_id) as session:
        if session.execute(_due(channel, now)).first() is None:
            return None
        begin_writing(session)
        # Claimed by another worker in between: then its row is locked, or not due any more.
        row = session.execute(_due(channel, now).with_for_update(of=Delivery, skip_locked=True)).first()
        if row is None:
            return None
        due = Due(*row)
        delivery, parcel = due.delivery, prepare(session, due, now)
        delivery.attempts += 1
        delivery.next_try_at = now + CLAIM if parcel is not None else None
        return Claim(delivery.id, delivery.attempts, parcel, now + CLAIM)


def _due(channel: Channel, now: datetime) -> Any:
    return (
        select(Delivery, Notice, Person)
        .join(Notice, Notice.id == Delivery.notice_id)
        .outerjoin(Person, Person.id == Notice.person_id)
        .where(Delivery.channel == channel, Delivery.next_try_at <= now)
        .order_by(Delivery.next_try_at, Delivery.id)
        .limit(1)
    )


def give_back(open_session: OpenSession, tenant_id: int, claim: Claim[Any], now: datetime) -> None:
    """Nothing was tried of it: it is due again, and that it was claimed does not count."""
    with tenant_session(open_session, tenant_id) as session:
        begin_writing(session)
        delivery = session.get(Delivery, claim.delivery_id)
        if delivery is not None and delivery.attempts == claim.attempts:
            delivery.attempts, delivery.next_try_at = claim.attempts - 1, now


def note_outcome(
    open_session: OpenSession, tenant_id: int, claim: Claim[Any], failure: Failure | None, now: datetime
) -> None:
    """Say what became of it, and when it is tried again."""
    with tenant_session(open_session, tenant_id) as session:
        begin_writing(session)
        delivery = session.get(Delivery, claim.delivery_id)
        # Withdrawn, because its person was locked out, or to be told anew since it was claimed
        if delivery is None or delivery.attempts < claim.attempts:
            return
        if failure is None:
            delivery.delivered_at, delivery.next_try_at, delivery.error = now, None, ""
            return
        delivery.error = failure.reason[:_LONGEST_ERROR]
        if failure.permanent or claim.attempts > len(WAITS):
            delivery.gave_up_at, delivery.next_try_at = now, None
        else:
            delivery.next_try_at = now + max(WAITS[claim.attempts - 1], failure.wait)
