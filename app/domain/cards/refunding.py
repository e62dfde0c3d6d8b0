"""Money back to the card it came from: for a credit note, or because it did not fit. Asked for once, and its end is followed."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.domain.actor import Actor, Permission
from app.domain.audit import record
from app.domain.cards.account import Merchant, merchant_of
from app.domain.cards.disputes import disputed_minor
from app.domain.cards.held import held_in_hand
from app.domain.cards.terms import (
    HELD,
    LOOK_AGAIN,
    CardKit,
    CardsAway,
    NoCards,
    NotRefundable,
    ProviderRefuses,
)
from app.domain.cards.tokens import refund_in, refund_token
from app.domain.invoicing.crediting import credit_in_hand
from app.domain.invoicing.terms import CreditLines
from app.domain.lookup import hold_person, one
from app.domain.notices import tell_all
from app.domain.people.staff import staff_of_the_house
from app.kernel.clock import Clock
from app.models import (
    Allocation,
    AttemptPayment,
    CardAttempt,
    CardRefund,
    HeldMoney,
    Invoice,
    OutsideRefund,
    RefundState,
)
from app.ports import BackState, CardsDown, CardsRefused, KeyRefused, MoneyBack
from app.tenancy import begin_writing, tenant_of

_STATES = {
    BackState.PENDING: RefundState.PENDING,
    BackState.DONE: RefundState.DONE,
    BackState.FAILED: RefundState.FAILED,
}


def refundable(session: Session, invoice_id: int) -> int:
    """What may go back to the cards that an invoice was paid with, in minor units."""
    return sum(left for _attempt, left in _sources(session, invoice_id))


def credit_and_refund(session: Session, actor: Actor, command: CreditLines, now: datetime) -> Invoice:
    """Issue a credit note, and ask for what it comes to to go back to the card, newest payment first.

    `send_back` brings the wish to the provider. Raises as `credit`, and NotRefundable where less came by card than the note
    gives back beyond what was still open: then there is no note either.
    """
    begin_writing(session)
    note = credit_in_hand(session, actor, command, now)
    settled = session.scalar(
        select(func.coalesce(func.sum(Allocation.amount_minor), 0)).where(
            Allocation.credit_note_id == note.id
        )
    )
    wanted = note.total_minor - int(settled or 0)
    sources = _sources(session, command.invoice_id)
    left = sum(each for _attempt, each in sources)
    if not 0 < wanted <= left:
        session.rollback()
        raise NotRefundable(left)
    for attempt, available in sources:
        part = min(wanted, available)
        if part <= 0:
            break
        _ask(session, actor, attempt, part, now, credit_note_id=note.id)
        wanted -= part
    return note


def refund_held(session: Session, actor: Actor, held_id: int, now: datetime) -> None:
    """Ask for money that did not fit to go back; commits. Raises NotFound and AlreadyDecided."""
    held = held_in_hand(session, held_id)
    attempt = one(session, CardAttempt, held.attempt_id)
    _ask(session, actor, attempt, held.amount_minor, now, held=held)
    held.settled_at, held.settled_by_id = now, actor.person_id
    session.commit()


def send_back(session: Session, kit: CardKit, refund_id: int, clock: Clock) -> CardRefund:
    """Bring a refund to the provider, or ask how it stands; commits. Raises NotFound, NoCards, CardsAway and
    ProviderRefuses.

    The provider's list of what went back of the payment is the truth: only what is not in it is asked for.
    """
    refund = one(session, CardRefund, refund_id)
    if refund.state is RefundState.FAILED:
        return refund
    attempt = one(session, CardAttempt, refund.attempt_id)
    token, payment, minor = (
        refund_token(tenant_of(session), refund.id),
        attempt.intent or "",
        refund.amount_minor,
    )
    merchant = merchant_of(session, kit)
    if attempt.account != merchant.account:
        raise ProviderRefuses("other_account")
    session.rollback()
    try:
        known = kit.cards.given_back(merchant.access, payment)
    except CardsDown as error:
        raise CardsAway from error
    except KeyRefused as error:
        raise NoCards from error
    except CardsRefused as error:
        raise ProviderRefuses(error.code) from error
    back = next((each for each in known if each.token == token), None)
    back = back or _give_back(kit, merchant, token, payment, minor)
    return _note(session, refund_id, back, clock())


def refunds_of(session: Session, credit_note_id: int) -> Sequence[CardRefund]:
    """What went back to cards for a credit note."""
    query = select(CardRefund).where(CardRefund.credit_note_id == credit_note_id).order_by(CardRefund.id)
    return session.scalars(query).all()


def refund_by_token(session: Session, token: str) -> CardRefund | None:
    """The refund that the provider speaks of."""
    refund_id = refund_in(token, tenant_of(session))
    return None if refund_id is None else session.get(CardRefund, refund_id)


def due_refunds(session: Session, now: datetime, most: int) -> list[int]:
    """Refunds that the provider may not have heard of, or that are not over."""
    query = select(CardRefund.id).where(CardRefund.look_at <= now).order_by(CardRefund.look_at).limit(most)
    return list(session.scalars(query))


def _sources(session: Session, invoice_id: int) -> list[tuple[CardAttempt, int]]:
    """The attempts that paid an invoice, the newest first, and what is left of what they paid of it."""
    rows = session.execute(
        select(CardAttempt, func.sum(Allocation.amount_minor))
        .join(
            AttemptPayment,
            (AttemptPayment.tenant_id == CardAttempt.tenant_id)
            & (AttemptPayment.attempt_id == CardAttempt.id),
        )
        .join(
            Allocation,
            (Allocation.tenant_id == AttemptPayment.tenant_id)
            & (Allocation.payment_id == AttemptPayment.payment_id),
        )
        .where(Allocation.invoice_id == invoice_id)
        .group_by(CardAttempt.id)
        .order_by(CardAttempt.id.desc())
    ).all()
    return [
        (
            attempt,
            int(paid)
            - _went_back(session, attempt.id, invoice_id)
            - _went_back_outside(session, attempt.id)
            - disputed_minor(session, attempt.id),
        )
        for attempt, paid in rows
    ]


def _went_back_outside(session: Session, attempt_id: int) -> int:
    """What somebody had sent back at the provider, of whichever invoice it was."""
    total = session.scalar(
        select(func.coalesce(func.sum(OutsideRefund.amount_minor), 0)).where(
            OutsideRefund.attempt_id == attempt_id, OutsideRefund.state != RefundState.FAILED
        )
    )
    return int(total or 0)


def _went_back(session: Session, attempt_id: int, invoice_id: int) -> int:
    total = session.scalar(
        select(func.coalesce(func.sum(CardRefund.amount_minor), 0))
        .join(
            Invoice, (Invoice.tenant_id == CardRefund.tenant_id) & (Invoice.id == CardRefund.credit_note_id)
        )
        .where(
            CardRefund.attempt_id == attempt_id,
            Invoice.corrects_id == invoice_id,
            CardRefund.state != RefundState.FAILED,
        )
    )
    return int(total or 0)


def _ask(
    session: Session,
    actor: Actor,
    attempt: CardAttempt,
    minor: int,
    now: datetime,
    *,
    credit_note_id: int | None = None,
    held: HeldMoney | None = None,
) -> None:
    refund = CardRefund(
        attempt_id=attempt.id,
        credit_note_id=credit_note_id,
        held_id=None if held is None else held.id,
        amount_minor=minor,
        currency=attempt.currency if held is None else held.currency,
        state=RefundState.ASKED,
        asked_at=now,
        asked_by_id=actor.person_id,
        look_at=now,
    )
    session.add(refund)
    session.flush()
    record(
        session,
        now,
        actor.person_id,
        "card_refund.asked",
        subject="card_refund",
        subject_id=refund.id,
        for_id=attempt.payer_id,
        after={"amount_minor": minor},
    )


def _give_back(kit: CardKit, merchant: Merchant, token: str, payment: str, minor: int) -> MoneyBack:
    """Only what the provider will not send back has failed; a key that it does not take says nothing of the refund."""
    try:
        return kit.cards.give_back(merchant.access, token, payment, minor, token)
    except CardsDown as error:
        raise CardsAway from error
    except KeyRefused as error:
        raise NoCards from error
    except CardsRefused:
        return MoneyBack("", BackState.FAILED, token)


def _note(session: Session, refund_id: int, back: MoneyBack, now: datetime) -> CardRefund:
    begin_writing(session)
    payer = select(CardAttempt.payer_id).join(
        CardRefund,
        (CardRefund.tenant_id == CardAttempt.tenant_id) & (CardRefund.attempt_id == CardAttempt.id),
    )
    hold_person(session, session.scalars(payer.where(CardRefund.id == refund_id)).one())
    refund = one(session, CardRefund, refund_id, lock=True)
    before, refund.refund = refund.state, back.id or refund.refund
    if before is not RefundState.FAILED:
        refund.state = _STATES[back.state]
        refund.failed_at = now if refund.state is RefundState.FAILED else None
        refund.look_at = now + LOOK_AGAIN if refund.state is RefundState.PENDING else None
    if refund.state is RefundState.FAILED and before is not RefundState.FAILED:
        facts = {"refund_id": refund.id, "amount_minor": refund.amount_minor, "currency": refund.currency}
        tell_all(session, now, staff_of_the_house(session, Permission.MONEY), HELD, facts)
    session.commit()
    return refund
