"""Payments that a card's holder disputes at their bank: found, followed to their end, and shown to staff until dealt with.

The bank asks the tenant, who answers at the provider. A dispute that is lost took the money with it: the books say so at
once (`domain/journal`), but an invoice is due again only when staff say so, for that may hold somebody's doors shut at once.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from app.domain.actor import Actor, Permission
from app.domain.audit import record, record_row
from app.domain.cards.asking import ask_about_payment, ask_since
from app.domain.cards.attempts import attempts_by_payment
from app.domain.cards.held import with_payers
from app.domain.cards.terms import HELD, CardKit, NothingSettled
from app.domain.cards.won_back import win_back
from app.domain.invoicing.settling import note_first_due
from app.domain.lookup import hold_person, one
from app.domain.notices import tell_all
from app.domain.or_nothing import insert_or_nothing
from app.domain.people.staff import staff_of_the_house
from app.kernel.clock import Clock
from app.kernel.errors import AlreadyDecided, NotFound
from app.kernel.names import full_name
from app.models import (
    Allocation,
    AttemptInvoice,
    AttemptPayment,
    CardAttempt,
    CardDispute,
    DisputeState,
    Invoice,
)
from app.ports import Disputed, DisputeStand
from app.tenancy import begin_writing

LOOK_BACK = timedelta(days=150)
"""A dispute is answered within three weeks and decided within three months."""
_STATES = {
    DisputeStand.ASKS: DisputeState.ASKS,
    DisputeStand.REVIEW: DisputeState.REVIEW,
    DisputeStand.WON: DisputeState.WON,
    DisputeStand.LOST: DisputeState.LOST,
}
_OPEN = (DisputeState.ASKS, DisputeState.REVIEW)
_LONGEST_REASON = 60


@dataclass(frozen=True, slots=True)
class DisputeRow:
    """A dispute, whose money it is about, and the id and number of each invoice that was paid with it."""

    dispute: CardDispute
    payer_id: int
    payer: str
    invoices: tuple[tuple[int, str], ...]


def hear_of_dispute(session: Session, kit: CardKit, payment: str, clock: Clock) -> bool:
    """Ask how a payment is disputed; whether it is one of ours. Commits. Raises NoCards, CardsAway and ProviderRefuses."""
    answer = ask_about_payment(session, kit, payment, kit.cards.disputes_of)
    if answer is None:
        return False
    _note_all(session, answer.account, answer.found, clock())
    return True


def look_for_disputes(session: Session, kit: CardKit, clock: Clock) -> None:
    """Ask the account what is disputed of late, for a message may have been lost. Commits. Raises as `hear_of_dispute`."""
    now = clock()
    answer = ask_since(session, kit, now - LOOK_BACK, kit.cards.disputes_since)
    _note_all(session, answer.account, answer.found, now)


def disputes_to_look_at(session: Session) -> list[DisputeRow]:
    """What is not over, and what staff have yet to deal with: the soonest to answer first. Two statements."""
    waiting = with_payers(CardDispute).where(CardDispute.settled_at.is_(None))
    in_order = waiting.order_by(CardDispute.state != DisputeState.ASKS, CardDispute.answer_by, CardDispute.id)
    rows = session.execute(in_order).all()
    numbers = _invoices(session, {dispute.attempt_id for dispute, *_who in rows})
    return [
        DisputeRow(dispute, payer_id, full_name(first, last), tuple(numbers.get(dispute.attempt_id, ())))
        for dispute, payer_id, first, last in rows
    ]


def disputes_about(session: Session, invoice_id: int) -> list[CardDispute]:
    """How what an invoice was paid with is, or was, disputed, the newest first."""
    query = select(CardDispute).join(
        AttemptInvoice,
        (AttemptInvoice.tenant_id == CardDispute.tenant_id)
        & (AttemptInvoice.attempt_id == CardDispute.attempt_id),
    )
    query = query.where(AttemptInvoice.invoice_id == invoice_id).order_by(CardDispute.id.desc())
    return list(session.scalars(query))


def disputed_minor(session: Session, attempt_id: int) -> int:
    """What of a payment the bank holds or has taken, and still settles an invoice: none of it can go back once more."""
    total = session.scalar(
        select(func.coalesce(func.sum(CardDispute.amount_minor - CardDispute.due_again_minor), 0)).where(
            CardDispute.attempt_id == attempt_id, CardDispute.state != DisputeState.WON
        )
    )
    return int(total or 0)


def was_disputed() -> ColumnElement[bool]:
    """Whether an attempt's money is disputed, or was and is lost: no card is charged by itself for the same again."""
    found = select(CardDispute.id).where(
        CardDispute.tenant_id == CardAttempt.tenant_id,
        CardDispute.attempt_id == CardAttempt.id,
        CardDispute.state != DisputeState.WON,
    )
    return found.correlate(CardAttempt).exists()


def make_due_again(session: Session, actor: Actor, dispute_id: int, now: datetime) -> int:
    """Have the invoices ask again for what the bank took back; how much, in minor units.

    Raises NotFound (also of one that is not lost), AlreadyDecided and NothingSettled. Audited.
    """
    dispute = _lost_in_hand(session, dispute_id)
    left = dispute.amount_minor
    for allocation in _allocations(session, dispute.attempt_id):
        if left <= 0:
            break
        one(session, Invoice, allocation.invoice_id, lock=True)
        part = min(left, allocation.amount_minor)
        left -= part
        if part == allocation.amount_minor:
            session.delete(allocation)
        else:
            allocation.amount_minor -= part
    dispute.due_again_minor = dispute.amount_minor - left
    if not dispute.due_again_minor:
        session.rollback()
        raise NothingSettled
    dispute.settled_at, dispute.settled_by_id = now, actor.person_id
    record_row(session, actor, now, dispute, "due_again", after={"amount_minor": dispute.due_again_minor})
    session.flush()
    note_first_due(session, one(session, CardAttempt, dispute.attempt_id).payer_id)
    return dispute.due_again_minor


def settle_dispute(session: Session, actor: Actor, dispute_id: int, now: datetime) -> None:
    """Say that a lost one is dealt with otherwise. Raises NotFound (also of one that is not lost) and AlreadyDecided."""
    dispute = _lost_in_hand(session, dispute_id)
    dispute.settled_at, dispute.settled_by_id = now, actor.person_id
    record_row(session, actor, now, dispute, "settled")
    session.flush()


def _lost_in_hand(session: Session, dispute_id: int) -> CardDispute:
    begin_writing(session)
    attempt = one(session, CardAttempt, one(session, CardDispute, dispute_id).attempt_id)
    hold_person(session, attempt.payer_id)
    dispute = one(session, CardDispute, dispute_id, lock=True)
    if dispute.state is not DisputeState.LOST:
        raise NotFound
    if dispute.settled_at is not None:
        raise AlreadyDecided
    return dispute


def _allocations(session: Session, attempt_id: int) -> list[Allocation]:
    """What an attempt's money settles, the newest first."""
    query = select(Allocation).join(
        AttemptPayment,
        (AttemptPayment.tenant_id == Allocation.tenant_id)
        & (AttemptPayment.payment_id == Allocation.payment_id),
    )
    return list(
        session.scalars(query.where(AttemptPayment.attempt_id == attempt_id).order_by(Allocation.id.desc()))
    )


def _invoices(session: Session, attempt_ids: set[int]) -> dict[int, list[tuple[int, str]]]:
    query = select(AttemptInvoice.attempt_id, Invoice.id, Invoice.number).join(
        Invoice, (Invoice.tenant_id == AttemptInvoice.tenant_id) & (Invoice.id == AttemptInvoice.invoice_id)
    )
    found: dict[int, list[tuple[int, str]]] = {}
    rows = session.execute(query.where(AttemptInvoice.attempt_id.in_(attempt_ids)).order_by(Invoice.id))
    for attempt_id, invoice_id, number in rows:
        found.setdefault(attempt_id, []).append((invoice_id, number or ""))
    return found


def _note_all(session: Session, account: str, found: Iterable[Disputed], now: datetime) -> None:
    every = list(found)
    attempts = attempts_by_payment(session, account, {each.payment for each in every})
    for each in every:
        if each.payment in attempts:
            _note(session, *attempts[each.payment], each, now)


def _note(session: Session, attempt_id: int, payer_id: int, said: Disputed, now: datetime) -> None:
    """Commits. What is over stays as it ended, whatever comes late; but a loss may be turned around."""
    begin_writing(session)
    hold_person(session, payer_id)
    dispute = session.scalars(select(CardDispute).where(CardDispute.dispute == said.id)).one_or_none()
    if dispute is None:
        dispute = _write_down(session, attempt_id, payer_id, said, now)
    elif dispute.state in _OPEN:
        before = dispute.state
        _follow(dispute, said, now)
        if dispute.state is not before and dispute.state not in _OPEN:
            _tell(session, dispute, payer_id, str(dispute.state), now)
    elif dispute.state is DisputeState.LOST and _STATES[said.stand] is DisputeState.WON:
        win_back(session, dispute, payer_id, now)
        _tell(session, dispute, payer_id, "won_back", now)
    session.commit()


def _write_down(
    session: Session, attempt_id: int, payer_id: int, said: Disputed, now: datetime
) -> CardDispute:
    found = insert_or_nothing(
        session,
        CardDispute,
        attempt_id=attempt_id,
        dispute=said.id,
        amount_minor=said.amount_minor,
        currency=said.currency,
        reason=said.reason[:_LONGEST_REASON],
        state=DisputeState.REVIEW,
        found_at=now,
        due_again_minor=0,
    )
    dispute = session.scalars(select(CardDispute).where(CardDispute.dispute == said.id)).one()
    if found is not None:
        _follow(dispute, said, now)
        _tell(session, dispute, payer_id, "found" if dispute.state in _OPEN else str(dispute.state), now)
    return dispute


def _follow(dispute: CardDispute, said: Disputed, now: datetime) -> None:
    dispute.state, dispute.answer_by = _STATES[said.stand], said.answer_by
    dispute.amount_minor = said.amount_minor or dispute.amount_minor
    if dispute.state is DisputeState.LOST:
        dispute.lost_at = now
    elif dispute.state is DisputeState.WON:
        dispute.settled_at = now


def _tell(session: Session, dispute: CardDispute, payer_id: int, what: str, now: datetime) -> None:
    record(
        session,
        now,
        None,
        f"card_dispute.{what}",
        subject="card_dispute",
        subject_id=dispute.id,
        for_id=payer_id,
        after={"amount_minor": dispute.amount_minor, "reason": dispute.reason},
    )
    facts = {
        "dispute_id": dispute.id,
        "what": what,
        "amount_minor": dispute.amount_minor,
        "currency": dispute.currency,
    }
    tell_all(session, now, staff_of_the_house(session, Permission.MONEY), HELD, facts)
