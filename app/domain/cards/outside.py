"""Refunds that somebody made at the provider and not here: found, written down once, and shown until staff have dealt with
them. No credit note is made of them: what one is for, and with which tax, only people know.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from app.domain.actor import Actor, Permission
from app.domain.audit import record, record_row
from app.domain.cards.asking import ask_about_payment, ask_since
from app.domain.cards.attempts import attempts_by_payment
from app.domain.cards.held import with_payers
from app.domain.cards.refunding import refund_by_token
from app.domain.cards.terms import HELD, CardKit
from app.domain.lookup import hold_person, one
from app.domain.notices import tell_all
from app.domain.or_nothing import insert_or_nothing
from app.domain.people.staff import staff_of_the_house
from app.kernel.clock import Clock
from app.kernel.errors import AlreadyDecided
from app.kernel.names import full_name
from app.models import CardSetting, OutsideRefund, RefundState
from app.ports import BackState, MoneyBack
from app.tenancy import begin_writing

LOOK_EVERY = timedelta(days=1)
LOOK_BACK = timedelta(days=30)
"""A refund that its card could not take comes back within a month."""
_STATES = {
    BackState.PENDING: RefundState.PENDING,
    BackState.DONE: RefundState.DONE,
    BackState.FAILED: RefundState.FAILED,
}


@dataclass(frozen=True, slots=True)
class OutsideRow:
    """Money that went back, and whose it is."""

    refund: OutsideRefund
    payer_id: int
    payer: str


def hear_of_payment(session: Session, kit: CardKit, payment: str, clock: Clock) -> bool:
    """Ask what went back of a payment; whether it is one of ours. Commits. Raises NoCards, CardsAway and ProviderRefuses."""
    answer = ask_about_payment(session, kit, payment, kit.cards.given_back)
    if answer is None:
        return False
    _note_all(session, answer.account, answer.found, clock())
    return True


def due_accounts(session: Session, now: datetime) -> list[str]:
    """The account, once a day: it is asked what went back of late, for a message may have been lost."""
    long_ago = or_(CardSetting.refunds_seen_at.is_(None), CardSetting.refunds_seen_at <= now - LOOK_EVERY)
    return list(session.scalars(select(CardSetting.account).where(long_ago)))


def look_for_refunds(session: Session, kit: CardKit, clock: Clock) -> None:
    """Ask the account what went back of late. Commits. Raises as `hear_of_payment`."""
    now = clock()
    answer = ask_since(session, kit, now - LOOK_BACK, kit.cards.given_back_since)
    _note_all(session, answer.account, answer.found, now)
    begin_writing(session)
    session.execute(update(CardSetting).values(refunds_seen_at=now))
    session.commit()


def outside_refunds(session: Session) -> list[OutsideRow]:
    """What staff have yet to deal with, the newest first."""
    open_ones = with_payers(OutsideRefund).where(
        OutsideRefund.settled_at.is_(None), OutsideRefund.state != RefundState.FAILED
    )
    return [
        OutsideRow(refund, payer_id, full_name(first, last))
        for refund, payer_id, first, last in session.execute(open_ones.order_by(OutsideRefund.id.desc()))
    ]


def settle_outside(session: Session, actor: Actor, outside_id: int, now: datetime) -> None:
    """Say that its credit note is written, or that there is to be none. Raises NotFound and AlreadyDecided."""
    begin_writing(session)
    refund = one(session, OutsideRefund, outside_id, lock=True)
    if refund.settled_at is not None:
        raise AlreadyDecided
    refund.settled_at, refund.settled_by_id = now, actor.person_id
    record_row(session, actor, now, refund, "settled")
    session.flush()


def _note_all(session: Session, account: str, backs: Iterable[MoneyBack], now: datetime) -> None:
    others = [each for each in backs if refund_by_token(session, each.token) is None]
    attempts = attempts_by_payment(session, account, {each.payment for each in others})
    for back in others:
        if back.payment in attempts:
            _note(session, *attempts[back.payment], back, now)


def _note(session: Session, attempt_id: int, payer_id: int, back: MoneyBack, now: datetime) -> None:
    """Commits."""
    begin_writing(session)
    hold_person(session, payer_id)
    state = _STATES[back.state]
    known = session.scalars(select(OutsideRefund).where(OutsideRefund.refund == back.id)).one_or_none()
    if known is not None:
        if state is RefundState.FAILED and known.state is not state:
            known.failed_at = now
        known.state = state
    elif state is not RefundState.FAILED:
        _write_down(session, attempt_id, payer_id, back, now)
    session.commit()


def _write_down(session: Session, attempt_id: int, payer_id: int, back: MoneyBack, now: datetime) -> None:
    found = insert_or_nothing(
        session,
        OutsideRefund,
        attempt_id=attempt_id,
        refund=back.id,
        amount_minor=back.amount_minor,
        currency=back.currency,
        state=_STATES[back.state],
        found_at=now,
    )
    if found is None:
        return
    record(
        session,
        now,
        None,
        "outside_refund.found",
        subject="outside_refund",
        subject_id=found,
        for_id=payer_id,
        after={"amount_minor": back.amount_minor},
    )
    facts = {"outside_id": found, "amount_minor": back.amount_minor, "currency": back.currency}
    tell_all(session, now, staff_of_the_house(session, Permission.MONEY), HELD, facts)
