"""Automatic payment: invoices of those who allowed it are paid with the card they chose, as they come.

In two steps, so that no answer that is lost leaves a question: first a payment is made ready, then the money is taken; what
became of it the provider says under the payment's id. A bank that wants its customer to confirm is asked once, never again.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.orm import Session

from app.domain.cards.account import Merchant, merchant_of, takes_cards
from app.domain.cards.arriving import end, facts_of, money_in_hand
from app.domain.cards.attempts import begin
from app.domain.cards.disputes import was_disputed
from app.domain.cards.looking import is_stale, look, note
from app.domain.cards.terms import LOOK_AGAIN, REFUSED, CardKit, CardsAway, NoCards
from app.domain.invoicing.settling import open_column
from app.domain.notices import tell
from app.kernel.clock import Clock
from app.models import (
    AttemptInvoice,
    AttemptKind,
    AttemptState,
    CardAttempt,
    CardCustomer,
    CardSetting,
    DocumentKind,
    Invoice,
    SavedCard,
)
from app.ports import CardsDown, CardsRefused, KeyRefused

AGAIN_AFTER = (timedelta(days=3), timedelta(days=7))
"""After a bank said no: how long after the first, and the second, time it is asked again. Then no more."""


@dataclass(frozen=True, slots=True)
class Due:
    """An invoice to be paid automatically, and with what."""

    invoice_id: int
    payer_id: int
    customer: str
    method: str


def due_automatically(session: Session, now: datetime, most: int) -> list[Due]:
    """What is open of those who allowed it, and is not under way, nor with them to confirm, nor to be left alone yet."""
    if takes_cards(session) is None:
        return []
    rows = session.execute(
        select(
            Invoice.id,
            Invoice.payer_id,
            CardCustomer.customer,
            SavedCard.method,
        )
        .join(
            CardCustomer,
            (CardCustomer.tenant_id == Invoice.tenant_id) & (CardCustomer.person_id == Invoice.payer_id),
        )
        .join(
            CardSetting,
            (CardSetting.tenant_id == Invoice.tenant_id) & (CardSetting.account == CardCustomer.account),
        )
        .join(
            SavedCard,
            (SavedCard.tenant_id == Invoice.tenant_id)
            & (SavedCard.person_id == Invoice.payer_id)
            & (SavedCard.account == CardCustomer.account)
            & SavedCard.is_default,
        )
        .where(
            Invoice.issued_at >= CardCustomer.automatic_since,
            Invoice.kind == DocumentKind.INVOICE,
            open_column() > 0,
            ~_stands_in_the_way(now),
            _may_ask(now),
        )
        .order_by(Invoice.id)
        .limit(most)
    ).all()
    return [Due(row.id, row.payer_id, row.customer, row.method) for row in rows]


def pay_automatically(session: Session, kit: CardKit, due: Due, clock: Clock) -> CardAttempt | None:
    """Pay one invoice; None when something else is under way for it. Commits. Raises as `look`, and NothingOpen."""
    merchant = merchant_of(session, kit)
    begun = begin(
        session,
        due.payer_id,
        [due.invoice_id],
        merchant.account,
        clock(),
        kind=AttemptKind.AUTOMATIC,
        method=due.method,
    )
    if begun.attempt is None:
        return None
    attempt_id, token, tries = begun.attempt.id, begun.attempt.token, begun.attempt.tries
    amount, currency = begun.attempt.amount_minor, begun.attempt.currency
    session.rollback()
    try:
        payment = kit.cards.begin_payment(
            merchant.access, f"begin.{token}.{tries}", token, due.customer, due.method, amount, currency
        )
    except CardsDown as error:
        # No money moves before it is taken; a later attempt makes a new payment ready.
        _give_up(session, attempt_id, AttemptState.ENDED, "")
        raise CardsAway from error
    except KeyRefused as error:
        _give_up(session, attempt_id, AttemptState.ENDED, error.code)
        raise NoCards from error
    except CardsRefused as error:
        return _refused(session, attempt_id, error.code, clock())
    if not _keep_payment(session, attempt_id, payment):
        _call_off_quietly(kit, merchant, payment)
        return None
    return _take(session, kit, merchant, attempt_id, payment, due.method, token, clock)


def _take(
    session: Session,
    kit: CardKit,
    merchant: Merchant,
    attempt_id: int,
    payment: str,
    method: str,
    token: str,
    clock: Clock,
) -> CardAttempt:
    try:
        money = kit.cards.take_payment(merchant.access, f"take.{token}", payment, method)
    except CardsDown:
        # It may have happened: the provider is asked, now and later, and nothing else is tried meanwhile.
        return look(session, kit, attempt_id, clock)
    except CardsRefused as error:
        return _refused(session, attempt_id, error.code, clock())
    return note(session, attempt_id, None, money, None, clock())


def _keep_payment(session: Session, attempt_id: int, payment: str) -> bool:
    """Whether the money is still to be taken: somebody may have paid, or begun to, while the provider was asked."""
    attempt = money_in_hand(session, attempt_id)
    wanted = attempt.state is AttemptState.OPEN and not is_stale(session, attempt)
    if wanted:
        attempt.intent = payment
    elif attempt.state is AttemptState.OPEN:
        end(attempt, AttemptState.ENDED)
    session.commit()
    return wanted


def _call_off_quietly(kit: CardKit, merchant: Merchant, payment: str) -> None:
    try:
        kit.cards.call_off(merchant.access, payment)
    except (CardsDown, CardsRefused):
        return  # nothing is taken before it is asked for


def _give_up(session: Session, attempt_id: int, state: AttemptState, problem: str) -> CardAttempt:
    attempt = money_in_hand(session, attempt_id)
    if attempt.state is AttemptState.OPEN:
        end(attempt, state, problem)
    session.commit()
    return attempt


def _refused(session: Session, attempt_id: int, problem: str, now: datetime) -> CardAttempt:
    attempt = money_in_hand(session, attempt_id)
    if attempt.state is AttemptState.OPEN:
        end(attempt, AttemptState.REFUSED, problem)
        tell(session, now, attempt.payer_id, REFUSED, facts_of(session, attempt))
    session.commit()
    return attempt


def _stands_in_the_way(now: datetime) -> ColumnElement[bool]:
    """Something is under way for the invoice, or was refused in a way that only the person can mend."""
    return exists().where(
        AttemptInvoice.tenant_id == Invoice.tenant_id,
        AttemptInvoice.invoice_id == Invoice.id,
        CardAttempt.tenant_id == Invoice.tenant_id,
        CardAttempt.id == AttemptInvoice.attempt_id,
        or_(
            CardAttempt.state.in_([AttemptState.OPEN, AttemptState.ASKS, AttemptState.HELD]),
            was_disputed(),
            # The provider was in trouble: it is left alone for a while
            and_(
                CardAttempt.kind == AttemptKind.AUTOMATIC,
                CardAttempt.state == AttemptState.ENDED,
                CardAttempt.begun_at > now - LOOK_AGAIN,
            ),
        ),
    )


def _may_ask(now: datetime) -> ColumnElement[bool]:
    """No bank has refused it, or one did once or twice, and long enough ago."""
    refused = (
        select(CardAttempt.id)
        .join(
            AttemptInvoice,
            (AttemptInvoice.tenant_id == CardAttempt.tenant_id)
            & (AttemptInvoice.attempt_id == CardAttempt.id),
        )
        .where(
            CardAttempt.tenant_id == Invoice.tenant_id,
            AttemptInvoice.invoice_id == Invoice.id,
            CardAttempt.kind == AttemptKind.AUTOMATIC,
            CardAttempt.state == AttemptState.REFUSED,
        )
        .correlate(Invoice)
    )
    times = refused.with_only_columns(func.count(CardAttempt.id)).scalar_subquery()
    last = refused.with_only_columns(func.max(CardAttempt.begun_at)).scalar_subquery()
    again = [and_(times == count, last <= now - wait) for count, wait in enumerate(AGAIN_AFTER, 1)]
    return or_(times == 0, *again)
