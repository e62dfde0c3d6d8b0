"""Cancelling a contract, shown before it is done, and withdrawing that."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import delete, or_, select, update
from sqlalchemy.orm import Session

from app.domain.actor import Actor
from app.domain.billing.charging import unbilled
from app.domain.lookup import one
from app.domain.plans.acting import check_may_act, record_contract, theirs_in_hand
from app.domain.plans.calculating import ForecastInvoice, earliest_end, ended, forecast
from app.domain.plans.contracts import (
    Held,
    check_places,
    facts,
    going_on,
    held,
    plan_in_hand,
    present_version,
    refuse_twice,
)
from app.domain.plans.telling import (
    CANCELLED,
    LEAVING,
    forget_told_of,
    take_back_told,
    tell_person,
    tell_staff,
)
from app.domain.plans.terms import NotEnding, TooEarly
from app.kernel.cycles import DAY
from app.models import Booking, Charge, Contract, ContractPause, ProductSubscription, UnbilledBooking
from app.tenancy import begin_writing

_SHOWN = 12


@dataclass(frozen=True, slots=True)
class Cancellation:
    """What cancelling comes to: the last day, and what will still be billed."""

    earliest: date
    invoices: tuple[ForecastInvoice, ...]


def preview_cancel(session: Session, actor: Actor, contract_id: int, today: date) -> Cancellation:
    """What a cancellation of today would come to. Raises as `cancel`."""
    contract = one(session, Contract, contract_id)
    check_may_act(session, actor, contract.person_id)
    found = going_on(held(session, contract), today)
    last_day = earliest_end(found.rules(), today)
    return Cancellation(last_day, tuple(forecast(ended(found.deal(), last_day), _SHOWN)))


def cancel(
    session: Session, actor: Actor, contract_id: int, on: date | None, reason: str, today: date, now: datetime
) -> Contract:
    """Say that a contract ends: on the earliest day, or on a later one.

    Raises NotFound, ContractOver, StillPending, Ending and TooEarly.
    """
    begin_writing(session)
    found = going_on(theirs_in_hand(session, actor, contract_id), today)
    earliest = earliest_end(found.rules(), today)
    if on is not None and on < earliest:
        raise TooEarly(earliest)
    contract = found.contract
    before = facts(contract)
    contract.ends_on, contract.cancelled_at = on or earliest, now
    session.execute(
        delete(ContractPause).where(
            ContractPause.contract_id == contract.id, ContractPause.from_day > contract.ends_on
        )
    )
    more = {"reason": reason} if reason else {}
    record_contract(session, actor, now, "contract.cancelled", found, before=before, **more)
    tell_person(session, CANCELLED, contract, now)
    if actor.person_id == contract.person_id:
        tell_staff(session, LEAVING, contract, now, reason=reason)
    session.flush()
    return contract


def withdraw_cancellation(
    session: Session, actor: Actor, contract_id: int, today: date, now: datetime
) -> Contract:
    """Let a cancelled contract go on, until its last day has passed and as long as nobody has taken the place.

    Raises NotFound, NotEnding, ContractTwice and SoldOut.
    """
    plan_id = one(session, Contract, contract_id).plan_id
    begin_writing(session)
    plan_in_hand(session, plan_id)
    found = theirs_in_hand(session, actor, contract_id)
    contract = found.contract
    if contract.cancelled_at is None or contract.ends_on is None or contract.ends_on < today:
        raise NotEnding
    before = facts(contract)
    go_on(session, found)
    contract.cancelled_at = None
    record_contract(session, actor, now, "contract.kept", found, before=before)
    take_back_told(session, LEAVING, contract)
    session.flush()
    return contract


def go_on(session: Session, found: Held) -> None:
    """Take a contract's last day away, within a transaction that holds its plan. Raises ContractTwice and SoldOut."""
    contract = found.contract
    if contract.ends_on is None:
        return
    day = contract.ends_on + DAY
    refuse_twice(session, contract.person_id, contract.plan_id, day, None, without=contract.id)
    version = present_version(session, contract.plan_id)
    if version is not None:
        check_places(session, version, day, contract.quantity, without=contract.id)
    contract.ends_on = None


def end_for_nobody(session: Session, person_id: int, today: date) -> None:
    """End the contracts of somebody who is nobody from now on, and what recurs with them, today, and forget what they were
    not billed for; within a transaction that holds the person."""
    theirs = Contract.person_id == person_id
    goes_on = or_(Contract.ends_on.is_(None), Contract.ends_on > today)
    session.execute(
        delete(Contract).where(theirs, goes_on, or_(Contract.pending, Contract.starts_on > today))
    )
    session.execute(update(Contract).where(theirs, goes_on).values(ends_on=today))
    forget_told_of(session, person_id)
    session.execute(
        update(ProductSubscription)
        .where(
            ProductSubscription.person_id == person_id,
            or_(ProductSubscription.ends_on.is_(None), ProductSubscription.ends_on > today),
        )
        .values(ends_on=today)
    )
    session.execute(delete(Charge).where(Charge.payer_id == person_id, unbilled()))
    session.execute(
        delete(UnbilledBooking).where(
            UnbilledBooking.team_id.is_(None),
            UnbilledBooking.booking_id.in_(select(Booking.id).where(Booking.person_id == person_id)),
        ),
        execution_options={"synchronize_session": False},
    )
