"""Asking the provider what became of an attempt: its word at this moment is what counts, whatever messages said.

Nothing is held in the database while the provider is asked.
"""

from collections.abc import Callable
from datetime import datetime
from typing import TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.cards.account import Merchant, merchant_of
from app.domain.cards.arriving import end, money_in_hand, note_money
from app.domain.cards.attempts import amounts_of
from app.domain.cards.saved import keep_card
from app.domain.cards.terms import (
    LOOK_AFTER,
    LOOK_AGAIN,
    PAGE_LASTS,
    CardKit,
    CardsAway,
    NoCards,
    PaidMeanwhile,
    ProviderRefuses,
    StillUnderWay,
)
from app.domain.house_day import house_day
from app.domain.invoicing.settling import open_column
from app.domain.lookup import one
from app.kernel.clock import Clock
from app.models import AttemptKind, AttemptState, CardAttempt, Invoice
from app.ports import (
    CardFace,
    CardMoney,
    CardsDown,
    CardsRefused,
    KeyRefused,
    MoneyState,
    PageFacts,
    PageState,
)

Answer = TypeVar("Answer")
_OVER = {AttemptState.PAID, AttemptState.HELD}


class _Unknown(Exception):
    """The provider knows nothing of it."""


def look(session: Session, kit: CardKit, attempt_id: int, clock: Clock) -> CardAttempt:
    """Ask what became of an attempt, and act on it; commits. Raises NotFound, NoCards, CardsAway
    and ProviderRefuses.

    One that is over is asked about no more: what was found out stays. Of an account that is ours no more nothing is heard.
    """
    attempt = one(session, CardAttempt, attempt_id)
    if attempt.state in _OVER:
        return attempt
    merchant = merchant_of(session, kit)
    if attempt.account != merchant.account:
        return end_unasked(session, attempt_id)
    if attempt.page is None and attempt.intent is None:
        # Whoever was to be sent there never was: the provider did not answer, so nobody knows the page's address.
        return end_unasked(session, attempt_id) if attempt.begun_at + LOOK_AFTER <= clock() else attempt
    page, money, keeps_card = attempt.page, attempt.intent, attempt.keeps_card
    session.rollback()
    try:
        facts = _asked(lambda: kit.cards.page(merchant.access, page)) if page else None
        found = facts.money if facts else _asked(lambda: kit.cards.payment(merchant.access, money or ""))
    except _Unknown:
        return end_unasked(session, attempt_id)
    face = _face(kit, merchant, facts, found) if keeps_card else None
    return note(session, attempt_id, facts, found, face, clock())


def note(
    session: Session,
    attempt_id: int,
    page: PageFacts | None,
    money: CardMoney | None,
    face: CardFace | None,
    now: datetime,
) -> CardAttempt:
    """Act on what the provider said; commits."""
    attempt = money_in_hand(session, attempt_id)
    if money is not None:
        note_money(session, attempt, money, house_day(session, now), now)
    if face is not None:
        customer = (page.customer if page else None) or (money.customer if money else None)
        keep_card(session, attempt.payer_id, attempt.account, customer, face, now)
    if attempt.state is AttemptState.OPEN:
        _note_page(attempt, page, money, face, now)
    session.commit()
    return attempt


def clear_the_way(session: Session, kit: CardKit, attempt_id: int, clock: Clock) -> None:
    """End an attempt so that another one may be begun.

    Raises PaidMeanwhile (it had succeeded: it is in the books now), StillUnderWay, and as `look`.
    """
    attempt = look(session, kit, attempt_id, clock)
    if attempt.state in _OVER:
        raise PaidMeanwhile
    if attempt.state is not AttemptState.OPEN:
        return
    merchant, page, money = merchant_of(session, kit), attempt.page, attempt.intent
    session.rollback()
    try:
        if page is not None:
            kit.cards.close_page(merchant.access, page)
        elif money is not None:
            kit.cards.call_off(merchant.access, money)
    except CardsDown as error:
        raise CardsAway from error
    except CardsRefused as error:
        # It went on between our question and our wish
        if look(session, kit, attempt_id, clock).state in _OVER:
            raise PaidMeanwhile from error
        raise StillUnderWay from error
    end_unasked(session, attempt_id)


def due_to_look(session: Session, now: datetime, most: int) -> list[int]:
    """Attempts that the provider should be asked about."""
    query = select(CardAttempt.id).where(CardAttempt.look_at <= now).order_by(CardAttempt.look_at).limit(most)
    return list(session.scalars(query))


def is_stale(session: Session, attempt: CardAttempt) -> bool:
    """Whether it asks for money that is not open any more: paid at the desk, say, while a page waits for a card."""
    amounts = amounts_of(session, attempt.id)
    rows = session.execute(select(Invoice.id, open_column()).where(Invoice.id.in_(amounts)))
    left = {row.id: row.open_minor for row in rows}
    return any(left.get(invoice_id, 0) < minor for invoice_id, minor in amounts.items())


def _face(
    kit: CardKit, merchant: Merchant, page: PageFacts | None, money: CardMoney | None
) -> CardFace | None:
    """What may be said of the card that is to be kept, once it was good for something."""
    method = page.kept if page and page.kept else None
    if method is None and money is not None and money.state is MoneyState.CAME:
        method = money.method
    if method is None:
        return None
    try:
        return kit.cards.card(merchant.access, method)
    except CardsDown as error:
        raise CardsAway from error
    except CardsRefused:
        return None  # the money counts, whether or not the card can be kept


def _note_page(
    attempt: CardAttempt,
    page: PageFacts | None,
    money: CardMoney | None,
    face: CardFace | None,
    now: datetime,
) -> None:
    if page is not None and page.state is PageState.ENDED:
        end(attempt, AttemptState.ENDED)
    elif page is not None and page.state is PageState.DONE and money and money.state is MoneyState.REFUSED:
        # A way of paying that takes days, and came to nothing
        end(attempt, AttemptState.ENDED, money.problem)
    elif attempt.kind is AttemptKind.CARD and face is not None:
        end(attempt, AttemptState.PAID)
    else:
        # Asked a last time when the page has ended by itself
        attempt.look_at = max(now + LOOK_AGAIN, attempt.begun_at + PAGE_LASTS + LOOK_AFTER)


def end_unasked(session: Session, attempt_id: int) -> CardAttempt:
    """Expect nothing more of an attempt; commits."""
    attempt = money_in_hand(session, attempt_id)
    if attempt.state is AttemptState.OPEN:
        end(attempt, AttemptState.ENDED)
    session.commit()
    return attempt


def _asked(ask: Callable[[], Answer]) -> Answer:
    try:
        return ask()
    except CardsDown as error:
        raise CardsAway from error
    except KeyRefused as error:
        raise NoCards from error
    except CardsRefused as error:
        raise (_Unknown if error.code == "resource_missing" else ProviderRefuses)(error.code) from error
