"""Attempts to pay: begun once for the same invoices however often somebody presses, asked about, ended."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.cards.terms import (
    LOOK_AFTER,
    MOST_INVOICES,
    PAGE_LASTS,
    NothingOpen,
    SeveralCurrencies,
    TooMany,
)
from app.domain.cards.tokens import attempt_token
from app.domain.invoicing.settling import open_column
from app.domain.lookup import hold_person
from app.kernel.errors import NotFound
from app.models import AttemptInvoice, AttemptKind, AttemptState, CardAttempt, Invoice
from app.models.base import LARGEST_ID
from app.tenancy import begin_writing, tenant_of

_TIME_TO_TYPE = timedelta(minutes=15)
"""A page that ends sooner is not given out again."""


@dataclass(frozen=True, slots=True)
class Bill:
    """What is to be paid together: what is open of each invoice, in minor units."""

    currency: str
    amounts: Mapping[int, int]
    numbers: Mapping[int, str]

    @property
    def amount_minor(self) -> int:
        return sum(self.amounts.values())


@dataclass(frozen=True, slots=True)
class Begun:
    """An attempt to go on with; or others that stand in its way, by their ids."""

    attempt: CardAttempt | None
    bill: Bill
    in_the_way: list[int]


def bill_of(session: Session, payer_id: int, invoice_ids: Collection[int]) -> Bill:
    """What is open of somebody's invoices. Raises NotFound, NothingOpen, SeveralCurrencies and TooMany."""
    if len(invoice_ids) > MOST_INVOICES:
        raise TooMany
    if not all(0 < each <= LARGEST_ID for each in invoice_ids):
        raise NotFound
    rows = session.execute(
        select(Invoice.id, Invoice.number, Invoice.currency, open_column())
        .where(Invoice.id.in_(invoice_ids), Invoice.payer_id == payer_id, Invoice.issued_at.is_not(None))
        .order_by(Invoice.id)
    ).all()
    if len(rows) != len(set(invoice_ids)):
        raise NotFound
    found = [row for row in rows if row.open_minor > 0]
    if not found:
        raise NothingOpen
    currencies = {row.currency for row in found}
    if len(currencies) > 1:
        raise SeveralCurrencies
    return Bill(
        currencies.pop(),
        {row.id: row.open_minor for row in found},
        {row.id: row.number for row in found},
    )


def begin(
    session: Session,
    payer_id: int,
    invoice_ids: Collection[int],
    account: str,
    now: datetime,
    *,
    kind: AttemptKind = AttemptKind.PAGE,
    keeps_card: bool = False,
    method: str | None = None,
) -> Begun:
    """Begin to pay, or go on with what was begun for the same; commits. Raises as `bill_of`.

    While somebody's attempt for one of these invoices is open, there is no second: two tabs and a double tap lead to the same
    page, and for anything else the earlier one has to end first.
    """
    begin_writing(session)
    hold_person(session, payer_id)
    bill = bill_of(session, payer_id, invoice_ids)
    earlier = open_attempts(session, bill.amounts)
    if len(earlier) == 1 and _is_same(session, earlier[0], bill, kind, account, now, keeps_card=keeps_card):
        session.commit()
        return Begun(earlier[0], bill, [])
    if earlier:
        ids = [each.id for each in earlier]
        session.rollback()
        return Begun(None, bill, ids)
    attempt = _new(session, payer_id, kind, account, now)
    attempt.amount_minor, attempt.currency = bill.amount_minor, bill.currency
    attempt.keeps_card, attempt.method = keeps_card, method
    session.add(attempt)
    session.flush()
    for invoice_id, minor in bill.amounts.items():
        session.add(AttemptInvoice(attempt_id=attempt.id, invoice_id=invoice_id, amount_minor=minor))
    session.commit()
    return Begun(attempt, bill, [])


def begin_keeping(
    session: Session, person_id: int, account: str, currency: str, now: datetime
) -> CardAttempt:
    """Begin to keep a card, without paying anything; commits."""
    begin_writing(session)
    attempt = _new(session, person_id, AttemptKind.CARD, account, now)
    attempt.amount_minor, attempt.currency, attempt.keeps_card = 0, currency, True
    session.add(attempt)
    session.commit()
    return attempt


def open_attempts(session: Session, invoice_ids: Collection[int]) -> list[CardAttempt]:
    """What is under way for any of these invoices."""
    query = (
        select(CardAttempt)
        .join(
            AttemptInvoice,
            (AttemptInvoice.tenant_id == CardAttempt.tenant_id)
            & (AttemptInvoice.attempt_id == CardAttempt.id),
        )
        .where(CardAttempt.state == AttemptState.OPEN, AttemptInvoice.invoice_id.in_(invoice_ids))
        .distinct()
        .order_by(CardAttempt.id)
        .execution_options(populate_existing=True)
    )
    return list(session.scalars(query))


def attempt_by_token(session: Session, token: str) -> CardAttempt | None:
    """The tenant's attempt of that token."""
    if not (token.isascii() and token.isprintable()):
        return None  # what no database takes for a text
    return session.scalars(
        select(CardAttempt).where(CardAttempt.token == token).execution_options(populate_existing=True)
    ).one_or_none()


def attempts_by_payment(session: Session, account: str, payments: set[str]) -> dict[str, tuple[int, int]]:
    """The attempts that these payments came by, each with who paid, by the provider's id of the payment."""
    query = select(CardAttempt.intent, CardAttempt.id, CardAttempt.payer_id)
    query = query.where(CardAttempt.account == account, CardAttempt.intent.in_(payments))
    return {row.intent: (row.id, row.payer_id) for row in session.execute(query)}


def amounts_of(session: Session, attempt_id: int) -> dict[int, int]:
    """What the attempt is to pay of each invoice, in minor units, the oldest first."""
    rows = session.execute(
        select(AttemptInvoice.invoice_id, AttemptInvoice.amount_minor)
        .where(AttemptInvoice.attempt_id == attempt_id)
        .order_by(AttemptInvoice.invoice_id)
    )
    return {row.invoice_id: row.amount_minor for row in rows}


def _new(session: Session, payer_id: int, kind: AttemptKind, account: str, now: datetime) -> CardAttempt:
    return CardAttempt(
        payer_id=payer_id,
        kind=kind,
        state=AttemptState.OPEN,
        token=attempt_token(tenant_of(session)),
        account=account,
        begun_at=now,
        look_at=now + LOOK_AFTER,
    )


def _is_same(
    session: Session,
    attempt: CardAttempt,
    bill: Bill,
    kind: AttemptKind,
    account: str,
    now: datetime,
    *,
    keeps_card: bool,
) -> bool:
    """Whether going on with this attempt is what somebody asks for."""
    return (
        kind is AttemptKind.PAGE
        and attempt.kind is AttemptKind.PAGE
        and attempt.account == account
        and attempt.keeps_card == keeps_card
        and attempt.begun_at + PAGE_LASTS - _TIME_TO_TYPE > now
        and amounts_of(session, attempt.id) == bill.amounts
    )
