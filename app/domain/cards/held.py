"""Money that came by card and does not fit: staff use it for what is open, send it back, or say what became of it."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from app.domain.actor import Actor
from app.domain.audit import record, record_row
from app.domain.cards.arriving import settle
from app.domain.cards.terms import NothingOpen
from app.domain.invoicing.settling import note_first_due, open_column
from app.domain.lookup import hold_person, one
from app.kernel.errors import AlreadyDecided
from app.kernel.names import full_name
from app.models import AttemptState, CardAttempt, CardRefund, HeldMoney, Invoice, Person, RefundState
from app.tenancy import begin_writing

MOST_SHOWN = 100


@dataclass(frozen=True, slots=True)
class HeldRow:
    """Money that waits, and whose it is."""

    held: HeldMoney
    payer_id: int
    payer: str


@dataclass(frozen=True, slots=True)
class FailedRefund:
    """Money that did not get back to its card."""

    refund: CardRefund
    payer_id: int
    payer: str


def held_money(session: Session) -> list[HeldRow]:
    """What waits for a decision, the oldest first."""
    waiting = with_payers(HeldMoney).where(HeldMoney.settled_at.is_(None)).order_by(HeldMoney.id)
    return [
        HeldRow(held, payer_id, full_name(first, last))
        for held, payer_id, first, last in session.execute(waiting)
    ]


def failed_refunds(session: Session) -> list[FailedRefund]:
    """The newest first."""
    failed = with_payers(CardRefund).where(
        CardRefund.state == RefundState.FAILED, CardRefund.settled_at.is_(None)
    )
    return [
        FailedRefund(refund, payer_id, full_name(first, last))
        for refund, payer_id, first, last in session.execute(failed.order_by(CardRefund.id.desc()))
    ]


def with_payers(kind: Any) -> Select[*tuple[Any, ...]]:
    """Rows about attempts, each with the id and the names of who paid; at most as many as a page shows."""
    return (
        select(kind, Person.id, Person.first_name, Person.last_name)
        .join(CardAttempt, (CardAttempt.tenant_id == kind.tenant_id) & (CardAttempt.id == kind.attempt_id))
        .join(Person, (Person.tenant_id == CardAttempt.tenant_id) & (Person.id == CardAttempt.payer_id))
        .limit(MOST_SHOWN)
    )


def held_in_hand(session: Session, held_id: int) -> HeldMoney:
    """The money, within a transaction in which nobody else decides about it. Raises NotFound and AlreadyDecided."""
    begin_writing(session)
    attempt = one(session, CardAttempt, one(session, HeldMoney, held_id).attempt_id)
    hold_person(session, attempt.payer_id)
    held = one(session, HeldMoney, held_id, lock=True)
    if held.settled_at is not None:
        raise AlreadyDecided
    return held


def use_held(session: Session, actor: Actor, held_id: int, today: date, now: datetime) -> int:
    """Pay what the same person has open with it, the oldest first; how much that took, in minor units.

    What is left of it waits on. Raises NotFound, AlreadyDecided and NothingOpen.
    """
    held = held_in_hand(session, held_id)
    attempt = one(session, CardAttempt, held.attempt_id)
    rows = session.execute(
        select(Invoice, open_column())
        .where(Invoice.payer_id == attempt.payer_id, Invoice.currency == held.currency, open_column() > 0)
        .order_by(Invoice.due_on, Invoice.id)
    ).all()
    parts, left = [], held.amount_minor
    for invoice, open_minor in rows:
        if left <= 0:
            break
        parts.append((invoice, min(left, open_minor)))
        left -= parts[-1][1]
    if not parts or held.currency != attempt.currency:
        raise NothingOpen
    payment = settle(session, attempt, parts, today, now)
    if left:
        held.amount_minor = left
    else:
        _decide(held, actor, now, "")
        attempt.state = AttemptState.PAID
    record_row(session, actor, now, held, "used", after={"amount_minor": payment.amount_minor})
    session.flush()
    note_first_due(session, attempt.payer_id)
    return payment.amount_minor


def dismiss_held(session: Session, actor: Actor, held_id: int, note: str, now: datetime) -> None:
    """Say what became of it otherwise. Raises NotFound and AlreadyDecided."""
    held = held_in_hand(session, held_id)
    _decide(held, actor, now, note)
    record_row(session, actor, now, held, "settled", after={"note": note})


def dismiss_refund(session: Session, actor: Actor, refund_id: int, now: datetime) -> None:
    """Say that money whose refund failed was sent by transfer. Raises NotFound and AlreadyDecided."""
    begin_writing(session)
    refund = one(session, CardRefund, refund_id, lock=True)
    if refund.state is not RefundState.FAILED or refund.settled_at is not None:
        raise AlreadyDecided
    refund.settled_at = now
    record(session, now, actor.person_id, "card_refund.settled", subject="card_refund", subject_id=refund.id)


def _decide(held: HeldMoney, actor: Actor, now: datetime, note: str) -> None:
    held.settled_at, held.settled_by_id, held.note = now, actor.person_id, note
