"""What the provider says of an attempt goes into the books, once, however often and in whatever order it is said."""

from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.actor import Permission
from app.domain.audit import record
from app.domain.cards.attempts import amounts_of
from app.domain.cards.terms import ASKS, HELD, LOOK_AGAIN, REFUSED, TAKEN
from app.domain.invoicing.settling import look_soon, note_first_due, open_minor
from app.domain.lookup import hold_person, one
from app.domain.notices import tell, tell_all
from app.domain.people.staff import staff_of_the_house
from app.models import (
    Allocation,
    AttemptKind,
    AttemptPayment,
    AttemptState,
    CardAttempt,
    HeldMoney,
    HoldReason,
    Invoice,
    Payment,
    PaymentWay,
)
from app.ports import CardMoney, MoneyState
from app.tenancy import begin_writing

_LONGEST_PROBLEM = 60


def money_in_hand(session: Session, attempt_id: int) -> CardAttempt:
    """The attempt, within a transaction that lets nobody else decide about its payer's money until it ends."""
    begin_writing(session)
    hold_person(session, one(session, CardAttempt, attempt_id).payer_id)
    return one(session, CardAttempt, attempt_id, lock=True)


def note_money(session: Session, attempt: CardAttempt, money: CardMoney, today: date, now: datetime) -> None:
    """Act on how a payment stands. Within `money_in_hand`; nothing happens to an attempt that is over, unless money came."""
    attempt.intent = attempt.intent or money.id
    if money.state is MoneyState.CAME:
        if attempt.state not in {AttemptState.PAID, AttemptState.HELD}:
            _take(session, attempt, money, today, now)
        return
    if attempt.state is not AttemptState.OPEN:
        return
    if money.state is MoneyState.GONE:
        end(attempt, AttemptState.ENDED)
    elif attempt.kind is AttemptKind.AUTOMATIC and money.state in {MoneyState.REFUSED, MoneyState.ASKS}:
        _note_refusal(session, attempt, money, now)
    else:
        attempt.look_at = now + LOOK_AGAIN
    session.flush()


def _note_refusal(session: Session, attempt: CardAttempt, money: CardMoney, now: datetime) -> None:
    if money.state is MoneyState.ASKS:
        end(attempt, AttemptState.ASKS, money.problem)
        tell(session, now, attempt.payer_id, ASKS, facts_of(session, attempt))
    else:
        end(attempt, AttemptState.REFUSED, money.problem)
        tell(session, now, attempt.payer_id, REFUSED, facts_of(session, attempt))


def end(attempt: CardAttempt, state: AttemptState, problem: str = "") -> None:
    """Nothing more is expected of it."""
    attempt.state, attempt.look_at, attempt.problem = state, None, problem[:_LONGEST_PROBLEM]


def facts_of(session: Session, attempt: CardAttempt) -> dict[str, object]:
    """What a notice says of an attempt."""
    amounts = amounts_of(session, attempt.id)
    numbers = session.scalars(
        select(Invoice.number).where(Invoice.id.in_(amounts)).order_by(Invoice.id)
    ).all()
    return {
        "attempt_id": attempt.id,
        "invoice_id": min(amounts),
        "numbers": list(numbers),
        "amount_minor": attempt.amount_minor,
        "currency": attempt.currency,
        "problem": attempt.problem,
    }


def _take(session: Session, attempt: CardAttempt, money: CardMoney, today: date, now: datetime) -> None:
    """Money came: it settles what it was for, and what does not fit waits for staff."""
    if money.currency != attempt.currency:
        _hold(session, attempt, HoldReason.CURRENCY, money.amount_minor, money.currency, now)
    elif money.amount_minor != attempt.amount_minor:
        _hold(session, attempt, HoldReason.AMOUNT, money.amount_minor, money.currency, now)
    else:
        _settle(session, attempt, today, now)
    session.flush()
    note_first_due(session, attempt.payer_id)


def _settle(session: Session, attempt: CardAttempt, today: date, now: datetime) -> None:
    parts: list[tuple[Invoice, int]] = []
    for invoice_id, wanted in amounts_of(session, attempt.id).items():
        invoice = one(session, Invoice, invoice_id)
        part = min(wanted, open_minor(session, invoice))
        if part > 0:
            parts.append((invoice, part))
    settled = sum(part for _invoice, part in parts)
    if parts:
        settle(session, attempt, parts, today, now)
    if settled < attempt.amount_minor:
        left = attempt.amount_minor - settled
        _hold(session, attempt, HoldReason.SETTLED, left, attempt.currency, now)
    else:
        end(attempt, AttemptState.PAID)
    if settled and attempt.kind is AttemptKind.AUTOMATIC:
        tell(session, now, attempt.payer_id, TAKEN, facts_of(session, attempt))


def settle(
    session: Session, attempt: CardAttempt, parts: list[tuple[Invoice, int]], today: date, now: datetime
) -> Payment:
    """Write down a payment by card and what it settles: parts of invoices in minor units. Within `money_in_hand`."""
    payment = Payment(
        payer_id=attempt.payer_id,
        way=PaymentWay.CARD,
        amount_minor=sum(part for _invoice, part in parts),
        currency=attempt.currency,
        received_on=today,
        recorded_at=now,
    )
    session.add(payment)
    session.flush()
    session.add(AttemptPayment(attempt_id=attempt.id, payment_id=payment.id))
    for invoice, part in parts:
        session.add(Allocation(invoice_id=invoice.id, payment_id=payment.id, amount_minor=part, at=now))
        record(
            session,
            now,
            None,
            "payment.recorded",
            subject="invoice",
            subject_id=invoice.id,
            for_id=invoice.payer_id,
            after={"number": invoice.number, "amount_minor": part, "way": str(PaymentWay.CARD)},
        )
    session.flush()
    for invoice, _part in parts:
        look_soon(session, invoice.id, now)
    return payment


def _hold(
    session: Session, attempt: CardAttempt, reason: HoldReason, minor: int, currency: str, now: datetime
) -> None:
    end(attempt, AttemptState.HELD)
    if minor <= 0:
        return
    held = HeldMoney(attempt_id=attempt.id, reason=reason, amount_minor=minor, currency=currency, came_at=now)
    session.add(held)
    session.flush()
    facts = {"held_id": held.id, "amount_minor": minor, "currency": currency}
    tell_all(session, now, staff_of_the_house(session, Permission.MONEY), HELD, facts)
